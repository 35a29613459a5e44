/** The weights of one filter or unit: kernels with their numbers written in, larger fields as pictures. */
import { activate, strongestOf } from "../core/arithmetic.js";
import { newCanvas, paintColours, paintValues } from "../core/canvas.js";
import { make, write } from "../core/element.js";
import { colourOfWeights, IN_COLOURS, liesOverColours } from "../core/kernel_colours.js";
import { inFull, round } from "../core/number.js";
import { scaleFor } from "../core/scale.js";
import { readable } from "../core/tip.js";
import { paintLegend } from "../figures/legend.js";
import { numberTable } from "../figures/number_table.js";

/** @import { Plan, State } from "./state.js" */

/** @type {import("./parts.js").Part} */
export const weightsPart = {
  question: "What are its weights?",
  fits: ({ layer }) => Boolean(layer.grid),
  reading: ({ layer }) => {
    const [slices] = layer.grid;
    if (layer.picture !== "maps") return "Its weights over what it reads: red adds, blue takes away.";
    return `${
      slices === 1
        ? "Its kernel, laid on what it reads as it stands"
        : `The ${slices} slices of its kernel; what they add is summed`
    }: red adds, blue takes away. ${layer.depth}`;
  },
  build(body, { layer, filter, before }) {
    const told = make("p", { className: "told" });
    const added = make("p", { className: "bias" });
    const empty = make("p", { className: "told" });
    const legend = make("div", { className: "legend" });
    const pictures = make("div", { className: layer.picture === "maps" ? "slices" : "fields" });
    body.append(told, added, empty, legend, pictures);
    let done = false;
    const fill = async (/** @type {State} */ state) => {
      if (done) return;
      const [kernel, bias] = await Promise.all([state.weights(), state.bias()]);
      done = true;
      const [slices] = layer.grid;
      const scale = scaleFor(kernel.data, "diverging");
      paintLegend(legend, scale, "weights");
      const strongest = kernel.data[strongestOf(kernel.data, 1)[0]];
      write(
        told,
        `The strongest of its ${kernel.data.length.toLocaleString("en")} weights is ${round(strongest)}.`,
      );
      write(added, `bias = ${inFull(bias.data[filter])}`);
      write(empty, before === null ? onEmpty(layer, bias.data[filter]) : "");
      pictures.replaceChildren(
        ...Array.from({ length: slices }, (_, slice) => weightPicture(kernel.data, slice, layer, scale)),
        ...(liesOverColours(layer) ? [colourPicture(kernel.data, layer, Math.abs(strongest))] : []),
      );
    };
    return { fill };
  },
};

/**
 * Say what a map that reads the image is where there is no ink: its bias alone is left. Nothing where the page does not know the activation.
 * @param {any} layer
 * @param {number} bias
 */
function onEmpty(layer, bias) {
  const value = activate(layer, bias);
  if (!layer.convolves || (value === null && layer.activation)) return "";
  return `On empty paper every cell of its map is ${round(value ?? bias)}: ${
    layer.activation ? `${layer.activation} of ` : ""
  }its bias.`;
}

/**
 * Return one slice: with its numbers where they can be read, as a picture where they are many.
 * @param {Float32Array} data
 * @param {number} slice
 * @param {any} layer
 * @param {import("../core/scale.js").Scale} scale
 */
function weightPicture(data, slice, layer, scale) {
  const [slices, rows, columns] = layer.grid;
  /** @type {(row: number, column: number) => number} */
  const at = (row, column) => data[(row * columns + column) * slices + slice];
  if (layer.picture === "maps") {
    return numberTable(at, rows, columns, scale, slices > 1 ? `slice ${slice}` : "");
  }
  const wide = rows === 1 ? Math.min(columns, 32) : columns;
  const high = Math.ceil((rows * columns) / wide);
  const canvas = newCanvas(slices > 1 ? `weights on map ${slice}` : "weights");
  paintValues(canvas, high, wide, (i) => (i < rows * columns ? data[i * slices + slice] : 0), scale);
  canvas.style.width = slices > 1 ? `${3 * wide}px` : "100%";
  readable(canvas, (row, column) => {
    const i = row * wide + column;
    const place = rows === 1
      ? `unit ${i}`
      : `row ${row}, column ${column}${slices > 1 ? `, map ${slice}` : ""}`;
    return i < rows * columns && `weight of ${place}: ${inFull(data[i * slices + slice])}`;
  });
  return canvas;
}

/**
 * Return the three slices over red, green and blue as one picture.
 * @param {Float32Array} data
 * @param {any} layer
 * @param {number} most the largest weight, without its sign
 */
function colourPicture(data, layer, most) {
  const [slices, rows, columns] = layer.grid;
  const weights = (/** @type {number} */ cell) =>
    Array.from(data.subarray(cell * slices, (cell + 1) * slices));
  const canvas = newCanvas(`the kernel in colours, ${IN_COLOURS}`);
  paintColours(canvas, rows, columns, (cell) => colourOfWeights(weights(cell), most));
  readable(canvas, (row, column) => {
    const [red, green, blue] = weights(row * columns + column).map(inFull);
    return `row ${row}, column ${column}: red ${red}, green ${green}, blue ${blue}`;
  });
  return make("figure", { className: "in-colours" }, canvas, make("figcaption", { textContent: IN_COLOURS }));
}
