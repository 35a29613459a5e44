/** Compare: what Dash draws of the pair, and the digit at hand among it. */
import { byId } from "../core/element.js";
import { whenPrinted } from "../core/paper.js";
import { Problem } from "../core/problem.js";
import { store } from "../core/store.js";
import { currentTheme, whenThemed } from "../core/theme.js";
import { Charts } from "./charts.js";
import { fillHtml, watchHtml } from "./markup.js";
import { Moved } from "./moved.js";
import { Planes } from "./planes.js";
import { fetchPlotly } from "./plotly.js";

export class Compare {
  constructor() {
    this.planes = new Planes();
    this.charts = new Charts((chart) => this.moved.watch(chart, () => this.drawMoved()));
    this.moved = new Moved(() => this.paintMoved());
    this.told = ""; // what Dash was told to compare
    const isShown = () => store.selection.page === "compare" && store.images.labels;
    this.paintMoved = () => isShown() && this.paint();
    this.drawMoved = () => isShown() && this.moved.draw(store.selection);
    whenPrinted(() => isShown() && this.print());
    whenThemed(() => isShown() && this.tellDash());
    watchHtml(byId("compare-panels"), (element) => this.fill(element));
  }

  /**
   * Put into an element what the server wrote as HTML, and what belongs into that.
   * @param {HTMLElement} element
   */
  fill(element) {
    fillHtml(element, (part) => {
      this.planes.layOut(part);
      this.charts.layOut(part);
      this.moved.layOut();
    });
  }

  shown() {
    if (store.selection.page !== "compare") return null;
    setTimeout(() => store.selection.page === "compare" && this.tellDash());
    return this.paint();
  }

  /** Show the digit at hand: its line on the curves at once, and itself, where it is in view, when its picture is here. */
  async paint() {
    const next = store.selection;
    this.moved.draw(next);
    if (!this.moved.isSeen()) return;
    try {
      const [opened, written] = await Promise.all([store.look(next), store.images.pixels(next.digit)]);
      if (next !== store.selection || next.page !== "compare") return;
      store.content();
      this.moved.paint(next, opened, opened.pixels ?? written, store.labelOf(next));
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (next === store.selection) store.complain(problem.message);
    }
  }

  /** Show the digit at hand for paper, at once, where it has not come into view. */
  print() {
    const { selection } = store;
    const [opened, written] = [store.lookNow(selection), store.images.pixelsNow(selection.digit)];
    if (!opened || !written) return;
    this.moved.paint(selection, opened, opened.pixels ?? written, store.labelOf(selection));
  }

  /** Tell Dash what to compare, if it has not been told. */
  tellDash() {
    const { pair, model } = store.selection;
    const comparison = { pair, model, theme: currentTheme() };
    const known = JSON.stringify(comparison);
    if (known === this.told) return;
    if (!this.told) fetchPlotly();
    this.told = known;
    /** @type {any} */ (globalThis).dash_clientside.set_props("comparison", { "data-choice": comparison });
  }
}
