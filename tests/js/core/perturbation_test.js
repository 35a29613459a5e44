import assert from "node:assert/strict";
import "../page.js";
import { moveQuery, moveWords, readMove, withInk } from "../../../assets/js/core/perturbation.js";

Deno.test("what was drawn and what is done to it are read from one text", () => {
  const { ink, way, amount, done } = readMove("ink:eN-p_j,rotation:-15");

  assert.deepEqual([ink, way.key, amount, done], ["ink:eN-p_j", "rotation", -15, "rotation:-15"]);
  assert.equal(readMove("").way.key, "none");
});

Deno.test("an amount that does nothing is nothing that is done", () => {
  assert.equal(moveQuery("rotation:0"), "");
  assert.equal(moveQuery("ink:eNpj,rotation:0"), "perturb=ink:eNpj");
  assert.equal(moveWords("rotation:0"), "");
});

Deno.test("what is done is said in words of its direction", () => {
  assert.equal(moveWords("rotation:15"), "turned left by 15°");
  assert.equal(moveWords("rotation:-15"), "turned right by 15°");
});

Deno.test("a drawing takes over what is done to the digit, and leaves it behind", () => {
  assert.equal(withInk("ink:eNpj", "rotation:15"), "ink:eNpj,rotation:15");
  assert.equal(withInk("", "pixels:abc,rotation:15"), "rotation:15");
  assert.equal(withInk("raw:abc", "ink:eNpj"), "raw:abc");
});
