/** The arithmetic behind one number, in the browser for what is pointed at; models/analysis/arithmetic.py is the measure, and a test holds the two together. */

/** @import { Layer } from "./facts.js" */
/** @import { Tensor } from "./npy.js" */
/** @import { Axis } from "./receptive_field.js" */

/**
 * Return the row or column of the input under tap `tap` of cell `cell`, -1 where there is only padding.
 * @param {Axis} axis
 * @param {number} cell
 * @param {number} tap
 * @param {number} length
 */
const under = ({ step, start, dilation }, cell, tap, length) => {
  const place = start + cell * step + tap * dilation;
  return place < length ? place : -1;
};

/**
 * Return the values under a window: Float32Array in the order row, column, slice; zeros where nothing is.
 * @param {Tensor} tensor
 * @param {Axis[]} axes of rows and columns
 * @param {number[]} cell
 * @returns {Float32Array}
 */
export function patchUnder({ shape, data }, [rows, columns], [row, column]) {
  const [high, wide, slices = 1] = shape;
  const found = new Float32Array(rows.taps * columns.taps * slices);
  let to = 0;
  for (let r = 0; r < rows.taps; r++) {
    const y = under(rows, row, r, high);
    for (let k = 0; k < columns.taps; k++, to += slices) {
      const x = under(columns, column, k, wide);
      if (y < 0 || x < 0) continue;
      found.set(data.subarray((y * wide + x) * slices, (y * wide + x + 1) * slices), to);
    }
  }
  return found;
}

/**
 * Return {products, sum, result} of values × weights; products and their sum in float64, with the bias as float32.
 * @param {ArrayLike<number>} values
 * @param {ArrayLike<number>} weights
 * @param {number} bias
 */
export function termsOf(values, weights, bias) {
  const products = Float64Array.from(values, (value, i) => value * weights[i]);
  const sum = products.reduce((all, one) => all + one, 0);
  return { products, sum, result: Math.fround(sum + bias) };
}

/**
 * Return what each slice adds to one cell, from its products in the order row, column, slice.
 * @param {ArrayLike<number>} products
 * @param {number} slices
 */
export function sumBySlice(products, slices) {
  const added = new Float64Array(slices);
  for (let i = 0; i < products.length; i++) added[i % slices] += products[i];
  return added;
}

/**
 * Return {high, winner, tied}: the largest value under a pooling window in one map, row and column of the first such, and how many there are.
 * @param {Tensor} tensor
 * @param {Axis[]} axes of rows and columns
 * @param {number[]} cell
 * @param {number} channel
 * @returns {{high: number, winner: number[], tied: number}}
 */
export function largestUnder({ shape, data }, [rows, columns], [row, column], channel) {
  let high = -Infinity;
  let winner = [-1, -1];
  let tied = 0;
  for (let r = 0; r < rows.taps; r++) {
    for (let k = 0; k < columns.taps; k++) {
      const [y, x] = [under(rows, row, r, shape[0]), under(columns, column, k, shape[1])];
      const value = y < 0 || x < 0 ? -Infinity : data[(y * shape[1] + x) * shape[2] + channel];
      if (value > high) [high, winner, tied] = [value, [y, x], 0];
      if (value === high) tied++;
    }
  }
  return { high, winner, tied };
}

/**
 * Return the row and column of the largest of a map's values, of the first where several are as large.
 * @param {ArrayLike<number>} values
 * @param {number} columns
 */
export function placeOfLargest(values, columns) {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return [Math.floor(best / columns), best % columns];
}

/** @type {Record<string, (value: number) => number>} */
const ACTIVATIONS = {
  linear: (value) => value,
  relu: (value) => Math.max(0, value),
  relu6: (value) => Math.min(Math.max(0, value), 6),
  leaky_relu: (value) => value > 0 ? value : 0.2 * value,
  elu: (value) => value > 0 ? value : Math.expm1(value),
  celu: (value) => value > 0 ? value : Math.expm1(value),
  tanh: Math.tanh,
  sigmoid: (value) => sigmoid(value),
  silu: (value) => value * sigmoid(value),
  softsign: (value) => value / (1 + Math.abs(value)),
  exponential: Math.exp,
  hard_sigmoid: (value) => hardSigmoid(value),
  hard_silu: (value) => value * hardSigmoid(value),
  hard_tanh: (value) => Math.min(Math.max(value, -1), 1),
};

/** @param {number} value */
const sigmoid = (value) => 0.5 * (1 + Math.tanh(value / 2));

/** @param {number} value */
const hardSigmoid = (value) => Math.min(Math.max(value + 3, 0), 6) / 6;

/**
 * Return the value after a layer's activation function, null where there is none or it takes more than one value.
 * @param {Pick<Layer, "activation">} layer
 * @param {number} value
 * @returns {number | null}
 */
export const activate = (layer, value) => ACTIVATIONS[layer.activation ?? ""]?.(value) ?? null;

/**
 * Return {exponentials, sum}: of the logits after the largest is taken from each, which changes no share.
 * @param {ArrayLike<number>} logits
 */
export function softmax(logits) {
  const most = Math.max(...Array.from(logits));
  const exponentials = Float64Array.from(logits, (logit) => Math.exp(logit - most));
  return { exponentials, sum: exponentials.reduce((all, one) => all + one, 0) };
}

/**
 * Return the places of the `count` numbers that are farthest from zero, farthest first.
 * @param {number[] | Float32Array | Float64Array} numbers
 * @param {number} count
 * @returns {number[]}
 */
export function strongestOf(numbers, count) {
  return Array.from(numbers.keys()).sort((a, b) => Math.abs(numbers[b]) - Math.abs(numbers[a])).slice(
    0,
    count,
  );
}

/**
 * Return what each slice adds: to one cell, or to a cell on average.
 * @param {Tensor} partial what each slice adds to each cell
 * @param {number[] | null} cell
 */
export function addedBySlice({ shape, data }, cell) {
  const [high, wide, slices] = shape;
  const added = new Float64Array(slices);
  if (cell) return added.map((_, slice) => data[(cell[0] * wide + cell[1]) * slices + slice]);
  for (let i = 0; i < data.length; i++) added[i % slices] += data[i] / (high * wide);
  return added;
}
