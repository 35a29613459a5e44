import assert from "node:assert/strict";
import { layoutOf, originOf } from "../../../assets/js/figures/layout.js";

const form = { count: 32, rows: 26, columns: 26, zoom: 2, gap: 1, across: 4 };

Deno.test("every picture lies within the canvas, and none over another; behind the last there is no gap", () => {
  for (const across of [1, 3, 4, 32]) {
    const layout = layoutOf({ ...form, across });
    const taken = new Set();
    for (let i = 0; i < form.count; i++) {
      const [x, y] = originOf(layout, i);
      assert.ok(x + form.columns <= layout.width && y + form.rows <= layout.height);
      taken.add(`${x} ${y}`);
      assert.ok(x % (form.columns + 1) === 0 && y % (form.rows + 1) === 0);
    }
    assert.equal(taken.size, form.count);
    assert.equal(layout.width, across * 27 - 1);
    assert.equal(layout.height, Math.ceil(32 / across) * 27 - 1);
  }
});
