import assert from "node:assert/strict";
import { selected } from "../page.js";
import { linkTo, networkAddress, pictureAddress } from "../../../assets/js/core/address.js";
import { modelOf } from "../../../assets/js/core/facts.js";
import {
  accuracyWords,
  at,
  layerAt,
  momentAt,
  momentFile,
  momentName,
  momentsOf,
  momentWords,
} from "../../../assets/js/core/moments.js";
import { isDifference } from "../../../assets/js/core/selection.js";
import { settle } from "../../../assets/js/core/settling.js";
import { learnedWords } from "../../../assets/js/explore/learned.js";

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
  assert.equal(accuracyWords("fcn", "2"), "right on 75.00 % of the test digits after epoch 2");
  assert.equal(accuracyWords("cnn-small", "3"), "right on 75.00 % of the test digits after epoch 1");
  assert.equal(accuracyWords("other", "2"), "the digits have no labels");
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

Deno.test("what is known of networks as they are closes at a moment", () => {
  const open = selected({ layer: "fcn.dense", filter: 1, part: "without" });

  assert.equal(settle(open, { epoch: "1" }).part, "");
  assert.equal(settle(selected({ why: "gradient" }), { epoch: "1" }).why, "");
  assert.equal(settle({ ...open, part: "weights" }, { epoch: "1" }).part, "weights");
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
