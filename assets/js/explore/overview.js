/** The strip over a lane that is wider than the screen: all of its boxes, and which part of them is seen. */
import { penOf, pixelRatio } from "../core/canvas.js";
import { make } from "../core/element.js";
import { blockOf, modelOf, nameOf } from "../core/facts.js";
import { showTip } from "../core/tip.js";
import { HEAD } from "./lane_column.js";

/** @import { Placed } from "./lane_layout.js" */

const STEPS = 1000; // of the slider

/**
 * Return the name of the box at a place, or of the nearest one.
 * @param {Pick<Placed, "name" | "left" | "top" | "width" | "height">[]} boxes
 * @param {number} x
 * @param {number} y
 */
export function nearestBox(boxes, x, y) {
  /** @type {(at: number, start: number, length: number) => number} */
  const beyond = (at, start, length) => Math.max(start - at, at - start - length, 0);
  const far = boxes.map(({ left, top, width, height }) =>
    Math.hypot(beyond(x, left, width), beyond(y, top, height))
  );
  return boxes[far.indexOf(Math.min(...far))].name;
}

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
      "aria-description": `All layers of ${name}: drag to see the others`,
    });
    this.element = make("div", { className: "overview" }, this.canvas, this.slider);
    article.querySelector(".lane-head")?.append(this.element);
    /** @type {Placed[]} */
    this.boxes = []; // that are drawn
    this.extent = [1, 1]; // CSS pixels of the lane that the strip stands for: width and height
    this.slider.addEventListener("input", () => this.move());
    this.slider.addEventListener("pointermove", (event) => showTip(event, this.words(event)));
    this.slider.addEventListener("pointerleave", () => showTip(null));
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
    this.boxes = boxes.filter(({ name }) => name !== "lens");
    this.extent = [width, tallest];
    for (const { left, top, width, height } of this.boxes) {
      pen.fillRect(left, top + HEAD / 2, width, height - HEAD / 2);
    }
    this.follow();
  }

  /**
   * Name the layers of the box under the pointer.
   * @param {MouseEvent} event
   */
  words({ offsetX, offsetY }) {
    const { boxes, extent: [width, height], slider } = this;
    const name = nearestBox(
      boxes,
      offsetX / slider.clientWidth * width,
      offsetY / slider.clientHeight * height,
    );
    const block = blockOf(modelOf(this.article.dataset.model ?? ""), name);
    return `${block?.layers.join(", ") ?? name} · drag to see what is not in sight`;
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
