/** The buttons over the pictures of a sheet: reached by keys, named, marked and chosen. */
import { exactly } from "../core/pointer.js";

/** @import { Spot } from "../core/pointer.js" */
/** @import { Form } from "./layout.js" */

/**
 * What is asked of those who fill a sheet.
 * @typedef {object} Asked
 * @property {(i: number) => string} name of a picture
 * @property {(i: number) => string} [about] what else is said of a picture
 * @property {(i: number, row?: number, column?: number) => void} pick
 * @property {(place: number[], event: any) => void} point at [picture, row, column], or at [picture] by the keyboard
 * @property {() => void} leave
 *
 * @typedef {Form & Asked} SheetForm
 */

export class Buttons {
  /**
   * @param {HTMLElement} element where they are
   * @param {HTMLElement} cursor over the pixel that is pointed at
   * @param {SheetForm} form
   * @param {() => number} across returns how many stand side by side
   */
  constructor(element, cursor, form, across) {
    this.element = element;
    this.cursor = cursor;
    this.form = form;
    this.across = across;
    this.current = 0; // the picture in the tab order
    this.pressed = -1; // the picture that is selected
    this.marks = new Map(); // by picture, what it is marked with
    this.exactly = exactly(element); // where a click was
    element.replaceChildren(...Array.from({ length: form.count }, (_, i) => this.button(i)));
    element.addEventListener("keydown", (event) => this.walk(event));
    element.addEventListener("focusin", (event) => this.focused(event));
    element.addEventListener("focusout", () => form.leave());
    element.addEventListener("click", (event) => this.clicked(event));
    element.addEventListener("pointermove", (event) => this.moved(event));
    element.addEventListener("pointerleave", () => this.left());
  }

  /**
   * @returns {HTMLElement}
   * @param {number} i
   */
  cell(i) {
    return /** @type {HTMLElement} */ (this.element.children[i]);
  }

  /**
   * @param {number} i
   */
  button(i) {
    const button = document.createElement("button");
    button.ariaDescription = this.form.about?.(i) || null;
    button.type = "button";
    button.tabIndex = i === 0 ? 0 : -1;
    button.setAttribute("aria-label", this.form.name(i));
    return button;
  }

  /** Give every picture the name that it has now. */
  rename() {
    Array.from(this.element.children, (cell, i) => cell.setAttribute("aria-label", this.form.name(i)));
  }

  /**
   * Mark picture i with a word, "" for none; a screen reader hears it, or what is told in its place.
   * @param {number} i
   * @param {string} word
   * @param {string} told
   */
  mark(i, word, told = word) {
    const known = `${word} ${told}`;
    if ((this.marks.get(i) ?? " ") === known) return;
    this.marks.set(i, known);
    const cell = this.cell(i);
    cell.dataset.mark = word;
    cell.ariaDescription = [told, this.form.about?.(i)].filter(Boolean).join(", ") || null;
  }

  /**
   * Show which picture is selected, -1 for none.
   * @param {number} i
   */
  select(i) {
    if (i === this.pressed) return;
    this.cell(this.pressed)?.removeAttribute("aria-pressed");
    this.pressed = i;
    if (i >= 0) {
      this.cell(i).setAttribute("aria-pressed", "true");
      this.hold(i);
    }
  }

  /**
   * @param {number} i
   */
  hold(i) {
    this.cell(this.current).tabIndex = -1;
    this.cell(i).tabIndex = 0;
    this.current = i;
  }

  /**
   * @param {Element} element
   */
  index(element) {
    return Array.prototype.indexOf.call(this.element.children, element.closest("button"));
  }

  /**
   * Return [picture, row, column] under the pointer, or null.
   * @param {Element} target
   * @param {Spot} spot
   */
  place(target, { clientX, clientY }) {
    if (target === this.element) return null;
    const i = this.index(target);
    const box = this.cell(i).getBoundingClientRect();
    /** @type {(at: number, start: number, side: number, most: number) => number} */
    const inside = (at, start, side, most) =>
      Math.max(0, Math.min(most - 1, Math.floor(((at - start) / side) * most)));
    return [
      i,
      inside(clientY, box.top, box.height, this.form.rows),
      inside(clientX, box.left, box.width, this.form.columns),
    ];
  }

  /**
   * @param {any} event
   */
  moved(event) {
    const place = this.place(event.target, event);
    if (!place) return this.left();
    const { zoom } = this.form;
    if (zoom > 1) {
      const [i, row, column] = place;
      const button = this.cell(i);
      this.cursor.hidden = false;
      this.cursor.style.transform = `translate(${button.offsetLeft + column * zoom}px, ${
        button.offsetTop + row * zoom
      }px)`;
      this.cursor.style.width = this.cursor.style.height = `${zoom}px`;
    }
    this.form.point(place, event);
  }

  left() {
    this.cursor.hidden = true;
    this.form.leave();
  }

  /**
   * @param {any} event
   */
  clicked(event) {
    if (event.target === this.element) return;
    const byKeyboard = event.detail === 0;
    const place = byKeyboard ? null : this.place(event.target, this.exactly(event));
    if (place) this.form.pick(place[0], place[1], place[2]);
    else this.form.pick(this.index(event.target));
  }

  /**
   * @param {any} event
   */
  focused(event) {
    const i = this.index(event.target);
    this.hold(i);
    if (event.target.matches(":focus-visible")) this.form.point([i], event);
  }

  /**
   * @param {KeyboardEvent} event
   */
  walk(event) {
    /** @type {Record<string, number>} */
    const steps = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -this.across(),
      ArrowDown: this.across(),
      Home: -this.current,
      End: this.form.count - 1 - this.current,
    };
    const to = this.current + (steps[event.key] ?? NaN);
    if (!(to >= 0 && to < this.form.count)) return;
    event.preventDefault();
    this.cell(to).focus();
  }
}
