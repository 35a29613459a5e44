/** A layer of units: each a square of its value's colour, or that under its weights over the digit. */
import { colouring } from "../core/colours.js";
import { isFlat } from "../core/scale.js";
import { paintLegend } from "../figures/legend.js";
import { Panel } from "./panel.js";
import { TEMPLATE } from "./weights.js";

const UNIT = 22; // screen pixels of a unit without a picture of its weights: with the gap 24, which a finger can tell from the next
const BAR = 4; // screen pixels of the value under a unit's weights

export class UnitPanel extends Panel {
  constructor(element, key, layer, act, widths) {
    super(element, key, layer, act, widths);
    element.classList.toggle("units", !this.templates);
    element.classList.toggle("templates", this.templates);
  }

  /** @override */
  get word() {
    return "unit";
  }

  /** @override */
  sides() {
    if (!this.templates) return { rows: UNIT, columns: UNIT, zoom: 1, gap: 2 };
    return { rows: TEMPLATE + 1 + BAR, columns: TEMPLATE, zoom: 1, gap: 3 };
  }

  /** @override */
  place() {
    return null;
  }

  /** @override */
  isOverWeights(row = Infinity) {
    return this.templates && row < TEMPLATE;
  }

  /** @override */
  paintSheet(selection, { values }, anew) {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const scale = this.scaleOf(selection, least, most);
    this.explain(selection, scale, least, most);
    const [top, rows, columns] = this.templates ? [TEMPLATE + 1, BAR, TEMPLATE] : [0, UNIT, UNIT];
    const colour = colouring(scale);
    for (let i = 0; i < values.length; i++) this.sheet.paintBlock(i, colour(values[i]), top, rows, columns);
    this.sheet.flush(top, rows);
    if (anew || this.fixed) this.markUnits();
  }

  /** Say what the colours mean, and how many units are silent, or differ. */
  explain(selection, scale, least, most) {
    const everywhere = isFlat(scale) && least === most ? "everywhere" : "";
    const counted = this.differing ? this.differWords(selection) : this.silentWords(selection);
    const told = [this.leavingWords(least, most), everywhere, counted].filter(Boolean).join(" · ");
    paintLegend(this.legend, scale, this.differing || !told ? told : `· ${told}`);
  }

  differWords({ reference }) {
    const differ = this.opened.values.filter(Boolean).length;
    return `${differ} of ${this.count} differ from test digit ${reference}`;
  }

  silentWords({ stage }) {
    const { activation, dead } = this.layer;
    if (activation !== "relu") return "";
    let silent = 0;
    for (let i = 0; i < this.count; i++) if (this.fate(i) === "silent") silent++;
    const lost = dead.length ? `, ${dead.length} dead${this.templates ? "" : " (×)"}` : "";
    return `${silent} of ${this.count} silent ${stage === "pre" ? "after relu" : "here"}${lost}`;
  }

  /** Say which units are dead or off, and the scale or the class of each: no digit changes that, but a difference shows no dead ones. And which leave the fixed scale. */
  markUnits() {
    for (let i = 0; i < this.count; i++) this.markUnit(i);
  }

  /**
   * Say why a unit gives nothing whatever the digit: of others how many are silent is said above them.
   * @override
   */
  markUnit(i) {
    const fate = this.fate(i);
    const lost = fate === "off" || fate === "dead" ? fate : "";
    this.mark(i, lost, this.isLast ? String(i) : (this.weights?.ends(i, this.selection) ?? ""));
  }

  /** Return the value of a unit, which the picture has exactly: [value, largest error]. */
  approximate(i) {
    return [this.opened.values[i], 0];
  }
}
