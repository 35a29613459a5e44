/** The lanes on the screen: measured, laid out, and joined by lines from layer to layer. */
import { byId, find } from "../core/element.js";
import { penOf } from "../core/canvas.js";
import { modelOf } from "../core/facts.js";
import { ANSWER, ANSWERS, GAP, HEAD, layLanes, layNarrow } from "./lane_layout.js";

/** @import { Box, Lane, LaidLane, Placed } from "./lane_layout.js" */
/** @import { Panel } from "./panel.js" */

const NARROW = "(max-width: 760px)"; // a telephone: layers below each other
const DOT = 2.5; // CSS pixels, half of where a line ends

export class Lanes {
  /**
   * @param {HTMLElement} element with a child for every lane, and the lens
   * @param {() => void} laid is told when layers have moved
   */
  constructor(element, laid) {
    this.element = element;
    this.laid = laid;
    this.lens = byId("lens");
    this.narrow = matchMedia(NARROW);
    this.known = ""; // for which room, and which panels, they lie
    /** @type {Panel[][]} */
    this.shown = [];
    const observer = new ResizeObserver(() => this.fit());
    for (const observed of [byId("explore"), element]) observer.observe(observed);
  }

  /**
   * Lay out these networks.
   * @param {Panel[][]} shown the panels of each, its answers last
   */
  show(shown) {
    this.shown = shown;
    this.fit();
  }

  /** Lay out what is shown for the room that there is now. */
  fit() {
    const room = this.room();
    const keys = this.shown.map(([{ key }]) => key);
    const known = JSON.stringify([room, keys, this.narrow.matches]);
    if (!keys.length || !room.width || known === this.known) return;
    this.known = known;
    const lanes = this.shown.map(laneOf).sort((one, other) => tallness(other) - tallness(one));
    const laid = this.narrow.matches ? layNarrow(lanes, room) : layLanes(lanes, room);
    this.lens.hidden = this.narrow.matches;
    for (const lane of laid) this.place(lane, room);
    this.laid();
  }

  /** Return the room inside, as it is while the dock is closed. */
  room() {
    const style = getComputedStyle(this.element);
    /** @type {(...sides: string[]) => number} */
    const padding = (...sides) =>
      sides.reduce((sum, side) => sum + Number.parseFloat(style.getPropertyValue(`padding-${side}`)), 0);
    return {
      width: this.element.clientWidth - padding("left", "right"),
      height: byId("explore").clientHeight - byId("differing").offsetHeight - padding("top", "bottom"),
      ratio: globalThis.devicePixelRatio || 1,
    };
  }

  /**
   * Put one lane, and all that is in it, where the layout says.
   * @param {LaidLane} lane
   * @param {{width: number, ratio: number}} room
   */
  place({ key, height, width, boxes }, { width: wide, ratio }) {
    const panels = this.shown.find(([panel]) => panel.key === key) ?? [];
    const article = /** @type {HTMLElement} */ (panels[0].element.closest(".network"));
    this.element.append(article); // the tallest first
    article.classList.toggle("wide", width > wide + 1); // then the lane scrolls sideways, and not the others
    const inside = find(article, ".boxes");
    Object.assign(inside.style, { height: `${height}px`, width: `${width}px` });
    const byName = new Map(boxes.map((box) => [box.name, box]));
    for (const panel of panels.slice(0, -1)) {
      const placed = byName.get(panel.layer.name);
      if (placed) panel.lay(placed, ratio);
    }
    const answers = this.narrow.matches
      ? { left: 0, top: height - ANSWERS, width, height: ANSWERS }
      : { left: width - ANSWER, top: 0, width: ANSWER, height };
    /** @type {any} */ (panels.at(-1)).stand(answers);
    const lens = byName.get("lens");
    if (lens) {
      inside.append(this.lens);
      for (const side of /** @type {const} */ (["left", "top", "width", "height"])) {
        this.lens.style[side] = `${lens[side]}px`;
      }
    }
    if (this.narrow.matches) return;
    const name = panels.at(-1)?.layer.name ?? "";
    const last = { ...answers, name, zoom: 1, across: 1, down: 1 };
    this.join(inside, key, new Map([...byName, [name, last]]), ratio);
  }

