import assert from "node:assert/strict";
import "../page.js";
import { lifeWords } from "../../../assets/js/inspector/becoming.js";

/**
 * Return what a filter was at moments, by whether it was alive.
 * @param {Record<string, boolean>} alive
 */
const life = (alive) => Object.entries(alive).map(([key, is]) => ({ key, low: 0, high: Number(is) }));

Deno.test("it is said when a map died, or that it lives", () => {
  const map = { maps: true };
  const died = life({ step4: true, step64: false, step256: false });

  assert.equal(lifeWords(died, map), "This map died: zero on every test digit from step 64 on.");
  assert.equal(
    lifeWords(life({ step4: false, step64: false }), { maps: false }),
    "This unit was dead from the start: zero on every test digit.",
  );
  assert.equal(
    lifeWords(life({ step4: false, step64: true }), map),
    "This map was dead after step 4, and came back.",
  );
  assert.equal(lifeWords(life({ step4: true }), map), "This map was alive at all of these moments.");
});
