import assert from "node:assert/strict";
import { layoutOf, originOf } from "../../../assets/js/figures/layout.js";

const form = { count: 32, rows: 26, columns: 26, zoom: 2, gap: 2, foot: 0 };

Deno.test("as many stand side by side as there is room for; the last has no gap behind it", () => {
  assert.equal(layoutOf(form, 26 * 2 * 3 + 2 * 2).across, 3);
  assert.equal(layoutOf(form, 26 * 2 * 3 + 2 * 2 - 1).across, 2);
});

Deno.test("one stands where there is no room for any, and never more than there are", () => {
  assert.equal(layoutOf(form, 0).across, 1);
  assert.equal(layoutOf(form, 1e6).across, 32);
  assert.equal(layoutOf({ ...form, limit: () => 5 }, 1e6).across, 5);
});

Deno.test("every picture lies within the canvas, and none over another", () => {
  for (const room of [0, 90, 300, 1440]) {
    const layout = layoutOf(form, room);
    const taken = new Set();
    for (let i = 0; i < form.count; i++) {
      const [x, y] = originOf(layout, i);
      assert.ok(x + form.columns <= layout.width && y + form.rows <= layout.height);
      taken.add(`${x} ${y}`);
      assert.ok(x % (form.columns + 1) === 0 && y % (form.rows + 1) === 0);
    }
    assert.equal(taken.size, form.count);
  }
});

Deno.test("room for a caption takes the place of the gap below, under the last row too", () => {
  const bare = layoutOf({ ...form, below: 4 }, 1e6);
  const captioned = layoutOf({ ...form, below: 4, foot: 8 }, 1e6);

  assert.deepEqual([bare.stepY, bare.height], [28, 26]);
  assert.deepEqual([captioned.stepY, captioned.height], [34, 34]);
});
