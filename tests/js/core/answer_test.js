import assert from "node:assert/strict";
import { selected } from "../page.js";
import { rankedClasses, saying, verdictSentence } from "../../../assets/js/core/answer.js";

const saturated = {
  logits: Float32Array.from([20, -9, 25]),
  probabilities: Float32Array.from([1, 0, 1]),
};

Deno.test("of two classes whose probability is the same float32 the larger logit is the answer", () => {
  assert.deepEqual(rankedClasses(saturated), [2, 0, 1]);
  assert.equal(saying(saturated), "2 with 99.3 %");
});

Deno.test("a screen reader hears which digit it is, what each network says, and whether that is right", () => {
  const picture = { models: { fcn: { ...saturated, layers: {} } } };

  const said = verdictSentence(selected(), picture, 2, ["fcn"]);
  assert.equal(said, "Test digit 7, label 2. FCN says 2 with 99.3 %, right.");
  const drawn = verdictSentence(selected({ perturb: "ink:eNpj" }), picture, null, ["fcn"]);
  assert.equal(drawn, "Your digit. FCN says 2 with 99.3 %.");
});
