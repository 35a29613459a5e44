/** Editing the 28×28 pixels of the digit at hand, each a grey from 0 to 255, as the networks are fed them. */
import { paintValues, penOf } from "../core/canvas.js";
import { make, write } from "../core/element.js";
import { drawLine, readPixels, writePixels } from "../core/ink.js";
import { moveQuery, readMove, withInk } from "../core/perturbation.js";
import { store } from "../core/store.js";
import { readable } from "../core/tip.js";
import { Easel } from "./easel.js";

/** @import { Picture } from "../core/picture.js" */
/** @import { Selection } from "../core/selection.js" */

const SIDE = 28;
const ZOOM = 10; // screen pixels of a pixel
const HOW =
  "Draw with mouse, pen or finger. Arrow keys move the cursor, space sets the pixel there or makes it black, shift and an arrow draw a line.";
const WHY =
  "The networks are fed just these pixels: nothing is prepared, centred or resized. A frame marks a pixel that is another than in the test digit.";

export class PixelPad extends Easel {
  constructor() {
    super(SIDE, "Pad to edit pixels on", HOW);
    this.written = this.values;
    this.grey = make("input", { type: "range", min: 0, max: 255, value: 255 });
    const said = make("span", { className: "pad-grey", ariaHidden: "true", textContent: "255" });
    this.grey.addEventListener("input", () => write(said, this.grey.value));
    this.width = make(
      "select",
      {},
      ...[1, 3, 5].map((value) => make("option", { value, textContent: `${value} px` })),
    );
    this.restore = this.button("Restore", () => this.put(Uint8Array.from(this.written)));
    this.comparing = make("input", { type: "checkbox", checked: true });
    this.comparing.addEventListener("change", () => this.compare());
    this.frames = make("canvas", {
      className: "frames",
      width: SIDE * ZOOM,
      height: SIDE * ZOOM,
      ariaHidden: "true",
    });
    this.count = make("p", { className: "count" });
    this.element.append(
      make("div", { className: "pad-canvas" }, this.canvas, this.frames, this.mark),
      make("div", { className: "row" }, this.eraser, this.undo, this.redo, this.clear, this.restore),
      make(
        "div",
        { className: "row" },
        make("label", { className: "pad-brush" }, "Grey ", this.grey),
        said,
        make("label", {}, "Brush ", this.width),
      ),
      this.count,
      make("label", {}, this.comparing, " Show what that changes in every layer"),
      this.told,
      this.read,
      this.place,
      make("p", { className: "reading", textContent: WHY }),
      this.how,
    );
    readable(
      this.canvas,
      (row, column) => !this.from && `row ${row}, column ${column}: ${this.words(row * SIDE + column)}`,
    );
  }

  /**
   * @override
   * @param {number[]} from
   * @param {number[]} to
   * @param {number} value
   */
  line(from, to, value) {
    /** @type {(place: number[]) => number[]} */
    const middle = (place) => place.map((side) => Math.floor(side) + 0.5);
    drawLine(this.values, middle(from), middle(to), Number(this.width.value), value);
  }

  /** @override */
  value() {
    return this.erases() ? 0 : Number(this.grey.value);
  }

  /**
   * @override
   * @param {number} i
   */
  toggled(i) {
    return this.values[i] === this.value() ? 0 : this.value();
  }

  /**
   * @override
   * @param {number} i
   */
  words(i) {
    return this.values[i] === this.written[i]
      ? `grey ${this.values[i]}`
      : `grey ${this.values[i]}, was ${this.written[i]}`;
  }

  /**
   * Pixels like the test digit's are the test digit; what was done to the digit is in its pixels already, but what is done to edited ones goes on.
   * @override
   */
  async text() {
    const { digit, perturb, reference } = this.shown[0];
    const { ink, done } = readMove(perturb);
    const further = ink.startsWith("pixels:") ? done : "";
    const same = !further && this.values.every((value, i) => value === this.written[i]);
    const text = same ? "" : withInk(`pixels:${await writePixels(this.values)}`, further);
    this.known = this.name({ digit, perturb: text });
    if (same) return [text, { reference: reference === digit ? null : reference }];
    return [text, this.comparing.checked ? { reference: digit } : {}];
  }

  /**
   * Return what tells what is on the pad from what may come onto it.
   * @param {Pick<Selection, "digit" | "perturb">} selection
   */
  name({ digit, perturb }) {
    const { ink } = readMove(perturb);
    return `${digit} ${ink.startsWith("pixels:") ? ink : moveQuery(perturb)}`;
  }

  /** Show or hide the difference to the test digit, as soon as there is one. */
  compare() {
    const { digit, perturb } = this.shown[0];
    if (readMove(perturb).ink.startsWith("pixels:")) {
      store.change({ reference: this.comparing.checked ? digit : null });
    }
  }

  /**
   * Show the digit at hand as the networks are fed it, or its pixels as they were edited.
   * @param {Selection} selection
   * @param {Picture | null} picture
   */
  async show(selection, picture) {
    this.shown = [selection, picture];
    const { ink } = readMove(selection.perturb);
    const edited = ink.startsWith("pixels:");
    const { digit, reference } = selection;
    if (edited || reference !== null) this.comparing.checked = reference === digit;
    this.tell(this.shown, "Nothing is changed yet: this is the test digit.");
    const name = this.name(selection);
    if (name === this.known || this.known === null || store.isBehind()) return;
    this.coming = name;
    const fed = edited
      ? readPixels(ink.split(":")[1])
      : moveQuery(selection.perturb)
      ? picture?.pixels
      : null;
    const [written, values] = await Promise.all([store.images.pixels(selection.digit), fed]);
    if (this.coming !== name || this.known === name || this.known === null) return;
    const another = Number.parseInt(this.known, 10) !== selection.digit;
    this.known = name;
    if (another) [this.past, this.future] = [[], []];
    else this.keep();
    Object.assign(this, { written, values: Uint8Array.from(values ?? written) });
    this.paint();
  }

  /** @override */
  paint() {
    const { values, written } = this;
    paintValues(this.canvas, SIDE, SIDE, (i) => values[i], { palette: "grey", low: 0, high: 255 });
    const changed = Array.from(values.keys()).filter((i) => values[i] !== written[i]);
    this.frame(changed);
    const most = Math.max(...changed.map((i) => Math.abs(values[i] - written[i])));
    const { digit } = this.shown[0];
    write(
      this.count,
      changed.length
        ? `${changed.length} pixel${
          changed.length === 1 ? " differs" : "s differ"
        } from test digit ${digit}, by at most ${most}.`
        : `No pixel differs from test digit ${digit}.`,
    );
    this.restore.disabled = !changed.length;
    this.clear.disabled = values.every((value) => !value);
    this.paintMark();
  }

  /**
   * Frame the pixels that are others: dark outside, bright inside, so seen on any grey.
   * @param {number[]} changed
   */
  frame(changed) {
    const pen = penOf(this.frames);
    pen.clearRect(0, 0, SIDE * ZOOM, SIDE * ZOOM);
    for (const [colour, inset] of /** @type {[string, number][]} */ ([["#000", 0.5], ["#fff", 1.5]])) {
      pen.strokeStyle = colour;
      for (const i of changed) {
        pen.strokeRect(
          (i % SIDE) * ZOOM + inset,
          Math.floor(i / SIDE) * ZOOM + inset,
          ZOOM - 2 * inset,
          ZOOM - 2 * inset,
        );
      }
    }
  }
}
