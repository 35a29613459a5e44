import assert from "node:assert/strict";
import "../page.js";
import { givenBy } from "../../../assets/js/explore/unit_lens.js";

/** @type {(stage: string, activation: string, differing?: string) => any} */
const panel = (stage, activation, differing = "") => ({
  differing,
  selection: { stage },
  layer: { activation },
  approximate: (/** @type {number} */ i) => [i ? 2 : -3, 0.1],
});
/** @type {(of: any) => number[] | undefined} */
const given = (of) => {
  const value = givenBy(of);
  return value ? [value(0), value(1)] : undefined;
};

Deno.test("what a layer gives on is what stands in the picture after its activation", () => {
  assert.deepEqual(given(panel("post", "tanh")), [-3, 2]);
  assert.deepEqual(given(panel("pre", "")), [-3, 2]);
});

Deno.test("before it, what the activation lets through; nothing where a picture does not tell", () => {
  assert.deepEqual(given(panel("pre", "relu")), [0, 2]);
  assert.equal(given(panel("pre", "tanh")), undefined);
  assert.equal(given(panel("post", "relu", "difference to test digit 3")), undefined);
});
