import assert from "node:assert/strict";
import "../page.js";
import { shownClasses } from "../../../assets/js/figures/answer_rows.js";

const opened = { logits: Float32Array.from([1, 5, 3, 4, 2]) };

Deno.test("where there is room for all, classes stand by their numbers", () => {
  assert.deepEqual(shownClasses(opened, 0, 5), [0, 1, 2, 3, 4]);
});

Deno.test("else the strongest come first, and the label is always among them", () => {
  assert.deepEqual(shownClasses(opened, 3, 3), [1, 3, 2]);
  assert.deepEqual(shownClasses(opened, 0, 3), [1, 3, 0]);
  assert.deepEqual(shownClasses(opened, null, 2), [1, 3]);
});
