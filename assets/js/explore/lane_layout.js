/**
 * Where every layer of every network stands on one screen: lanes from top to bottom, in each its layers from left to right.
 * Pure: numbers in, boxes out. Lengths are CSS pixels, unless a name says otherwise.
 */
import { GAP, gapOf, HEAD, LENS, measured, seenOf, widthOf } from "./lane_column.js";

/** @import { Box, Column } from "./lane_column.js" */

/**
 * @typedef {{key: string, columns: Box[][]}} Lane columns as the data flows; the layers of one stand below each other
 * @typedef {{width: number, height: number, ratio: number, answer: number, tight?: number}} Room ratio: device pixels of a CSS pixel; answer: width of the bars at the end of a lane, and tight: one that they can do with
 *
 * @typedef {object} Placed
 * @property {string} name
 * @property {number} left in its lane
 * @property {number} top under the lane's title
 * @property {number} width of all, as wide as its column
 * @property {number} height with its head
 * @property {number} zoom device pixels of a cell's side, a whole number; of a unit: of its square
 * @property {number} across pictures side by side
 * @property {number} down rows of pictures; what does not fit under the box's head is scrolled to
 * @property {number} seen pictures that do not have to be scrolled to
 *
 * @typedef {{key: string, top: number, height: number, width: number, answer: number, boxes: Placed[]}} LaidLane width of all its layers, and of what it says; wider than the room where it scrolls
 */

export const TITLE = 26; // what a network says, over its lane
export const ANSWERS = HEAD + 10 * 24; // their height below each other, on a narrow screen
const WIDEST = 0.6; // of a lane: a layer whose maps need more, as small as they can be, shows the first of them
const STEPS = [40, 10, 2]; // by which the first lane is tried higher and lower: coarse, then fine
const REACH = 8; // of such steps either way
const LEAST = HEAD + 40; // height of a lane
const SIZES = { maps: { least: 1, most: 4, liked: 2 }, units: { least: 5, most: 22, liked: 14 } };
const WEIGHT = { maps: 4, units: 1 }; // a map says more than a unit
const NATURAL = { maps: 1, units: 22 }; // CSS pixels of a cell, and of a unit: with its gap 24, which a finger can tell from the next
const FAR = 1; // of such worth: more than a layer of units can gain alone, less than one of maps from 1× to 2×
const BEYOND = 0.25; // of what growing is worth, above the liked size

/**
 * Return where everything stands, as large as fits: every lane, and in the first of them the lens. The bars are as narrow as they can be only where some layer then stands far larger.
 * @param {Lane[]} lanes the tallest first: the lens stands in the first, where the dock does not lie
 * @param {Room} room
 * @returns {LaidLane[]}
 */
export function layLanes(lanes, room) {
  const wide = laidIn(lanes, room);
  const tight = room.tight ? laidIn(lanes, { ...room, answer: room.tight }) : wide;
  return stacked(tight.score > wide.score + FAR ? tight.laid : wide.laid);
}

/**
 * Return how lanes stand with bars of one width, and what that is worth.
 * @param {Lane[]} lanes
 * @param {Room} room
 */
function laidIn(lanes, room) {
  const free = room.height - lanes.length * TITLE;
  /** @param {number[]} heights */
  const lay = (heights) => {
    const tried = lanes.map((lane, i) => layLane(lane, room, heights[i], i === 0));
    return {
      heights,
      score: tried.reduce((sum, { score }) => sum + score, 0),
      laid: tried.map(({ laid }) => laid),
    };
  };
  let best = lay(lanes.map(() => free / lanes.length));
  if (lanes.length > 1) {
    for (const step of STEPS) {
      const [middle, ...rest] = best.heights;
      for (let by = -REACH; by <= REACH; by++) {
        const first = middle + by * step;
        const other = (free - first) / rest.length;
        if (Math.min(first, other) < LEAST || !by) continue;
        const tried = lay([first, ...rest.map(() => other)]);
        if (tried.score > best.score) best = tried;
      }
    }
  }
  return best;
}

/**
 * Return where everything stands on a narrow screen: every layer at its natural size, below the one before; without a lens.
 * @param {Lane[]} lanes
 * @param {Room} room of which the height is as much as it takes
 * @returns {LaidLane[]}
 */
export function layNarrow(lanes, { width, ratio }) {
  return stacked(lanes.map(({ key, columns }) => {
    let top = 0;
    const boxes = columns.flat().map((box) => {
      const zoom = Math.max(1, Math.round(NATURAL[/** @type {"maps" | "units"} */ (box.kind)] * ratio));
      const gap = gapOf(box, zoom);
      const [stepX, stepY] = [box.columns * zoom + gap, box.rows * zoom + gap].map((step) => step / ratio);
      const across = Math.max(1, Math.min(box.count, Math.floor((width + gap / ratio) / stepX)));
      const down = Math.ceil(box.count / across);
      const height = HEAD + down * stepY;
      const placed = { name: box.name, left: 0, top, width, height, zoom, across, down, seen: box.count };
      top += height + GAP;
      return placed;
    });
    return { key, top: 0, height: top + ANSWERS, width, answer: width, boxes };
  }));
}

/**
 * Put lanes below each other.
 * @param {LaidLane[]} lanes
 */
function stacked(lanes) {
  let top = 0;
  return lanes.map((lane) => {
    const placed = { ...lane, top };
    top += lane.height + TITLE;
    return placed;
  });
}

