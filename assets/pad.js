/* The pad: a digit is drawn with mouse, pen, finger or keys, and takes the place of the test digit. */
(function (c) {
  "use strict";

  const CELL = c.PAD / 28; // of the drawing, to one step of the keys
  const WIDTH = 9; // of the brush, in rows of the drawing: about that of MNIST's digits
  const STEPS = 100; // that can be undone
  const HOW = "Draw with mouse, pen or finger. Arrow keys move the cursor, space draws or erases a dot there, shift and an arrow a line.";
  const WHY = "MNIST's digits are bilevel ink that was fitted into 20×20 pixels, then moved until its centre of mass was at the centre of 28×28. Without it the networks see what they have not learned from.";

  c.Pad = class {
    /** @param pixels Returns a promise of the test digit at hand, 784 pixels. */
    constructor(host, pixels) {
      Object.assign(this, { host, pixels, bits: c.noInk(), ink: "", past: [], future: [], from: null, cursor: [14, 14], prepared: true });
      host.addEventListener("toggle", () => host.open && !this.canvas && this.build());
      host.open = c.isDrawn(c.facts.selection);
    }

    build() {
      const button = (textContent, act) => {
        const element = c.make("button", { type: "button", textContent });
        element.addEventListener("click", () => act.call(this));
        return element;
      };
      this.canvas = c.make("canvas", { width: c.PAD, height: c.PAD, tabIndex: 0, role: "application", "aria-label": "Pad to draw on", "aria-describedby": "pad-how" });
      this.mark = c.make("div", { className: "cursor", hidden: true });
      this.how = c.make("p", { id: "pad-how", className: "reading", textContent: HOW });
      this.place = c.make("p", { className: "unseen", ariaLive: "polite" });
      this.eraser = button("Eraser", () => this.eraser.setAttribute("aria-pressed", this.erases() ? "false" : "true"));
      this.eraser.setAttribute("aria-pressed", "false");
      this.width = c.make("input", { type: "range", min: 2, max: 24, value: WIDTH });
      [this.undo, this.redo] = [button("Undo", () => this.step(this.past, this.future)), button("Redo", () => this.step(this.future, this.past))];
      this.clear = button("Clear", () => this.put(c.noInk()));
      const start = button("Start from the test digit", async () => this.put(c.enlarged(await this.pixels())));
      this.preparing = c.make("input", { type: "checkbox" });
      this.preparing.addEventListener("change", () => ((this.prepared = this.preparing.checked), this.changed()));
      this.before = Object.assign(c.canvas("As it is drawn"), { width: c.PAD, height: c.PAD });
      this.box = c.make("div", { className: "ink-box" });
      this.after = Object.assign(c.canvas("As the networks are fed, 28×28 pixels"), { width: 28, height: 28 });
      this.words = c.make("figcaption");
      this.told = c.make("p", { className: "told" });
      const figure = (caption, ...shown) => c.make("figure", {}, c.make("div", { className: "pad-picture" }, ...shown), caption);
      this.host.append(
        c.make("div", { className: "pad-canvas" }, this.canvas, this.mark),
        c.make("div", { className: "row" }, this.eraser, this.undo, this.redo, this.clear, start),
        c.make("label", { className: "pad-width" }, "Width ", this.width),
        this.told, this.place,
        c.make("div", { className: "pad-pictures" }, figure(this.words, this.before, this.box), figure(c.make("figcaption", { textContent: "as fed, 28×28" }), this.after)),
        c.make("label", {}, this.preparing, " Prepare it as MNIST was"),
        c.make("p", { className: "reading", textContent: WHY }), this.how,
      );
      this.listen();
      if (this.shown) this.show(...this.shown);
      this.paint();
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
        const to = [((clientY - box.top) / box.height) * c.PAD, ((clientX - box.left) / box.width) * c.PAD];
        this.line(this.from ?? to, to, Number(!this.erases()));
        this.from = to;
      }
      this.changed();
    }

    line(from, to, value) {
      c.drawLine(this.bits, from, to, Number(this.width.value), value);
    }

    press(event) {
      const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], " ": [0, 0] };
      const step = steps[event.key];
      if (event.ctrlKey || event.metaKey) {
        const back = { z: this.undo, y: this.redo }[event.key];
        if (back) event.preventDefault(), back.click();
        return;
      }
      if (!step) return;
      event.preventDefault();
      this.mark.hidden = false;
      const middle = () => this.cursor.map((cell) => (cell + 0.5) * CELL);
      const from = middle();
      this.cursor = this.cursor.map((cell, axis) => Math.max(0, Math.min(27, cell + step[axis])));
      const inked = () => this.bits[middle().reduce((row, column) => Math.floor(row) * c.PAD + Math.floor(column))];
      if (event.key === " " || event.shiftKey) {
        this.keep();
        this.line(from, middle(), event.key === " " ? 1 - inked() : Number(!this.erases()));
        this.changed();
      }
      this.paintMark();
      c.write(this.place, `row ${this.cursor[0]}, column ${this.cursor[1]}: ${inked() ? "ink" : "no ink"}`);
    }

    /** Remember the drawing as it is, to come back to it. */
    keep() {
      this.past.push(this.bits.slice());
      if (this.past.length > STEPS) this.past.shift();
      this.future.length = 0;
    }

    step(from, to) {
      if (!from.length) return;
      to.push(this.bits);
      this.bits = from.pop();
      this.changed();
    }

    put(bits) {
      this.keep();
      this.bits = bits;
      this.changed();
    }

    /** Show the drawing, and let the networks see it; without ink, the test digit. */
    changed() {
      this.paint();
      this.ink = null; // has no text yet
      c.follow(async () => {
        this.ink = this.bits.includes(1) ? `${this.prepared ? "ink" : "raw"}:${await c.writeInk(this.bits)}` : "";
        return c.withInk(this.ink, this.shown[0].perturb);
      });
    }

    /** Show what the networks make of the digit at hand; one that was drawn elsewhere, or left, comes onto the pad. */
    async show(selection, picture) {
      this.shown = [selection, picture];
      if (!this.canvas) return;
      const { ink } = c.readMove(selection.perturb);
      const keys = c.shown(selection);
      c.grey(this.after, (ink && picture?.pixels) || new Uint8Array(784));
      c.write(this.told, ink && picture ? keys.map((key) => `${c.name(key)}: ${c.saying(picture.models[key])}`).join(" · ") : "Nothing is drawn yet: this is the test digit.");
      if (ink === this.ink || this.ink === null || c.following()) return;
      const [way, text] = ink.split(":");
      this.ink = ink;
      const bits = way === "pixels" ? c.enlarged(await c.readPixels(text)) : ink ? await c.readInk(text) : c.noInk();
      if (this.ink !== ink) return;
      this.keep();
      this.bits = bits;
      if (ink && way !== "pixels") this.prepared = way === "ink";
      this.paint();
    }

    paint() {
      c.paintValues(this.canvas, c.PAD, c.PAD, (i) => this.bits[i], { palette: "grey", low: 0, high: 1 });
      this.before.getContext("2d").drawImage(this.canvas, 0, 0);
      const box = c.boxOf(this.bits);
      const part = (pixels) => `${(100 * pixels) / c.PAD}%`;
      this.box.hidden = !box || !this.prepared;
      if (box) Object.assign(this.box.style, { top: part(box.top), left: part(box.left), height: part(box.bottom - box.top), width: part(box.right - box.left) });
      c.write(this.words, box ? `as drawn, ink of ${box.right - box.left}×${box.bottom - box.top}` : "as drawn");
      this.preparing.checked = this.prepared;
      this.undo.disabled = !this.past.length;
      this.redo.disabled = !this.future.length;
      this.clear.disabled = !box;
      this.paintMark();
    }

    paintMark() {
      const [top, left] = this.cursor.map((cell) => `${(100 * cell) / 28}%`);
      Object.assign(this.mark.style, { top, left, width: `${100 / 28}%`, height: `${100 / 28}%` });
    }
  };
})((window.convlens ??= {}));
