/** The inspector: the dock along the bottom, in which tabs answer questions about one channel, and about the answers. */
import { byId, make, newButton, write } from "../core/element.js";
import { hasSlices } from "../core/forms.js";
import { channelsOf, facts, hasMaps, lastLayer, modelOf, nameOf } from "../core/facts.js";
import { closed, opened } from "../core/opened.js";
import { CLOSED, inspectedOf, tabOf } from "../core/selection.js";
import { store } from "../core/store.js";
import { Frame } from "./frame.js";
import { Illustration } from "./illustration.js";
import { layerBefore, stateOf } from "./state.js";

/** @import { Layer } from "../core/facts.js" */
/** @import { Picture } from "../core/picture.js" */
/** @import { Selection } from "../core/selection.js" */

/** @type {Record<string, string>} */
const TABS = {
  number: "Number",
  slices: "Slices",
  fires: "What fires it",
  without: "Without it",
  weights: "Weights",
  training: "How it became so",
  files: "Files",
  why: "Why this answer",
  mind: "What would change its mind",
};
const MAILED = ["number", "weights"]; // that need no server
const MEASURED = ["fires", "without"]; // that say what was measured over all images

export class Inspector {
  /**
   * @param {HTMLElement} element where the parts of a channel are
   * @param {{show: (layer: any, cell?: number[] | null) => void}} sight outlines what a cell sees
   * @param {() => void} opened is told when the dock has taken room, or given it back
   */
  constructor(element, sight, opened) {
    this.element = element;
    this.dock = byId("dock");
    this.sight = sight;
    this.opened = opened;
    /** @type {Frame | null} */
    this.frame = null;
    this.stale = false; // whether more was measured since the frame was made
    this.lane = ""; // the network that is explained
    this.open = false; // whether the dock takes room of the lanes'
    this.illustration = new Illustration();
    this.title = make("h3");
    /** @type {[string, HTMLButtonElement][]} */
    this.tabs = Object.entries(TABS).map(([tab, textContent]) => [tab, this.tab(tab, textContent)]);
    this.value = make("p", { className: "value", ariaLive: "polite" });
    const list = make("div", { className: "part-links", role: "tablist", "aria-label": "Questions" });
    list.append(...this.tabs.map(([, button]) => button));
    list.addEventListener("keydown", (event) => this.walk(event));
    const back = newButton("‹", () => this.step(-1), { "aria-label": "Previous map or unit" });
    const on = newButton("›", () => this.step(1), { "aria-label": "Next map or unit" });
    this.steps = make("div", { className: "dock-steps" }, back, on);
    const close = newButton("×", () => this.close(), { "aria-label": "Close" });
    this.dock.prepend(
      make("div", { className: "dock-head" }, this.title, this.steps, list, this.value, close),
    );
    for (const button of document.querySelectorAll(".lane-head .why")) {
      button.addEventListener("click", () => this.turn("why"));
    }
  }

  /**
   * Return the button of a tab.
   * @param {string} tab
   * @param {string} textContent
   */
  tab(tab, textContent) {
    return newButton(textContent, () => this.turn(tab), { role: "tab", id: `tab-${tab}` });
  }

  /**
   * Open a tab.
   * @param {string} tab
   */
  turn(tab) {
    const asked = { why: "", mind: "" };
    const question = tab === "why" || tab === "mind" ? { [tab]: store.wanted[tab] || facts.asked[tab] } : {};
    store.change({ ...asked, ...question, part: tab === "number" ? "" : tab });
  }

