/** Where one draws: a square under a brush, by mouse, pen, finger or keys, with steps back and forth. */
import { saying } from "../core/answer.js";
import { make, write } from "../core/element.js";
import { nameOf } from "../core/facts.js";
import { isDrawn, shownKeys } from "../core/selection.js";
import { store } from "../core/store.js";

const CELLS = 28; // along each side, to the keys
const STEPS = 100; // that can be undone
/** @type {Record<string, number[]>} */
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], " ": [0, 0] };

/** What the ways of drawing have in common. */
export class Easel {
  /**
   * @param {number} side rows and columns of what is drawn
   * @param {string} name of the pad, for a screen reader
   * @param {string} how one draws on it, in words
   */
  constructor(side, name, how) {
    this.side = side;
    /** @type {Uint8Array} */
    this.values = new Uint8Array(side * side);
    /** @type {string | null} */
    this.known = ""; // what the address says of it, null while that is not known
    /** @type {Uint8Array[]} */
    this.past = [];
    /** @type {Uint8Array[]} */
    this.future = [];
    /** @type {number[] | null} */
    this.from = null; // where the pointer was last, while it draws
    /** @type {any[]} */
    this.shown = []; // the selection, and its picture
    this.cursor = [14, 14];
    this.canvas = make("canvas", {
      width: side,
      height: side,
      tabIndex: 0,
      role: "application",
      "aria-label": name,
      "aria-describedby": "pad-how",
    });
    this.mark = make("div", { className: "cursor", hidden: true });
    this.how = make("p", { id: "pad-how", className: "reading", textContent: how });
    this.place = make("p", { className: "unseen", ariaLive: "polite" });
    this.told = make("p", { className: "told" });
    this.read = make("p", { className: "heard" });
    this.eraser = this.button(
      "Eraser",
      () => this.eraser.setAttribute("aria-pressed", this.erases() ? "false" : "true"),
    );
    this.eraser.setAttribute("aria-pressed", "false");
    this.undo = this.button("Undo", () => this.step(this.past, this.future));
    this.redo = this.button("Redo", () => this.step(this.future, this.past));
    this.clear = this.button("Clear", () => this.put(new Uint8Array(this.values.length)));
    this.element = make("div", { className: "pad-way" });
    this.listen();
  }

  /**
   * Draw with the brush from a place to another, each [row, column].
   * @param {number[]} _from
   * @param {number[]} _to
   * @param {number} _value
   */
  line(_from, _to, _value) {}

  /**
   * Return what the brush draws.
   * @returns {number}
   */
  value() {
    return 1;
  }

  /**
   * Return what a place becomes that is turned.
   * @param {number} i
   * @returns {number}
   */
  toggled(i) {
    return 1 - this.values[i];
  }

  /**
   * Say what a place is.
   * @param {number} i
   */
  words(i) {
    return String(this.values[i]);
  }

  /** Show what is drawn. */
  paint() {}

  /**
   * Return a promise of what the address says of what is drawn, or of [that, what changes with it].
   * @returns {Promise<any>}
   */
  text() {
    return Promise.resolve("");
  }

  /**
   * Return a button of the pad.
   * @param {string} textContent
   * @param {() => void} act
   */
  button(textContent, act) {
    const element = make("button", { type: "button", textContent });
    element.addEventListener("click", act);
    return element;
  }

  listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      if (!event.isPrimary || event.button > 0) return;
      canvas.setPointerCapture(event.pointerId);
      this.keep();
      this.stroke(event);
    });
    canvas.addEventListener("pointermove", (event) => this.from && this.stroke(event));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (this.from = null));
    canvas.addEventListener("keydown", (event) => this.press(event));
    canvas.addEventListener("focus", () => (this.mark.hidden = !canvas.matches(":focus-visible")));
    canvas.addEventListener("blur", () => (this.mark.hidden = true));
  }

  erases() {
    return this.eraser.getAttribute("aria-pressed") === "true";
  }

  /**
   * Draw to where the pointer is, through all places that it has been at since the last time.
   * @param {PointerEvent} event
   */
  stroke(event) {
    const box = this.canvas.getBoundingClientRect();
    const passed = event.getCoalescedEvents?.() ?? [];
    for (const { clientX, clientY } of passed.length ? passed : [event]) {
      const to = [
        ((clientY - box.top) / box.height) * this.side,
        ((clientX - box.left) / box.width) * this.side,
      ];
      this.line(this.from ?? to, to, this.value());
      this.from = to;
    }
    this.changed();
  }

  /**
   * Walk, draw or go back by a key.
   * @param {KeyboardEvent} event
   */
  press(event) {
    const step = ARROWS[event.key];
    if (event.ctrlKey || event.metaKey) {
      /** @type {Record<string, HTMLButtonElement>} */
      const steps = { z: this.undo, y: this.redo };
      const back = steps[event.key];
      if (back) event.preventDefault(), back.click();
      return;
    }
    if (!step) return;
    event.preventDefault();
    this.mark.hidden = false;
    const middle = () => this.cursor.map((cell) => ((cell + 0.5) * this.side) / CELLS);
    const from = middle();
    this.cursor = this.cursor.map((cell, axis) => Math.max(0, Math.min(CELLS - 1, cell + step[axis])));
    const at = middle().reduce((row, column) => Math.floor(row) * this.side + Math.floor(column));
    if (event.key === " " || event.shiftKey) {
      this.keep();
      this.line(from, middle(), event.key === " " ? this.toggled(at) : this.value());
      this.changed();
    }
    this.paintMark();
    write(this.place, `row ${this.cursor[0]}, column ${this.cursor[1]}: ${this.words(at)}`);
  }

  /** Remember what is drawn as it is, to come back to it. */
  keep() {
    this.past.push(this.values.slice());
    if (this.past.length > STEPS) this.past.shift();
    this.future.length = 0;
  }

  /**
   * Go one step back, or forth.
   * @param {Uint8Array[]} from
   * @param {Uint8Array[]} to
   */
  step(from, to) {
    if (!from.length) return;
    to.push(this.values);
    this.values = from.pop() ?? this.values;
    this.changed();
  }

  /**
   * Put something else onto the pad.
   * @param {Uint8Array} values
   */
  put(values) {
    this.keep();
    this.values = values;
    this.changed();
  }

  /** Show what is drawn, and let the networks see it. */
  changed() {
    this.paint();
    this.known = null; // has no text yet
    store.perturb(() => this.text());
  }

  paintMark() {
    const [top, left] = this.cursor.map((cell) => `${(100 * cell) / CELLS}%`);
    Object.assign(this.mark.style, { top, left, width: `${100 / CELLS}%`, height: `${100 / CELLS}%` });
    this.undo.disabled = !this.past.length;
    this.redo.disabled = !this.future.length;
  }

  /**
   * Say what the networks make of what is drawn, or why they say nothing of it.
   * @param {any[]} shown the selection, and its picture
   * @param {string} nothing said where nothing is drawn
   */
  tell([selection, picture], nothing) {
    /** @type {(key: string) => string} */
    const said = (key) => `${nameOf(key)}: ${saying(picture.models[key])}`;
    write(this.told, isDrawn(selection) && picture ? shownKeys(selection).map(said).join(" · ") : nothing);
  }
}
