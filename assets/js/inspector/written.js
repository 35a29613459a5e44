/** Numbers as text, for files. */
import { inFull } from "../core/number.js";

/**
 * Return rows of numbers, each in the fewest images that name its float32.
 * @param {Float32Array} data
 * @param {number} columns
 */
export function numberRows(data, columns) {
  const rows = Array.from(
    { length: data.length / columns },
    (_, row) => Array.from(data.subarray(row * columns, (row + 1) * columns), plainNumber).join(","),
  );
  return `${rows.join("\n")}\n`;
}

/**
 * Return a number for a file.
 * @param {number} value
 */
export const plainNumber = (value) => inFull(Math.fround(value)).replace("−", "-");

/**
 * Return one line per number in the order row, column, slice: where it is, and what each array has there.
 * @param {number[]} grid
 * @param {Record<string, any>} arrays
 */
export function numberList([slices, _, columns], arrays) {
  const [first] = Object.values(arrays);
  const rows = Array.from(
    first,
    (_, i) =>
      [
        i % slices,
        Math.floor(i / slices / columns),
        Math.floor(i / slices) % columns,
        ...Object.values(arrays).map((array) => plainNumber(array[i])),
      ].join(","),
  );
  return `slice,row,column,${Object.keys(arrays).join(",")}\n${rows.join("\n")}\n`;
}