/**
 * Lay out one lane, with the lens in the column where it costs the others least, or in one of its own.
 * @param {Lane} lane
 * @param {Room} room
 * @param {number} height
 * @param {boolean} lensed whether the lens stands in it
 */
function layLane(lane, room, height, lensed) {
  const lens = /** @type {Box} */ ({ name: "lens", kind: "lens", count: 0, rows: 0, columns: 0 });
  const ways = !lensed ? [lane.columns] : [
    ...lane.columns.map((_, at) => lane.columns.map((column, i) => (i === at ? [...column, lens] : column))),
    [...lane.columns, [lens]],
  ];
  const tried = ways.map((columns) => fitted(columns, room, height));
  const best = tried.reduce((one, other) => (other.score > one.score ? other : one));
  if (lensed && best.placed.width > room.width) return besideLens(lane, room, height);
  return { score: best.score, laid: { key: lane.key, top: 0, height, answer: room.answer, ...best.placed } };
}

/**
 * Lay out a lane that scrolls sideways: the lens stands before its layers, and stays where it is.
 * @param {Lane} lane
 * @param {Room} room
 * @param {number} height
 */
function besideLens({ key, columns }, room, height) {
  const before = LENS.width + GAP;
  const { score, placed: { boxes, width } } = fitted(
    columns,
    { ...room, width: room.width - before },
    height,
  );
  const lens = {
    name: "lens",
    left: 0,
    top: 0,
    width: LENS.width,
    height,
    zoom: 1,
    across: 0,
    down: 0,
    seen: 0,
  };
  const moved = boxes.map((box) => ({ ...box, left: box.left + before }));
  const laid = { key, top: 0, height, width: width + before, answer: room.answer, boxes: [lens, ...moved] };
  return { score, laid };
}

/**
 * Make the layers of a lane as large as fits: always the one that is farthest below the size that is liked.
 * @param {Box[][]} columns
 * @param {Room} room
 * @param {number} height
 */
function fitted(columns, { width, ratio, answer }, height) {
  const boxes = columns.flat().filter(({ kind }) => kind !== "lens");
  /** @type {Map<Box, number>} */
  const zooms = new Map(boxes.map((box) => [box, Math.ceil(sizes(box).least * ratio)]));
  const most = width - answer;
  /** @type {Set<Box>} */
  const cut = new Set(); // that show only their first maps
  const free = { height, ratio, widest: WIDEST * most, cut, heads: true };
  const measure = () => columns.map((column) => measured(column, zooms, free));
  for (const { box, width, height } of measure().flatMap(({ items }) => items)) {
    if (box.kind !== "lens" && (width > free.widest || height <= 0)) cut.add(box);
  }
  free.heads = widthOf(measure()) <= most; // whole names and numbers, where these make nothing wider than the screen
  let now = measure();
  const growing = new Set(now.every(({ fits }) => fits) ? boxes : []);
  while (growing.size) {
    const box = [...growing].reduce((
      one,
      other,
    ) => (liking(other, zooms, ratio) < liking(one, zooms, ratio) ? other : one));
    const zoom = zooms.get(box) ?? 1;
    zooms.set(box, zoom + 1);
    const next = measure();
    const fits = widthOf(next) <= Math.max(most, widthOf(now)) && seenOf(next) >= seenOf(now) &&
      next.every(({ fits }) => fits);
    if (fits && zoom + 1 <= sizes(box).most * ratio) {
      now = next;
    } else {
      zooms.set(box, zoom);
      growing.delete(box);
    }
  }
  const beyond = Math.max(0, widthOf(now) - most) + now.filter(({ fits }) => !fits).length * width +
    hiddenOf(now);
  const score = boxes.reduce((sum, box) => sum + worth(box, liking(box, zooms, ratio)), -beyond);
  return { score, placed: placed(now, answer) };
}

/**
 * Return how wide what has to be scrolled to would be beside what is seen, of all layers that are cut.
 * @param {Column[]} columns
 */
const hiddenOf = (columns) =>
  columns.flatMap(({ items }) => items)
    .reduce((sum, { box, seen, width }) => sum + (seen ? (box.count / seen - 1) * width : 0), 0);

/** @param {Box} box */
const sizes = ({ kind }) => SIZES[/** @type {"maps" | "units"} */ (kind)];

/**
 * Return how large a layer's pictures are: 1 as large as is liked.
 * @param {Box} box
 * @param {Map<Box, number>} zooms
 * @param {number} ratio
 */
const liking = (box, zooms, ratio) => (zooms.get(box) ?? 1) / ratio / sizes(box).liked;

/**
 * Return what a layer's size is worth: what is below the liked size counts most.
 * @param {Box} box
 * @param {number} liked
 */
function worth({ kind }, liked) {
  const grown = Math.log(liked);
  return WEIGHT[/** @type {"maps" | "units"} */ (kind)] * (grown < 0 ? grown : BEYOND * grown);
}

/**
 * Return where the layers of columns stand.
 * @param {Column[]} columns
 * @param {number} answer
 */
function placed(columns, answer) {
  /** @type {Placed[]} */
  const boxes = [];
  let left = 0;
  for (const { width, items } of columns) {
    let top = 0;
    for (const { box, zoom, across, down, seen, height } of items) {
      const tall = height + (box.kind === "lens" ? 0 : HEAD);
      boxes.push({ name: box.name, left, top, width, height: tall, zoom, across, down, seen });
      top += tall + GAP;
    }
    left += width + GAP;
  }
  return { boxes, width: left + answer };
}
