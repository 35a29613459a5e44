/** The bars at the end of a lane: what a network says of every class, or of the strongest where there is no room for all. */
import { probabilityInFull, rankedClasses, sharesOf } from "../core/answer.js";
import { make, write } from "../core/element.js";
import { classes } from "../core/image.js";
import { chance, inFull, oneDecimal, twoDecimals } from "../core/number.js";
import { afterFrame } from "../core/schedule.js";

/** @import { Opened } from "../core/picture.js" */
/** @import { SheetForm } from "./buttons.js" */

/** @type {Record<string, number>} */
const STEPS = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 };
const LOWEST = 12; // CSS pixels of a bar, where all have room so,
const LIKED = 20; // and where they have not

/**
 * Return the classes that are shown, in order: all by their numbers, or the strongest first, and the label.
 * @param {Pick<Opened, "logits">} opened
 * @param {number | null} label
 * @param {number} most
 */
export function shownClasses(opened, label, most) {
  const ranked = rankedClasses(opened);
  if (ranked.length <= most) return Array.from(ranked.keys());
  const strongest = ranked.slice(0, most);
  return label === null || strongest.includes(label) ? strongest : [...strongest.slice(0, -1), label];
}

/** @param {HTMLElement} row */
const buttonOf = (row) => /** @type {HTMLElement} */ (row.lastElementChild);

export class AnswerRows {
  /**
   * @param {HTMLElement} element where they go
   * @param {SheetForm} form
   */
  constructor(element, form) {
    this.element = element;
    this.form = form;
    this.pressed = -1;
    /** @type {Map<number, string>} */
    this.marks = new Map(); // by class, what is said of it
    /** @type {HTMLElement[]} */
    this.rows = [];
    /** @type {number[]} */
    this.order = []; // the class of each row
    /** @type {string[]} */
    this.told = []; // what is said of each row
    this.across = 1;
    this.tight = false;
    this.buttons = this; // what a sheet of pictures keeps apart
    element.addEventListener("click", ({ target }) => this.at(target, (i) => form.pick(i)));
    /** @type {Opened | null} */
    this.opened = null;
    element.addEventListener("pointerover", (event) => this.pointed(event));
    element.addEventListener("pointerleave", () => form.leave());
    element.addEventListener("focusin", (event) => this.focused(event));
    element.addEventListener("focusout", () => form.leave());
    element.addEventListener("keydown", (event) => this.walk(event));
  }

  /**
   * Act on the class that an event is of.
   * @param {EventTarget | null} target
   * @param {(i: number) => void} act
   */
  at(target, act) {
    const row = target instanceof Element ? target.closest(".answer-row") : null;
    if (row) act(this.order[this.rows.indexOf(/** @type {HTMLElement} */ (row))]);
  }

  /**
   * Give the numbers of a class in full when the pointer comes upon it.
   * @param {PointerEvent} event
   */
  pointed(event) {
    this.at(event.target, (i) => {
      const { opened } = this;
      const row = this.rows[this.order.indexOf(i)];
      const name = classes[i] === String(i) ? "" : `${classes[i]}: `; // which may be cut
      if (opened) row.title = `${name}${probabilityInFull(opened, i)}, logit ${inFull(opened.logits[i])}`;
      this.form.point([i], event);
    });
  }

  /**
   * @param {FocusEvent} event
   */
  focused(event) {
    const { target } = event;
    if (!(target instanceof HTMLElement)) return;
    for (const row of this.rows) buttonOf(row).tabIndex = buttonOf(row) === target ? 0 : -1;
    if (target.matches(":focus-visible")) this.at(target, (i) => this.form.point([i], event));
  }

  /**
   * Walk from class to class.
   * @param {KeyboardEvent} event
   */
  walk(event) {
    const step = STEPS[event.key];
    const next = this.rows[this.rows.findIndex((row) => buttonOf(row) === event.target) + step];
    if (!step || !next) return;
    event.preventDefault();
    buttonOf(next).focus();
  }

  /**
   * Make as many rows as there is room for.
   * @param {number} height in CSS pixels
   * @param {boolean} tight whether they are so narrow that names are cut, and logits have one decimal
   */
  fit(height = 0, tight = false) {
    this.tight = tight;
    const all = this.form.count * LOWEST <= height;
    const count = all ? this.form.count : Math.min(this.form.count, Math.max(3, Math.floor(height / LIKED)));
    if (count === this.rows.length) return;
    this.rows = Array.from({ length: count }, (_, i) => this.row(i));
    this.element.replaceChildren(...this.rows);
    Object.assign(this, { order: [], told: [] });
  }

  /** @param {number} i */
  row(i) {
    const parts = ["class", "share", "logit"].map((className) => make("span", { className }));
    const button = make("button", { type: "button", tabIndex: i ? -1 : 0 }); // over the words, as over every map
    return make("div", { className: "answer-row" }, ...parts, button);
  }

  /**
   * Show what a network says.
   * @param {Opened} opened
   * @param {number | null} label
   */
  paint(opened, label) {
    this.opened = opened;
    const order = shownClasses(opened, label, this.rows.length);
    const same = String(order) === String(this.order);
    this.order = order;
    const shares = sharesOf(opened);
    const first = rankedClasses(opened)[0];
    this.rows.forEach((row, at) => {
      const i = this.order[at];
      const [name, share, logit] = /** @type {HTMLElement[]} */ (Array.from(row.children));
      write(name, classes[i]);
      if (write(share, chance(shares[i]))) share.style.setProperty("--share", String(shares[i]));
      write(logit, (this.tight ? oneDecimal : twoDecimals)(opened.logits[i]));
    });
    this.turn("label", label);
    this.turn("first", first);
    afterFrame(() => this.opened === opened && this.describe(label));
    if (same) return;
    this.rename();
    this.select(this.pressed);
  }

  /**
   * Let a class have a name of CSS, and no other.
   * @param {string} name
   * @param {number | null} i
   */
  turn(name, i) {
    const [before, now] = [this.element.querySelector(`.${name}`), this.rows[this.order.indexOf(i ?? -1)]];
    if (before === now) return;
    before?.classList.remove(name);
    now?.classList.add(name);
  }

  /**
   * Say to whoever hears it what the rows show.
   * @param {number | null} label
   */
  describe(label) {
    this.rows.forEach((row, at) => {
      const i = this.order[at];
      const [, share] = row.children;
      const told = [
        `probability ${share.textContent}`,
        `logit ${twoDecimals(this.opened?.logits[i] ?? NaN)}`,
        i === label && "the label",
        this.marks.get(i),
      ];
      const words = told.filter(Boolean).join(", ");
      if (this.told[at] !== words) buttonOf(row).ariaDescription = words;
      this.told[at] = words;
    });
  }

  rename() {
    this.rows.forEach((row, at) =>
      buttonOf(row).setAttribute("aria-label", this.form.name(this.order[at] ?? at))
    );
  }

  /**
   * Show which class is selected, -1 for none.
   * @param {number} i
   */
  select(i) {
    if (i < 0 && this.pressed < 0) return;
    this.pressed = i;
    this.rows.forEach((row, at) => (buttonOf(row).ariaPressed = this.order[at] === i ? "true" : null));
  }

  /**
   * Say something of a class, to whoever hears it.
   * @param {number} i
   * @param {string} _word
   * @param {string} [told]
   */
  mark(i, _word, told = "") {
    this.marks.set(i, told);
  }

  outline() {}
  spread() {}
  gather() {}
}
