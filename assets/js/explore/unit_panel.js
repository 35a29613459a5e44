/** A layer of units: each a square of its value's colour. */
import { member } from "../core/image.js";
import { colouring } from "../core/colours.js";
import { momentName } from "../core/moments.js";
import { extremesOf, isFlat } from "../core/scale.js";
import { paintLegend } from "../figures/legend.js";
import { leavingWords, silentWords } from "./counted.js";
import { gapOf } from "./lane_column.js";
import { Panel } from "./panel.js";

/** @import { Placed } from "./lane_layout.js" */
/** @import { Scale } from "../core/scale.js" */
/** @import { Selection } from "../core/selection.js" */

export class UnitPanel extends Panel {
  /**
   * @param {HTMLElement} element where it goes
   * @param {string} key
   * @param {import("../core/facts.js").Layer} layer
   * @param {any} act as Panel's
   */
  constructor(element, key, layer, act) {
    super(element, key, layer, act);
    element.classList.add("units");
  }

  /** @override */
  get word() {
    return "unit";
  }

  /**
   * @override
   * @param {Pick<Placed, "zoom">} placed
   * @param {number} ratio
   */
  sides({ zoom }, ratio) {
    return { rows: zoom, columns: zoom, zoom: 1 / ratio, gap: gapOf({ kind: "units" }, zoom) };
  }

  /** @override */
  place() {
    return null;
  }

  /**
   * @override
   * @param {Selection} selection
   * @param {any} opened
   * @param {boolean} anew
   */
  paintSheet(selection, { values }, anew) {
    const [least, most] = extremesOf(values);
    const scale = this.scaleOf(selection, least, most);
    this.explain(selection, scale, least, most);
    const colour = colouring(scale);
    this.sheet.paintBlocks((i) => colour(values[i]));
    this.sheet.flush();
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
    const counted = this.differing ? this.differWords(selection) : silentWords(this);
    const told = [leavingWords(this, least, most), everywhere, counted].filter(Boolean).join(" · ");
    paintLegend(this.legend, scale, this.differing || !told ? told : `· ${told}`);
  }

  /**
   * Say how many units differ.
   * @param {Selection} selection
   */
  differWords({ reference, since }) {
    const differ = this.opened.values.filter(Boolean).length;
    return `${differ} of ${this.count} differ from ${since ? momentName(since) : `${member} ${reference}`}`;
  }

  /** Say which units are dead or off: no image changes that, but a difference shows no dead ones. And which leave the fixed scale. */
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
    this.mark(i, lost);
  }

  /**
   * Return the value of a unit, which the picture has exactly: [value, largest error].
   * @param {number} i
   */
  approximate(i) {
    return [this.opened.values[i], 0];
  }
}
