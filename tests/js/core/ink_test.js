import assert from "node:assert/strict";
import {
  boxOf,
  drawLine,
  enlargePixels,
  noInk,
  PAD,
  readInk,
  readPixels,
  writeInk,
  writePixels,
} from "../../../assets/js/core/ink.js";

Deno.test("a drawing is read as it was written, and its text can stand in an address", async () => {
  const bits = noInk();
  drawLine(bits, [10, 20], [90, 60], 9, 1);
  const text = await writeInk(bits);

  assert.match(text, /^[\w-]+$/);
  assert.deepEqual(await readInk(text), bits);
});

Deno.test("pixels are read as they were written", async () => {
  const pixels = Uint8Array.from({ length: 784 }, (_, i) => (i * 37) % 256);

  assert.deepEqual(await readPixels(await writePixels(pixels)), pixels);
});

Deno.test("a line has round ends, as wide as it is; zero erases it", () => {
  const bits = noInk();
  drawLine(bits, [50, 50], [50, 50], 4, 1);
  assert.equal(bits.reduce((sum, bit) => sum + bit), 12); // a dot of diameter 4
  drawLine(bits, [50, 50], [50, 50], 4, 0);
  assert.ok(!bits.includes(1));
});

Deno.test("what is drawn outside of the pad leaves no trace on its other side", () => {
  const bits = noInk();
  drawLine(bits, [-5, 200], [20, 200], 9, 1);

  assert.ok(!bits.includes(1));
});

Deno.test("the box ends behind the last ink; there is none without ink", () => {
  const bits = noInk();
  assert.equal(boxOf(bits), null);
  bits[3 * PAD + 7] = bits[9 * PAD + 2] = 1;
  assert.deepEqual(boxOf(bits), { top: 3, left: 2, bottom: 10, right: 8 });
});

Deno.test("a white pixel becomes ink where it was", () => {
  const pixels = new Uint8Array(784);
  pixels[5 * 28 + 6] = 255;
  assert.deepEqual(boxOf(enlargePixels(pixels)), { top: 20, left: 24, bottom: 24, right: 28 });
});
