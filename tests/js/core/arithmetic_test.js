import assert from "node:assert/strict";
import "../page.js";
import {
  activate,
  addedBySlice,
  largestUnder,
  patchUnder,
  placeOfLargest,
  softmax,
  strongestOf,
  sumBySlice,
  termsOf,
} from "../../../assets/js/core/arithmetic.js";

const axis = { taps: 2, step: 1, start: -1, dilation: 1 }; // padded by one
const maps = { shape: [2, 2, 2], data: Float32Array.from([1, 10, 2, 20, 3, 30, 4, 40]) };

Deno.test("a patch has zeros where the window lies outside, in the order row, column, slice", () => {
  assert.deepEqual([...patchUnder(maps, [axis, axis], [0, 0])], [0, 0, 0, 0, 0, 0, 1, 10]);
  assert.deepEqual([...patchUnder(maps, [axis, axis], [1, 1])], [1, 10, 2, 20, 3, 30, 4, 40]);
  assert.deepEqual([...patchUnder(maps, [axis, axis], [2, 2])], [4, 40, 0, 0, 0, 0, 0, 0]);
});

Deno.test("a dilated window reads every other cell", () => {
  const wide = { shape: [3, 3], data: Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9]) };
  const dilated = { taps: 2, step: 1, start: 0, dilation: 2 };

  assert.deepEqual([...patchUnder(wide, [dilated, dilated], [0, 0])], [1, 3, 7, 9]);
});

Deno.test("terms add up to the result, which is a float32", () => {
  const { products, sum, result } = termsOf([0.1, 0.2], [3, 4], 0.5);

  assert.deepEqual([...products], [0.1 * 3, 0.2 * 4]);
  assert.equal(sum, products[0] + products[1]);
  assert.equal(result, Math.fround(sum + 0.5));
});

Deno.test("what slices add is the sum of their products", () => {
  assert.deepEqual([...sumBySlice([1, 10, 2, 20, 3, 30], 2)], [6, 60]);
});

Deno.test("of sums by slice one cell is read, or all are averaged", () => {
  assert.deepEqual([...addedBySlice(maps, [1, 0])], [3, 30]);
  assert.deepEqual([...addedBySlice(maps, null)], [2.5, 25]);
});

Deno.test("the largest under a window is found where it stands first, with how many are as large", () => {
  const pooled = { shape: [2, 2, 1], data: Float32Array.from([5, 7, 7, 1]) };
  const window = { taps: 2, step: 2, start: 0, dilation: 1 };

  assert.deepEqual(largestUnder(pooled, [window, window], [0, 0], 0), { high: 7, winner: [0, 1], tied: 2 });
});

Deno.test("an activation function that the page does not know gives nothing", () => {
  assert.equal(activate({ activation: "relu" }, -3), 0);
  assert.equal(activate({ activation: "tanh" }, 0.5), Math.tanh(0.5));
  assert.equal(activate({ activation: "sigmoid" }, 0), 0.5);
  assert.equal(activate({ activation: "softmax" }, 1), null);
  assert.equal(activate({ activation: null }, 1), null);
});

Deno.test("softmax does not overflow, and its shares are those of the exponentials", () => {
  const { exponentials, sum } = softmax([1000, 999]);

  assert.ok(Math.abs(exponentials[0] / sum - 1 / (1 + Math.exp(-1))) < 1e-15);
});

Deno.test("the strongest are those farthest from zero, farthest first", () => {
  assert.deepEqual(strongestOf([1, -5, 3], 2), [1, 2]);
});

Deno.test("the largest cell is told by its row and column, the first of several", () => {
  assert.deepEqual(placeOfLargest(Float32Array.from([1, 2, 5, 5, 0, -1]), 3), [0, 2]);
});
