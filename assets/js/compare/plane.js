/** One plane of digits: found under the pointer or by keys, and chosen by a line around them. */
import { noun } from "../core/image.js";
import { make } from "../core/element.js";
import { getTensor, getTensorNow } from "../core/fetching.js";
import { say } from "../core/message.js";
import { exactly } from "../core/pointer.js";
import { DEFAULTS } from "../core/selection.js";
import { store } from "../core/store.js";
import { FINE, NEIGHBOURS } from "../core/within.js";
import { PlanePicture } from "./plane_picture.js";
import { Points } from "./points.js";

/** @import { Spot } from "../core/pointer.js" */

const NEAR = 14; // screen pixels within which a point is found
const MOST = 40; // corners of a line around some images
const DRAG = 6; // screen pixels that a pointer moves before it draws a line
/** @type {Record<string, number[]>} */
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Plane {
  /**
   * @param {HTMLElement} root where the server left room for it
   * @param {(plane: Plane | null, digit: number, event: any) => void} pointed called with an image, -1 for none, and the event, when a plane is pointed at
   */
  constructor(root, pointed) {
    const { address = "", method, layer } = root.dataset;
    const key = /** @type {HTMLElement} */ (root.closest("[data-model]")).dataset.model ?? "";
    const words = root.parentElement?.querySelector("figcaption")?.textContent;
    this.root = root;
    this.pointed = pointed;
    this.address = address;
    this.key = key;
    this.method = method;
    /** @type {Points | null} */
    this.points = null; // until they are here
    this.marked = -1;
    /** @type {number[][] | null} */
    this.line = null; // that is being drawn
    /** @type {PointerEvent | null} */
    this.from = null; // where a pointer went down
    this.drawn = false; // whether the click that follows ends a line
    this.picture = new PlanePicture(`${words}. Arrow keys walk from ${noun} to ${noun}, Enter opens one.`);
    /** @type {(textContent: string, more: Record<string, any>) => HTMLButtonElement} */
    const button = (textContent, more) => make("button", { type: "button", textContent, ...more });
    this.around = button("Draw around some", { "aria-pressed": "false" });
    this.neighbours = button(`Put its ${NEIGHBOURS} nearest in ${layer} on the wall`, { disabled: true });
    const { canvas, over } = this.picture;
    this.frame = make("div", { className: "plane-canvases" }, canvas, over);
    root.append(this.frame, make("div", { className: "plane-buttons" }, this.around, this.neighbours));
    this.around.addEventListener("click", () => this.drawing(this.around.ariaPressed !== "true"));
    const near = () => show(`${this.key}.near:${this.marked}`, { digit: this.marked });
    this.neighbours.addEventListener("click", near);
    this.listen(over);
    new IntersectionObserver(([{ isIntersecting }], observer) => {
      if (!isIntersecting) return;
      observer.disconnect();
      this.fetch().catch((problem) => say(problem.message));
    }).observe(root);
  }

  async fetch() {
    this.points = new Points((await getTensor(this.address)).data);
    new ResizeObserver(() => this.paint()).observe(this.frame);
  }

  /** Paint it for paper, which is light, in fine points, whether it has come into view or not. */
  print() {
    const tensor = this.points ? null : getTensorNow(this.address);
    if (tensor) this.points = new Points(tensor.data);
    this.paint();
  }

  paint() {
    if (!this.points || !this.picture.fit(this.frame.clientWidth)) return;
    const { labels, answers } = store.images;
    this.picture.paint(this.points, labels, answers[this.key]);
    this.mark(this.marked);
    this.root.dataset.painted = "true";
  }

  /** Return whether it has been painted. */
  isPainted() {
    return Boolean(this.points && this.picture.side);
  }

  /**
   * Ring an image, -1 for none.
   * @param {number} digit
   */
  mark(digit) {
    this.marked = digit;
    this.neighbours.disabled = digit < 0;
    this.picture.mark(this.line, digit >= 0 && this.points ? this.points.at(digit) : null);
  }

  /**
   * Ring the image that is pointed at, and let the others know.
   * @param {number} digit
   * @param {any} event
   */
  point(digit, event) {
    this.mark(digit);
    this.pointed(this, digit, event);
  }

  /**
   * Return the image under the pointer, -1 for none.
   * @param {Spot} spot
   */
  nearest(spot) {
    const [x, y] = this.picture.place(spot);
    return this.points?.near(x, y, NEAR / this.picture.side)[0] ?? -1;
  }

  /**
   * Let a touch draw a line, or not.
   * @param {boolean} on
   */
  drawing(on) {
    this.around.ariaPressed = String(on);
    this.picture.over.classList.toggle("drawing", on);
  }

  /**
   * Listen to what lies over the picture.
   * @param {HTMLElement} over
   */
  listen(over) {
    over.addEventListener("pointerdown", (event) => this.down(event));
    over.addEventListener("pointermove", (event) => this.points && this.moved(event));
    over.addEventListener("pointerup", () => this.up());
    over.addEventListener("pointercancel", () => ([this.from, this.line] = [null, null]));
    over.addEventListener("pointerleave", (event) => this.points && !this.from && this.left(event));
    const where = exactly(over);
    over.addEventListener("click", (event) => this.clicked(where(event)));
    over.addEventListener("keydown", (event) => this.points && this.walk(event));
    over.addEventListener("blur", (event) => this.pointed(null, -1, event));
  }

  /**
   * Begin a line, or a click.
   * @param {PointerEvent} event
   */
  down(event) {
    const draws = event.pointerType === "mouse" || this.around.ariaPressed === "true";
    if (!this.points || event.button || !draws) return;
    this.from = event;
    this.picture.over.setPointerCapture(event.pointerId);
  }

  /**
   * Go on with a line, or point.
   * @param {PointerEvent} event
   */
  moved(event) {
    const { from } = this;
    const far = from && Math.hypot(event.clientX - from.clientX, event.clientY - from.clientY) > DRAG;
    if (!from || !(this.line || far)) return this.point(this.nearest(event), event);
    this.line = [...(this.line ?? [this.picture.place(from)]), this.picture.place(event)];
    this.point(-1, event);
  }

  up() {
    const { line } = this;
    [this.from, this.line] = [null, null];
    if (!line) return;
    this.drawn = true;
    this.drawing(false);
    this.choose(line);
  }

  /**
   * Point at nothing any more.
   * @param {PointerEvent} event
   */
  left(event) {
    this.mark(this.marked);
    this.pointed(null, -1, event);
  }

  /**
   * Open the image under the pointer.
   * @param {Spot} spot
   */
  clicked(spot) {
    if (this.drawn) return void (this.drawn = false);
    const digit = this.points ? this.nearest(spot) : -1;
    if (digit >= 0) store.change({ page: "explore", digit });
  }

  /**
   * Walk from image to image.
   * @param {KeyboardEvent} event
   */
  walk(event) {
    if (event.key === "Enter" && this.marked >= 0) {
      return void store.change({ page: "explore", digit: this.marked });
    }
    const step = STEPS[event.key];
    if (!step || !this.points) return;
    event.preventDefault();
    const { points, marked } = this;
    const next = marked < 0 ? points.near(0.5, 0.5, 1)[0] : points.towards(marked, step);
    const box = this.picture.over.getBoundingClientRect();
    const [x, y] = this.picture.onScreen(points.at(next));
    this.point(next, { clientX: box.left + x, clientY: box.top + y, type: event.type });
  }

  /**
   * Put the images within a line on the wall.
   * @param {number[][]} line
   */
  choose(line) {
    const every = Math.max(1, Math.ceil(line.length / MOST));
    const corners = line.filter((_, i) => i % every === 0).flat();
    if (corners.length < 6) return this.mark(-1);
    const written = corners.map((share) => Math.round(FINE * Math.max(0, Math.min(1, share))));
    show(`${this.key}.${this.method}:${written.join(".")}`);
  }
}

/**
 * Show the images that a choice leaves, and more that is to be shown with them.
 * @param {string} within
 * @param {Record<string, any>} more
 */
function show(within, more = {}) {
  store.change({ page: "explore", ...more, wall: { ...DEFAULTS.wall, within } });
}
