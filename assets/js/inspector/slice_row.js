/** One row of slices: a map, the slice that is laid on it, what that adds, and the sum so far. */
import { paintValues } from "../core/canvas.js";
import { byId, make, write } from "../core/element.js";
import { inFull, round } from "../core/number.js";
import { store } from "../core/store.js";
import { readable } from "../core/tip.js";

/**
 * @param {number} count
 */
const pictures = (count) => Array.from({ length: count }, () => make("canvas", { "aria-hidden": "true" }));

/**
 * Return a row below all slices, with its last pictures alone.
 * @param {number} count
 */
export function endRow(count) {
  const canvases = pictures(count);
  const words = make("span", { className: "number" });
  return { element: make("div", { className: "slice-row" }, words, ...canvases), canvases, words };
}

/** Return a row of one slice; a click leads to its arithmetic. */
export function sliceRow() {
  const canvases = pictures(4);
  const words = make("span", { className: "number" });
  const element = make("button", { type: "button", className: "slice-row" }, words, ...canvases);
  element.addEventListener("click", async () => {
    await store.change({ slice: Number(element.dataset.slice), part: "" });
    byId("tab-number").focus();
  });
  return { element, canvases, words };
}

/**
 * Paint a slice, and the sums so far, into a row.
 * @param {any} row
 * @param {number} slice
 * @param {number} added
 * @param {Float64Array} sums
 * @param {any} shown
 * @param {any} scales
 */
export function paintRow({ element, canvases, words }, slice, added, sums, shown, scales) {
  const { state, reads, kernel, partial } = shown;
  const slices = kernel.shape[2];
  /** @type {[number[], (i: number) => number, any, string][]} */
  const fields = [
    [
      reads.shape,
      (i) => reads.data[i * slices + slice],
      scales.reads,
      `${state.before?.name ?? "the image"} map ${slice}`,
    ],
    [kernel.shape, (i) => kernel.data[i * slices + slice], scales.kernel, `slice ${slice}`],
    [partial.shape, (i) => partial.data[i * slices + slice], scales.sums, `slice ${slice} adds`],
    [partial.shape, (i) => sums[i], scales.sums, "the sum so far"],
  ];
  fields.forEach(([[rows, columns], at, scale, name], place) => {
    paintValues(canvases[place], rows, columns, at, scale);
    /** @type {(row: number, column: number) => string} */
    const told = (row, column) => inFull(Math.fround(at(row * columns + column)));
    readable(canvases[place], (row, column) => `${name}, row ${row}, column ${column}: ${told(row, column)}`);
  });
  write(words, `${slice}: ${round(added)}`);
  element.dataset.slice = slice;
  element.ariaPressed = String(slice === state.selection.slice);
  element.setAttribute("aria-label", `${words.textContent}, added by slice ${slice}`); // begins with what is seen, for who says it
}

/**
 * Paint what becomes of the last sum into a row.
 * @param {any} row
 * @param {string} text
 * @param {number[]} shape
 * @param {((i: number) => number)[]} fields
 * @param {import("../core/scale.js").Scale} scale
 */
export function paintEnd({ canvases, words }, text, [rows, columns], fields, scale) {
  write(words, text);
  fields.forEach((at, place) => {
    paintValues(canvases[place], rows, columns, at, scale);
    /** @type {(row: number, column: number) => string} */
    const told = (row, column) => inFull(Math.fround(at(row * columns + column)));
    readable(canvases[place], (row, column) => `row ${row}, column ${column}: ${told(row, column)}`);
  });
}
