/** The strip over a lane that is wider than the screen: all of its boxes, and which part of them is seen. */
import { penOf, pixelRatio } from "../core/canvas.js";
import { make } from "../core/element.js";
import { nameOf } from "../core/facts.js";
import { HEAD } from "./lane_column.js";

/** @import { Placed } from "./lane_layout.js" */

const STEPS = 1000; // of the slider

export class Overview {
  /** @param {HTMLElement} article the lane, which scrolls */
  constructor(article) {
    const name = nameOf(article.dataset.model ?? "");
    this.article = article;
    this.canvas = make("canvas", { "aria-hidden": "true" });
    this.slider = make("input", {
      type: "range",
      max: STEPS,
      value: 0,
      "aria-label": `Part of ${name} in sight`,
      title: `All layers of ${name}: drag to see the others`,
    });
    this.element = make("div", { className: "overview" }, this.canvas, this.slider);
    article.querySelector(".lane-head")?.append(this.element);
    this.slider.addEventListener("input", () => this.move());
    article.addEventListener("scroll", () => this.follow(), { passive: true });
  }

  /**
   * Draw the boxes of the lane; nothing is shown of none.
   * @param {Placed[]} boxes
   * @param {number} width of the lane
   */
  show(boxes, width) {
    const { article, element, canvas } = this;
    element.hidden = !boxes.length;
    element.parentElement?.style.setProperty("width", boxes.length ? `${article.clientWidth}px` : "");
    if (!boxes.length) return;
    element.style.setProperty("--part", `${100 * article.clientWidth / width}%`);
    const ratio = pixelRatio();
    const [wide, high] = [element.clientWidth, element.clientHeight];
    Object.assign(canvas, { width: wide * ratio, height: high * ratio });
    const pen = penOf(canvas);
    const tallest = Math.max(...boxes.map(({ top, height }) => top + height));
    pen.scale(ratio * wide / width, ratio * high / tallest);
    pen.fillStyle = getComputedStyle(element).color;
    for (const { name, left, top, width, height } of boxes) {
      if (name === "lens") continue;
      pen.fillRect(left, top + HEAD / 2, width, height - HEAD / 2);
    }
    this.follow();
  }

  /** Return how far the lane can be scrolled, in CSS pixels. */
  get most() {
    return this.article.scrollWidth - this.article.clientWidth;
  }

  /** Scroll to where the slider is. */
  move() {
    this.article.scrollLeft = this.slider.valueAsNumber / STEPS * this.most;
  }

  /** Move the slider to where the lane is. */
  follow() {
    const value = String(Math.round(this.article.scrollLeft / Math.max(1, this.most) * STEPS));
    if (this.slider.value !== value) this.slider.value = value;
  }
}
