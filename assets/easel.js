/* Where one draws: a square under a brush, by mouse, pen, finger or keys, with steps back and forth. */
(function (c) {
  "use strict";

  const CELLS = 28; // along each side, to the keys
  const STEPS = 100; // that can be undone
  const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], " ": [0, 0] };

  /**
   * What one way of drawing adds: line(from, to, value), value() and toggled(i) of its brush, words(i) of a place,
   * paint(), show(selection, picture), and text(), what the address then says, or [that, what changes with it].
   */
  c.Easel = class {
    /**
     * @param side Rows and columns of what is drawn.
     * @param name Of the pad, for a screen reader.
     * @param how One draws on it, in words.
     */
    constructor(side, name, how) {
      Object.assign(this, { side, values: new Uint8Array(side * side), known: "", past: [], future: [], from: null, cursor: [14, 14] });
      this.canvas = c.make("canvas", { width: side, height: side, tabIndex: 0, role: "application", "aria-label": name, "aria-describedby": "pad-how" });
      this.mark = c.make("div", { className: "cursor", hidden: true });
      this.how = c.make("p", { id: "pad-how", className: "reading", textContent: how });
      this.place = c.make("p", { className: "unseen", ariaLive: "polite" });
      this.told = c.make("p", { className: "told" });
      this.read = c.make("p", { className: "heard" });
      this.eraser = this.button("Eraser", () => this.eraser.setAttribute("aria-pressed", this.erases() ? "false" : "true"));
      this.eraser.setAttribute("aria-pressed", "false");
      [this.undo, this.redo] = [this.button("Undo", () => this.step(this.past, this.future)), this.button("Redo", () => this.step(this.future, this.past))];
      this.clear = this.button("Clear", () => this.put(new Uint8Array(this.values.length)));
      this.element = c.make("div", { className: "pad-way" });
      this.listen();
    }

    button(textContent, act) {
      const element = c.make("button", { type: "button", textContent });
      element.addEventListener("click", act);
      return element;
    }

    listen() {
      const { canvas } = this;
      canvas.addEventListener("pointerdown", (event) => {
        if (!event.isPrimary || event.button > 0) return;
        canvas.setPointerCapture(event.pointerId);
        this.keep();
        this.stroke(event);
      });
      canvas.addEventListener("pointermove", (event) => this.from && this.stroke(event));
      for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (this.from = null));
      canvas.addEventListener("keydown", (event) => this.press(event));
      canvas.addEventListener("focus", () => (this.mark.hidden = !canvas.matches(":focus-visible")));
      canvas.addEventListener("blur", () => (this.mark.hidden = true));
    }

    erases() {
      return this.eraser.getAttribute("aria-pressed") === "true";
    }

    /** Draw to where the pointer is, through all places that it has been at since the last time. */
    stroke(event) {
      const box = this.canvas.getBoundingClientRect();
      const passed = event.getCoalescedEvents?.() ?? [];
      for (const { clientX, clientY } of passed.length ? passed : [event]) {
        const to = [((clientY - box.top) / box.height) * this.side, ((clientX - box.left) / box.width) * this.side];
        this.line(this.from ?? to, to, this.value());
        this.from = to;
      }
      this.changed();
    }

    press(event) {
      const step = ARROWS[event.key];
      if (event.ctrlKey || event.metaKey) {
        const back = { z: this.undo, y: this.redo }[event.key];
        if (back) event.preventDefault(), back.click();
        return;
      }
      if (!step) return;
      event.preventDefault();
      this.mark.hidden = false;
      const middle = () => this.cursor.map((cell) => ((cell + 0.5) * this.side) / CELLS);
      const from = middle();
      this.cursor = this.cursor.map((cell, axis) => Math.max(0, Math.min(CELLS - 1, cell + step[axis])));
      const at = middle().reduce((row, column) => Math.floor(row) * this.side + Math.floor(column));
      if (event.key === " " || event.shiftKey) {
        this.keep();
        this.line(from, middle(), event.key === " " ? this.toggled(at) : this.value());
        this.changed();
      }
      this.paintMark();
      c.write(this.place, `row ${this.cursor[0]}, column ${this.cursor[1]}: ${this.words(at)}`);
    }

    /** Remember what is drawn as it is, to come back to it. */
    keep() {
      this.past.push(this.values.slice());
      if (this.past.length > STEPS) this.past.shift();
      this.future.length = 0;
    }

    step(from, to) {
      if (!from.length) return;
      to.push(this.values);
      this.values = from.pop();
      this.changed();
    }

    put(values) {
      this.keep();
      this.values = values;
      this.changed();
    }

    /** Show what is drawn, and let the networks see it. */
    changed() {
      this.paint();
      this.known = null; // has no text yet
      c.follow(() => this.text());
    }

    paintMark() {
      const [top, left] = this.cursor.map((cell) => `${(100 * cell) / CELLS}%`);
      Object.assign(this.mark.style, { top, left, width: `${100 / CELLS}%`, height: `${100 / CELLS}%` });
      this.undo.disabled = !this.past.length;
      this.redo.disabled = !this.future.length;
    }

    /** Say what the networks make of what is drawn, or why they say nothing of it. */
    tell([selection, picture], nothing) {
      const said = (key) => `${c.name(key)}: ${c.saying(picture.models[key])}`;
      c.write(this.told, c.isDrawn(selection) && picture ? c.shown(selection).map(said).join(" · ") : nothing);
    }
  };
})((window.convlens ??= {}));
