/** One column of a lane: how wide its layers are at a height. Pure; lengths are CSS pixels, unless a name says otherwise. */

/**
 * A layer to be placed: small pictures of equal size, or the lens.
 * @typedef {object} Box
 * @property {string} name
 * @property {"maps" | "units" | "lens"} kind
 * @property {number} count of maps or units
 * @property {number} rows of one, in cells; 1 of a unit
 * @property {number} columns
 * @property {number} [narrowest] CSS pixels that its head asks for
 */

export const HEAD = 34; // name, number and scale, over a layer
export const GAP = 10; // between layers; an arrow stands in it
export const LENS = { width: 208, height: 184 };
const NARROWEST = 92; // of a layer: room for its name
const WIDEST_HEAD = 150; // that a name can ask for
const BETWEEN = 1; // device pixels at least between two pictures

/**
 * @typedef {{box: Box, zoom: number, across: number, down: number, seen: number, width: number, height: number}} Measured
 * @typedef {{height: number, ratio: number, widest: number, cut: Set<Box>, heads: boolean}} Free a column's room; widest: a box that is cut; heads: whether these have all the room that they ask for
 * @typedef {{width: number, fits: boolean, items: Measured[]}} Column
 */

/**
 * Return how wide a column is at a height, which its layers share evenly beside the lens.
 * @param {Box[]} column
 * @param {Map<Box, number>} zooms
 * @param {Free} room
 * @returns {Column}
 */
export function measured(column, zooms, room) {
  const { height } = room;
  const layers = column.filter(({ kind }) => kind !== "lens");
  const lensed = layers.length < column.length;
  const free = height - (lensed && layers.length ? LENS.height + GAP : 0) -
    GAP * Math.max(0, layers.length - 1);
  const each = free / layers.length;
  const items = layers.map((box) => fill(box, zooms.get(box) ?? 1, { ...room, height: each - HEAD }));
  const heads = room.heads ? layers.map(({ narrowest = 0 }) => Math.min(WIDEST_HEAD, narrowest)) : [];
  const width = Math.max(NARROWEST, lensed ? LENS.width : 0, ...heads, ...items.map((item) => item.width));
  if (lensed) {
    const used = items.reduce((sum, item) => sum + item.height + HEAD + GAP, 0);
    const lens = column.find(({ kind }) => kind === "lens");
    if (lens) items.push({ box: lens, zoom: 1, across: 0, down: 0, seen: 0, width, height: height - used });
  }
  return { width, items, fits: each > HEAD && items.every((item) => item.height > 0) };
}

/**
 * Return how the pictures of a layer stand in a height: as few columns as it takes; of one that is cut as many as may be, and what is below is scrolled to. A height of 0 where not even one fits.
 * @param {Box} box
 * @param {number} zoom
 * @param {Free} room
 * @returns {Measured}
 */
function fill(box, zoom, { height, ratio, widest, cut }) {
  const gap = gapOf(box, zoom) / ratio;
  const [stepX, stepY] = [box.columns, box.rows].map((side) => side * zoom / ratio + gap);
  const most = Math.floor((height + gap) / stepY);
  const isCut = cut.has(box);
  const across = isCut
    ? Math.max(1, Math.floor((widest + gap) / stepX))
    : Math.ceil(box.count / Math.max(1, most));
  const down = Math.ceil(box.count / across);
  const seen = Math.min(box.count, across * Math.max(1, most));
  const [width, tall] = [across * stepX - gap, down * stepY - gap];
  if (isCut) {
    return { box, zoom, across, down, seen, width: Math.min(width, widest), height: Math.min(tall, height) };
  }
  return { box, zoom, across, down, seen, width, height: most < 1 ? 0 : tall };
}

/**
 * Return the device pixels between two pictures: of maps one cell, of units a hair.
 * @param {Pick<Box, "kind">} box
 * @param {number} zoom
 */
export const gapOf = ({ kind }, zoom) => (kind === "maps" ? zoom : Math.max(BETWEEN, Math.round(zoom / 12)));

/**
 * Return how many pictures of all layers do not have to be scrolled to.
 * @param {Column[]} columns
 */
export const seenOf = (columns) =>
  columns.flatMap(({ items }) => items).reduce((sum, { seen }) => sum + seen, 0);

/** @param {Column[]} columns */
export const widthOf = (columns) => columns.reduce((sum, { width }) => sum + width + GAP, 0);
