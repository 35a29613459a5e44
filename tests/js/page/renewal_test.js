import assert from "node:assert/strict";
import { FACTS, selected } from "../page.js";
import { takenIn } from "../../../assets/js/page/renewal.js";

/** @type {() => any} */
const facts = () => structuredClone(FACTS);

Deno.test("what was measured of the same networks and images is taken in, and what is selected stays", () => {
  const [old, fresh] = [facts(), facts()];
  const [conv] = old.models[1].layers;
  conv.words = null;
  fresh.version = "v2";
  fresh.models[1].layers[0].words = ["edge", "", "", ""];
  fresh.selection = selected({ digit: 3 });
  assert.equal(takenIn(fresh, old), true);
  assert.equal(old.models[1].layers[0], conv); // whoever holds it sees what is new
  assert.deepEqual([old.version, conv.words, old.selection.digit], ["v2", ["edge", "", "", ""], 7]);
});

Deno.test("where there are more images, or another network, nothing is taken in", () => {
  for (
    const change of [
      (/** @type {any} */ of) => of.images.count++,
      (/** @type {any} */ of) => (of.models[0].key = "x"),
    ]
  ) {
    const [old, fresh] = [facts(), { ...facts(), version: "v2" }];
    change(fresh);
    assert.equal(takenIn(fresh, old), false);
    assert.equal(old.version, "v1");
  }
});
