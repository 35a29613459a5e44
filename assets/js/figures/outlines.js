/** Outlines of a part of every picture of a sheet. */
import { penOf } from "../core/canvas.js";

const EDGE = 2; // screen pixels of an outline: a bright line and a dark one around it

export class Outlines {
  /**
   * @param {HTMLCanvasElement} canvas over which they are drawn
   * @param {string} className
   */
  constructor(canvas, className = "lines") {
    const properties = { className, width: 0, height: 0, ariaHidden: "true" };
    this.canvas = Object.assign(document.createElement("canvas"), properties);
    this.pen = penOf(this.canvas);
    canvas.after(this.canvas);
  }

  /**
   * Take all away, for pictures of so many screen pixels.
   * @param {number} wide
   * @param {number} high
   * @param {boolean} hidden whether none will be drawn
   */
  clear(wide, high, hidden) {
    const [width, height] = [wide + 2 * EDGE, high + 2 * EDGE];
    const { canvas, pen } = this;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    else pen.clearRect(0, 0, width, height);
    canvas.hidden = hidden;
  }

  /**
   * Outline a part of the picture that begins at a place.
   * @param {number[]} part [top, left, bottom, right], in screen pixels
   * @param {number[]} origin [x, y], in screen pixels
   */
  draw(part, [x, y]) {
    drawOutline(this.pen, part, x + EDGE, y + EDGE);
  }

  /**
   * Outline one cell with a thin line.
   * @param {number[]} origin [x, y], in screen pixels
   * @param {number} side in screen pixels
   */
  mark([x, y], side) {
    this.pen.strokeStyle = "#7df9ff";
    this.pen.strokeRect(x + EDGE - 0.5, y + EDGE - 0.5, side + 1, side + 1);
  }
}

/**
 * Outline a part, in screen pixels: bright inside, dark outside, so seen on any colour.
 * @param {CanvasRenderingContext2D} pen
 * @param {number[]} part [top, left, bottom, right]
 * @param {number} x of the picture
 * @param {number} y of the picture
 */
export function drawOutline(pen, [top, left, bottom, right], x, y) {
  for (const [colour, away] of /** @type {[string, number][]} */ ([["#000", 1.5], ["#ffd400", 0.5]])) {
    pen.strokeStyle = colour;
    pen.strokeRect(x + left - away, y + top - away, right - left + 2 * away, bottom - top + 2 * away);
  }
}
