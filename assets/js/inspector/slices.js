/** A filter that reads many maps: what each slice adds, map by map, and how the sum grows to the pre-activation. */
import { activate, addedBySlice, strongestOf } from "../core/arithmetic.js";
import { make, newSelect, write } from "../core/element.js";
import { hasSlices } from "../core/forms.js";
import { round } from "../core/number.js";
import { scaleFor, scaleOfInput } from "../core/scale.js";
import { newLegend } from "../figures/legend.js";
import { endRow, paintEnd, paintRow, sliceRow } from "./slice_row.js";

/** @import { Plan, State } from "./state.js" */

/** @type {import("./parts.js").Part} */
export const slicesPart = {
  question: "What does each of the maps before add?",
  fits: ({ layer, before }) => before !== undefined && hasSlices(layer),
  reading: ({ layer, before }) => {
    const row = `From left to right: a map of ${
      before?.name ?? "the image"
    }, the slice laid on it, what that adds, and the sum so far.`;
    const all = `All ${layer.grid[0]}${layer.biased ? " and the bias" : ""} are the value before ${
      layer.activation ?? "activation"
    }.`;
    return `${row} ${all} Click a slice to see its arithmetic under Number; arrow keys walk.`;
  },
  build(body, plan) {
    const slices = new Slices(body, plan);
    return { fill: (state) => slices.fill(state) };
  },
};

class Slices {
  /**
   * @param {HTMLElement} body
   * @param {Plan} plan
   */
  constructor(body, { layer }) {
    this.layer = layer;
    /** @type {any} */
    this.shown = null; // what the rows are made of
    const orders = [["strength", "heaviest first"], ["index", "by index"]];
    this.order = newSelect(orders, () => this.shown && this.paint(this.shown), {
      "aria-label": "Order of the slices",
    });
    this.legends = make("div", { className: "slice-legends" });
    this.rows = Array.from({ length: layer.grid[0] }, sliceRow);
    this.adds = make("span", { className: "number" });
    const heads = ["map", "slice", "adds", "sum"].map((textContent) => make("span", { textContent }));
    const head = make("div", { className: "slice-row slice-head" }, this.adds, ...heads);
    const elements = this.rows.map(({ element }) => element);
    const list = make("div", { className: "slice-rows" }, head, ...elements);
    this.biased = endRow(2);
    this.biased.element.hidden = !layer.biased;
    this.active = endRow(1);
    this.check = make("p", { className: "reading" });
    list.addEventListener("keydown", walk);
    list.addEventListener("focusin", ({ target }) => this.hold(target));
    this.hold(elements[0]);
    body.append(this.order, this.legends, list, this.biased.element, this.active.element, this.check);
  }

  /**
   * Fetch what the rows are made of, and paint them.
   * @param {State} state
   */
  async fill(state) {
    const [reads, kernel, bias, partial, pre] = await Promise.all([
      state.reads(),
      state.weights(),
      state.bias(),
      state.partial(),
      state.values("pre"),
    ]);
    if (!state.current()) return;
    this.shown = { state, reads, kernel, bias: bias.data[state.filter], partial, pre };
    this.paint(this.shown);
  }

  /**
   * Let the Tab key stop at one row alone.
   * @param {EventTarget | null} element
   */
  hold(element) {
    for (const row of this.rows) row.element.tabIndex = row.element === element ? 0 : -1;
  }

  /**
   * Paint all rows.
   * @param {any} shown
   */
  paint(shown) {
    const { state, reads, kernel, bias, partial, pre } = shown;
    const added = addedBySlice(partial, state.cell);
    const byIndex = this.order.value === "index";
    const places = byIndex ? Array.from(added.keys()) : strongestOf(added, added.length);
    const running = new Float64Array(pre.data.length);
    const scales = {
      reads: scaleOfInput(state.before, reads.data),
      kernel: scaleFor(kernel.data, "diverging"),
      sums: scaleFor(spanned(partial, places, pre), "diverging"),
    };
    this.legends.replaceChildren(
      newLegend(scales.reads, state.before?.name ?? "the image"),
      newLegend(scales.kernel, "weights"),
      newLegend(scales.sums, "added, sum"),
    );
    places.forEach((slice, place) => {
      for (let i = 0; i < running.length; i++) running[i] += partial.data[i * added.length + slice];
      paintRow(this.rows[place], slice, added[slice], running.slice(), shown, scales);
    });
    write(this.adds, state.cell ? "adds in the cell" : "adds on average");
    this.paintEnds(state, running, bias, scales.sums);
    this.compare(state, running, bias, pre);
  }

  /**
   * Paint what becomes of the sum: the bias is added, and the activation function follows.
   * @param {State} state
   * @param {Float64Array} running
   * @param {number} bias
   * @param {import("../core/scale.js").Scale} scale
   */
  paintEnds(state, running, bias, scale) {
    const { shape, activation } = this.layer;
    paintEnd(this.biased, `bias: ${round(bias)}`, shape, [() => bias, (i) => running[i] + bias], scale);
    const known = activate(this.layer, 0) !== null || state.isOff;
    this.active.element.hidden = !known;
    if (!known) return;
    /** @param {number} i */
    const after = (i) => (state.isOff ? 0 : (activate(this.layer, Math.fround(running[i] + bias)) ?? NaN));
    const { cell } = state;
    const value = cell ? after(cell[0] * shape[1] + cell[1]) : mean(running.map((_, i) => after(i)));
    const words = state.isOff ? "switched off: 0" : `${activation}: ${round(value)}`;
    paintEnd(this.active, words, shape, [after], scale);
  }

  /**
   * Say how far the last sum is from the network's own.
   * @param {State} state
   * @param {Float64Array} running
   * @param {number} bias
   * @param {{data: Float32Array}} pre
   */
  compare({ cell }, running, bias, pre) {
    /** @type {(worst: number, sum: number, i: number) => number} */
    const far = (worst, sum, i) => Math.max(worst, Math.abs(sum + bias - pre.data[i]));
    const most = round(running.reduce(far, 0));
    const where = cell ? `in row ${cell[0]}, column ${cell[1]}` : "in a cell, on average";
    const differ = `The last sum and the network's pre-activation differ by at most ${most}.`;
    write(this.check, `The numbers: what a slice adds ${where}. ${differ}`);
  }
}

/**
 * Walk from row to row.
 * @param {any} event
 */
function walk(event) {
  /** @type {Record<string, string>} */
  const steps = { ArrowLeft: "previousElementSibling", ArrowRight: "nextElementSibling" };
  const to = steps[event.key];
  if (!to) return;
  event.preventDefault();
  const next = event.target[to];
  if (next?.matches("button")) next.focus();
}

/**
 * @param {Float64Array} numbers
 */
const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/**
 * Return the smallest and the largest.
 * @param {any} numbers
 */
const extremes = (numbers) => [
  numbers.reduce((/** @type {number} */ a, /** @type {number} */ b) => Math.min(a, b), Infinity),
  numbers.reduce((/** @type {number} */ a, /** @type {number} */ b) => Math.max(a, b), -Infinity),
];

/**
 * Return numbers between which everything lies that is shown: the parts, the sums on the way, and the last.
 * @param {{data: Float32Array}} partial
 * @param {number[]} places
 * @param {{data: Float32Array}} pre
 */
function spanned({ data }, places, pre) {
  const slices = places.length;
  const running = new Float64Array(data.length / slices);
  const ends = [...extremes(data), ...extremes(pre.data)];
  for (const slice of places) {
    for (let i = 0; i < running.length; i++) running[i] += data[i * slices + slice];
    ends.push(...extremes(running));
  }
  return ends;
}
