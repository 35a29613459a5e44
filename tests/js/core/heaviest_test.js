import assert from "node:assert/strict";
import { addedBy, heaviestSources, sizeBySlice } from "../../../assets/js/core/heaviest.js";

const axis = { taps: 2, step: 1, start: 0, dilation: 1 };
const padded = { ...axis, start: -1 };
/** 2×2 weights of two slices and two filters: weight = 1000·row + 100·column + 10·slice + filter. */
const kernel = {
  shape: [2, 2, 2, 2],
  data: Float32Array.from(
    { length: 16 },
    (_, i) => 1000 * (i >> 3) + 100 * ((i >> 2) & 1) + 10 * ((i >> 1) & 1) + (i & 1),
  ),
};
const read = (/** @type {number} */ slice, /** @type {number} */ row, /** @type {number} */ column) =>
  slice ? -1 : row + column;

Deno.test("the largest products come first, whichever sign they have, and zeros are none", () => {
  const found = heaviestSources(read, [3, 3, 2], [axis, axis], kernel, 1, [0, 0], 3);
  assert.deepEqual(found.map(({ slice, row, column, product }) => [slice, row, column, product]), [
    [0, 1, 1, 2 * 1101],
    [1, 1, 1, -1111],
    [1, 1, 0, -1011],
  ]);
  const all = heaviestSources(read, [3, 3, 2], [axis, axis], kernel, 1, [0, 0], Infinity);
  assert.equal(all.length, 7); // the value at row 0, column 0 of slice 0 is zero
  const added = addedBy(all, 2);
  assert.equal(added[0], 101 + 1001 + 2 * 1101);
  assert.equal(added[1], -(11 + 111 + 1011 + 1111));
});

Deno.test("the weights of a slice are added up without their signs", () => {
  const negative = { ...kernel, data: kernel.data.map((weight, i) => (i % 3 ? weight : -weight)) };
  assert.deepEqual([...sizeBySlice(negative, 1)], [1 + 101 + 1001 + 1101, 11 + 111 + 1011 + 1111]);
});

Deno.test("on padding nothing is read", () => {
  const found = heaviestSources(read, [3, 3, 2], [padded, padded], kernel, 1, [0, 0], Infinity);
  assert.deepEqual(found.map(({ slice, row, column }) => [slice, row, column]), [[1, 0, 0]]);
});
