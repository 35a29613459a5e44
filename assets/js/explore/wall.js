/** The wall: all test images in one scrolling list, of which only the visible part exists, painted on one canvas. */
import { Member } from "../core/image.js";
import { labelWords } from "../core/image_words.js";
import { facts } from "../core/facts.js";
import { afterFrame } from "../core/schedule.js";
import { store } from "../core/store.js";
import { CELL, HEIGHT, WallPicture, WIDTH } from "./wall_picture.js";

const REST = 60; // milliseconds after which a pointer rests
const FOCUS = 100; // milliseconds after a click, at most, until the image has the focus

export class Wall {
  /**
   * @param {HTMLElement} element
   * @param {{pick: (digit: number, walked: boolean) => Promise<void>, rest: (digit: number) => void}} act
   */
  constructor(element, act) {
    const { clientHeight: height, clientWidth: width } = element; // before anything changes: the page is laid out once
    this.element = element;
    this.act = act;
    this.top = 0;
    this.height = height;
    this.width = width;
    /** @type {number[]} */
    this.list = [];
    /** @type {string[]} */
    this.keys = [];
    this.places = new Map();
    this.shown = new Map();
    this.current = -1;
    this.across = 1; // images side by side
    this.painted = ""; // which places are
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined; // until a pointer rests
    /** @type {HTMLElement | null} */
    this.marked = null;
    /** @type {HTMLElement | null} */
    this.tabbed = null; // in the tab order
    /** @type {HTMLElement | null} */
    this.last = null; // that was clicked
    this.space = document.createElement("div");
    this.space.style.setProperty("--thumb-width", `${WIDTH}px`);
    this.space.style.setProperty("--thumb-height", `${HEIGHT}px`);
    this.space.className = "wall-space";
    this.painting = new WallPicture();
    this.space.append(this.painting.canvas);
    element.replaceChildren(this.space);
    element.addEventListener("scroll", () => this.scrolled(element.scrollTop), { passive: true });
    new ResizeObserver(() => this.fit()).observe(element);
    this.listen();
  }

  listen() {
    this.space.addEventListener(
      "click",
      (event) => this.on(event, (digit, button) => this.clicked(digit, button)),
    );
    this.space.addEventListener("mousedown", (event) => event.preventDefault()); // which would move the focus: clicked() does
    this.space.addEventListener("pointerdown", (event) => this.on(event, this.act.rest));
    this.space.addEventListener("pointerover", (event) => this.on(event, (digit) => this.resting(digit)));
    this.space.addEventListener("pointerleave", () => clearTimeout(this.timer));
    this.space.addEventListener("focusin", (event) => this.on(event, (digit) => this.resting(digit)));
    this.space.addEventListener("keydown", (event) => this.walk(event));
  }

  /**
   * Show these images, in this order, with the mistakes of the pair with these keys.
   * @param {number[]} list
   * @param {number} current
   * @param {string[]} keys
   * @param {boolean} fromTop whether it begins with the first of them, not with the one that the page shows
   */
  show(list, current, keys, fromTop = false) {
    this.list = list;
    this.places = new Map(list.map((digit, place) => [digit, place]));
    this.shown.forEach((button) => button.remove());
    this.shown.clear();
    this.painted = "";
    Object.assign(this, { current, keys });
    this.measure();
    if (fromTop) this.element.scrollTop = this.top = 0;
    else this.reveal(this.places.get(current) ?? 0);
    this.draw();
  }

  measure() {
    this.across = Math.max(1, Math.floor((this.width - 4) / CELL));
    this.space.style.height = `${Math.ceil(this.list.length / this.across) * CELL}px`;
  }

  /** Lay out what is shown for the room there is; a hidden wall keeps its layout, and its place where the browser forgets it. */
  fit() {
    const { clientHeight: height, clientWidth: width, scrollTop: top } = this.element;
    if (!width) return;
    const moved = width !== this.width || height < this.height;
    Object.assign(this, { height, width });
    this.measure();
    this.shown.forEach((button, place) => this.put(button, place));
    if (top !== this.top) this.element.scrollTop = this.top;
    if (moved) this.reveal(this.places.get(this.current) ?? 0);
    this.draw();
  }

  /**
   * Put a button where its place is.
   * @param {HTMLElement} button
   * @param {number} place
   */
  put(button, place) {
    button.style.left = `${(place % this.across) * CELL}px`;
    button.style.top = `${Math.floor(place / this.across) * CELL}px`;
  }

  /**
   * Show what is in sight now.
   * @param {number} top
   */
  scrolled(top) {
    this.top = top;
    this.draw();
  }

