import assert from "node:assert/strict";
import { selected } from "../page.js";
import { modelOf, readPath } from "../../../assets/js/core/facts.js";
import { askedKeys, seenOf, showing } from "../../../assets/js/core/selection.js";

const [block] = modelOf("cnn-small").blocks;

/** @type {(more?: Record<string, unknown>) => string} */
const seen = (more) => seenOf(selected(more), "cnn-small", block, (name) => name === "conv");

Deno.test("a layer's name may have dots, a network's key has none", () => {
  assert.deepEqual(readPath("cnn.block1.conv"), ["cnn", "block1.conv"]);
  assert.deepEqual(readPath("cnn"), ["cnn", ""]);
});

Deno.test("of a block the last layer is seen, or the one that is asked for, inspected, or turned over", () => {
  const show = "cnn-small.conv";

  assert.equal(seen(), "pool");
  assert.equal(seen({ show }), "conv");
  assert.equal(seen({ show: "other.conv" }), "pool");
  assert.equal(seen({ show, layer: "cnn-small.pool" }), "pool");
  assert.equal(seen({ layer: "cnn-small.conv" }), "conv");
  assert.equal(seen({ flip: "all", layer: "cnn-small.pool" }), "conv");
});

Deno.test("what is asked for of a block takes the place of what was, and the inspection with it", () => {
  const before = selected({ layer: "cnn-small.pool", filter: 2, show: "other.x", flip: "all" });

  const asked = showing(before, "cnn-small.conv");
  assert.deepEqual(asked, { show: "other.x,cnn-small.conv", flip: "", layer: "cnn-small.conv" });

  const back = showing({ ...before, ...asked, flip: "cnn-small.conv" }, "cnn-small.pool");
  assert.deepEqual(back, { show: "other.x", flip: "", layer: "cnn-small.pool" });
  assert.deepEqual(showing(selected(), "cnn-small.conv"), { show: "cnn-small.conv", flip: "" });
});

Deno.test("the network whose layer is selected is asked first", () => {
  const pair = ["fcn", "cnn-small"];

  assert.deepEqual(askedKeys(selected({ pair })), pair);
  assert.deepEqual(askedKeys(selected({ pair, layer: "fcn.dense" })), pair);
  assert.deepEqual(askedKeys(selected({ pair, layer: "cnn-small.conv" })), ["cnn-small", "fcn"]);
  assert.deepEqual(pair, ["fcn", "cnn-small"]);
  assert.deepEqual(askedKeys(selected({ pair, model: "fcn", layer: "cnn-small.conv" })), ["fcn"]);
});
