import assert from "node:assert/strict";
import "../page.js";
import { heaviestSlice, placeName, stepsOf } from "../../../assets/js/core/steps.js";

const own = { network: { pre: 2, post: 2 }, difference: 0.5, activation: null, after: 2 };
const end = [["the network's own", 2], ["difference", -0.5]];

Deno.test("a value that is scaled says by what, and where that comes from", () => {
  const told = { ...own, value: 3, scale: 2, shift: -4, mean: 5, variance: 0.25, result: 2 };

  assert.deepEqual(stepsOf("scale", told), [
    ["mean", 5],
    ["variance", 0.25],
    ["value", 3],
    ["scale", 2],
    ["shift", -4],
    ["value × scale + shift", 2],
    ...end,
  ]);
  assert.equal(stepsOf("scale", { ...told, mean: null, variance: null })[0][0], "value");
});

Deno.test("branches that merge are named with their values, then what is done with them", () => {
  const inputs = [{ layer: "stem", at: [3, 4, 2], value: 1.5 }, { layer: "input", at: [0], value: 0.5 }];

  assert.deepEqual(stepsOf("merge", { ...own, operation: "sum", inputs, result: 2 }), [
    ["stem[3, 4, 2]", 1.5],
    ["image[0]", 0.5],
    ["sum", 2],
    ...end,
  ]);
});

Deno.test("a copy says from where, and a zero of padding that it is one", () => {
  assert.deepEqual(stepsOf("copy", { ...own, from: { layer: "wide", at: [1, 2, 3] }, result: 2 })[0], [
    "wide[1, 2, 3]",
    2,
  ]);
  assert.deepEqual(stepsOf("copy", { ...own, from: { layer: "wide", at: null }, result: 0 })[0], [
    "zero that padding put in",
    0,
  ]);
});

Deno.test("a function stands before what it gives, and an activation after that", () => {
  const told = { ...own, value: -4, function: "relu, slope 0.1 below 0", result: -0.4 };

  assert.deepEqual(stepsOf("map", told).slice(0, 2), [["value", -4], ["relu, slope 0.1 below 0", -0.4]]);
  const copied = { ...own, from: { layer: "units", at: [1] }, result: 1, activation: "tanh", after: 0.76 };
  assert.deepEqual(stepsOf("copy", copied).slice(1, 2), [["after tanh", 0.76]]);
  assert.deepEqual(stepsOf("copy", { ...copied, after: null }).slice(1), end);
  assert.deepEqual(stepsOf("copy", { ...copied, off: true }).slice(1, 2), [["switched off", 0]]);
});

Deno.test("a share is worked out from all that share the whole", () => {
  const told = {
    ...own,
    ...{ values: [1, 3], index: 0, largest: 3, exponentials: [0.135, 1], sum: 1.135, result: 0.119 },
  };

  assert.deepEqual(stepsOf("share", told).slice(0, 5), [
    ["value", 1],
    ["− largest of the 2", -2],
    ["exp of that", 0.135],
    ["÷ sum of all 2", 1.135],
    ["share of the whole", 0.119],
  ]);
});

Deno.test("of a window the mean counts the cells that lie on the map", () => {
  assert.deepEqual(stepsOf("window", { ...own, patch: [[1, 3], [null, null]], winner: null, result: 2 })[0], [
    "mean of the 2 cells",
    2,
  ]);
});

Deno.test("products are counted, those of a patch and those that are not listed", () => {
  const sums = { ...own, sum: 1, bias: 1, result: 2 };

  assert.deepEqual(stepsOf("sum", { ...sums, products: [[[1, 2]], [[3, 4]]] }).slice(0, 3), [
    ["sum of the 4 products", 1],
    ["bias", 1],
    ["sum + bias", 2],
  ]);
  const listed = { ...sums, terms: [{}, {}], rest: { count: 1200, sum: 0 } };
  assert.equal(stepsOf("sum", listed)[0][0], "sum of the 1,202 products");
});

Deno.test("the heaviest slice of a patch is told by the map that it lies on", () => {
  const told = {
    patch: [[[1, 2], [3, 4]]],
    weights: [[[1, -5], [1, -5]]],
    products: [[[1, -10], [3, -20]]],
  };

  const found = { patch: [[2, 4]], weights: [[-5, -5]], products: [[-10, -20]] };
  assert.deepEqual(heaviestSlice(told), { slice: 1, ...found });
  assert.deepEqual(heaviestSlice({ ...told, slices: [6, 7] }), { slice: 7, ...found });
  assert.equal(heaviestSlice({ patch: [], weights: [], products: [] }), null);
});

Deno.test("the image is named as such", () => {
  assert.equal(placeName({ layer: "input", at: [1, 2, 0] }), "image[1, 2, 0]");
});
