/** Drawing with ink on 112×112 points: what MNIST's digits were before they were made small. */
import { newCanvas, paintValues, penOf } from "../core/canvas.js";
import { paintPixels } from "../core/image.js";
import { make, write } from "../core/element.js";
import { boxOf, drawLine, enlargePixels, noInk, PAD, readInk, readPixels, writeInk } from "../core/ink.js";
import { readMove, withInk } from "../core/perturbation.js";
import { store } from "../core/store.js";
import { Easel } from "./easel.js";

/** @import { Picture } from "../core/picture.js" */
/** @import { Selection } from "../core/selection.js" */

const WIDTH = 9; // of the brush, in rows of the drawing: about that of MNIST's digits
const HOW =
  "Draw with mouse, pen or finger. Arrow keys move the cursor, space draws or erases a dot there, shift and an arrow a line.";
const WHY =
  "MNIST's digits are bilevel ink that was fitted into 20×20 pixels, then moved until its centre of mass was at the centre of 28×28. Without it the networks see what they have not learned from.";

export class InkPad extends Easel {
  constructor() {
    super(PAD, "Pad to draw on", HOW);
    this.prepared = true;
    this.width = make("input", { type: "range", min: 2, max: 24, value: WIDTH });
    const start = this.button(
      "Start from the test digit",
      async () => this.put(enlargePixels(await store.images.pixels(this.shown[0].digit))),
    );
    this.preparing = make("input", { type: "checkbox" });
    this.preparing.addEventListener(
      "change",
      () => ((this.prepared = this.preparing.checked), this.changed()),
    );
    this.before = Object.assign(newCanvas("As it is drawn"), { width: PAD, height: PAD });
    this.box = make("div", { className: "ink-box" });
    this.after = Object.assign(newCanvas("As the networks are fed, 28×28 pixels"), { width: 28, height: 28 });
    this.caption = make("figcaption");
    /** @type {(caption: HTMLElement, ...shown: Node[]) => HTMLElement} */
    const figure = (caption, ...shown) =>
      make("figure", {}, make("div", { className: "pad-picture" }, ...shown), caption);
    this.element.append(
      make("div", { className: "pad-canvas" }, this.canvas, this.mark),
      make("div", { className: "row" }, this.eraser, this.undo, this.redo, this.clear, start),
      make("label", { className: "pad-brush" }, "Width ", this.width),
      this.told,
      this.read,
      this.place,
      make(
        "div",
        { className: "pad-pictures" },
        figure(this.caption, this.before, this.box),
        figure(make("figcaption", { textContent: "as fed, 28×28" }), this.after),
      ),
      make("label", {}, this.preparing, " Prepare it as MNIST was"),
      make("p", { className: "reading", textContent: WHY }),
      this.how,
    );
    this.paint();
  }

  /**
   * @override
   * @param {number[]} from
   * @param {number[]} to
   * @param {number} value
   */
  line(from, to, value) {
    drawLine(this.values, from, to, Number(this.width.value), value);
  }

  /** @override */
  value() {
    return Number(!this.erases());
  }

  /**
   * @override
   * @param {number} i
   */
  toggled(i) {
    return 1 - this.values[i];
  }

  /**
   * @override
   * @param {number} i
   */
  words(i) {
    return this.values[i] ? "ink" : "no ink";
  }

  /**
   * Without ink, the test digit is at hand.
   * @override
   */
  async text() {
    this.known = this.values.includes(1)
      ? `${this.prepared ? "ink" : "raw"}:${await writeInk(this.values)}`
      : "";
    return withInk(this.known, this.shown[0].perturb);
  }

  /**
   * Show what the networks make of the digit at hand; one that was drawn elsewhere, or left, comes onto the pad.
   * @param {Selection} selection
   * @param {Picture | null} picture
   */
  async show(selection, picture) {
    this.shown = [selection, picture];
    const { ink } = readMove(selection.perturb);
    paintPixels(this.after, (ink && picture?.pixels) || new Uint8Array(784));
    this.tell(this.shown, "Nothing is drawn yet: this is the test digit.");
    if (ink === this.known || this.known === null || store.isBehind()) return;
    const [way, text] = ink.split(":");
    this.known = ink;
    const values = way === "pixels"
      ? enlargePixels(await readPixels(text))
      : ink
      ? await readInk(text)
      : noInk();
    if (this.known !== ink) return;
    this.keep();
    this.values = values;
    if (ink && way !== "pixels") this.prepared = way === "ink";
    this.paint();
  }

  /** @override */
  paint() {
    paintValues(this.canvas, PAD, PAD, (i) => this.values[i], { palette: "grey", low: 0, high: 1 });
    penOf(this.before).drawImage(this.canvas, 0, 0);
    const box = boxOf(this.values);
    /** @type {(pixels: number) => string} */
    const part = (pixels) => `${(100 * pixels) / PAD}%`;
    this.box.hidden = !box || !this.prepared;
    if (box) {
      Object.assign(this.box.style, {
        top: part(box.top),
        left: part(box.left),
        height: part(box.bottom - box.top),
        width: part(box.right - box.left),
      });
    }
    write(
      this.caption,
      box ? `as drawn, ink of ${box.right - box.left}×${box.bottom - box.top}` : "as drawn",
    );
    this.preparing.checked = this.prepared;
    this.clear.disabled = !box;
    this.paintMark();
  }
}
