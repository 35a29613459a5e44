import assert from "node:assert/strict";
import { FACTS } from "../page.js";
import { keepsLargest, sumsAll, weighsAll } from "../../../assets/js/core/forms.js";

const [conv, pool, output] = FACTS.models[1].layers;

Deno.test("what is asked of a layer follows from its facts, not from its kind", () => {
  /** @type {(asked: (layer: any) => boolean) => boolean[]} */
  const answers = (asked) => [conv, pool, output].map((layer) => asked({ ...layer, kind: "Strange" }));

  assert.deepEqual(answers(sumsAll), [true, false, false]);
  assert.deepEqual(answers(keepsLargest), [false, true, false]);
  assert.deepEqual(answers(weighsAll), [false, false, true]);
});

Deno.test("filters that read a part of the maps, means, and units without weights are not worked out here", () => {
  assert.equal(sumsAll({ ...conv, groups: 2 }), false);
  assert.equal(keepsLargest({ ...pool, takes: "mean" }), false);
  assert.equal(keepsLargest({ ...pool, windows: null }), false);
  assert.equal(weighsAll({ ...output, has_kernel: false }), false);
});
