/** The enlarged map: painted, walked, zoomed. */
import { paintLevels, pixelAt } from "../core/canvas.js";
import { tunedTo } from "../core/channel.js";
import { levelColours } from "../core/colours.js";
import { make } from "../core/element.js";
import { inFull } from "../core/number.js";
import { exactly } from "../core/pointer.js";
import { boxOn } from "../core/receptive_field.js";
import {
  fixedScale,
  hasOwnScales,
  isFlat,
  kindOf,
  leavesScale,
  ownScaleOf,
  scaleBetween,
} from "../core/scale.js";
import { store } from "../core/store.js";
import { paintLegend } from "../figures/legend.js";

/** @import { Layer } from "../core/facts.js" */
/** @import { Selection } from "../core/selection.js" */
/** @import { State } from "./state.js" */

const MOST = 8; // times as large as the column is wide
/** @type {Record<string, number[]>} */
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

export class Enlarged {
  /**
   * @param {any} frame it is in
   * @param {Layer} layer
   */
  constructor(frame, layer) {
    this.layer = layer;
    this.zoomed = 1;
    /** @type {import("../core/scale.js").Scale | null} */
    this.scale = null; // that the map is painted with
    this.legend = make("div", { className: "legend" });
    this.canvas = make("canvas");
    this.cursor = make("div", { className: "cursor", hidden: true });
    const zoomed = make("div", { className: "zoomed" }, this.canvas, this.cursor);
    this.box = make("div", { className: "enlarged", tabIndex: 0, role: "group" }, zoomed);
    const larger = this.button("+", "Enlarge the map further", 2);
    const smaller = this.button("−", "Make the map smaller", 0.5);
    this.zoom(1);
    this.box.addEventListener("pointermove", (event) => frame.pointCell(pixelAt(this.canvas, event)));
    this.box.addEventListener("pointerleave", () => frame.pointCell(null));
    const where = exactly(this.box);
    this.box.addEventListener("click", (event) => store.change({ cell: pixelAt(this.canvas, where(event)) }));
    this.box.addEventListener("keydown", (event) => this.walk(event, frame.state.selection));
    this.elements = [make("div", { className: "row map-head" }, this.legend, smaller, larger), this.box];
  }

  /**
   * Return a button that zooms.
   * @param {string} textContent
   * @param {string} name
   * @param {number} factor
   */
  button(textContent, name, factor) {
    const button = make("button", { type: "button", textContent, "aria-label": name });
    button.addEventListener("click", () => this.zoom(factor));
    return button;
  }

  /**
   * Show the map larger or smaller, the selected cell in view.
   * @param {number} factor
   */
  zoom(factor) {
    this.zoomed = Math.max(1, Math.min(MOST, this.zoomed * factor));
    this.box.style.setProperty("--zoom", String(this.zoomed));
    if (!this.cursor.hidden) this.cursor.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /**
   * Walk from cell to cell, or zoom, by a key.
   * @param {KeyboardEvent} event
   * @param {Selection} selection
   */
  walk(event, selection) {
    if (event.key === "+" || event.key === "-") this.zoom(event.key === "+" ? 2 : 0.5);
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const from = selection.cell ?? [0, 0];
    /** @type {(place: number, axis: number) => number} */
    const inside = (place, axis) => Math.max(0, Math.min(this.layer.shape[axis] - 1, place));
    store.change({ cell: from.map((place, axis) => inside(place + step[axis], axis)) }, "replace");
  }

  /**
   * Paint the map.
   * @param {State} state
   */
  paint(state) {
    const { layer, now, selection, opened, filter, differing } = state;
    const [rows, columns] = layer.shape;
    const [low, high] = [opened.low[filter], opened.high[filter]];
    const scale = (this.scale = scaleOf(state));
    const { sign, words } = leavesScale(fixedScale(selection, now), low, high);
    const beyond = words && `beyond, ${words}`;
    const constant = low === high ? `everywhere ${inFull(low)}` : "";
    const colours = levelColours(scale, low, high, opened.count);
    paintLevels(this.canvas, rows, columns, opened.levels, filter * rows * columns, colours);
    const told = [beyond && `${sign} ${beyond}`, constant, differing && "difference"].filter(Boolean);
    paintLegend(this.legend, constant && isFlat(scale) ? null : scale, told.join(" · "));
    const name = [`${layer.name} map ${filter}`, differing, tunedTo(now, filter), "enlarged"];
    const size = [`${rows} rows`, `${columns} columns`, beyond];
    const label = `${[...name, ...size].filter(Boolean).join(", ")}; arrow keys choose a cell`;
    this.box.setAttribute("aria-label", label);
    this.placeCursor(selection.cell);
  }

  /**
   * Put the cursor onto a cell.
   * @param {number[] | null} cell
   */
  placeCursor(cell) {
    this.cursor.hidden = !cell;
    if (!cell) return;
    const [row, column] = cell;
    Object.assign(this.cursor.style, boxOn(this.layer.shape, [row, column, row + 1, column + 1]));
  }
}

/**
 * Return the scale that a map is shown with.
 * @param {State} state
 */
function scaleOf({ selection, now, opened: { low, high }, filter }) {
  const fixed = fixedScale(selection, now);
  if (fixed) return fixed;
  const least = Math.min(...low);
  if (hasOwnScales(selection)) return ownScaleOf(selection, now, low[filter], high[filter], least);
  return scaleBetween(least, Math.max(...high), kindOf(selection, now, least));
}
