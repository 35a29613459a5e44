import assert from "node:assert/strict";
import { selected } from "../page.js";
import {
  kernelsAddress,
  linkTo,
  networkAddress,
  pictureAddress,
  weightsAddress,
} from "../../../assets/js/core/address.js";
import { modelOf } from "../../../assets/js/core/facts.js";
import {
  accuracyWords,
  at,
  changeWords,
  layerAt,
  momentAt,
  momentFile,
  momentName,
  momentsOf,
  momentWords,
  rightWords,
  standing,
} from "../../../assets/js/core/moments.js";
import { kindOfWeights } from "../../../assets/js/core/scale.js";
import { isDifference } from "../../../assets/js/core/selection.js";
import { settle } from "../../../assets/js/core/settling.js";
import { learnedWords } from "../../../assets/js/explore/learned.js";
import { differingSentence } from "../../../assets/js/explore/reference.js";

const BOTH = ["fcn", "cnn-small"];

Deno.test("the moments of a pair stand in the order of their epochs, each once", () => {
  assert.deepEqual(momentsOf(BOTH), ["0", "step4", "1", "2", "3"]);
  assert.deepEqual(momentsOf(["cnn-small", "other"]), ["0", "step4", "1"]);
  assert.deepEqual(momentsOf(["other", "other"]), []);
});

Deno.test("a network stands at a moment, or at its last before it; without any it is as it is", () => {
  assert.equal(momentAt("fcn", "2")?.correct, 9);
  assert.equal(momentAt("cnn-small", "2")?.key, "1");
  assert.equal(momentAt("cnn-small", "step4")?.correct, 6);
  for (const moment of ["", "trained"]) assert.equal(momentAt("fcn", moment), null);
  assert.equal(momentAt("other", "2"), null);
});

Deno.test("a layer has the dead channels and the ends of the moment, and is the same object each time", () => {
  const [dense] = modelOf("fcn").layers;

  assert.deepEqual(layerAt("fcn", dense, "3").dead, [2]);
  assert.deepEqual(layerAt("fcn", dense, "3").ranges.post, [0, 3]);
  assert.equal(layerAt("fcn", dense, "3"), layerAt("fcn", dense, "3"));
  assert.equal(layerAt("fcn", dense, ""), dense);
});

Deno.test("what is asked at a moment is asked below its address", () => {
  const now = selected({ epoch: "step4" });

  assert.ok(pictureAddress(now).startsWith("at/step4/pictures/"));
  assert.equal(networkAddress(selected({ since: "1" }), "fcn"), "at/trained/api/models/fcn");
  assert.equal(networkAddress(selected(), "fcn"), "api/models/fcn");
  assert.ok(pictureAddress(selected({ since: "1" })).endsWith("?since=1"));
  assert.equal(at(selected()), "");
  assert.ok(linkTo(selected({ epoch: "2", since: "0" })).includes("epoch=2&since=0"));
});

Deno.test("a moment is called as a person calls it", () => {
  assert.deepEqual(["", "0", "step64", "3"].map(momentName), [
    "the trained network",
    "random weights",
    "step 64",
    "epoch 3",
  ]);
  assert.deepEqual(["", "0", "step64", "3"].map(momentWords), [
    "as trained",
    "with random weights",
    "after step 64",
    "after epoch 3",
  ]);
  assert.deepEqual(["", "step64", "3"].map(momentFile), ["", "-step64", "-epoch3"]);
  assert.equal(momentFile("trained"), "-trained");
  assert.deepEqual(standing("fcn", { epoch: "3", since: "step4" }), { epoch: "3", since: "step4" });
  assert.deepEqual(standing("cnn-small", { epoch: "3", since: "trained" }), { epoch: "1", since: "trained" });
  assert.deepEqual(standing("fcn", { epoch: "", since: "" }), { epoch: "", since: "" });
});

Deno.test("how often a network is right is said of its moment, and of the network with nothing off", () => {
  /** @type {(key: string, change: Record<string, unknown>) => string} */
  const said = (key, change) => accuracyWords(key, selected(change));

  assert.equal(said("fcn", { epoch: "2" }), "right on 75.00 % of the test digits after epoch 2");
  assert.equal(said("cnn-small", { epoch: "3" }), "right on 75.00 % of the test digits after epoch 1");
  const off = { epoch: "2", off: "fcn.dense:1" };
  assert.equal(said("fcn", off), "right on 75.00 % of the test digits after epoch 2 with nothing off");
  assert.equal(said("cnn-small", off), "right on 75.00 % of the test digits after epoch 1");
  assert.equal(said("other", { epoch: "2" }), "the digits have no labels");
});

