import assert from "node:assert/strict";
import { FACTS, selected } from "../page.js";
import { openKernels, openPicture } from "../../../assets/js/core/picture.js";

/**
 * Return a body as dashboard/picture.py packs it: floats that count up, levels that count up.
 * @param {{digit: number}} selection
 * @param {number} floats
 * @param {number} cells
 */
function packed(selection, floats, cells) {
  const body = new ArrayBuffer(4 + 4 * floats + cells);
  new DataView(body).setUint32(0, selection.digit, true);
  new Float32Array(body, 4, floats).set(Array.from({ length: floats }, (_, i) => i));
  new Uint8Array(body, 4 + 4 * floats).set(Array.from({ length: cells }, (_, i) => i % 5));
  return body;
}

const CELLS = 4 * (26 * 26 + 13 * 13);

Deno.test("a picture is the networks' answers, their units, and their maps with the ends of each", () => {
  const opened = openPicture(packed(selected(), 6 + 6 + 3 + 6 + 8 + 8 + 3, CELLS), selected());

  assert.deepEqual([...opened.models.fcn.logits], [0, 1, 2]);
  assert.deepEqual([...opened.models.fcn.probabilities], [3, 4, 5]);
  assert.deepEqual([...opened.models.fcn.layers.dense.values], [6, 7, 8, 9, 10, 11]);
  const { conv, pool } = opened.models["cnn-small"].layers;
  assert.deepEqual([[...conv.low], [...conv.high]], [[21, 22, 23, 24], [25, 26, 27, 28]]);
  assert.deepEqual([conv.levels.length, pool.levels.length], [4 * 26 * 26, 4 * 13 * 13]);
  assert.deepEqual([opened.digit, opened.pixels, conv.count], [7, null, FACTS.levels.post]);
});

Deno.test("before activation levels come as surprises, by the median of what is left, above and between", () => {
  const selection = selected({ stage: "pre", pair: ["cnn-small"] });
  const floats = 6 + 8 + 8 + 3;
  const body = packed(selection, floats, CELLS);
  const surprises = new Uint8Array(body, 4 + 4 * floats);
  surprises.fill(0);
  surprises[0] = 3; // the first cell of the first map: all others are as their neighbours

  const { levels } = openPicture(body, selection).models["cnn-small"].layers.conv;

  assert.ok(levels.subarray(0, 26 * 26).every((/** @type {number} */ level) => level === 3));
  assert.ok(levels.subarray(26 * 26).every((/** @type {number} */ level) => level === 0));
});

Deno.test("kernels are the ends of each filter, and its levels", () => {
  const body = new ArrayBuffer(8 * 2 + 6);
  new Float32Array(body, 0, 4).set([-1, -2, 1, 2]);
  new Uint8Array(body, 16).set([0, 1, 2, 3, 4, 0]);

  const { low, high, levels } = openKernels(body, 2);
  assert.deepEqual([[...low], [...high], [...levels]], [[-1, -2], [1, 2], [0, 1, 2, 3, 4, 0]]);
});
