import assert from "node:assert/strict";
import { selected } from "../page.js";
import { isDifference, isPinned } from "../../../assets/js/core/selection.js";
import { settle } from "../../../assets/js/core/settling.js";

const inspected = { layer: "cnn-small.conv", filter: 2, cell: [3, 4], slice: 1 };

Deno.test("another filter has no slice of the one before, but keeps what is chosen with it", () => {
  assert.equal(settle(selected(inspected), { filter: 3 }).slice, null);
  assert.deepEqual(settle(selected(inspected), { filter: 3, cell: [0, 0] }).cell, [0, 0]);
  assert.equal(settle(selected(inspected), { cell: [0, 0] }).slice, 1);
});

Deno.test("a layer of a network that is not shown is selected no more", () => {
  const next = settle(selected(inspected), { model: "fcn" });

  assert.deepEqual([next.layer, next.filter, next.cell, next.slice], ["", null, null, null]);
});

Deno.test("the table has no layer of a network that is not shown, and keeps what else is chosen", () => {
  const table = { layer: "cnn-small.conv", fate: "dead", find: "3", sort: "-mean" };
  const before = selected({ page: "filters", table });

  assert.deepEqual(settle(before, { model: "fcn" }).table, { ...table, layer: "" });
  assert.deepEqual(settle(before, { pair: ["fcn", "other"] }).table, { ...table, layer: "" });
  assert.deepEqual(settle(before, { model: "cnn-small" }).table, table);
});

Deno.test("another digit is not drawn, and what was done to the one before is done to it", () => {
  const next = settle(selected({ perturb: "ink:eNpj,rotation:15" }), { digit: 3 });

  assert.deepEqual([next.digit, next.perturb], [3, "rotation:15"]);
});

Deno.test("a moved digit that is compared with itself is followed by one that is, too", () => {
  const moved = selected({ perturb: "rotation:15", reference: 7 });

  assert.equal(settle(moved, { digit: 3 }).reference, 3);
  assert.equal(settle(selected({ reference: 5 }), { digit: 3 }).reference, 5);
  assert.equal(settle(selected({ perturb: "ink:eNpj", reference: 7 }), { digit: 3 }).reference, null);
});

Deno.test("a difference ends when the digit is replaced, and goes on when it is changed", () => {
  const compared = selected({ reference: 5 });

  for (const perturb of ["ink:eNpj", "raw:eNpj", "ink:eNpj,rotation:15"]) {
    assert.equal(settle(compared, { perturb }).reference, null);
    assert.equal(settle(compared, { perturb, reference: 6 }).reference, 6);
  }
  for (const perturb of ["rotation:15", "pixels:eNpj"]) {
    assert.equal(settle(compared, { perturb }).reference, 5);
  }
  const drawn = selected({ perturb: "ink:eNpj", reference: 5 }); // asked for after it was drawn
  assert.equal(settle(drawn, { perturb: "ink:eNpk" }).reference, 5);
});

Deno.test("a pinned digit waits for the next one, which is compared with it", () => {
  const pinned = settle(selected(), { reference: 7 });

  assert.deepEqual([isPinned(pinned), isDifference(pinned)], [true, false]);
  for (const change of [{ digit: 3 }, { perturb: "rotation:15" }]) {
    const next = settle(pinned, change);
    assert.deepEqual([next.reference, isPinned(next), isDifference(next)], [7, false, true]);
  }
});

Deno.test("on the way to Compare both networks are shown, unless one is asked for there", () => {
  const alone = selected({ model: "fcn" });

  assert.equal(settle(alone, { page: "compare" }).model, "both");
  assert.equal(settle(alone, { page: "compare", model: "fcn" }).model, "fcn");
  assert.equal(settle(selected({ model: "fcn", page: "compare" }), { digit: 3 }).model, "fcn");
});

Deno.test("layers of a network that is gone are turned over and shown no longer", () => {
  const before = selected({ flip: "cnn-small.conv,fcn.dense", show: "cnn-small.conv" });

  const { flip, show } = settle(before, { pair: ["fcn", "other"] });

  assert.deepEqual([flip, show], ["fcn.dense", ""]);
  assert.equal(settle(selected({ flip: "all" }), { pair: ["fcn", "other"] }).flip, "all");
});

Deno.test("the networks of a new pair take the places of those that are gone", () => {
  const wall = { ...selected().wall, wrong: "only.fcn", sort: "fcn.dense.3", by: "fcn", answer: 2 };
  const before = selected({ model: "fcn", off: "fcn.dense:1,cnn-small.conv:2", wall });
  const next = settle(before, { pair: ["other", "cnn-small"] });

  assert.deepEqual([next.model, next.off], ["other", "cnn-small.conv:2"]);
  assert.deepEqual([next.wall.wrong, next.wall.sort, next.wall.by], ["only.other", "index", "other"]);
});

Deno.test("nothing changes by what is off when nothing is", () => {
  const wall = { ...selected().wall, wrong: "changed" };

  assert.equal(settle(selected({ off: "fcn.dense:1", wall }), { off: "" }).wall.wrong, "");
});
