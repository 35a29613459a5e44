import assert from "node:assert/strict";
import { Points } from "../../../assets/js/compare/points.js";

const points = new Points([0.1, 0.1, 0.15, 0.1, 0.9, 0.9, 0.1, 0.5]);

Deno.test("those within reach, in order of their distance", () => {
  assert.deepEqual(points.near(0.14, 0.1, 0.1), [1, 0]);
  assert.deepEqual(points.near(0.5, 0.1, 0.1), []);
  assert.deepEqual(points.near(1, 1, 2).length, 4);
});

Deno.test("a step leads to the nearest that lies more in its direction than beside it, or nowhere", () => {
  assert.equal(points.towards(0, [1, 0]), 1);
  assert.equal(points.towards(0, [0, 1]), 3);
  assert.equal(points.towards(0, [-1, 0]), 0);
});
