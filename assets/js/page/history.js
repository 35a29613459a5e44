/** What is selected, in the address bar and in the browser's history. */
import { linkTo } from "../core/address.js";
import { imageWords } from "../core/image_words.js";
import { byId } from "../core/element.js";
import { readMove } from "../core/perturbation.js";
import { afterFrame } from "../core/schedule.js";
import { DEFAULTS } from "../core/selection.js";
import { settle } from "../core/settling.js";
import { store } from "../core/store.js";
import { Places } from "./places.js";

/** @import { Selection } from "../core/selection.js" */

const SOON = 150; // milliseconds until an address is replaced: walking steps fast

export class History {
  constructor() {
    /** @type {{timer: ReturnType<typeof setTimeout>, act: () => void} | null} */
    this.replacing = null; // the address that is about to be replaced: {timer, act}
    this.places = new Places();
    /** @type {(() => void) | null} */
    this.pushing = null; // writes the step that waits for the next frame
    globalThis.addEventListener("popstate", ({ state }) => {
      this.take(); // the address that was to be replaced is not the one there now
      if (!state) return;
      const { step, ...selection } = state;
      this.places.come(step);
      store.change({ ...DEFAULTS, ...selection, wall: { ...DEFAULTS.wall, ...selection.wall } }, "keep");
    });
  }

  /**
   * Let the address say what is shown.
   * @param {Selection} _
   * @param {string} history
   */
  shown(_, history) {
    const { selection } = store;
    const replaced = this.take();
    if (history === "push") {
      replaced?.act(); // or Back would find what was there before
      this.push(selection);
      return;
    }
    this.places.restore();
    const act = () => {
      this.replacing = null;
      this.pushing?.(); // on a busy machine the frame may come later than this
      this.remember(selection, history);
    };
    this.replacing = { act, timer: setTimeout(act, SOON) };
  }

  /**
   * Write a step once the frame is on the screen, but before anything that comes after it.
   * @param {Selection} selection
   */
  push(selection) {
    this.pushing?.();
    const act = () => {
      if (this.pushing !== act) return; // written already
      this.pushing = null;
      this.remember(selection, "push");
    };
    this.pushing = act;
    afterFrame(act);
  }

  /** Return the address that was about to be replaced, which is then replaced no more by itself; null where there is none. */
  take() {
    const taken = this.replacing;
    clearTimeout(taken?.timer);
    this.replacing = null;
    return taken;
  }

  /**
   * Write what is selected into the history.
   * @param {Selection} selection
   * @param {string} history
   */
  remember(selection, history) {
    if (history === "push") this.places.push();
    const state = { ...selection, step: this.places.step };
    const link = linkTo(selection);
    if (history === "push") globalThis.history.pushState(state, "", link);
    if (history === "replace") globalThis.history.replaceState(state, "", link);
    document.title = title(selection);
    for (const page of ["explore", "compare", "filters"]) {
      const tab = /** @type {HTMLAnchorElement} */ (byId(`nav-${page}`));
      tab.href = linkTo(settle(selection, { page }));
      if (page === selection.page) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
  }
}

/**
 * Return what the tab is called.
 * @param {Selection} selection
 */
function title(selection) {
  if (selection.page === "compare") return "Compare · ConvLens";
  if (selection.page === "filters") return "Filters · ConvLens";
  return `${imageWords({ ...selection, perturb: readMove(selection.perturb).ink }, null)} · ConvLens`;
}
