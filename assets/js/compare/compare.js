/** Compare: what Dash draws of the pair, and the image at hand among it. */
import { byId } from "../core/element.js";
import { say } from "../core/message.js";
import { whenPrinted } from "../core/paper.js";
import { Problem } from "../core/problem.js";
import { store } from "../core/store.js";
import { currentTheme, whenThemed } from "../core/theme.js";
import { explain } from "../core/words.js";
import { printCharts } from "./charts.js";
import { Moved, PANEL } from "./moved.js";
import { Planes } from "./planes.js";
import { fetchPlotly, loadComponents } from "./scripts.js";
import { Sections } from "./sections.js";

const READ = ".reading"; // where words are explained: in sentences, and
const NAMED = "th[scope=row]"; // in what rows are called

export class Compare {
  constructor() {
    const isShown = () => store.selection.page === "compare" && store.images.labels;
    this.root = byId("compare-panels");
    this.planes = new Planes();
    this.moved = new Moved(() => isShown() && this.paint());
    /** @type {any} */
    this.choice = null; // what Dash was told to compare
    this.sections = new Sections(this.root, (id) => setProps(id, { "data-choice": this.choice }));
    printCharts();
    whenPrinted(() => isShown() && this.print());
    whenThemed(() => isShown() && this.tellDash());
  }

  /**
   * Put what is ours into a section that Dash has drawn.
   * @param {string} id
   */
  drawn(id) {
    const section = byId(id);
    this.planes.layOut(section);
    explain(section, section.querySelectorAll(`${READ}, ${NAMED}`));
    if (id === PANEL) this.moved.draw(store.selection);
    this.sections.drawn(id);
  }

  shown() {
    if (store.selection.page !== "compare") return null;
    this.moved.layOut();
    setTimeout(() => store.selection.page === "compare" && this.tellDash());
    return this.paint();
  }

  /** Show the image at hand: its line on the curves at once, and itself, where it is in view, when its picture is here. */
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

  /** Show the image at hand for paper, at once, where it has not come into view. */
  print() {
    const { selection } = store;
    const [opened, written] = [store.lookNow(selection), store.images.pixelsNow(selection.digit)];
    if (!opened || !written) return;
    this.moved.paint(selection, opened, opened.pixels ?? written, store.labelOf(selection));
  }

  /** Tell Dash what to compare, if it has not been told. */
  async tellDash() {
    const { pair, model } = store.selection;
    const choice = { pair, model, theme: currentTheme() };
    if (JSON.stringify(choice) === JSON.stringify(this.choice)) return;
    if (!this.choice) fetchPlotly();
    this.choice = choice;
    try {
      await loadComponents();
    } catch {
      return say("The charts could not be loaded. Reload the page.");
    }
    if (this.choice === choice) this.sections.begin();
  }
}

/**
 * Tell Dash what a component has now.
 * @param {string} id
 * @param {Record<string, any>} props
 */
const setProps = (id, props) => /** @type {any} */ (globalThis).dash_clientside.set_props(id, props);
