/** A drawing as bits, one to a byte, 1 is ink: lines, its box, a digit enlarged, and the text that models/sketch/drawing.py reads. */

export const PAD = 112; // rows and columns of a drawing: four to each pixel of a digit
const SIDE = 28;

/** Return a drawing without ink. */
export const noInk = () => new Uint8Array(PAD * PAD);

/**
 * Draw a line with round ends between two places, [row, column], of a square; a value of 0 erases.
 * @param {Uint8Array} square
 * @param {number[]} from
 * @param {number[]} to
 * @param {number} width
 * @param {number} value
 */
export function drawLine(square, [top, left], [bottom, right], width, value) {
  const side = Math.sqrt(square.length);
  const [down, across, radius] = [bottom - top, right - left, width / 2];
  const length = down ** 2 + across ** 2 || 1;
  /** @type {(one: number, other: number) => number[]} */
  const range = (
    one,
    other,
  ) => [
    Math.max(0, Math.floor(Math.min(one, other) - radius)),
    Math.min(side, Math.ceil(Math.max(one, other) + radius)),
  ];
  const [[firstRow, lastRow], [firstColumn, lastColumn]] = [range(top, bottom), range(left, right)];
  for (let row = firstRow; row < lastRow; row++) {
    for (let column = firstColumn; column < lastColumn; column++) {
      const [y, x] = [row + 0.5 - top, column + 0.5 - left];
      const part = Math.max(0, Math.min(1, (y * down + x * across) / length));
      if (Math.hypot(y - part * down, x - part * across) <= radius) square[row * side + column] = value;
    }
  }
}

/**
 * Return the box of the ink, {top, left, bottom, right}, the last two behind it; null where there is none.
 * @param {Uint8Array} bits
 * @returns {{top: number, left: number, bottom: number, right: number} | null}
 */
export function boxOf(bits) {
  const box = { top: PAD, left: PAD, bottom: 0, right: 0 };
  for (let i = 0; i < bits.length; i++) {
    if (!bits[i]) continue;
    const [row, column] = [Math.floor(i / PAD), i % PAD];
    Object.assign(box, {
      top: Math.min(box.top, row),
      left: Math.min(box.left, column),
      bottom: row + 1,
      right: Math.max(box.right, column + 1),
    });
  }
  return box.bottom ? box : null;
}

/**
 * Return a digit's 784 pixels, 0 to 255, as a drawing: between pixels linear, and ink from half white on.
 * @param {Uint8Array} pixels
 */
export function enlargePixels(pixels) {
  /** @type {(row: number, column: number) => number} */
  const at = (
    row,
    column,
  ) => (row < 0 || column < 0 || row >= SIDE || column >= SIDE ? 0 : pixels[row * SIDE + column]);
  /** @type {(one: number, other: number, part: number) => number} */
  const between = (one, other, part) => one + (other - one) * part;
  return noInk().map((_, i) => {
    const [y, x] = [Math.floor(i / PAD), i % PAD].map((place) => ((place + 0.5) * SIDE) / PAD - 0.5);
    const [row, column] = [Math.floor(y), Math.floor(x)];
    /** @param {number} row */
    const line = (row) => between(at(row, column), at(row, column + 1), x - column);
    return Number(between(line(row), line(row + 1), y - row) > 127.5);
  });
}

/**
 * Return a promise of a drawing as text.
 * @param {Uint8Array} bits
 * @returns {Promise<string>}
 */
export function writeInk(bits) {
  const packed = new Uint8Array(bits.length / 8);
  bits.forEach((bit, i) => (packed[i >> 3] |= bit << (7 - (i & 7))));
  return writePixels(packed);
}

/**
 * Return a promise of a digit's 784 pixels as text.
 * @param {Uint8Array} pixels
 * @returns {Promise<string>}
 */
export async function writePixels(pixels) {
  const deflated = await through(pixels, new CompressionStream("deflate"));
  return btoa(String.fromCharCode(...deflated)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * Return a promise of the drawing of a text, one that the server has read.
 * @param {string} text
 * @returns {Promise<Uint8Array>}
 */
export async function readInk(text) {
  const packed = await readPixels(text);
  return noInk().map((_, i) => (packed[i >> 3] >> (7 - (i & 7))) & 1);
}

/**
 * Return a promise of the 784 pixels of a text, one that the server has read.
 * @param {string} text
 * @returns {Promise<Uint8Array>}
 */
export function readPixels(text) {
  const deflated = Uint8Array.from(
    atob(text.replaceAll("-", "+").replaceAll("_", "/")),
    (letter) => letter.charCodeAt(0),
  );
  return through(deflated, new DecompressionStream("deflate"));
}

/**
 * Return a promise of what a stream makes of a few bytes. A Response would read it too, but takes several times as long.
 * @param {Uint8Array} bytes
 * @param {GenericTransformStream} stream
 * @returns {Promise<Uint8Array>}
 */
async function through(bytes, { readable, writable }) {
  const [writer, reader] = [writable.getWriter(), readable.getReader()];
  /** @type {number[]} */
  const made = [];
  writer.write(bytes);
  writer.close();
  for (let part = await reader.read(); !part.done; part = await reader.read()) made.push(...part.value);
  return Uint8Array.from(made);
}
