import assert from "node:assert/strict";
import { BETWEEN, mosaicOf } from "../../../assets/js/train/moment.js";

Deno.test("every map can be cut back out of the mosaic unchanged, and nothing else is in it", () => {
  for (const [maps, rows, columns] of [[1, 3, 2], [5, 1, 1], [16, 2, 3], [19, 4, 5], [64, 7, 3]]) {
    const levels = Uint8Array.from({ length: maps * rows * columns }, (_, i) => (i * 31) % 256);
    const { width, height, cells } = mosaicOf({ maps, rows, columns, levels });
    const across = Math.min(maps, 16);
    assert.deepEqual([width, height], [
      across * (columns + 1) - 1,
      Math.ceil(maps / across) * (rows + 1) - 1,
    ]);
    for (let map = 0, i = 0; map < maps; map++) {
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++, i++) {
          const y = Math.floor(map / across) * (rows + 1) + row;
          assert.equal(cells[y * width + (map % across) * (columns + 1) + column], levels[i]);
        }
      }
    }
    assert.equal(cells.filter((level) => level !== BETWEEN).length, levels.length);
  }
});
