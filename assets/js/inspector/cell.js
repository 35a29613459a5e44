/** One cell of a map: the patch, the kernel, the products, their sum; or which of the pooled cells won. */
import {
  activate,
  largestUnder,
  patchUnder,
  placeOfLargest,
  strongestOf,
  sumBySlice,
  termsOf,
} from "../core/arithmetic.js";
import { make, newButton, newSelect, write } from "../core/element.js";
import { keepsLargest, sumsAll } from "../core/forms.js";
import { scaleFor, scaleOfInput } from "../core/scale.js";
import { store } from "../core/store.js";
import { numberTable } from "../figures/number_table.js";
import { compared, number, totals } from "./totals.js";

/** @import { Plan, State } from "./state.js" */

/** @type {import("./parts.js").Part} */
export const cellPart = {
  question: "How does one number come about?",
  fits: ({ layer, before }) => before !== undefined && (sumsAll(layer) || keepsLargest(layer)),
  reading: ({ layer }) => {
    if (!sumsAll(layer)) {
      return "The window takes the largest of the cells under it; the others leave no trace.";
    }
    const sum = `Lay the kernel on the patch, multiply what lies on top of each other, add up the products${
      layer.biased ? ", add the bias" : ""
    }.`;
    return layer.activation === "relu" ? `${sum} What is below zero becomes zero.` : sum;
  },
  build(body, plan) {
    const cell = new Cell(body, plan);
    return { fill: (state) => cell.fill(state), point: (state) => cell.point(state) };
  },
};

class Cell {
  /**
   * @param {HTMLElement} body
   * @param {Plan} plan
   */
  constructor(body, { layer, before }) {
    this.convolves = sumsAll(layer);
    /** @type {any} */
    this.ready = null; // what the sums of the shown map are made of: {state, reads, kernel, bias, pre}
    this.body = make("div");
    const slices = this.convolves ? layer.grid[0] : 1;
    this.choice = slices > 1 ? chooser(slices) : null;
    this.where = make("span");
    const label = make("span", { className: "unseen", textContent: `Map of ${before?.name ?? "the image"}` });
    const choice = this.choice ? [make("label", {}, label, this.choice)] : [];
    body.append(make("p", { className: "where" }, this.where, " ", ...choice), this.body);
  }

  /**
   * Fetch what a cell is made of, and explain one.
   * @param {State} state
   */
  async fill(state) {
    const [reads, kernel, bias, pre] = await Promise.all([
      state.reads(),
      this.convolves ? state.weights() : null,
      this.convolves ? state.bias() : null,
      state.values("pre"),
    ]);
    if (!state.current()) return;
    if (this.choice) this.choice.value = String(state.selection.slice ?? "");
    this.ready = { state, reads, kernel, bias: bias?.data[state.filter], pre: pre.data };
    this.show(state.cell);
  }

  /**
   * Explain the cell that is pointed at.
   * @param {State} state
   */
  point({ cell }) {
    if (this.ready?.state.current()) this.show(cell);
  }

  /**
   * Explain a cell, the largest where none is selected.
   * @param {number[] | null} chosen
   */
  show(chosen) {
    const { layer } = this.ready.state;
    const cell = chosen ?? placeOfLargest(this.ready.pre, layer.shape[1]);
    write(this.where, `Row ${cell[0]}, column ${cell[1]}`);
    const value = this.ready.pre[cell[0] * layer.shape[1] + cell[1]];
    const explain = this.convolves ? convolution : pooling;
    this.body.replaceChildren(...explain(this.ready, cell, value));
  }
}

/**
 * Return the choice of the map before whose part in the sum is shown.
 * @param {number} slices
 */
function chooser(slices) {
  const names = Array.from({ length: slices }, (_, slice) => String(slice));
  const options = [["", "that weighs most"], ...names.map((name) => [name, name])];
  return newSelect(options, (value) => store.change({ slice: value === "" ? null : Number(value) }));
}

/**
 * Return how a convolution comes to the value of a cell.
 * @param {any} ready
 * @param {number[]} cell
 * @param {number} network its own value
 */
