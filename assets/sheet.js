/* A sheet: many small pictures on one canvas, over each a button that can be reached, named and chosen, and outlines of a part of all. */
(function (c) {
  "use strict";

  const EDGE = 2; // screen pixels of an outline: a bright line and a dark one around it

  c.Sheet = class {
    /**
     * @param element Where it goes.
     * @param form {count, rows, columns, zoom, gap, below, foot, limit(), name(i), about(i), pick(i, row, column), point(place, event), leave(), resized()}
     *   rows and columns of one picture in its own pixels; zoom, gap and the gap below in screen pixels; foot: room under each, in
     *   its own pixels, for a caption; limit, if there is one: how many may stand side by side; about, if there is one: what else is said of a picture.
     * @param width The room there is, in screen pixels, where it is known.
     */
    constructor(element, form, width = 0) {
      Object.assign(this, { element, form, width, current: 0, pressed: -1, marks: new Map(), part: null, lines: null });
      element.innerHTML = '<canvas aria-hidden="true"></canvas><div class="cells"></div><div class="cursor" hidden></div>';
      [this.canvas, this.cells, this.cursor] = element.children;
      this.context = this.canvas.getContext("2d");
      this.cells.replaceChildren(...Array.from({ length: form.count }, (_, i) => this.button(i)));
      this.cells.addEventListener("keydown", (event) => this.walk(event));
      this.cells.addEventListener("focusin", (event) => this.focused(event));
      this.cells.addEventListener("focusout", () => form.leave());
      this.cells.addEventListener("click", (event) => this.clicked(event));
      this.cells.addEventListener("pointermove", (event) => this.moved(event));
      this.cells.addEventListener("pointerleave", () => this.left());
      new ResizeObserver(([{ contentRect }]) => {
        if (contentRect.width === this.width || !contentRect.width) return;
        this.width = contentRect.width;
        if (this.fit()) form.resized();
      }).observe(element);
      this.fit();
    }

    button(i) {
      const button = document.createElement("button");
      button.ariaDescription = this.form.about?.(i) || null;
      button.type = "button";
      button.tabIndex = i === 0 ? 0 : -1;
      button.setAttribute("aria-label", this.form.name(i));
      return button;
    }

    /** Give every picture the name that it has now. */
    rename() {
      Array.from(this.cells.children, (cell, i) => cell.setAttribute("aria-label", this.form.name(i)));
    }

    /** Lay the pictures out for the width there is; return whether anything has moved. */
    fit() {
      const { count, rows, columns, zoom, gap, below = gap, foot } = this.form;
      const pitch = columns * zoom + gap;
      this.width ||= this.element.clientWidth; // asked for once: later sizes come without laying the page out
      const across = Math.max(1, Math.min(count, Math.floor((this.width + gap) / pitch), this.form.limit?.() ?? count));
      if (across === this.across && foot === this.laidFoot) return false;
      this.laidFoot = foot;
      this.across = across;
      this.down = Math.ceil(count / across);
      this.stepX = columns + gap / zoom;
      this.stepY = rows + (foot || below / zoom);
      this.image = this.context.createImageData(
        Math.round(across * this.stepX - gap / zoom), Math.round(this.down * this.stepY - (foot ? 0 : below / zoom)),
      );
      this.canvas.width = this.image.width;
      this.canvas.height = this.image.height;
      this.canvas.style.width = `${this.image.width * zoom}px`;
      this.canvas.style.height = `${this.image.height * zoom}px`;
      this.pixels = new Uint32Array(this.image.data.buffer);
      this.blocks = new Uint32Array(count); // the colour of each picture's block, 0 for none
      Object.assign(this.cells.style, {
        gridTemplateColumns: `repeat(${across}, ${columns * zoom}px)`,
        gridAutoRows: `${rows * zoom}px`,
        columnGap: `${gap}px`,
        rowGap: `${(this.stepY - rows) * zoom}px`,
      });
      this.drawPart();
      return true;
    }

    /** Outline the same part of every picture, [top, left, bottom, right] in its own pixels; nothing for null. */
    outline(part) {
      if (String(part) === String(this.part)) return;
      this.part = part;
      this.drawPart();
    }

    /** Draw the outlines over the pictures and under what marks a button: bright inside, dark outside, so seen on any colour. */
    drawPart() {
      const { part, form, canvas } = this;
      if (!part && !this.lines) return;
      this.lines ??= this.overlay();
      const width = canvas.width * form.zoom + 2 * EDGE;
      const height = canvas.height * form.zoom + 2 * EDGE;
      const over = this.lines.canvas;
      if (over.width !== width || over.height !== height) Object.assign(over, { width, height });
      else this.lines.clearRect(0, 0, width, height);
      over.hidden = !part;
      if (!part) return;
      for (let i = 0; i < form.count; i++) {
        const [x, y] = [(i % this.across) * this.stepX, Math.floor(i / this.across) * this.stepY];
        this.drawOutline(this.lines, x * form.zoom + EDGE, y * form.zoom + EDGE);
      }
    }

    /** Outline the part of the picture whose left and top are given, in screen pixels. */
    drawOutline(pen, x, y) {
      const [top, left, bottom, right] = this.part.map((side) => side * this.form.zoom);
      for (const [colour, away] of [["#000", 1.5], ["#ffd400", 0.5]]) {
        pen.strokeStyle = colour;
        pen.strokeRect(x + left - away, y + top - away, right - left + 2 * away, bottom - top + 2 * away);
      }
    }

    /** Make the canvas for outlines, once there are any. */
    overlay() {
      const over = Object.assign(document.createElement("canvas"), { className: "lines", width: 0, height: 0 });
      over.ariaHidden = "true";
      this.canvas.after(over);
      return over.getContext("2d");
    }

    /** Return where the first pixel of picture i lies; the next row follows `image.width` later. */
    offset(i) {
      return Math.floor(i / this.across) * this.stepY * this.image.width + (i % this.across) * this.stepX;
    }

    /** Paint part of picture i, from its row `top` on: levels from `start`, one colour per level. */
    paintLevels(i, levels, start, rows, columns, colours, top = 0, left = 0) {
      const { pixels, image } = this;
      let to = this.offset(i) + top * image.width + left;
      let from = start;
      for (let row = 0; row < rows; row++, to += image.width) {
        for (let column = 0; column < columns; column++) pixels[to + column] = colours[levels[from++]];
      }
    }

    /** Paint rows of one colour, always the same ones, into picture i. */
    paintBlock(i, colour, top, rows, columns) {
      if (this.blocks[i] === colour) return;
      this.blocks[i] = colour;
      const { pixels, image } = this;
      let to = this.offset(i) + top * image.width;
      for (let row = 0; row < rows; row++, to += image.width) {
        for (let column = 0; column < columns; column++) pixels[to + column] = colour;
      }
    }

    /** Bring what was painted onto the screen: all, or these rows of every picture. */
    flush(top = 0, rows = this.form.rows) {
      const { image } = this;
      if (rows === this.form.rows) return this.context.putImageData(image, 0, 0);
      for (let line = 0; line < this.down; line++) this.context.putImageData(image, 0, 0, 0, line * this.stepY + top, image.width, rows);
    }

    /** Give every button its own picture: one canvas of all would be cut wherever a page of paper ends. */
    spread() {
      const { rows, columns, zoom } = this.form;
      Array.from(this.cells.children, (button, i) => {
        const picture = Object.assign(document.createElement("canvas"), { width: columns * zoom, height: rows * zoom });
        const pen = picture.getContext("2d");
        const [x, y] = [(i % this.across) * this.stepX, Math.floor(i / this.across) * this.stepY];
        pen.imageSmoothingEnabled = false;
        pen.drawImage(this.canvas, x, y, columns, rows, 0, 0, picture.width, picture.height);
        if (this.part) this.drawOutline(pen, 0, 0);
        button.append(picture);
      });
      this.cells.style.setProperty("--column", `${columns * zoom}px`);
    }

    /** Take these pictures back. */
    gather() {
      for (const picture of this.cells.querySelectorAll("canvas")) picture.remove();
    }

    /** Mark picture i with a word ("" for none) and a caption under it; a screen reader hears the word, or what is told in its place. */
    mark(i, word, caption = "", told = word) {
      const known = `${word} ${caption} ${told}`;
      if ((this.marks.get(i) ?? "  ") === known) return;
      this.marks.set(i, known);
      const cell = this.cells.children[i];
      Object.assign(cell.dataset, { mark: word, caption });
      cell.ariaDescription = [told, this.form.about?.(i)].filter(Boolean).join(", ") || null;
    }

    /** Show which picture is selected, -1 for none. */
    select(i) {
      if (i === this.pressed) return;
      this.cells.children[this.pressed]?.removeAttribute("aria-pressed");
      this.pressed = i;
      if (i >= 0) {
        this.cells.children[i].setAttribute("aria-pressed", "true");
        this.hold(i);
      }
    }

    hold(i) {
      this.cells.children[this.current].tabIndex = -1;
      this.cells.children[i].tabIndex = 0;
      this.current = i;
    }

    index(element) {
      return Array.prototype.indexOf.call(this.cells.children, element.closest("button"));
    }

    /** Return [picture, row, column] under the pointer, or null. */
    place(event) {
      if (event.target === this.cells) return null;
      const i = this.index(event.target);
      const box = this.cells.children[i].getBoundingClientRect();
      const inside = (at, start, side, most) => Math.max(0, Math.min(most - 1, Math.floor(((at - start) / side) * most)));
      return [
        i, inside(event.clientY, box.top, box.height, this.form.rows), inside(event.clientX, box.left, box.width, this.form.columns),
      ];
    }

    moved(event) {
      const place = this.place(event);
      if (!place) return this.left();
      const { zoom } = this.form;
      if (zoom > 1) {
        const [i, row, column] = place;
        const button = this.cells.children[i];
        this.cursor.hidden = false;
        this.cursor.style.transform = `translate(${button.offsetLeft + column * zoom}px, ${button.offsetTop + row * zoom}px)`;
        this.cursor.style.width = this.cursor.style.height = `${zoom}px`;
      }
      this.form.point(place, event);
    }

    left() {
      this.cursor.hidden = true;
      this.form.leave();
    }

    clicked(event) {
      if (event.target === this.cells) return;
      const byKeyboard = event.detail === 0;
      const place = byKeyboard ? [this.index(event.target)] : this.place(event);
      this.form.pick(...place);
    }

    focused(event) {
      const i = this.index(event.target);
      this.hold(i);
      if (event.target.matches(":focus-visible")) this.form.point([i], event);
    }

    walk(event) {
      const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.across, ArrowDown: this.across, Home: -this.current, End: this.form.count - 1 - this.current };
      const to = this.current + (steps[event.key] ?? NaN);
      if (!(to >= 0 && to < this.form.count)) return;
      event.preventDefault();
      this.cells.children[to].focus();
    }
  };
})((window.convlens ??= {}));
