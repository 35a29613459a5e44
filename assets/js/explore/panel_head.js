/** What stands over a layer: its name, which turns it over where it has kernels, its tensor, and what it does, on hover and focus. */
import { find, write } from "../core/element.js";
import { showTip } from "../core/tip.js";

/** @import { Layer } from "../core/facts.js" */
/** @import { Selection } from "../core/selection.js" */

export class PanelHead {
  /**
   * @param {HTMLElement} element of the panel
   * @param {Layer} layer
   * @param {(() => void) | null} flip turns the layer over, null where it has nothing else to show
   */
  constructor(element, layer, flip) {
    this.layer = layer;
    this.element = find(element, ".panel-head");
    this.legend = find(element, ".legend");
    this.name = find(element, ".layer-name");
    this.tensor = find(element, ".tensor");
    if (flip) this.name.addEventListener("click", flip);
    const about = find(this.element, ".reading").textContent;
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
