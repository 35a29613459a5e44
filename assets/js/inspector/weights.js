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

const CHANGED = "change: red has become more, blue less";

/** @type {import("./parts.js").Part} */
export const weightsPart = {
  question: "What are its weights?",
  fits: ({ layer }) => Boolean(layer.grid),
  reading: ({ layer }) => {
    const [slices] = layer.grid;
    if (layer.picture !== "maps") return "Its weights over what it reads.";
    return `${
      slices === 1
        ? "Its kernel, laid on what it reads as it stands"
        : `The ${slices} slices of its kernel; what they add is summed`
    }. ${layer.depth}`;
  },
  build(body, { layer, filter, before }) {
    const told = make("p", { className: "told" });
    const added = make("p", { className: "bias" });
    const empty = make("p", { className: "told" });
    const legend = make("div", { className: "legend" });
    const pictures = make("div", { className: layer.picture === "maps" ? "slices" : "fields" });
    body.append(make("div", { className: "weight-words" }, told, added, empty, legend), pictures);
    let shown = ""; // of which moment they are, and from which they differ
    const fill = async (/** @type {State} */ state) => {
      const { base, change } = state;
      if (`${base} ${change}` === shown) return;
      const [kernel, bias] = await Promise.all([state.weighing("kernel"), state.weighing("bias")]);
      if (!state.current()) return;
      shown = `${base} ${change}`;
      const [slices] = layer.grid;
      const scale = scaleFor(kernel.data, "diverging");
      paintLegend(legend, scale, change ? CHANGED : "weights: red adds, blue takes away");
      const strongest = kernel.data[strongestOf(kernel.data, 1)[0]];
      const count = `${kernel.data.length.toLocaleString("en")} weights`;
      write(
        told,
        change
          ? `Of its ${count} that which changed most did so by ${round(strongest)}.`
          : `The strongest of its ${count} is ${round(strongest)}.`,
      );
      write(
        added,
        layer.biased ? `${change && "change of the "}bias = ${inFull(bias.data[filter])}` : "no bias",
      );
      write(empty, before === null && !change ? onEmpty(layer, bias.data[filter]) : "");
      const what = change ? "change of the weight" : "weight";
      pictures.replaceChildren(
        ...Array.from(
          { length: slices },
          (_, slice) => weightPicture(kernel.data, slice, layer, scale, what),
        ),
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
  if (!layer.convolves || !layer.biased || (value === null && layer.activation)) return "";
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
 * @param {string} what its numbers are
 */
function weightPicture(data, slice, layer, scale, what) {
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
    return i < rows * columns && `${what} of ${place}: ${inFull(data[i * slices + slice])}`;
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
