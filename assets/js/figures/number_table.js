/** Numbers in tables, each on its colour. */
import { colourOf, cssOf, inkOn } from "../core/colours.js";
import { make } from "../core/element.js";
import { inFull, twoDecimals } from "../core/number.js";
import { byTheme } from "../core/theme.js";

/** @import { Scale } from "../core/scale.js" */

/**
 * Return one number on its colour; the whole of it on hover.
 * @param {number} value
 * @param {Scale} scale
 */
export function numberCell(value, scale) {
  const cell = make("td", { textContent: twoDecimals(value), title: inFull(value) });
  const [light, dark] = [colourOf(scale, value, "light"), colourOf(scale, value, "dark")];
  Object.assign(cell.style, { background: cssOf(light), color: inkOn(light) });
  if (dark === light) return cell;
  cell.style.background = byTheme(cssOf(light), cssOf(dark));
  cell.style.color = byTheme(inkOn(light), inkOn(dark));
  return cell;
}

/**
 * Return a table of rows × columns numbers, `at(row, column)`, under a caption.
 * @param {(row: number, column: number) => number} at
 * @param {number} rows
 * @param {number} columns
 * @param {Scale} scale
 * @param {string} caption
 */
export function numberTable(at, rows, columns, scale, caption) {
  /** @param {number} row */
  const line = (row) =>
    make("tr", {}, ...Array.from({ length: columns }, (_, column) => numberCell(at(row, column), scale)));
  return make(
    "table",
    { className: "slice" },
    make("caption", { textContent: caption }),
    make("tbody", {}, ...Array.from({ length: rows }, (_, row) => line(row))),
  );
}
