import assert from "node:assert/strict";
import "../page.js";
import { layoutOf } from "../../../assets/js/figures/layout.js";
import { Sheet } from "../../../assets/js/figures/sheet.js";

Deno.test("every picture gets its colour from its first pixel to its last, and the gaps none", () => {
  const form = { count: 5, rows: 2, columns: 3, zoom: 1, gap: 1, across: 2 };
  const laid = layoutOf(form);
  const pixels = new Uint32Array(laid.width * laid.height);

  Sheet.prototype.paintBlocks.call(/** @type {any} */ ({ form, laid, pixels }), (i) => i + 1);

  const [one, two, three, blank] = ["1110222", "3330444", "5550000", "0000000"];
  const lines = [one, one, blank, two, two, blank, three, three];
  assert.equal(pixels.join(""), lines.join(""));
});
