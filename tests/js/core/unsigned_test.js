import assert from "node:assert/strict";
import { unsigned } from "../../../assets/js/core/unsigned.js";

Deno.test("numbers are as wide as the bytes that there are for each", () => {
  assert.deepEqual([...unsigned(Uint8Array.of(7, 1).buffer, 2)], [7, 1]);
  assert.deepEqual([...unsigned(Uint16Array.of(299, 1).buffer, 2)], [299, 1]);
  assert.deepEqual([...unsigned(Uint32Array.of(70000).buffer, 1)], [70000]);
  assert.throws(() => unsigned(new ArrayBuffer(3), 1));
});