  /** Make exist what is visible, with a margin, and nothing else. */
  draw() {
    const first = Math.max(0, Math.floor(this.top / CELL) - 2) * this.across;
    const last = Math.min(this.list.length, (Math.ceil((this.top + this.height) / CELL) + 2) * this.across);
    for (const [place, button] of this.shown) {
      if (place >= first && place < last) continue;
      if (button === document.activeElement) continue;
      button.remove();
      this.shown.delete(place);
    }
    const added = document.createDocumentFragment();
    for (let place = first; place < last; place++) {
      if (!this.shown.has(place)) added.append(this.thumb(place));
    }
    this.space.append(added);
    this.reachable();
    const range = [first, last, this.across].join();
    if (range !== this.painted) this.painting.paint(this.list, first, last, this.across, this.keys);
    this.painted = range;
  }

  /**
   * Return the button of a place.
   * @param {number} place
   */
  thumb(place) {
    const digit = this.list[place];
    const button = document.createElement("button");
    button.type = "button";
    button.className = "thumb";
    button.tabIndex = -1;
    button.dataset.digit = String(digit);
    button.setAttribute(
      "aria-label",
      `${Member} ${digit}, ${labelWords(digit, store.images.labelOf(digit))}`,
    );
    if (digit in facts.disputed) button.title = button.ariaLabel ?? "";
    if (digit === this.current) this.markThumb(button);
    this.put(button, place);
    this.shown.set(place, button);
    return button;
  }

  /**
   * Mark the image that the page shows, and bring it into view.
   * @param {number} digit
   */
  mark(digit) {
    this.current = digit;
    this.marked?.removeAttribute("aria-current");
    const place = this.places.get(digit);
    if (place === undefined) return;
    if (this.reveal(place)) this.draw();
    if (this.shown.has(place)) this.markThumb(this.shown.get(place));
    afterFrame(() => this.reachable());
  }

  /**
   * Mark the button of the image that the page shows.
   * @param {HTMLElement} button
   */
  markThumb(button) {
    button.setAttribute("aria-current", "true");
    this.marked = button;
  }

  /**
   * Scroll a place into view; return whether that was needed.
   * @param {number} place
   */
  reveal(place) {
    const top = Math.floor(place / this.across) * CELL;
    const hidden = top < this.top || top + CELL > this.top + this.height;
    if (hidden) this.element.scrollTop = this.top = Math.max(0, top - Math.floor(this.height / 2));
    return hidden;
  }

  /** Leave exactly one image in the tab order: the current one, else the first that is visible. */
  reachable() {
    const visible = () =>
      [...this.shown].find(([place]) => Math.floor(place / this.across) * CELL >= this.top)?.[1];
    const button = this.shown.get(this.places.get(this.current)) ?? visible();
    if (!button || button === this.tabbed) return;
    if (this.tabbed) this.tabbed.tabIndex = -1;
    button.tabIndex = 0;
    this.tabbed = button;
  }

  /**
   * Return the image `step` places after the current one, or undefined.
   * @param {number} step
   */
  beside(step) {
    return this.list[(this.places.get(this.current) ?? (step > 0 ? -1 : this.list.length)) + step];
  }

  /**
   * Walk by arrow keys.
   * @param {any} event
   */
  walk(event) {
    delete this.space.dataset.pressed;
    const page = this.across * Math.floor(this.height / CELL);
    /** @type {Record<string, number>} */
    const steps = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -this.across,
      ArrowDown: this.across,
      PageUp: -page,
      PageDown: page,
    };
    const from = this.places.get(Number(event.target.dataset.digit));
    let to = /** @type {Record<string, number>} */ ({ Home: 0, End: this.list.length - 1 })[event.key] ??
      from + steps[event.key];
    if (Number.isNaN(to)) return;
    event.preventDefault();
    to = Math.max(0, Math.min(this.list.length - 1, to));
    if (this.reveal(to)) this.draw();
    this.shown.get(to)?.focus({ preventScroll: true });
    this.act.pick(this.list[to], true);
  }

  /**
   * Act on the image that an event is of.
   * @param {any} event
   * @param {(digit: number, button: HTMLElement) => void} act
   */
  on(event, act) {
    const button = event.target.closest(".thumb");
    if (button) act(Number(button.dataset.digit), button);
  }

  /**
   * Show an image, and once it is on the screen move the focus there: before, the browser would lay the page out for that in the time in which it could ask, be answered and paint.
   * @param {number} digit
   * @param {HTMLElement} button
   */
  async clicked(digit, button) {
    this.last = button;
    const shown = this.act.pick(digit, false).then(() => new Promise((done) => afterFrame(() => done(null))));
    await Promise.race([shown, new Promise((go) => setTimeout(go, FOCUS))]);
    if (button !== this.last) return;
    this.space.dataset.pressed = ""; // or the browser takes a focus that a script moves for one that needs a ring
    button.focus({ preventScroll: true });
  }

  /**
   * Let it be known when the pointer rests on an image.
   * @param {number} digit
   */
  resting(digit) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.act.rest(digit), REST);
  }
}