  /**
   * Draw a line from each layer to what reads it.
   * @param {HTMLElement} inside
   * @param {string} key
   * @param {Map<string, Placed>} boxes
   * @param {number} ratio
   */
  join(inside, key, boxes, ratio) {
    const canvas = /** @type {HTMLCanvasElement} */ (find(inside, ".edges"));
    const [width, height] = [inside.offsetWidth, inside.offsetHeight];
    Object.assign(canvas, { width: width * ratio, height: height * ratio });
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
    const pen = penOf(canvas);
    pen.scale(ratio, ratio);
    pen.strokeStyle = pen.fillStyle = getComputedStyle(inside).color;
    for (const [from, to] of edgesOf(key, boxes)) drawEdge(pen, from, to);
  }
}

/**
 * Return what a network's panels are to the layout: a column for each step of the data, its branches below each other.
 * @param {Panel[]} panels
 * @returns {Lane}
 */
function laneOf(panels) {
  const inner = panels.slice(0, -1);
  /** @type {Map<string, number>} */
  const depths = new Map();
  /** @type {Box[][]} */
  const columns = [];
  for (const { layer, box, key } of inner) {
    const depth = Math.max(0, ...sourcesOf(key, layer.name).map((name) => (depths.get(name) ?? -1) + 1));
    depths.set(layer.name, depth);
    (columns[depth] ??= []).push(box);
  }
  return { key: panels[0].key, columns };
}

/**
 * Return the layers with panels that a layer reads.
 * @param {string} key
 * @param {string} name
 * @returns {string[]}
 */
function sourcesOf(key, name) {
  const { layers } = modelOf(key);
  /** @param {string} wanted */
  const known = (wanted) => layers.find((layer) => layer.name === wanted);
  return known(name)?.reads.filter(known) ?? [];
}

/**
 * Return the pairs of boxes between which there is a line.
 * @param {string} key
 * @param {Map<string, Placed>} boxes
 * @returns {Placed[][]}
 */
const edgesOf = (key, boxes) =>
  [...boxes].flatMap(([name, to]) =>
    name === "lens" ? [] : sourcesOf(key, name).flatMap((source) => {
      const from = boxes.get(source);
      return from ? [[from, to]] : [];
    })
  );

/**
 * Draw an arrow in the gap between two boxes, or over the heads of what lies between them.
 * @param {CanvasRenderingContext2D} pen
 * @param {Placed} from
 * @param {Placed} to
 */
function drawEdge(pen, from, to) {
  const start = [from.left + from.width, from.top + HEAD / 2 - 8];
  const end = [to.left, to.top + HEAD / 2 - 8];
  pen.beginPath();
  if (end[0] - start[0] <= GAP + 1 && start[1] === end[1]) {
    pen.moveTo(start[0] + 2, start[1]);
    pen.lineTo(end[0] - 3, end[1]);
  } else {
    const over = end[0] - start[0] > GAP + 1 ? Math.min(start[1], end[1]) - 9 : end[1];
    pen.moveTo(start[0] + 2, start[1]);
    pen.lineTo(start[0] + GAP / 2, start[1]);
    pen.lineTo(start[0] + GAP / 2, over);
    pen.lineTo(end[0] - GAP / 2, over);
    pen.lineTo(end[0] - GAP / 2, end[1]);
    pen.lineTo(end[0] - 3, end[1]);
  }
  pen.stroke();
  pen.beginPath();
  pen.moveTo(end[0] - 1, end[1]);
  pen.lineTo(end[0] - 1 - 2 * DOT, end[1] - DOT);
  pen.lineTo(end[0] - 1 - 2 * DOT, end[1] + DOT);
  pen.fill();
}

/**
 * Return how much room a network asks for: more for maps than for units.
 * @param {Lane} lane
 */
const tallness = ({ columns }) =>
  columns.flat().reduce((sum, { count, rows, columns: wide }) => sum + count * rows * wide, 0);
