/** A dense unit: every input times its weight, the strongest first; for a class, against another one too. */
import { facts, hasMaps } from "../core/facts.js";
import { channels, classes, columns, member, noun, perPixel, rows } from "../core/image.js";
import { strongestOf, sumBySlice, termsOf } from "../core/arithmetic.js";
import { newCanvas, paintValues } from "../core/canvas.js";
import { labelWords } from "../core/image_words.js";
import { fillList, make } from "../core/element.js";
import { getTensor } from "../core/fetching.js";
import { weighsAll } from "../core/forms.js";
import { wakingUp } from "../core/message.js";
import { inFull, round } from "../core/number.js";
import { scaleFor } from "../core/scale.js";
import { store } from "../core/store.js";
import { readable } from "../core/tip.js";
import { paintTestImage } from "../figures/image_button.js";
import { newLegend } from "../figures/legend.js";
import { plainCell, showShares } from "./shares.js";

/** @import { Layer } from "../core/facts.js" */

/** @import { Plan, State } from "./state.js" */

const SHOWN = 10; // terms; the rest is summed
const HEAVY = 16; // maps, of which the terms are shown where they belong

/** @type {import("./parts.js").Part} */
export const termsPart = {
  question: "What pushed it up, and what down?",
  fits: ({ layer, before }) => before !== undefined && weighsAll(layer),
  reading: ({ layer, before, last }) => {
    const inputs = before
      ? (hasMaps(before) ? `cell of ${before.name}'s maps` : `unit of ${before.name}`)
      : "pixel";
    const sum = `Every ${inputs} times its weight; all of them${
      layer.biased ? " and the bias" : ""
    } add up to the ${last ? "logit" : layer.activation ? `value before ${layer.activation}` : "value"}.`;
    const looks = before && looksAt(layer)
      ? ` Beside a unit: ${
        seesImage(before)
          ? `its weights over the ${noun}`
          : `the ${member} that makes it fire most, as trained`
      }.`
      : "";
    return last
      ? `${sum}${looks} Choose a second class to see what speaks for this one and not for that.`
      : sum + looks;
  },
  build(body, plan) {
    const { layer, before, last } = plan;
    const against = last ? chooser(plan) : null;
    const picture = make("div", { className: "fields" });
    const list = make("div");
    const shares = make("details", {}, make("summary", { textContent: "From logits to probabilities" }));
    body.append(
      ...(against ? [make("label", {}, `Why ${plan.filter} and not `, against)] : []),
      picture,
      list,
      ...(last ? [shares] : []),
    );
    const fill = async (/** @type {State} */ state) => {
      const other = state.selection.against;
      if (against) against.value = String(other ?? "");
      const [sum, pre] = await Promise.all([unitTerms(state), state.values("pre")]);
      if (!state.current()) return;
      const network = pre.data[state.filter] - (other === null ? 0 : pre.data[other]);
      drawProducts(picture, layer, sum.products);
      list.replaceChildren(...termList(state, sum, network));
      if (last) showShares(shares, pre.data);
      await Promise.all(
        Array.from(list.querySelectorAll("[data-unit]"), (look) => paintLook(look, state, before)),
      );
    };
    return { fill };
  },
};

/**
 * Return whether a layer's units read the image's pixels.
 * @param {Pick<Layer, "grid">} layer
 */
const seesImage = ({ grid }) => grid && grid[0] === channels && grid[1] === rows && grid[2] === columns;

/**
 * Return whether a picture stands beside each unit that a layer reads; a page to mail does not hold them.
 * @param {Pick<Layer, "grid">} layer
 */
const looksAt = ({ grid }) => grid[1] === 1 && !facts.mailed;

/**
 * Return a promise of the terms of the selected unit, or of its lead over another: {values, weights, bias, products, sum, result}.
 * @param {State} state
 */
export async function unitTerms(state) {
  const { against } = state.selection;
  const [reads, own, biases, theirs] = await Promise.all([
    state.reads(),
    state.weights(),
    state.bias(),
    against === null ? null : state.weights(against),
  ]);
  const weights = theirs ? Float64Array.from(own.data, (weight, i) => weight - theirs.data[i]) : own.data;
  const bias = biases.data[state.filter] - (against === null ? 0 : biases.data[against]);
  return { values: reads.data, weights, bias, ...termsOf(reads.data, weights, bias) };
}

/**
 * Return the choice of a class that this one is compared with.
 * @param {Plan} plan
 */
function chooser({ filter }) {
  const others = [...classes.keys()].filter((each) => each !== filter);
  const select = make(
    "select",
    {},
    make("option", { value: "", textContent: "—" }),
    ...others.map((each) => make("option", { value: String(each), textContent: classes[each] })),
  );
  select.addEventListener(
    "change",
    () => store.change({ against: select.value === "" ? null : Number(select.value) }),
  );
  return select;
}

/**
 * Paint the products where they belong: on the image's pixels, or on the maps that are read.
 * @param {HTMLElement} element
 * @param {any} layer
 * @param {Float64Array} products
 */
