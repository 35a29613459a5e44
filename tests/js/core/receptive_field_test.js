import assert from "node:assert/strict";
import "../page.js";
import { boxOn, partOf } from "../../../assets/js/core/receptive_field.js";

const conv = {
  name: "conv",
  sights: { input: [{ size: 5, step: 2, start: -2 }, { size: 5, step: 2, start: -2 }] },
};

Deno.test("what a cell sees ends where the picture does", () => {
  assert.deepEqual(partOf(conv, [0, 0], "input", [28, 28]), [0, 0, 3, 3]);
  assert.deepEqual(partOf(conv, [5, 13], "input", [28, 28]), [8, 24, 13, 28]);
});

Deno.test("of its own layer a cell sees itself, of one that it does not read nothing in particular", () => {
  assert.deepEqual(partOf(conv, [4, 5], "conv", [12, 12]), [4, 5, 5, 6]);
  assert.equal(partOf(conv, [4, 5], "later", [12, 12]), null);
});

Deno.test("a part of a picture is a box in CSS", () => {
  assert.deepEqual(boxOn([10, 20], [1, 2, 4, 12]), { top: "10%", left: "10%", width: "50%", height: "30%" });
});
