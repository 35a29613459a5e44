/** The lanes on the screen: measured, laid out, and joined by lines from layer to layer. */
import { byId, find } from "../core/element.js";
import { pixelRatio } from "../core/canvas.js";
import { hasNames } from "../core/image.js";
import { blockOf, modelOf } from "../core/facts.js";
import { columnsOf, readsOf } from "./lane_graph.js";
import { GAP, HEAD } from "./lane_column.js";
import { ANSWERS, layLanes, layNarrow } from "./lane_layout.js";
import { Overview } from "./overview.js";

/** @import { Block } from "../core/facts.js" */
/** @import { Lane, LaidLane, Placed, Room } from "./lane_layout.js" */
/** @import { Panel } from "./panel.js" */

const NARROW = "(max-width: 760px)"; // a telephone: layers below each other
const ANSWER = 138; // CSS pixels of the bars at the end of a lane, whose classes are numbers,
const NAMED = 196; // and where they have names, which are cut where that is too wide
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
    /** @type {Map<string, Overview>} */
    this.overviews = new Map(); // of lanes that were wider than the screen
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
      ratio: pixelRatio(),
      ...(hasNames ? { answer: NAMED, tight: ANSWER } : { answer: ANSWER }),
    };
  }

  /**
   * Put one lane, and all that is in it, where the layout says.
   * @param {LaidLane} lane
   * @param {Room} room
   */
  place({ key, height, width, answer, boxes }, { width: wide, ratio }) {
    const panels = this.shown.find(([panel]) => panel.key === key) ?? [];
    const article = /** @type {HTMLElement} */ (panels[0].element.closest(".network"));
    this.element.append(article); // the tallest first
    this.scroll(article, key, boxes, width, wide);
    const inside = find(article, ".boxes");
    Object.assign(inside.style, { height: `${height}px`, width: `${width}px` });
    const byName = new Map(boxes.map((box) => [box.name, box]));
    for (const panel of panels.slice(0, -1)) {
      const placed = byName.get(blockOf(modelOf(key), panel.layer.name)?.layers[0] ?? "");
      if (placed) panel.lay(placed, ratio);
    }
    const answers = this.narrow.matches
      ? { left: 0, top: height - ANSWERS, width, height: ANSWERS }
      : { left: width - answer, top: 0, width: answer, height };
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
    const last = { ...answers, name, zoom: 1, across: 1, down: 1, seen: 1 };
    join(inside, edgesOf(key, new Map([...byName, [name, last]])));
  }

  /**
   * Let a lane that is wider than its room scroll sideways, and not the others, under a strip that shows all of it.
   * @param {HTMLElement} article
   * @param {string} key
   * @param {Placed[]} boxes
   * @param {number} width
   * @param {number} wide
   */
  scroll(article, key, boxes, width, wide) {
    const isWide = width > wide + 1;
    article.classList.toggle("wide", isWide);
    if (isWide && !this.overviews.has(key)) this.overviews.set(key, new Overview(article));
    this.overviews.get(key)?.show(isWide ? boxes : [], width);
  }
}

/**
 * Draw an arrow from each box to what reads it.
 * @param {HTMLElement} inside
 * @param {Placed[][]} edges
 */
function join(inside, edges) {
  const [lines, heads] = find(inside, ".edges").children;
  lines.setAttribute("d", edges.map(([from, to]) => lineOf(from, to)).join(""));
  heads.setAttribute("d", edges.map(([, to]) => headOf(to)).join(""));
}

/**
 * Return what a network is to the layout: a column of boxes for each step of the data, a box for each block.
 * @param {Panel[]} panels
 * @returns {Lane}
 */
function laneOf(panels) {
  const { key } = panels[0];
  const byName = new Map(panels.map((panel) => [panel.layer.name, panel]));
  /** @param {Block} block */
  const boxOf = ({ layers }) => {
    const own = /** @type {Panel[]} */ (layers.map((name) => byName.get(name)));
    return { ...own[0].box, narrowest: Math.max(...own.map(({ head }) => head.width())) };
  };
  const columns = columnsOf(modelOf(key));
  columns.splice(-1); // its answers
  return { key, columns: columns.map((column) => column.map(boxOf)) };
}

/**
 * Return the pairs of boxes between which there is a line.
 * @param {string} key
 * @param {Map<string, Placed>} boxes
 * @returns {Placed[][]}
 */
const edgesOf = (key, boxes) =>
  [...readsOf(modelOf(key))].flatMap(([name, reads]) =>
    reads.map((read) => [boxes.get(read), boxes.get(name)]).filter((ends) => ends.every(Boolean))
  ).map((ends) => /** @type {Placed[]} */ (ends));

/**
 * Return the line in the gap between two boxes, or over the heads of what lies between them, as SVG writes it.
 * @param {Placed} from
 * @param {Placed} to
 */
function lineOf(from, to) {
  const [x, y] = [from.left + from.width, levelOf(from)];
  const [left, level] = [to.left, levelOf(to)];
  const next = left - x <= GAP + 1;
  if (next && y === level) return `M${x + 2} ${y}H${left - 3}`;
  const over = next ? level : Math.min(y, level) - 9;
  return `M${x + 2} ${y}H${x + GAP / 2}V${over}H${left - GAP / 2}V${level}H${left - 3}`;
}

/**
 * Return the head of an arrow to a box.
 * @param {Placed} to
 */
const headOf = (to) => `M${to.left - 1} ${levelOf(to)}l${-2 * DOT} ${-DOT}v${2 * DOT}z`;

/**
 * Return at which height lines reach a box.
 * @param {Placed} box
 */
const levelOf = ({ top }) => top + HEAD / 2 - 8;

/**
 * Return how much room a network asks for: more for maps than for units.
 * @param {Lane} lane
 */
const tallness = ({ columns }) =>
  columns.flat().reduce((sum, { count, rows, columns: wide }) => sum + count * rows * wide, 0);
