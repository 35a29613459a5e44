/** What stands over a layer: its name, which turns it over where it has kernels, its tensor, and what it does, on hover and focus. */
import { find, write } from "../core/element.js";
import { showTip } from "../core/tip.js";

/** @import { Layer } from "../core/facts.js" */
/** @import { Selection } from "../core/selection.js" */

export class PanelHead {
  /**
   * @param {HTMLElement} element of the panel
   * @param {Layer} layer
   * @param {{flip: (() => void) | null, show: (name: string) => void}} act flip turns the layer over, null where it has nothing else to show; show goes on to another layer of its block
   */
  constructor(element, layer, { flip, show }) {
    this.layer = layer;
    this.element = find(element, ".panel-head");
    this.legend = find(element, ".legend");
    this.name = find(element, ".layer-name");
    this.tensor = find(element, ".tensor");
    this.first = find(element, ".first"); // says how many maps are in sight, where not all are
    const next = find(this.element, ".next");
    next?.addEventListener("click", () => show(next.dataset.layer ?? ""));
    if (flip) this.name.addEventListener("click", flip);
    const about = `${layer.name}: ${find(this.element, ".reading").textContent}`;
    const told = (/** @type {Event} */ event) => showTip(event, about);
    for (const begin of ["pointerenter", "focus"]) this.name.addEventListener(begin, told);
    for (const end of ["pointerleave", "blur"]) this.name.addEventListener(end, () => showTip(null));
  }

  /**
   * Say which tensor is shown: "before relu · 24×24×64".
   * @param {Selection} selection
   * @param {string} differing
   */
  say(selection, differing) {
    const words = `${differing && "difference, "}${standing(this.layer, selection)} · ${
      this.layer.shape.join("×")
    }`;
    if (this.tensor && write(this.tensor, words)) this.element.title = words;
  }

  /** Return how wide name and number are, in CSS pixels, whatever room they have. */
  width() {
    const heading = /** @type {HTMLElement} */ (this.name.parentElement);
    const between = 6 * (heading.childElementCount - 1);
    return Array.from(heading.children).reduce((sum, part) => sum + part.scrollWidth, between);
  }

  /**
   * Say how many maps are in sight without scrolling.
   * @param {number} seen
   * @param {number} count
   */
  cut(seen, count) {
    if (this.first) write(this.first, seen < count ? `first ${seen} of` : "");
  }

  /** Give what goes on in the block the focus: it stands where the one stood that was pressed. */
  focusNext() {
    find(this.element, ".next")?.focus({ preventScroll: true });
  }

  /**
   * Show whether the layer is turned over.
   * @param {boolean} flipped
   */
  press(flipped) {
    this.name.ariaPressed = String(flipped);
  }
}

/**
 * Say where in a layer its values are read; one without an activation function has the same before and after it.
 * @param {Pick<Layer, "activation" | "form">} layer
 * @param {Pick<Selection, "stage">} selection
 */
function standing({ activation, form }, { stage }) {
  if (activation) return `${stage === "pre" ? "before" : "after"} ${activation}`;
  if (form !== "window") return "no activation function";
  return stage === "pre" ? "after pooling, which has no activation" : "after pooling";
}
