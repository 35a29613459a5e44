/** The body of bytes that dashboard/runs/strip.py packs, opened; and its maps, side by side. */

const ACROSS = 16; // maps in a row
const GAP = 1; // pixels between two of them
export const BETWEEN = -1; // what a mosaic has there

/**
 * Maps or kernels on one scale, map by map.
 * @typedef {{title: string, scale: string, palette: string, ends: [number, number], zoom: number, maps: number, rows: number, columns: number, levels: Uint8Array}} Picture
 *
 * What a network saw at a moment: pixels are those of the image, with 1 or 3 channels.
 * @typedef {{said: string, image: string, rows: number, columns: number, channels: number, pixels: Uint8Array, pictures: Picture[]}} Moment
 */

/**
 * @param {ArrayBuffer} buffer
 * @returns {Moment}
 */
export function openMoment(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const told = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  let at = 4 + length;
  const bytes = (/** @type {number} */ count) => new Uint8Array(buffer, (at += count) - count, count);
  const pixels = bytes(told.rows * told.columns * told.channels);
  const pictures = told.pictures.map((/** @type {Picture} */ each) => ({
    ...each,
    levels: bytes(each.maps * each.rows * each.columns),
  }));
  return { ...told, pixels, pictures };
}

/**
 * Return maps side by side in rows, row by row of pixels: levels, and `BETWEEN` where there is none.
 * @param {Pick<Picture, "maps" | "rows" | "columns" | "levels">} picture
 */
export function mosaicOf({ maps, rows, columns, levels }) {
  const across = Math.min(maps, ACROSS);
  const width = across * (columns + GAP) - GAP;
  const height = Math.ceil(maps / across) * (rows + GAP) - GAP;
  const cells = new Int16Array(width * height).fill(BETWEEN);
  for (let map = 0, from = 0; map < maps; map++) {
    let at = Math.floor(map / across) * (rows + GAP) * width + (map % across) * (columns + GAP);
    for (let row = 0; row < rows; row++, at += width, from += columns) {
      cells.set(levels.subarray(from, from + columns), at);
    }
  }
  return { width, height, cells };
}
