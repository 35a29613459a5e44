/** A picture to take away: fields of numbers under their title, with the scale of their colours. */
import { penOf } from "../core/canvas.js";
import { colourOf, cssOf, inkOn } from "../core/colours.js";
import { make } from "../core/element.js";
import { inFull, round, twoDecimals } from "../core/number.js";
import { isFlat, leavesScale, sideOf } from "../core/scale.js";

/** @import { Scale } from "../core/scale.js" */

const ACROSS = 8; // fields side by side
const SIDE = { one: 312, many: 96 }; // screen pixels of a field, about
const LEGIBLE = 28; // screen pixels of a cell that has room for its number
const LINE = 18;
const GAP = 6;

/**
 * Numbers in rows: `at` returns the i-th.
 * @typedef {{rows: number, columns: number, name: string, at: (i: number) => number}} Field
 *
 * How large fields are, in screen pixels, and how many stand side by side.
 * @typedef {{zoom: number, head: number, across: number, named: boolean, wide: number, high: number}} Form
 */

/**
 * Return the lines that say of fields how many of their cells leave their scale, and whether all are one number.
 * @param {Scale} scale
 * @param {Field[]} fields
 */
export function posterNotes(scale, fields) {
  const values = fields.flatMap(({ rows, columns, at }) =>
    Array.from({ length: rows * columns }, (_, i) => at(i))
  );
  const least = values.reduce((one, other) => Math.min(one, other));
  const most = values.reduce((one, other) => Math.max(one, other));
  const gone = values.filter((value) => sideOf(scale, value)).length;
  const { sign, words } = leavesScale(scale, least, most);
  return [
    gone > 0 &&
    `${sign} ${gone} of ${values.length} cells ${gone === 1 ? "goes" : "go"} beyond the scale, ${words}`,
    least === most && `everywhere ${inFull(Math.fround(least))}`,
  ].filter((line) => line !== false);
}

/**
 * Return a canvas with the fields, dark on white.
 * @param {string[]} lines what it is, line by line; under them stands how many cells leave the scale, or that all are one number
 * @param {Scale} scale of all fields
 * @param {Field[]} fields all of one size; names stand over them where there are several
 */
export function drawPoster(lines, scale, fields) {
  const all = [...lines, ...posterNotes(scale, fields)];
  const form = formOf(fields);
  const sheet = make("canvas");
  const pen = penOf(sheet);
  setFont(pen, 13);
  const words = Math.max(...all.map((line) => pen.measureText(line).width));
  const top = all.length * LINE;
  const bottom = top + Math.ceil(fields.length / form.across) * form.high;
  const width = Math.ceil(Math.max(form.across * form.wide, words, 240)) + 2 * GAP;
  Object.assign(sheet, { width, height: bottom + LINE + 3 * GAP });
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, sheet.width, sheet.height);
  setFont(pen, 13);
  all.forEach((line, i) => pen.fillText(line, GAP, i * LINE + 15));
  fields.forEach((field, i) => {
    const [column, row] = [i % form.across, Math.floor(i / form.across)];
    drawField(pen, scale, form, field, GAP + column * form.wide, top + row * form.high + form.head);
  });
  drawScale(pen, scale, bottom + 2 * GAP);
  return sheet;
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {number} pixels
 */
const setFont = (pen, pixels) => Object.assign(pen, { font: `${pixels}px sans-serif`, fillStyle: "#000" });

/**
 * Return how large fields are, in screen pixels, and how many stand side by side.
 * @param {Field[]} fields
 * @returns {Form}
 */
function formOf(fields) {
  const [{ rows, columns }] = fields;
  const many = fields.length > 1;
  const zoom = Math.max(1, Math.floor((many ? SIDE.many : SIDE.one) / columns));
  const head = many ? LINE : GAP; // over each field
  const across = Math.min(ACROSS, fields.length);
  return { zoom, head, across, named: many, wide: columns * zoom + GAP, high: rows * zoom + head };
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Scale} scale
 * @param {Form} form
 * @param {Field} field
 * @param {number} left
 * @param {number} first its first row, from the top
 */
function drawField(pen, scale, { zoom, named }, { rows, columns, at, name }, left, first) {
  setFont(pen, 11);
  if (named) pen.fillText(name, left, first - 4);
  for (let i = 0; i < rows * columns; i++) {
    const [x, y] = [left + (i % columns) * zoom, first + Math.floor(i / columns) * zoom];
    const colour = colourOf(scale, at(i), "light"); // as the paper is
    pen.fillStyle = cssOf(colour);
    pen.fillRect(x, y, zoom, zoom);
    if (zoom < LEGIBLE) continue;
    const text = twoDecimals(at(i));
    pen.fillStyle = inkOn(colour);
    pen.fillText(text, x + (zoom - pen.measureText(text).width) / 2, y + zoom / 2 + 4);
  }
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Scale} scale
 * @param {number} y
 */
function drawScale(pen, scale, y) {
  setFont(pen, 13);
  if (isFlat(scale)) return pen.fillText(round(scale.high), GAP, y + 11);
  const low = round(scale.low);
  const left = Math.ceil(GAP + pen.measureText(low).width + GAP); // between pixels, strips would pale
  pen.fillText(low, GAP, y + 11);
  for (let x = 0; x < 120; x++) {
    pen.fillStyle = cssOf(colourOf(scale, scale.low + ((scale.high - scale.low) * x) / 119, "light"));
    pen.fillRect(left + x, y, 1, 12);
  }
  setFont(pen, 13);
  pen.fillText(round(scale.high), left + 120 + GAP, y + 11);
}
