import assert from "node:assert/strict";
import { FACTS, selected } from "../page.js";
import { Images } from "../../../assets/js/core/images.js";
import { chosenDigits } from "../../../assets/js/explore/choice.js";

const LABELS = [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2];
const images = new Images();
images.learn(
  Uint8Array.from([
    ...LABELS,
    ...LABELS.map((label, i) => (i < 4 ? 2 : label)), // fcn: wrong on 0, 1, 3
    ...LABELS.map((label, i) => (i < 2 || i === 11 ? 0 : label)), // cnn-small: wrong on 1, 11
    ...LABELS,
  ]).buffer,
);

/**
 * Return the digits of a choice, by index unless another order is given.
 * @param {Record<string, unknown>} choice
 * @param {Record<string, unknown>} known
 */
function chosen(choice, known = {}) {
  const all = { orders: {}, inside: null, changed: () => null, ...known };
  return chosenDigits({ ...selected().wall, ...choice }, ["fcn", "cnn-small"], images, all, "fcn.dense:1");
}

Deno.test("nothing chosen leaves all, by index", () => {
  assert.deepEqual(chosen({}), LABELS.map((_, i) => i));
});

Deno.test("mistakes of one network, of it alone, of both, of none", () => {
  assert.deepEqual(chosen({ wrong: "fcn" }), [0, 1, 3]);
  assert.deepEqual(chosen({ wrong: "only.fcn" }), [0, 3]);
  assert.deepEqual(chosen({ wrong: "both" }), [1]);
  assert.deepEqual(chosen({ wrong: "none" }), [2, 4, 5, 6, 7, 8, 9, 10]);
  assert.deepEqual(chosen({ wrong: "disagree" }), [0, 1, 3, 11]);
  assert.deepEqual(chosen({ wrong: "disputed" }), Object.keys(FACTS.disputed).map(Number));
});

Deno.test("a label, and what a network takes for a class", () => {
  assert.deepEqual(chosen({ label: 1 }), [1, 4, 7, 10]);
  assert.deepEqual(chosen({ answer: 2, by: "fcn", label: 0 }), [0, 3]);
});

Deno.test("an order is kept by what is left; neighbours come nearest first", () => {
  const orders = { fcn: LABELS.map((_, i) => 11 - i) };
  assert.deepEqual(chosen({ sort: "fcn", label: 1 }, { orders }), [10, 7, 4, 1]);
  const inside = [5, 2, 8];
  assert.deepEqual(chosen({ within: "fcn.near:5" }, { inside }), [5, 2, 8]);
  assert.deepEqual(chosen({ within: "fcn.tsne:1.2.3.4.5.6" }, { inside }), [2, 5, 8]);
});

Deno.test("those whose answer changes by what is off, or without what is named", () => {
  const sets = new Map([["fcn.dense:1", new Set([4, 9])], ["fcn.dense:2", new Set([9, 3])]]);
  const changed = (/** @type {string} */ off) => sets.get(off) ?? null;

  assert.deepEqual(chosen({ wrong: "changed" }, { changed }), [4, 9]);
  assert.deepEqual(chosen({ changed: "fcn.dense:2" }, { changed }), [3, 9]);
  assert.deepEqual(chosen({ changed: "fcn.dense:2", wrong: "changed" }, { changed }), [9]);
});
