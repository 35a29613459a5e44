/** A sheet: many small pictures on one canvas, over each a button that can be reached, named and chosen, and outlines of a part of all. */
import { penOf } from "../core/canvas.js";
import { Buttons } from "./buttons.js";
import { layoutOf, originOf } from "./layout.js";
import { drawOutline, Outlines } from "./outlines.js";

/** @import { SheetForm } from "./buttons.js" */

export class Sheet {
  /**
   * @param {HTMLElement} element where it goes
   * @param {SheetForm} form
   */
  constructor(element, form) {
    this.element = element;
    this.form = form;
    /** @type {number[] | null} */
    this.part = null; // of every picture that is outlined
    /** @type {number[][]} */
    this.points = []; // [picture, row, column] of single cells that are outlined thinly
    /** @type {Outlines | null} */
    this.outlines = null; // once there are any
    /** @type {Outlines | null} */
    this.marks = null; // of single cells, the same
    element.innerHTML =
      '<canvas aria-hidden="true"></canvas><div class="cells"></div><div class="cursor" hidden></div>';
    this.canvas = /** @type {HTMLCanvasElement} */ (element.children[0]);
    const [cells, cursor] = /** @type {HTMLElement[]} */ (Array.from(element.children).slice(1));
    this.buttons = new Buttons(cells, cursor, form, () => this.across);
    this.context = penOf(this.canvas);
    this.laid = layoutOf(form);
    this.image = this.context.createImageData(1, 1);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.fit();
  }

  /** Lay the pictures out as their form says now; what was painted is gone. */
  fit() {
    const { rows, columns, zoom, gap } = this.form;
    const laid = (this.laid = layoutOf(this.form));
    this.image = this.context.createImageData(laid.width, laid.height);
    Object.assign(this.canvas, { width: laid.width, height: laid.height });
    this.canvas.style.width = `${laid.width * zoom}px`;
    this.canvas.style.height = `${laid.height * zoom}px`;
    this.pixels = new Uint32Array(this.image.data.buffer);
    Object.assign(this.buttons.element.style, {
      gridTemplateColumns: `repeat(${laid.across}, ${columns * zoom}px)`,
      gridAutoRows: `${rows * zoom}px`,
      gap: `${gap * zoom}px`,
    });
    this.drawPart();
  }

  /** Return how many stand side by side. */
  get across() {
    return this.laid.across;
  }

  /**
   * Outline the same part of every picture, [top, left, bottom, right] in its own pixels; nothing for null.
   * @param {number[] | null} part
   */
  outline(part) {
    if (String(part) === String(this.part)) return;
    this.part = part;
    this.drawPart();
  }

  /**
   * Outline single cells thinly.
   * @param {number[][]} points [picture, row, column] of each
   */
  point(points) {
    if (!points.length && !this.points.length) return;
    this.points = points;
    this.drawPoints();
  }

  /** Draw the outlines over the pictures and under what marks a button. */
  drawPart() {
    this.drawPoints();
    if (!this.part && !this.outlines) return;
    this.outlines ??= new Outlines(this.canvas);
    const { zoom, count } = this.form;
    this.outlines.clear(this.canvas.width * zoom, this.canvas.height * zoom, !this.part);
    if (!this.part) return;
    const part = this.part.map((side) => side * zoom);
    for (let i = 0; i < count; i++) this.outlines.draw(part, this.origin(i).map((at) => at * zoom));
  }

  drawPoints() {
    const { points, canvas, form: { zoom } } = this;
    if (!points.length && !this.marks) return;
    this.marks ??= new Outlines(canvas, "points");
    this.marks.clear(canvas.width * zoom, canvas.height * zoom, !points.length);
    for (const [i, row, column] of points) {
      const [x, y] = this.origin(i);
      this.marks.mark([x + column, y + row].map((at) => at * zoom), zoom);
    }
  }

  /**
   * Return where picture i begins: [x, y].
   * @param {number} i
   */
  origin(i) {
    return originOf(this.laid, i);
  }

  /**
   * Return where the first pixel of picture i lies; the next row follows `image.width` later.
   * @param {number} i
   */
  offset(i) {
    const [x, y] = this.origin(i);
    return y * this.image.width + x;
  }

  /**
   * Paint part of picture i, from its row `top` on: levels from `start`, one colour per level.
   * @param {number} i
   * @param {Uint8Array} levels
   * @param {number} start
   * @param {number} rows
   * @param {number} columns
   * @param {Uint32Array} colours
   * @param {number} top
   * @param {number} left
   * @param {number} side of a level, in pixels
   */
  paintLevels(i, levels, start, rows, columns, colours, top = 0, left = 0, side = 1) {
    const { pixels, image } = this;
    const { width } = image;
    let to = this.offset(i) + top * width + left;
    let from = start;
    if (side === 1) {
      for (let row = 0; row < rows; row++, to += width) {
        for (let column = 0; column < columns; column++) pixels[to + column] = colours[levels[from++]];
      }
      return;
    }
    for (let row = 0; row < rows * side; row++, to += width) {
      if (row && row % side === 0) from += columns;
      for (let column = 0; column < columns; column++) {
        pixels.fill(colours[levels[from + column]], to + column * side, to + (column + 1) * side);
      }
    }
  }

  /**
   * Paint every picture in one colour: the first line of each row of pictures, and that again below it.
   * @param {(i: number) => number} colour
   */
  paintBlocks(colour) {
    const { pixels, form: { count, rows, columns }, laid: { across, stepX, stepY, width } } = this;
    for (let i = 0, line = 0; i < count; line += stepY * width) {
      for (let to = line; i < count && to < line + across * stepX; to += stepX) {
        const packed = colour(i++);
        for (let column = 0; column < columns; column++) pixels[to + column] = packed;
      }
      for (let row = 1; row < rows; row++) pixels.copyWithin(line + row * width, line, line + width);
    }
  }

  /** Bring what was painted onto the screen. */
  flush() {
    this.context.putImageData(this.image, 0, 0);
  }

  /** Give every button its own picture: one canvas of all would be cut wherever a page of paper ends. */
  spread() {
    const { rows, columns, zoom } = this.form;
    Array.from(this.buttons.element.children, (button, i) => {
      const picture = Object.assign(document.createElement("canvas"), {
        width: columns * zoom,
        height: rows * zoom,
      });
      const pen = penOf(picture);
      const [x, y] = this.origin(i);
      pen.imageSmoothingEnabled = false;
      pen.drawImage(this.canvas, x, y, columns, rows, 0, 0, picture.width, picture.height);
      if (this.part) drawOutline(pen, this.part.map((side) => side * zoom), 0, 0);
      button.append(picture);
    });
    this.buttons.element.style.setProperty("--column", `${columns * zoom}px`);
  }

  /** Take these pictures back. */
  gather() {
    for (const picture of this.buttons.element.querySelectorAll("canvas")) picture.remove();
  }
}