Deno.test("of a network of which no moment was kept it is said that it stands as trained", () => {
  const other = modelOf("other");
  const { correct } = other;
  other.correct = 9;

  assert.equal(rightWords(["fcn", "other"], "2"), "FCN 75.00 %, other 75.00 % as trained");
  assert.equal(rightWords(["fcn", "other"], "").includes("as trained"), false);
  const compared = differingSentence(selected({ pair: ["fcn", "other"], epoch: "2", since: "1" }));
  assert.ok(compared.endsWith("Nothing was kept of the training of other, which stays as trained."));
  assert.ok(differingSentence(selected({ epoch: "2", since: "1" })).endsWith("answers are of now."));
  const words = accuracyWords("other", selected({ epoch: "2" }));
  assert.equal(words, "right on 75.00 % of the test digits as trained");
  other.correct = correct;
});

Deno.test("weights are said to be the difference of the moments that their own network has", () => {
  assert.equal(
    changeWords("fcn", selected({ epoch: "3", since: "step4" })),
    "epoch 3 minus step 4",
  );
  assert.equal(
    changeWords("cnn-small", selected({ epoch: "3", since: "0" })),
    "epoch 1 minus random weights",
  );
  assert.equal(changeWords("fcn", selected({ since: "1" })), "the trained network minus epoch 1");
  assert.equal(changeWords("fcn", selected({ epoch: "3" })), "");
  const now = selected({ epoch: "3", since: "trained" });
  assert.equal(
    weightsAddress(now, "fcn", "dense", 2),
    "at/3/api/models/fcn/layers/dense/kernel.npy?filter=2&since=trained",
  );
  assert.equal(weightsAddress(selected(), "fcn", "dense"), "api/models/fcn/layers/dense/kernel.npy");
  assert.ok(kernelsAddress(now, "fcn", "dense", 1).endsWith("/fcn/dense/1.bin?since=trained"));
  assert.equal(kindOfWeights(selected({ scale: "grey", since: "1" })), "diverging");
  assert.equal(kindOfWeights(selected({ scale: "grey" })), "grey");
});

Deno.test("moments are compared, or images, never both; and no moment with itself", () => {
  const compared = settle(selected({ reference: 3 }), { since: "1" });
  assert.deepEqual([compared.reference, compared.since, isDifference(compared)], [null, "1", true]);
  assert.equal(settle(compared, { reference: 3 }).since, "");
  assert.equal(settle(compared, { epoch: "1" }).since, "");
  assert.equal(settle(selected(), { since: "trained" }).since, "");
  assert.equal(settle(selected({ epoch: "1" }), { since: "trained" }).since, "trained");
});

Deno.test("a moment that was not kept of the networks shown is left", () => {
  const at3 = selected({ epoch: "3" });

  assert.equal(settle(at3, { pair: ["cnn-small", "other"] }).epoch, "");
  assert.equal(settle(at3, { pair: ["fcn", "other"] }).epoch, "3");
});

Deno.test("whatever is open stays so at a moment", () => {
  const open = selected({ layer: "fcn.dense", filter: 1, part: "without", why: "gradient" });

  assert.deepEqual(settle(open, { epoch: "1" }), { ...open, epoch: "1" });
});

Deno.test("an image is learned when it is right first, whatever luck random weights had", () => {
  /** @type {(text: string) => string} */
  const said = (text) =>
    learnedWords({
      label: 4,
      moments: ["0", "step1", "step4", "1", "2"].map((key, i) => ({ key, answer: text[i] === "r" ? 4 : 9 })),
    });

  assert.equal(said("rwwrr"), "learned after epoch 1");
  assert.equal(said("wrwrr"), "learned after step 1, forgotten once");
  assert.equal(said("wrwrw"), "learned after step 1, forgotten twice, wrong in the end");
  assert.equal(said("rwwww"), "never learned");
  assert.equal(learnedWords({ label: null, moments: [] }), "has no label");
});
