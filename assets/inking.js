/* Drawing with ink on 112×112 points: what MNIST's digits were before they were made small. */
(function (c) {
  "use strict";

  const WIDTH = 9; // of the brush, in rows of the drawing: about that of MNIST's digits
  const HOW = "Draw with mouse, pen or finger. Arrow keys move the cursor, space draws or erases a dot there, shift and an arrow a line.";
  const WHY = "MNIST's digits are bilevel ink that was fitted into 20×20 pixels, then moved until its centre of mass was at the centre of 28×28. Without it the networks see what they have not learned from.";

  c.InkPad = class extends c.Easel {
    /** @param pixels Returns a promise of a test digit's 784 pixels. */
    constructor(pixels) {
      super(c.PAD, "Pad to draw on", HOW);
      this.prepared = true;
      this.width = c.make("input", { type: "range", min: 2, max: 24, value: WIDTH });
      const start = this.button("Start from the test digit", async () => this.put(c.enlarged(await pixels(this.shown[0].digit))));
      this.preparing = c.make("input", { type: "checkbox" });
      this.preparing.addEventListener("change", () => ((this.prepared = this.preparing.checked), this.changed()));
      this.before = Object.assign(c.canvas("As it is drawn"), { width: c.PAD, height: c.PAD });
      this.box = c.make("div", { className: "ink-box" });
      this.after = Object.assign(c.canvas("As the networks are fed, 28×28 pixels"), { width: 28, height: 28 });
      this.caption = c.make("figcaption");
      const figure = (caption, ...shown) => c.make("figure", {}, c.make("div", { className: "pad-picture" }, ...shown), caption);
      this.element.append(
        c.make("div", { className: "pad-canvas" }, this.canvas, this.mark),
        c.make("div", { className: "row" }, this.eraser, this.undo, this.redo, this.clear, start),
        c.make("label", { className: "pad-brush" }, "Width ", this.width),
        this.told, this.read, this.place,
        c.make("div", { className: "pad-pictures" }, figure(this.caption, this.before, this.box), figure(c.make("figcaption", { textContent: "as fed, 28×28" }), this.after)),
        c.make("label", {}, this.preparing, " Prepare it as MNIST was"),
        c.make("p", { className: "reading", textContent: WHY }), this.how,
      );
      this.paint();
    }

    line(from, to, value) {
      c.drawLine(this.values, from, to, Number(this.width.value), value);
    }

    value() {
      return Number(!this.erases());
    }

    toggled(i) {
      return 1 - this.values[i];
    }

    words(i) {
      return this.values[i] ? "ink" : "no ink";
    }

    /** Without ink, the test digit is at hand. */
    async text() {
      this.known = this.values.includes(1) ? `${this.prepared ? "ink" : "raw"}:${await c.writeInk(this.values)}` : "";
      return c.withInk(this.known, this.shown[0].perturb);
    }

    /** Show what the networks make of the digit at hand; one that was drawn elsewhere, or left, comes onto the pad. */
    async show(selection, picture) {
      this.shown = [selection, picture];
      const { ink } = c.readMove(selection.perturb);
      c.grey(this.after, (ink && picture?.pixels) || new Uint8Array(784));
      this.tell(this.shown, "Nothing is drawn yet: this is the test digit.");
      if (ink === this.known || this.known === null || c.following()) return;
      const [way, text] = ink.split(":");
      this.known = ink;
      const values = way === "pixels" ? c.enlarged(await c.readPixels(text)) : ink ? await c.readInk(text) : c.noInk();
      if (this.known !== ink) return;
      this.keep();
      this.values = values;
      if (ink && way !== "pixels") this.prepared = way === "ink";
      this.paint();
    }

    paint() {
      c.paintValues(this.canvas, c.PAD, c.PAD, (i) => this.values[i], { palette: "grey", low: 0, high: 1 });
      this.before.getContext("2d").drawImage(this.canvas, 0, 0);
      const box = c.boxOf(this.values);
      const part = (pixels) => `${(100 * pixels) / c.PAD}%`;
      this.box.hidden = !box || !this.prepared;
      if (box) Object.assign(this.box.style, { top: part(box.top), left: part(box.left), height: part(box.bottom - box.top), width: part(box.right - box.left) });
      c.write(this.caption, box ? `as drawn, ink of ${box.right - box.left}×${box.bottom - box.top}` : "as drawn");
      this.preparing.checked = this.prepared;
      this.clear.disabled = !box;
      this.paintMark();
    }
  };
})((window.convlens ??= {}));
