/** The kernel slides over what it reads, and the map fills, cell by cell. */
import { noun } from "../core/image.js";
import { addedBySlice, strongestOf } from "../core/arithmetic.js";
import { newCanvas, paintValues } from "../core/canvas.js";
import { make, newButton, write } from "../core/element.js";
import { sumsAll } from "../core/forms.js";
import { inFull, round } from "../core/number.js";
import { boxOn } from "../core/receptive_field.js";
import { scaleFor, scaleOfInput } from "../core/scale.js";
import { readable } from "../core/tip.js";
import { newLegend } from "../figures/legend.js";

/** @import { Plan, State } from "./state.js" */

const PER_SECOND = 40; // cells

/** @type {import("./parts.js").Part} */
export const slidingPart = {
  question: "How does the kernel fill the map?",
  fits: ({ layer, before }) => before !== undefined && sumsAll(layer),
  reading: ({ before }) => {
    const over = before ? `${before.name}'s maps (one is shown)` : `the ${noun}`;
    return `The same kernel, at every place: the window moves over ${over}, and each place gives one cell.`;
  },
  build(body, plan) {
    const sliding = new Sliding(body, plan);
    return { fill: (state) => sliding.fill(state) };
  },
};

class Sliding {
  /**
   * @param {HTMLElement} body
   * @param {Plan} plan
   */
  constructor(body, { frame, layer }) {
    const [rows, columns] = layer.shape;
    this.frame = frame;
    this.layer = layer;
    this.rows = rows;
    this.columns = columns;
    this.last = rows * columns - 1;
    /** @type {any} */
    this.shown = null; // what the pictures are made of
    this.timer = 0; // of the next frame, 0 for none
    this.since = 0; // when it began to slide
    this.from = 0; // and at which place
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.input = newCanvas("what the kernel is laid on");
    this.window = make("div", { className: "cursor" });
    this.output = newCanvas("the map as far as it is filled");
    this.play = newButton("Play", () => (this.timer ? this.pause() : this.start()));
    const range = {
      type: "range",
      min: 0,
      max: this.last,
      value: this.last,
      "aria-label": "Place of the kernel",
    };
    this.range = make("input", range);
    this.range.addEventListener("input", () => (this.pause(), this.draw(true)));
    this.words = make("p", { className: "where" });
    this.legends = make("div", { className: "slice-legends" });
    const back = newButton("‹", () => this.step(-1), { "aria-label": "One cell back" });
    const on = newButton("›", () => this.step(1), { "aria-label": "One cell on" });
    const input = make("div", { className: "slide-input" }, this.input, this.window);
    body.append(
      this.legends,
      make("div", { className: "slide" }, input, make("span", { textContent: "→" }), this.output),
      make("div", { className: "slide-controls" }, back, this.play, on, this.range),
      this.words,
    );
  }

  start() {
    if (this.place() >= this.last) this.range.value = "0";
    if (this.still.matches) return this.step(this.columns); // no motion: a row at a time
    this.play.textContent = "Pause";
    this.frame.hush(true);
    this.from = this.place();
    this.timer = requestAnimationFrame((now) => {
      this.since = now;
      this.advance(now);
    });
  }

  /**
   * Go on to where the kernel is by now.
   * @param {number} now
   */
  advance(now) {
    if (!this.shown?.state.current()) return this.pause();
    const passed = Math.floor(((now - this.since) / 1000) * PER_SECOND);
    this.range.value = String(Math.min(this.last, this.from + passed));
    this.draw(true);
    if (this.place() >= this.last) return this.pause();
    this.timer = requestAnimationFrame((now) => this.advance(now));
  }

  pause() {
    cancelAnimationFrame(this.timer);
    this.timer = 0; // of the next frame, 0 for none
    this.since = 0; // when it began to slide
    this.from = 0; // and at which place
    this.frame.hush(false);
    this.play.textContent = this.still.matches ? "Next row" : "Play";
  }

  /**
   * Go so many cells on.
   * @param {number} by
   */
  step(by) {
    this.pause();
    this.range.value = String(this.place() + by);
    this.draw(true);
  }

  place() {
    return Number(this.range.value);
  }

  /**
   * Draw the kernel's place, and the map up to it; where a person put it there, explain that cell above.
   * @param {boolean} chosen
   */
  draw(chosen = false) {
    if (!this.shown) return;
    const { rows, columns, layer } = this;
    const { reads, pre, scales, slices, slice, axes } = this.shown;
    const place = this.place();
    const cell = [Math.floor(place / columns), place % columns];
    /** @param {number} i */
    const seen = (i) => reads.data[i * slices + slice];
    paintValues(this.input, reads.shape[0], reads.shape[1], seen, scales.reads);
    paintValues(this.output, rows, columns, (i) => (i <= place ? pre.data[i] : NaN), scales.sums);
    const first = axes.map((/** @type {any} */ { start, step }, /** @type {number} */ axis) =>
      start + cell[axis] * step
    );
    const last = axes.map((/** @type {any} */ { taps, dilation }, /** @type {number} */ axis) =>
      first[axis] + (taps - 1) * dilation + 1
    );
    Object.assign(this.window.style, boxOn(reads.shape, [...first, ...last]));
    this.range.setAttribute("aria-valuetext", `row ${cell[0]}, column ${cell[1]}`);
    const before = `before ${layer.activation ?? "activation"}`;
    write(this.words, `Row ${cell[0]}, column ${cell[1]}, ${before}: ${round(pre.data[place])}`);
    if (chosen) this.frame.pointCell(cell);
  }

  /**
   * Fetch what the pictures are made of, and draw them.
   * @param {State} state
   */
  async fill(state) {
    const [reads, pre] = await Promise.all([state.reads(), state.values("pre")]);
    if (!state.current()) return;
    const slices = this.layer.grid[0];
    const slice = await sliceOf(state, slices);
    if (!state.current()) return;
    const scales = {
      reads: scaleOfInput(state.before ?? null, reads.data),
      sums: scaleFor(pre.data, "diverging"),
    };
    this.shown = { state, reads, pre, slices, slice, scales, axes: this.layer.windows };
    this.explain(this.shown);
    if (state.cell) this.range.value = String(state.cell[0] * this.columns + state.cell[1]);
    this.pause();
    this.draw();
  }

  /**
   * Say what the pictures show, and let the pointer read them.
   * @param {any} shown
   */
  explain({ state: { before }, reads, pre, slices, slice, scales }) {
    const { layer, columns } = this;
    const map = before && `${before.name} map ${slice}`;
    this.legends.replaceChildren(
      newLegend(scales.reads, map ?? noun),
      newLegend(scales.sums, `${layer.name} before ${layer.activation ?? "activation"}`),
    );
    readable(this.input, (row, column) => {
      const value = reads.data[(row * reads.shape[1] + column) * slices + slice];
      return `${map ? `${map}, ` : ""}row ${row}, column ${column}: ${inFull(value)}`;
    });
    readable(this.output, (row, column) => {
      const i = row * columns + column;
      return i <= this.place() && `row ${row}, column ${column}: ${inFull(pre.data[i])}`;
    });
  }
}

/**
 * Return a promise of the slice that is shown: the selected one, or that which adds most.
 * @param {State} state
 * @param {number} slices
 */
async function sliceOf(state, slices) {
  if (state.selection.slice !== null) return state.selection.slice;
  return slices > 1 ? strongestOf(addedBySlice(await state.partial(), state.cell), 1)[0] : 0;
}
