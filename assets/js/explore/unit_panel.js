/** A layer of units: each a square of its value's colour, or that under its weights over the image. */
import { noun } from "../core/image.js";
import { colouring } from "../core/colours.js";
import { isFlat } from "../core/scale.js";
import { paintLegend } from "../figures/legend.js";
import { Panel } from "./panel.js";

/** @import { Scale } from "../core/scale.js" */
/** @import { Selection } from "../core/selection.js" */

const UNIT = 22; // screen pixels of a unit without a picture of its weights: with the gap 24, which a finger can tell from the next
const BAR = 4; // screen pixels of the value under a unit's weights

export class UnitPanel extends Panel {
  /**
   * @param {HTMLElement} element where it goes
   * @param {string} key
   * @param {import("../core/facts.js").Layer} layer
   * @param {any} act as Panel's
   * @param {Map<Element, number>} widths of the sheets
   */
  constructor(element, key, layer, act, widths) {
    super(element, key, layer, act, widths);
    element.classList.toggle("units", !this.templates);
    element.classList.toggle("templates", this.templates);
  }

  /** Rows of a unit's weights over the image: slice under slice. */
  get tall() {
    const [slices, height] = this.layer.grid;
    return slices * (height + 1) - 1;
  }

  /** Columns of the same. */
  get wide() {
    return this.layer.grid[2];
  }

  /** @override */
  get word() {
    return "unit";
  }

  /** @override */
  sides() {
    if (!this.templates) return { rows: UNIT, columns: UNIT, zoom: 1, gap: 2 };
    return { rows: this.tall + 1 + BAR, columns: this.wide, zoom: 1, gap: 3 };
  }

  /** @override */
  place() {
    return null;
  }

  /** @override */
  isOverWeights(row = Infinity) {
    return Boolean(this.templates) && row < this.tall;
  }

  /**
   * @override
   * @param {Selection} selection
   * @param {any} opened
   * @param {boolean} anew
   */
  paintSheet(selection, { values }, anew) {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const scale = this.scaleOf(selection, least, most);
    this.explain(selection, scale, least, most);
    const [top, rows, columns] = this.templates ? [this.tall + 1, BAR, this.wide] : [0, UNIT, UNIT];
    const colour = colouring(scale);
    for (let i = 0; i < values.length; i++) this.sheet.paintBlock(i, colour(values[i]), top, rows, columns);
    this.sheet.flush(top, rows);
    if (anew || this.fixed) this.markUnits();
  }

  /**
   * Say what the colours mean, and how many units are silent, or differ.
   * @param {Selection} selection
   * @param {Scale} scale
   * @param {number} least
   * @param {number} most
   */
  explain(selection, scale, least, most) {
    const everywhere = isFlat(scale) && least === most ? "everywhere" : "";
    const counted = this.differing ? this.differWords(selection) : this.silentWords(selection);
    const told = [this.leavingWords(least, most), everywhere, counted].filter(Boolean).join(" · ");
    paintLegend(this.legend, scale, this.differing || !told ? told : `· ${told}`);
  }

  /**
   * Say how many units differ.
   * @param {Selection} selection
   */
  differWords({ reference }) {
    const differ = this.opened.values.filter(Boolean).length;
    return `${differ} of ${this.count} differ from test ${noun} ${reference}`;
  }

  /**
   * Say how many units are silent, and dead.
   * @param {Selection} selection
   */
  silentWords({ stage }) {
    const { activation, dead } = this.layer;
    if (activation !== "relu") return "";
    let silent = 0;
    for (let i = 0; i < this.count; i++) if (this.fate(i) === "silent") silent++;
    const lost = dead.length ? `, ${dead.length} dead${this.templates ? "" : " (×)"}` : "";
    return `${silent} of ${this.count} silent ${stage === "pre" ? "after relu" : "here"}${lost}`;
  }

  /** Say which units are dead or off, and the scale or the class of each: no image changes that, but a difference shows no dead ones. And which leave the fixed scale. */
  markUnits() {
    for (let i = 0; i < this.count; i++) this.markUnit(i);
  }

  /**
   * Say why a unit gives nothing whatever the digit: of others how many are silent is said above them.
   * @override
   * @param {number} i
   */
  markUnit(i) {
    const fate = this.fate(i);
    const lost = fate === "off" || fate === "dead" ? fate : "";
    this.mark(i, lost, this.isLast ? String(i) : (this.weights?.ends(i, this.selection) ?? ""));
  }

  /**
   * Return the value of a unit, which the picture has exactly: [value, largest error].
   * @param {number} i
   */
  approximate(i) {
    return [this.opened.values[i], 0];
  }
}
