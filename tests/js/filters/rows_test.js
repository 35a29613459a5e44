import assert from "node:assert/strict";
import { FACTS, selected } from "../page.js";
import { arranged, direction, rowName, rowsOf, turned } from "../../../assets/js/filters/rows.js";

/** @type {(layer: string, filter: number, more?: Record<string, unknown>) => any} */
const told = (layer, filter, more = {}) => ({
  layer,
  filter,
  kind: "unit",
  fate: "ok",
  mean: 0,
  accuracy: null,
  word: null,
  ...more,
});
const NAMES = FACTS.models.map((/** @type {any} */ { key }) => key);
const ROWS = [
  ...rowsOf(NAMES[0], [told("dense", 0, { mean: 2 }), told("dense", 1, { mean: 10, fate: "dead" })]),
  ...rowsOf(NAMES[1], [
    told("conv1", 0, { kind: "map", mean: 0.5, word: "edge: light at the top", accuracy: 0.9 }),
    told("conv1", 1, { kind: "map", mean: 2, fate: "always on", accuracy: 0.8 }),
    told("conv1", 12, { kind: "map", mean: 1, word: "bar", accuracy: 0.8 }),
  ]),
];

/**
 * Return the names of the rows of a choice, in their order.
 * @param {Record<string, string>} choice
 */
const names = (choice) => arranged(ROWS, { ...selected().table, ...choice }).map(rowName);
const [ZERO, ONE, EDGE, ON, BAR] = ROWS.map(rowName);

Deno.test("nothing chosen leaves all, in the order of the networks", () => {
  assert.deepEqual(names({}), [ZERO, ONE, EDGE, ON, BAR]);
  assert.equal(BAR, "CNN small conv1 map 12");
});

Deno.test("a layer is one of one network, and a fate is what was measured", () => {
  assert.deepEqual(names({ layer: "cnn-small.conv1" }), [EDGE, ON, BAR]);
  assert.deepEqual(names({ layer: "fcn.conv1" }), []);
  assert.deepEqual(names({ fate: "dead" }), [ONE]);
  assert.deepEqual(names({ fate: "always-on" }), [ON]);
  assert.deepEqual(names({ fate: "ok", layer: "fcn.dense" }), [ZERO]);
});

Deno.test("all words must be there; a number is the filter's own, not a part of another or of a name", () => {
  assert.deepEqual(names({ find: "CONV" }), [EDGE, ON, BAR]);
  assert.deepEqual(names({ find: "1" }), [ONE, ON]);
  assert.deepEqual(names({ find: "  conv1  1 " }), [ON]);
  assert.deepEqual(names({ find: "light edge" }), [EDGE]);
  assert.deepEqual(names({ find: "conv1 edge 1" }), []);
});

Deno.test("numbers are sorted as numbers, and equal ones keep their order", () => {
  assert.deepEqual(names({ sort: "mean" }), [EDGE, BAR, ZERO, ON, ONE]);
  assert.deepEqual(names({ sort: "-mean" }), [ONE, ZERO, ON, BAR, EDGE]);
  assert.deepEqual(names({ sort: "-filter" }), [BAR, ON, EDGE, ONE, ZERO]);
});

Deno.test("what was not measured comes last, whichever way", () => {
  assert.deepEqual(names({ sort: "accuracy" }), [ON, BAR, EDGE, ZERO, ONE]);
  assert.deepEqual(names({ sort: "-accuracy" }), [EDGE, ON, BAR, ZERO, ONE]);
  assert.deepEqual(names({ sort: "word" }), [BAR, EDGE, ZERO, ONE, ON]);
});

Deno.test("the dead come first, then the always on", () => {
  assert.deepEqual(names({ sort: "fate" }), [ONE, ON, ZERO, EDGE, BAR]);
});

Deno.test("sorting leaves the rows as they are for the next choice", () => {
  names({ sort: "-filter" });
  assert.deepEqual(ROWS.map(rowName), [ZERO, ONE, EDGE, ON, BAR]);
});

Deno.test("a head turns its own order around, numbers the largest first, words from a to z", () => {
  /** @type {(key: string, form: any) => any} */
  const column = (key, form) => ({ key, form });
  assert.equal(turned("", column("mean", "number")), "-mean");
  assert.equal(turned("-mean", column("mean", "number")), "mean");
  assert.equal(turned("mean", column("mean", "number")), "-mean");
  assert.equal(turned("-mean", column("fate", "word")), "fate");
  assert.equal(turned("fate", column("fate", "word")), "-fate");
  assert.equal(turned("", column("filter", "channel")), "-filter");
  assert.equal(turned("-mean", column("filter", "channel")), "");
});

Deno.test("one column is sorted, and it is said which way", () => {
  assert.deepEqual([direction("-mean", "mean"), direction("mean", "mean")], ["descending", "ascending"]);
  assert.deepEqual([direction("", "filter"), direction("-filter", "filter")], ["ascending", "descending"]);
  assert.deepEqual([direction("mean", "filter"), direction("", "mean")], [null, null]);
});
