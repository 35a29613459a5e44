import assert from "node:assert/strict";
import "../page.js";
import { offOf, offWords, readOff, toggledOff, writeOff } from "../../../assets/js/core/ablation.js";

const TEXT = "fcn.dense:0.2,cnn-small.conv:3";

Deno.test("what is off is written in the networks' own order, each channel once", () => {
  assert.deepEqual(readOff(TEXT).get("fcn.dense"), [0, 2]);
  assert.equal(writeOff(readOff(TEXT)), TEXT);
  assert.equal(writeOff(new Map([["cnn-small.conv", [3, 3]], ["fcn.dense", [2, 0]]])), TEXT);
});

Deno.test("a channel is switched off, and on again", () => {
  assert.equal(toggledOff("", "fcn.dense", 1), "fcn.dense:1");
  assert.equal(toggledOff("fcn.dense:1", "fcn.dense", 1), "");
});

Deno.test("one network's part is what is off in it, and not in one whose name begins so", () => {
  assert.equal(offOf("cnn.conv:1,cnn-small.conv:3", "cnn"), "cnn.conv:1");
});

Deno.test("neighbours are said as spans, and all as all", () => {
  assert.equal(offWords("fcn.dense:0.1.2.4"), "FCN dense 0–2, 4");
  assert.equal(offWords("cnn-small.conv:0.1.2.3"), "CNN small conv all 4");
});