function convolution({ state, reads, kernel, bias }, cell, network) {
  const { layer, before } = state;
  const [slices] = layer.grid;
  const patch = patchUnder(reads, layer.windows, cell);
  const { products, sum, result } = termsOf(patch, kernel.data, bias);
  const bySlice = sumBySlice(products, slices);
  const slice = state.selection.slice ?? strongestOf(bySlice, 1)[0];
  /** @type {Record<string, HTMLElement>} */
  const sums = slices > 1
    ? { [`map ${slice} adds`]: number(bySlice[slice]), [`all ${slices} maps add`]: number(sum) }
    : { "sum of the products": number(sum) };
  /** @type {Record<string, HTMLElement>} */
  const ends = layer.biased ? { "bias": number(bias), "sum + bias": number(result) } : {};
  const note = `Tables show two decimals, sums three digits; point at a number for all of it.`;
  return [
    tables(layer, before, slice, patch, kernel.data, products),
    totals({ ...sums, ...ends, ...after(state, result), ...compared(network, result) }),
    make("p", { className: "reading", textContent: note }),
  ];
}

/**
 * Return patch × kernel = products, of one slice.
 * @param {any} layer
 * @param {any} before
 * @param {number} slice
 * @param {Float32Array} patch
 * @param {Float32Array} kernel
 * @param {Float64Array} products
 */
function tables({ grid: [slices, rows, columns] }, before, slice, patch, kernel, products) {
  /** @type {(numbers: ArrayLike<number>, scale: any, caption: string) => HTMLElement} */
  const table = (numbers, scale, caption) => {
    /** @type {(row: number, column: number) => number} */
    const at = (row, column) => numbers[(row * columns + column) * slices + slice];
    return numberTable(at, rows, columns, scale, caption);
  };
  /** @param {string} textContent */
  const sign = (textContent) => make("span", { textContent });
  return make(
    "div",
    { className: columns > 3 ? "sum wide" : "sum" },
    table(
      patch,
      scaleOfInput(before, patch),
      slices > 1 ? `patch of ${before?.name ?? "the image"} ${slice}` : "patch",
    ),
    sign("×"),
    table(kernel, scaleFor(kernel, "diverging"), "kernel"),
    sign("="),
    table(products, scaleFor(products, "diverging"), "products"),
  );
}

/**
 * Return the value after the activation; of what is switched off, that; nothing where the page does not know the function.
 * @param {State} state
 * @param {number} result
 * @returns {Record<string, HTMLElement>}
 */
function after({ layer, isOff }, result) {
  const value = isOff ? 0 : activate(layer, result);
  return value === null ? {} : { [isOff ? "switched off" : `after ${layer.activation}`]: number(value) };
}

/**
 * Return how a pooling comes to the value of a cell.
 * @param {any} ready
 * @param {number[]} cell
 * @param {number} network its own value
 */
function pooling({ state, reads }, cell, network) {
  const { layer, before, filter } = state;
  const axes = /** @type {import("../core/receptive_field.js").Axis[]} */ (layer.windows);
  const name = before?.name ?? "the image";
  const { high, winner, tied } = largestUnder(reads, axes, cell, filter);
  const patch = patchUnder(reads, axes, cell);
  const slices = reads.shape[2];
  const scale = scaleOfInput(before, patch);
  const table = numberTable(
    (row, column) => patch[(row * axes[1].taps + column) * slices + filter],
    axes[0].taps,
    axes[1].taps,
    scale,
    `${name} map ${filter}`,
  );
  const first = axes.map(({ start, step }, axis) => start + cell[axis] * step);
  table.tBodies[0].rows[winner[0] - first[0]].cells[winner[1] - first[1]].classList.add("winner");
  const where = `row ${winner[0]}, column ${winner[1]} of ${name}`;
  const open = before
    ? newButton(where, () => store.change({ layer: `${state.key}.${before.name}`, cell: winner }))
    : where;
  return [
    make("div", { className: "sum" }, table),
    make("p", {}, tied > 1 ? `${tied} are equally large; the first counts: ` : "The largest is ", open),
    totals({
      largest: number(high),
      ...(state.isOff ? { "switched off": number(0) } : compared(network, high)),
    }),
  ];
}
