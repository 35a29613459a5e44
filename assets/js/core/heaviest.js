/** Which cells of what a layer reads weigh most in one of its sums. */

/** @import { Axis } from "./receptive_field.js" */
/** @import { Tensor } from "./npy.js" */

/**
 * @typedef {{slice: number, row: number, column: number, product: number}} Source a cell that is read, and its value × weight
 */

/**
 * Return the sources of a cell of a convolution with the largest products, whichever sign these have; none of them zero.
 * @param {(slice: number, row: number, column: number) => number} read value of what is read, in its own units
 * @param {number[]} shape [rows, columns, maps] of what is read
 * @param {Axis[]} windows along rows and columns
 * @param {Tensor} kernel [rows, columns, slices, filters]
 * @param {number} filter
 * @param {number[]} cell [row, column]
 * @param {number} most how many
 * @returns {Source[]}
 */
export function heaviestSources(read, shape, windows, kernel, filter, cell, most) {
  const [high, wide, slices, filters] = kernel.shape;
  /** @type {Source[]} */
  const sources = [];
  const at = (/** @type {number} */ axis, /** @type {number} */ tap) =>
    windows[axis].start + cell[axis] * windows[axis].step + tap * windows[axis].dilation;
  for (let r = 0; r < high; r++) {
    for (let k = 0; k < wide; k++) {
      const [row, column] = [at(0, r), at(1, k)];
      if (row < 0 || column < 0 || row >= shape[0] || column >= shape[1]) continue;
      for (let slice = 0; slice < slices; slice++) {
        const product = read(slice, row, column) *
          kernel.data[((r * wide + k) * slices + slice) * filters + filter];
        if (product) sources.push({ slice, row, column, product });
      }
    }
  }
  return sources.sort((one, other) => Math.abs(other.product) - Math.abs(one.product)).slice(0, most);
}

/**
 * Return how large the weights of each slice of a filter are, added up without their signs.
 * @param {Tensor} kernel [rows, columns, slices, filters]
 * @param {number} filter
 */
export function sizeBySlice({ shape: [rows, columns, slices, filters], data }, filter) {
  const sizes = new Float64Array(slices);
  for (let at = 0; at < rows * columns * slices; at++) {
    sizes[at % slices] += Math.abs(data[at * filters + filter]);
  }
  return sizes;
}

/**
 * Return what each slice adds to the sum of a cell, from all its sources.
 * @param {Source[]} sources
 * @param {number} slices
 */
export function addedBy(sources, slices) {
  const added = new Float64Array(slices);
  for (const { slice, product } of sources) added[slice] += product;
  return added;
}
