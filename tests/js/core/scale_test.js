import assert from "node:assert/strict";
import { selected } from "../page.js";
import { colouring, levelColours, packColour } from "../../../assets/js/core/colours.js";
import {
  fixedScale,
  isFlat,
  kindOf,
  leavesScale,
  ownScaleOf,
  rangeOf,
  scaleBetween,
  scaleFor,
  sideOf,
} from "../../../assets/js/core/scale.js";

const layer = { ranges: { pre: [-3, 2], post: [0, 2] } };

Deno.test("signed data is laid symmetrically around zero, other data begins at zero, grey at the smallest", () => {
  assert.deepEqual(scaleBetween(-1, 3, "diverging"), { palette: "diverging", low: -3, high: 3 });
  assert.deepEqual(scaleBetween(1, 3, "sequential"), { palette: "sequential", low: 0, high: 3 });
  assert.deepEqual(scaleBetween(1, 3, "grey"), { palette: "grey", low: 1, high: 3 });
});

Deno.test("numbers that are never below zero need no middle", () => {
  assert.equal(scaleFor([0, 2, 1]).palette, "sequential");
  assert.equal(scaleFor([-0.1, 2, 1]).palette, "diverging");
});

Deno.test("a layer whose values over all digits go below zero is shown with zero in the middle", () => {
  assert.equal(kindOf(selected({ stage: "pre" }), layer), "diverging");
  assert.equal(kindOf(selected({ stage: "post" }), layer), "sequential");
  assert.equal(kindOf(selected({ scale: "grey", stage: "pre" }), layer), "grey");
  assert.equal(kindOf(selected({ scale: "grey", reference: 3 }), layer), "diverging"); // a difference is not grey
});

Deno.test("the scale that is the same for all digits is that of their values, or of any two's difference", () => {
  assert.deepEqual(rangeOf(selected({ stage: "pre", reference: 1 }), layer), [-5, 5]);
  assert.deepEqual(fixedScale(selected({ scale: "data" }), layer), {
    palette: "sequential",
    low: 0,
    high: 2,
  });
  assert.equal(fixedScale(selected(), layer), null);
});

Deno.test("a constant map's own scale has no width, or the faintest constant would look strong", () => {
  const scale = ownScaleOf(selected({ scale: "map" }), layer, 0.001, 0.001, 0);

  assert.ok(isFlat(scale));
  assert.equal(colouring(scale)(0.001), colouring(scale)(5));
});

Deno.test("within half a step of colours of an end a value has its own colour, and has not left", () => {
  const scale = { palette: "sequential", low: 0, high: 511 };

  assert.deepEqual([-1, -0.4, 511.4, 512].map((value) => sideOf(scale, value)), [-1, 0, 0, 1]);
  assert.deepEqual(leavesScale(scale, -7, 900), { sign: "▼▲", words: "down to −7 and up to 900" });
  assert.deepEqual(leavesScale(null, -7, 900), { sign: "", words: "" });
});

Deno.test("levels have the colours of the values that they stand for", () => {
  const scale = scaleBetween(0, 4, "sequential");
  const colour = colouring(scale);

  assert.deepEqual([...levelColours(scale, 0, 4, 5)], [0, 1, 2, 3, 4].map(colour));
  assert.deepEqual([...levelColours(scale, 2, 2, 3)], [2, 2, 2].map(colour));
  assert.deepEqual([...levelColours(scale, 4, 8, 2)], [4, 8].map(colour));
  const table = new Uint32Array(2); // that is filled again for map after map
  for (const [low, high] of [[0, 4], [8, 8], [4, 8]]) {
    levelColours(scale, low, high, 2, undefined, table);
    assert.deepEqual([...table], [low, high].map(colour));
  }
});

Deno.test("a colour of CSS is packed as a canvas has it", () => {
  assert.equal(packColour("#010203") >>> 0, 0xff030201);
});