function drawProducts(element, layer, products) {
  const [slices, rows, columns] = layer.grid;
  element.replaceChildren();
  if (rows === 1) return;
  const scale = scaleFor(products, "diverging");
  const sums = sumBySlice(products, slices);
  const pictures = strongestOf(sums, slices).slice(0, HEAVY).map((slice) => {
    const canvas = newCanvas(
      slices > 1 ? `what map ${slice} adds, ${round(sums[slice])} in all` : "what every pixel adds",
    );
    canvas.style.width = slices > 1 ? `${4 * columns}px` : "168px";
    readable(
      canvas,
      (row, column) =>
        `${slices > 1 ? `map ${slice}, row ${row}, column ${column}` : `pixel ${row}, ${column}`} adds ${
          inFull(Math.fround(products[(row * columns + column) * slices + slice]))
        }`,
    );
    return paintValues(canvas, rows, columns, (i) => products[i * slices + slice], scale);
  });
  element.append(
    newLegend(
      scale,
      slices > 1
        ? `value × weight, ${slices > HEAVY ? `the ${HEAVY} heaviest maps` : "heaviest map first"}`
        : "pixel × weight",
    ),
    ...pictures,
  );
}

/**
 * Return what the i-th input is called, and how it is selected.
 * @param {any} state
 * @param {number} i
 * @returns {{name: string, change?: any}}
 */
function inputName(state, i) {
  const { before, key, layer } = state;
  const [slices, rows, columns] = layer.grid;
  const [row, column, slice] = [
    Math.floor(i / slices / columns),
    Math.floor(i / slices) % columns,
    i % slices,
  ];
  if (!before) return { name: `pixel ${row}, ${column}` };
  if (rows === 1) {
    return { name: `${before.name} ${i}`, change: { layer: `${key}.${before.name}`, filter: i, cell: null } };
  }
  return {
    name: `${before.name}[${row}, ${column}, ${slice}]`,
    change: { layer: `${key}.${before.name}`, filter: slice, cell: [row, column] },
  };
}

/**
 * Return the strongest terms, and the sums.
 * @param {State} state
 * @param {any} terms
 * @param {number} network its own value
 */
function termList(state, { values, weights, bias, products, sum, result }, network) {
  const other = state.selection.against;
  const places = strongestOf(products, SHOWN);
  const rest = sum - places.reduce((all, i) => all + products[i], 0);
  const lines = places.map((i) => {
    const { name, change } = inputName(state, i);
    const before = /** @type {any} */ (state.before);
    const look = change && looksAt(state.layer) && (seesImage(before) || !state.selection.epoch)
      ? [make("canvas", { className: "look", width: columns, height: rows, "aria-hidden": "true" })]
      : [];
    if (look.length) look[0].dataset.unit = String(i);
    const label = change
      ? make("button", { type: "button" }, ...look, name)
      : make("span", { textContent: name });
    if (change) label.addEventListener("click", () => store.change(change));
    return make(
      "tr",
      {},
      make("th", { scope: "row" }, label),
      plainCell(values[i]),
      plainCell(weights[i]),
      plainCell(products[i]),
    );
  });
  const head = ["input", "value", other === null ? "weight" : `weight ${state.filter} − ${other}`, "product"]
    .map((textContent) => make("th", { scope: "col", textContent }));
  const table = make(
    "table",
    { className: "terms" },
    make("caption", { className: "unseen", textContent: "The strongest terms" }),
    make("thead", {}, make("tr", {}, ...head)),
    make("tbody", {}, ...lines),
  );
  const list = make("dl", { className: "numbers" });
  fillList(list, {
    [`the other ${products.length - places.length} together`]: text(rest),
    "sum of all products": text(sum),
    ...endsOf(state, bias, result),
    "the network's own": text(network),
    difference: text(network - result),
  });
  return [table, list];
}

/**
 * Return what follows the sum of all products: the bias, if there is one, and what they come to.
 * @param {State} state
 * @param {number} bias
 * @param {number} result
 * @returns {Record<string, HTMLElement>}
 */
function endsOf({ layer, filter, selection: { against } }, bias, result) {
  const unlike = against !== null;
  return {
    ...(layer.biased ? { [unlike ? "difference of the biases" : "bias"]: text(bias) } : {}),
    ...(unlike ? { [`logit ${filter} − logit ${against}`]: text(result) } : {}),
    ...(layer.biased && !unlike ? { "sum + bias": text(result) } : {}),
  };
}

/**
 * Return a number, in full where it is pointed at.
 * @param {number} value
 */
const text = (value) =>
  make("span", { className: "number", textContent: round(value), title: inFull(Math.fround(value)) });

/**
 * Show a picture beside a unit: its weights over the image where it reads the image, else the image that makes it fire most.
 * @param {any} canvas
 * @param {State} state
 * @param {any} before
 */
async function paintLook(canvas, state, before) {
  const unit = Number(canvas.dataset.unit);
  if (seesImage(before)) {
    const { data } = await getTensor(
      `${state.base}/layers/${before.name}/kernel.npy?filter=${unit}`,
      wakingUp,
    );
    canvas.title = `its weights over the ${noun}`;
    const sums = perPixel(data);
    return paintValues(canvas, rows, columns, (i) => sums[i], scaleFor(sums, "diverging"));
  }
  const [best] = (await state.about(before.name, unit)).strongest;
  canvas.title = best
    ? `the ${noun} that makes it fire most: ${best.digit}, ${labelWords(best.digit, best.label)}`
    : `no ${member} makes it fire`;
  return best && paintTestImage(canvas, best.digit);
}
