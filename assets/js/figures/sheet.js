/** A sheet: many small pictures on one canvas, over each a button that can be reached, named and chosen, and outlines of a part of all. */
import { penOf } from "../core/canvas.js";
import { Buttons } from "./buttons.js";
import { layoutOf, originOf } from "./layout.js";
import { drawOutline, Outlines } from "./outlines.js";

/** @import { SheetForm } from "./buttons.js" */
/** @import { Layout } from "./layout.js" */

export class Sheet {
  /**
   * @param {HTMLElement} element where it goes
   * @param {SheetForm} form
   * @param {number} width the room there is, in screen pixels, where it is known
   */
  constructor(element, form, width = 0) {
    this.element = element;
    this.form = form;
    this.width = width;
    /** @type {number[] | null} */
    this.part = null; // of every picture that is outlined
    /** @type {Outlines | null} */
    this.outlines = null; // once there are any
    element.innerHTML =
      '<canvas aria-hidden="true"></canvas><div class="cells"></div><div class="cursor" hidden></div>';
    this.canvas = /** @type {HTMLCanvasElement} */ (element.children[0]);
    const [cells, cursor] = /** @type {HTMLElement[]} */ (Array.from(element.children).slice(1));
    this.buttons = new Buttons(cells, cursor, form, () => this.across);
    this.context = penOf(this.canvas);
    /** @type {Layout | null} */
    this.laid = null;
    this.blocks = new Uint32Array(form.count); // the colour of each picture's block, 0 for none
    new ResizeObserver(([{ contentRect }]) => {
      if (contentRect.width === this.width || !contentRect.width) return;
      this.width = contentRect.width;
      if (this.fit()) form.resized();
    }).observe(element);
    this.image = this.context.createImageData(1, 1);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.laidFoot = 0;
    this.fit();
  }

  /** Lay the pictures out for the width there is; return whether anything has moved. */
  fit() {
    const { rows, columns, zoom, gap, foot } = this.form;
    this.width ||= this.element.clientWidth; // asked for once: later sizes come without laying the page out
    const laid = layoutOf(this.form, this.width);
    if (laid.across === this.laid?.across && foot === this.laidFoot) return false;
    this.laidFoot = foot;
    this.laid = laid;
    this.image = this.context.createImageData(laid.width, laid.height);
    Object.assign(this.canvas, { width: laid.width, height: laid.height });
    this.canvas.style.width = `${laid.width * zoom}px`;
    this.canvas.style.height = `${laid.height * zoom}px`;
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.blocks = new Uint32Array(this.form.count);
    Object.assign(this.buttons.element.style, {
      gridTemplateColumns: `repeat(${laid.across}, ${columns * zoom}px)`,
      gridAutoRows: `${rows * zoom}px`,
      columnGap: `${gap}px`,
      rowGap: `${(laid.stepY - rows) * zoom}px`,
    });
    this.drawPart();
    return true;
  }

  /** Return how many stand side by side. */
  get across() {
    return this.laid?.across ?? 1;
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

  /** Draw the outlines over the pictures and under what marks a button. */
  drawPart() {
    if (!this.part && !this.outlines) return;
    this.outlines ??= new Outlines(this.canvas);
    const { zoom, count } = this.form;
    this.outlines.clear(this.canvas.width * zoom, this.canvas.height * zoom, !this.part);
    if (!this.part) return;
    const part = this.part.map((side) => side * zoom);
    for (let i = 0; i < count; i++) this.outlines.draw(part, this.origin(i).map((at) => at * zoom));
  }

  /**
   * Return where picture i begins: [x, y].
   * @param {number} i
   */
  origin(i) {
    return this.laid ? originOf(this.laid, i) : [0, 0];
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
   */
  paintLevels(i, levels, start, rows, columns, colours, top = 0, left = 0) {
    const { pixels, image } = this;
    let to = this.offset(i) + top * image.width + left;
    let from = start;
    for (let row = 0; row < rows; row++, to += image.width) {
      for (let column = 0; column < columns; column++) pixels[to + column] = colours[levels[from++]];
    }
  }

  /**
   * Paint rows of one colour, always the same ones, into picture i.
   * @param {number} i
   * @param {number} colour
   * @param {number} top
   * @param {number} rows
   * @param {number} columns
   */
  paintBlock(i, colour, top, rows, columns) {
    if (this.blocks[i] === colour) return;
    this.blocks[i] = colour;
    const { pixels, image } = this;
    let to = this.offset(i) + top * image.width;
    for (let row = 0; row < rows; row++, to += image.width) {
      for (let column = 0; column < columns; column++) pixels[to + column] = colour;
    }
  }

  /**
   * Bring what was painted onto the screen: all, or these rows of every picture.
   * @param {number} top
   * @param {number} rows
   */
  flush(top = 0, rows = this.form.rows) {
    const { image, laid } = this;
    if (!laid || rows === this.form.rows) return this.context.putImageData(image, 0, 0);
    for (let line = 0; line < laid.down; line++) {
      this.context.putImageData(image, 0, 0, 0, line * laid.stepY + top, image.width, rows);
    }
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
