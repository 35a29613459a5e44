/** The field that leads to an image by its number, and says the number of the one at hand. */
import { refuse } from "../core/element.js";
import { isDrawn } from "../core/selection.js";
import { store } from "../core/store.js";
import { imageIn } from "./image_number.js";

/** @import { Selection } from "../core/selection.js" */

export class GoTo {
  /** @param {HTMLInputElement} field */
  constructor(field) {
    this.field = field;
    this.typed = false; // and not entered yet
    field.addEventListener("input", () => (this.typed = true));
    field.addEventListener("keydown", ({ key }) => key === "Enter" && this.take());
    field.addEventListener("mousedown", (event) => this.enter(event));
    field.addEventListener("blur", () => field.ariaInvalid || this.put(store.selection));
  }

  /**
   * Select the number on the first press, so that what is typed takes its place; a further one may stand in it.
   * @param {MouseEvent} event
   */
  enter(event) {
    if (document.activeElement === this.field) return;
    event.preventDefault();
    this.field.focus();
    this.field.select();
  }

  /** Show the image whose number somebody typed. */
  take() {
    const digit = imageIn(this.field);
    this.typed = false;
    if (digit !== null) store.change({ digit });
  }

  /**
   * Say the number of the image at hand, unless somebody is typing another one.
   * @param {Selection} selection
   */
  show(selection) {
    if (this.typed && this.field === document.activeElement) return;
    refuse(this.field, "");
    this.put(selection);
  }

  /**
   * Write the number of an image; one that somebody drew has none.
   * @param {Selection} selection
   */
  put(selection) {
    this.typed = false;
    this.field.value = isDrawn(selection) ? "" : String(selection.digit);
  }
}
