import assert from "node:assert/strict";
import { chance, inFull, percent, round, twoDecimals } from "../../../assets/js/core/number.js";

Deno.test("a number is shown in three digits, with a true minus sign", () => {
  const shown = [0, 1, -1, 1234.5, 0.000123456, 123456, -0.00001234, 9.999].map(round);

  assert.deepEqual(shown, ["0", "1", "−1", "1230", "0.000123", "1.23e+5", "−1.23e−5", "10"]);
});

Deno.test("a float32 in full names it and no other, in the fewest digits", () => {
  for (const value of [0.1, 1 / 3, 3.4e38, -1e-45, 16777216, 0.30000001].map(Math.fround)) {
    const text = inFull(value).replace("−", "-");
    assert.equal(Math.fround(Number(text)), value);
    const digits = text.replace(/e.*/, "").replace(/\D/g, "").replace(/^0+|0+$/g, "").length;
    const shorter = Number(value.toPrecision(Math.max(1, digits - 1)));
    if (digits > 1) assert.notEqual(Math.fround(shorter), value);
  }
});

Deno.test("what is almost nothing has no sign in a small cell", () => {
  assert.deepEqual([-0.004, 0.004, -0.005, 1.256].map(twoDecimals), ["0.00", "0.00", "−0.01", "1.26"]);
});

Deno.test("what is not all is never written as all, what is not nothing never as nothing", () => {
  assert.deepEqual([1, 0.99999, 0.00001, 0].map((share) => percent(share)), [
    "100 %",
    "> 99.9 %",
    "< 0.1 %",
    "0 %",
  ]);
  assert.deepEqual([1, 0].map((share) => chance(share)), ["> 99.9 %", "< 0.1 %"]);
});
