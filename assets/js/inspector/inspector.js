/** The inspector: one map or unit enlarged, and under it the parts that answer one question each. */
import { make, write } from "../core/element.js";
import { closed, opened } from "../core/opened.js";
import { inspectedOf, NOTHING } from "../core/selection.js";
import { store } from "../core/store.js";
import { Frame } from "./frame.js";
import { Illustration } from "./illustration.js";
import { stateOf } from "./state.js";

/** @import { Picture } from "../core/picture.js" */
/** @import { Selection } from "../core/selection.js" */

const EMPTY = "Select a map, a kernel or a unit to see it enlarged, with its numbers.";

export class Inspector {
  /**
   * @param {HTMLElement} element where it is
   * @param {HTMLElement} peek a link to it, seen while it is not
   * @param {{show: (layer: any, cell?: number[] | null) => void}} sight outlines what a cell sees
   */
  constructor(element, peek, sight) {
    this.element = element;
    this.peek = peek;
    this.sight = sight;
    /** @type {Frame | null} */
    this.frame = null;
    this.inSight = false;
    this.illustration = new Illustration();
    new IntersectionObserver(([{ isIntersecting }]) => {
      this.inSight = isIntersecting;
      peek.hidden = isIntersecting || !store.selection.layer;
    }).observe(element);
  }

  /**
   * Show what is selected; the frame is kept while only the image or the cell changes.
   * @param {Selection} selection
   * @param {Picture} picture
   */
  paint(selection, picture) {
    const inspected = inspectedOf(selection);
    this.peek.hidden = !inspected || this.inSight;
    if (!inspected) return this.clear();
    const [key, layer] = inspected;
    const name = `${selection.layer} ${selection.filter}`;
    if (this.frame?.name !== name) {
      opened(this.element, () => store.change(NOTHING));
      this.frame = new Frame(this, key, layer, selection, name);
    }
    const { frame } = this;
    write(this.peek, `${frame.title}, enlarged ↓`);
    frame.show(stateOf(key, layer, selection, picture, frame));
  }

  /** Paint the enlarged map anew, in other colours than before. */
  repaint() {
    if (this.frame?.state) this.frame.enlarged?.paint(this.frame.state);
  }

  clear() {
    closed(this.element);
    if (this.frame) this.element.replaceChildren(make("p", { textContent: EMPTY }));
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
