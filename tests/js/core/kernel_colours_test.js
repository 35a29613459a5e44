import assert from "node:assert/strict";
import "../page.js";
import { colourOfWeights, liesOverColours } from "../../../assets/js/core/kernel_colours.js";

const FIRST = { convolves: true, groups: 1, grid: [3, 3, 3], reads: ["input"] };

/** @param {number} packed */
const parts = (packed) => [packed & 255, (packed >> 8) & 255, (packed >> 16) & 255, packed >>> 24];

Deno.test("only a convolution that reads all three colours of an image has a picture in colours", () => {
  assert.equal(liesOverColours(FIRST, 3), true);
  assert.equal(liesOverColours(FIRST, 1), false);
  assert.equal(liesOverColours({ ...FIRST, groups: 3 }, 3), false);
  assert.equal(liesOverColours({ ...FIRST, grid: [1, 3, 3] }, 3), false);
  assert.equal(liesOverColours({ ...FIRST, reads: ["pool1"] }, 3), false); // of three maps
  assert.equal(liesOverColours({ ...FIRST, convolves: false }, 3), false);
});

Deno.test("no weight is grey; the largest is a full colour, its opposite none of it", () => {
  assert.deepEqual(parts(colourOfWeights([0, 0, 0], 2)), [128, 128, 128, 255]);
  assert.deepEqual(parts(colourOfWeights([2, -2, 0], 2)), [255, 0, 128, 255]);
  assert.deepEqual(parts(colourOfWeights([1, -1, 9], 2)), [191, 64, 255, 255]); // beyond is cut
  assert.deepEqual(parts(colourOfWeights([0, 0, 0], 0)), [128, 128, 128, 255]); // of a filter of zeros
});