  /**
   * Walk from tab to tab.
   * @param {KeyboardEvent} event
   */
  walk(event) {
    const step = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowRight: 1 })[event.key];
    const buttons = this.tabs.map(([, button]) => button).filter(({ hidden }) => !hidden);
    const next = buttons[buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target)) + step];
    if (!step || !next) return;
    event.preventDefault();
    next.focus();
    next.click();
  }

  /**
   * Go to another channel of the layer, around its ends.
   * @param {number} by
   */
  step(by) {
    const inspected = inspectedOf(store.wanted);
    if (!inspected) return;
    const count = channelsOf(inspected[1]);
    store.change({ filter: (Number(store.wanted.filter) + by + count) % count });
  }

  /** Close the dock; the focus goes back to what it explained. */
  close() {
    const { layer } = store.selection;
    const panel = layer && byId(`panel-${layer.replace(".", "-")}`);
    const button = panel && panel.querySelector("[aria-pressed=true]:not(.layer-name)");
    store.change(CLOSED);
    if (button instanceof HTMLElement) button.focus();
  }

  /**
   * Show what is selected; the frame is kept while only the image or the cell changes.
   * @param {Selection} selection
   * @param {Picture} picture
   */
  paint(selection, picture) {
    const tab = tabOf(selection);
    if (!tab && this.dock.hidden && !this.frame) return; // nothing is open, and nothing was
    const inspected = inspectedOf(selection);
    const [key] = selection.layer.split(".");
    const open = Boolean(tab);
    const moved = open !== this.open || key !== this.lane;
    Object.assign(this, { open, lane: key });
    if (tab && moved) opened(this.dock, () => store.change(CLOSED));
    else if (!tab) closed(this.dock);
    this.dock.hidden = !tab;
    this.element.hidden = !tab || tab in facts.asked;
    byId("why").hidden = tab !== "why";
    byId("adversary").hidden = tab !== "mind";
    this.mark(tab, inspected);
    if (inspected) this.paintFrame(inspected, selection, picture, tab);
    else this.clear();
    if (moved) this.opened();
  }

  /**
   * Show which tab is open, among those that there are.
   * @param {string} tab
   * @param {[string, Layer] | null} inspected
   */
  mark(tab, inspected) {
    for (const [name, button] of this.tabs) {
      button.hidden = !fits(name, inspected);
      button.ariaSelected = String(name === tab);
      button.tabIndex = name === tab ? 0 : -1;
    }
    this.steps.hidden = !inspected;
    if (inspected) return;
    this.title.textContent = tab && "The answers";
    write(this.value, "");
  }

  /**
   * @param {[string, Layer]} inspected
   * @param {Selection} selection
   * @param {Picture} picture
   * @param {string} tab
   */
  paintFrame([key, layer], selection, picture, tab) {
    const name = `${selection.layer} ${selection.filter}`;
    if (this.frame?.name !== name || (this.stale && MEASURED.includes(tab))) {
      this.stale = false;
      this.frame = new Frame(this, key, layer, selection, name);
      this.dock.dataset.model = key;
      const word = hasMaps(layer) ? "map" : "unit";
      this.title.replaceChildren(
        make("span", { className: "hue", textContent: nameOf(key) }),
        ` ${layer.name} · ${word} ${selection.filter}`,
      );
    }
    const { frame } = this;
    frame.turn(tab);
    frame.show(stateOf(key, layer, selection, picture, frame));
  }

  /** Show what was measured meanwhile: at once, unless somebody is at it. */
  renew() {
    this.stale = true;
    const { selection, picture } = store;
    if (this.frame && picture && !this.dock.matches(":hover, :focus-within")) this.paint(selection, picture);
  }

  /** Paint the enlarged map anew, in other colours than before. */
  repaint() {
    if (this.frame?.state) this.frame.enlarged?.paint(this.frame.state);
  }

  clear() {
    if (this.frame) this.element.replaceChildren();
    if (this.frame) this.sight.show(null);
    this.frame = null;
  }

  /**
   * Show a cell of the enlarged map that is pointed at, or the selected one again. No request.
   * @param {number[] | null} cell
   */
  pointCell(cell) {
    this.frame?.pointCell(cell);
  }

  /**
   * Follow the pointer over the small picture of the map that is selected.
   * @param {string} path
   * @param {number} i
   * @param {number[]} cell
   */
  pointMap(path, i, cell) {
    const selection = this.frame?.state?.selection;
    if (selection?.layer === path && selection.filter === i) this.pointCell(cell);
  }

  /** Outline what the selected cell sees, if one is selected. */
  showSight() {
    const state = this.frame?.state;
    const cell = state?.selection.cell;
    if (cell) this.sight.show(state.layer, cell);
    else this.sight.show(state && !state.maps ? state.layer : null);
  }
}

/**
 * Return whether there is a tab for what is inspected.
 * @param {string} tab
 * @param {[string, Layer] | null} inspected
 */
function fits(tab, inspected) {
  if (facts.mailed && !MAILED.includes(tab)) return false;
  if (tab in facts.asked) return true;
  if (!inspected) return false;
  const [key, layer] = inspected;
  if (tab === "slices") return hasSlices(layer) && layerBefore(key, layer) !== undefined;
  if (tab === "training") return modelOf(key).moments.length > 0;
  if (tab === "without") return layer !== lastLayer(modelOf(key));
  return tab !== "weights" || Boolean(layer.grid);
}
