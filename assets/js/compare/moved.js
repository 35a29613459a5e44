/** The image at hand on Compare, in front of the curves of what moves the networks: its picture, its verdicts, and its line on the curves. */
import { members, noun, paintPixels, SIDES_OF_CANVAS } from "../core/image.js";
import { newCanvas } from "../core/canvas.js";
import { imageTitle, imageWords } from "../core/image_words.js";
import { byId, find, make, write } from "../core/element.js";
import { percent } from "../core/number.js";
import { shownKeys } from "../core/selection.js";
import { Moving } from "../edit/moving.js";
import { Verdict } from "../figures/verdict.js";

/** @import { Picture } from "../core/picture.js" */
/** @import { Selection } from "../core/selection.js" */

export const PANEL = "compare-moves"; // Dash draws it

export class Moved {
  /**
   * @param {() => void} paint shows the image at hand; called when the panel comes into view
   */
  constructor(paint) {
    this.inSight = false;
    this.host = find(byId(PANEL), ".live"); // where it is
    this.canvas = Object.assign(newCanvas(`The ${noun} at hand`), SIDES_OF_CANVAS);
    this.title = make("p", { className: "digit-title" });
    this.told = make("p", { className: "told" });
    this.verdict = new Verdict(make("div", { className: "verdict" }));
    this.moving = make("div", { className: "moving" });
    this.controls = new Moving(this.moving);
    this.seen = new IntersectionObserver(([{ isIntersecting }]) => {
      this.inSight = isIntersecting;
      if (isIntersecting) paint();
    });
  }

  /** Put what is shown into its place, once. */
  layOut() {
    if (this.host.firstChild) return;
    const picture = make(
      "div",
      { className: "digit-now" },
      make("div", { className: "digit-picture" }, this.canvas),
      make("div", { className: "digit-words" }, this.title),
    );
    this.host.append(picture, this.moving, this.told, this.verdict.element);
    this.seen.observe(this.host);
  }

  /** Return whether the image at hand can be seen there. */
  isSeen() {
    return this.inSight;
  }

  /**
   * Draw the curves of what is done to the image, and its line on them: a move of the line draws nothing else.
   * @param {Selection} selection
   */
  draw({ perturb }) {
    this.controls.show(perturb);
    const chart = document.querySelector(`#${PANEL} .dash-graph`);
    if (!chart) return;
    const { figure } = dash().dash_component_api.getLayout(chart.id).props;
    const { way, amount } = this.controls;
    const moved = withCurves(figure, way, amount);
    if (moved) dash().dash_clientside.set_props(chart.id, { figure: moved });
    write(this.told, sharesAt(figure, way.key, amount));
  }

  /**
   * Show the image as it is after what is done to it, and what the networks say of it.
   * @param {Selection} selection
   * @param {Picture} picture
   * @param {Uint8Array} pixels
   * @param {number | null} label
   */
  paint(selection, picture, pixels, label) {
    write(this.title, imageTitle(selection, label));
    this.canvas.setAttribute("aria-label", imageWords(selection, label));
    paintPixels(this.canvas, pixels);
    this.verdict.paint(picture, label, shownKeys(selection));
    this.host.dataset.painted = selection.perturb;
  }
}

/** What Dash gives to the page. @returns {any} */
const dash = () => globalThis;

/**
 * Return a figure with the curves of one way, and the line of an amount, where it has others; null where it has these.
 * @param {any} figure
 * @param {import("../core/facts.js").Way} way
 * @param {number} amount
 */
function withCurves({ data, layout }, way, amount) {
  const visible = data.map((/** @type {any} */ { meta }) => meta === way.key);
  const { xaxis, shapes, meta } = layout;
  const axis = meta[way.key];
  const same = data.every((/** @type {any} */ trace, /** @type {number} */ i) =>
    trace.visible === visible[i]
  );
  if (same && xaxis.title.text === axis.title.text && shapes[1].x0 === amount) return null;
  const lines = [at(shapes[0], way.neutral), at(shapes[1], amount)];
  return {
    layout: { ...layout, xaxis: { ...xaxis, ...axis }, shapes: lines },
    data: data.map((/** @type {any} */ trace, /** @type {number} */ i) => ({
      ...trace,
      visible: visible[i],
    })),
  };
}

/**
 * Return a line at an amount.
 * @param {any} line
 * @param {number} amount
 */
const at = (line, amount) => ({ ...line, x0: amount, x1: amount });

/**
 * Say how many of all test images each network names right when all are changed like this one.
 * @param {any} figure
 * @param {string} key
 * @param {number} amount
 */
function sharesAt({ data }, key, amount) {
  const shares = data.filter((/** @type {any} */ { meta }) => meta === key).map(
    (/** @type {any} */ { name, x, y }) => {
      const right = Math.max(1, x.findIndex((/** @type {number} */ each) => each >= amount));
      const part = (amount - x[right - 1]) / (x[right] - x[right - 1]);
      const share = y[right - 1] + part * (y[right] - y[right - 1]);
      return `${name.split(",")[0]} ${part === 0 || part === 1 ? "" : "about "}${percent(share)}`;
    },
  );
  return shares.length ? `Of all ${members} changed like this one, right: ${shares.join(", ")}` : "";
}
