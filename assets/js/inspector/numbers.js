/** The numbers of a map: a few that sum it up, and all of them. */
import { fillList, make, scrolling, write } from "../core/element.js";
import { inFull, percent, round } from "../core/number.js";
import { sideOf } from "../core/scale.js";

/** @import { Layer } from "../core/facts.js" */
/** @import { Scale } from "../core/scale.js" */
/** @import { State } from "./state.js" */

export class Numbers {
  /**
   * @param {Layer} layer
   */
  constructor(layer) {
    this.layer = layer;
    /** @type {State | null} */
    this.state = null;
    this.list = make("dl", { className: "numbers" });
    this.summary = make("summary", { textContent: this.title("numbers") });
    this.details = make("details", {}, this.summary);
    this.details.addEventListener("toggle", () => this.listAll());
    this.elements = [this.list, this.details];
  }

  /**
   * Return what all numbers are headed by.
   * @param {string} what
   */
  title(what) {
    return `All ${this.layer.shape[0]}×${this.layer.shape[1]} ${what}`;
  }

  /**
   * Show those of a state, whose exact values are here; return how much of the map is active, or differs.
   * @param {any} state
   * @param {Scale | null | undefined} scale
   */
  show(state, scale) {
    this.state = state;
    const { exact: values, differing } = state;
    write(this.summary, this.title(differing ? "differences" : "numbers"));
    const active =
      values.filter((/** @type {number} */ value) => (differing ? value !== 0 : value > 0)).length;
    const mean = values.reduce((/** @type {number} */ sum, /** @type {number} */ value) => sum + value, 0) /
      values.length;
    const gone = values.filter((/** @type {number} */ value) => scale && sideOf(scale, value)).length;
    const share = percent(active / values.length, 0);
    fillList(this.list, {
      smallest: inFull(Math.min(...values)),
      largest: inFull(Math.max(...values)),
      mean: round(mean),
      [differing ? "that differ" : "above zero"]: `${active} of ${values.length} cells (${share})`,
      ...(gone ? { "beyond the scale": `${gone} of ${values.length} cells` } : {}),
    });
    this.listAll();
    return share;
  }

  listAll() {
    const exact = this.state?.exact;
    if (!this.details.open || !exact) return;
    const [rows, columns] = this.layer.shape;
    /** @type {(textContent: number, scope: string) => HTMLElement} */
    const head = (textContent, scope) => make("th", { textContent, scope });
    const heads = Array.from({ length: columns }, (_, column) => head(column, "col"));
    /** @param {number} value */
    const cell = (value) => make("td", { textContent: round(value), title: inFull(value) });
    /** @param {number} row */
    const line = (row) => Array.from(exact.subarray(row * columns, (row + 1) * columns), cell);
    const lines = Array.from({ length: rows }, (_, row) => make("tr", {}, head(row, "row"), ...line(row)));
    const table = make(
      "table",
      {},
      make("thead", {}, make("tr", {}, make("td"), ...heads)),
      make("tbody", {}, ...lines),
    );
    this.details.querySelector(".scroll")?.remove();
    this.details.append(scrolling("All numbers of this map", table));
  }
}
