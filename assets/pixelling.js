/* Editing the 28×28 pixels of the digit at hand, each a grey from 0 to 255, as the networks are fed them. */
(function (c) {
  "use strict";

  const SIDE = 28;
  const ZOOM = 10; // screen pixels of a pixel
  const HOW = "Draw with mouse, pen or finger. Arrow keys move the cursor, space sets the pixel there or makes it black, shift and an arrow draw a line.";
  const WHY = "The networks are fed just these pixels: nothing is prepared, centred or resized. A frame marks a pixel that is another than in the test digit.";

  c.PixelPad = class extends c.Easel {
    /** @param pixels Returns a promise of a test digit's 784 pixels. */
    constructor(pixels) {
      super(SIDE, "Pad to edit pixels on", HOW);
      Object.assign(this, { pixels, written: this.values });
      this.grey = c.make("input", { type: "range", min: 0, max: 255, value: 255 });
      const said = c.make("span", { className: "pad-grey", ariaHidden: "true", textContent: "255" });
      this.grey.addEventListener("input", () => c.write(said, this.grey.value));
      this.width = c.make("select", {}, ...[1, 3, 5].map((value) => c.make("option", { value, textContent: `${value} px` })));
      this.restore = this.button("Restore", () => this.put(Uint8Array.from(this.written)));
      this.comparing = c.make("input", { type: "checkbox", checked: true });
      this.comparing.addEventListener("change", () => this.compare());
      this.frames = c.make("canvas", { className: "frames", width: SIDE * ZOOM, height: SIDE * ZOOM, ariaHidden: "true" });
      this.count = c.make("p", { className: "count" });
      this.element.append(
        c.make("div", { className: "pad-canvas" }, this.canvas, this.frames, this.mark),
        c.make("div", { className: "row" }, this.eraser, this.undo, this.redo, this.clear, this.restore),
        c.make("div", { className: "row" }, c.make("label", { className: "pad-brush" }, "Grey ", this.grey), said, c.make("label", {}, "Brush ", this.width)),
        this.count, c.make("label", {}, this.comparing, " Show what that changes in every layer"),
        this.told, this.read, this.place, c.make("p", { className: "reading", textContent: WHY }), this.how,
      );
      c.readable(this.canvas, (row, column) => !this.from && `row ${row}, column ${column}: ${this.words(row * SIDE + column)}`);
    }

    line(from, to, value) {
      const middle = (place) => place.map((side) => Math.floor(side) + 0.5);
      c.drawLine(this.values, middle(from), middle(to), Number(this.width.value), value);
    }

    value() {
      return this.erases() ? 0 : Number(this.grey.value);
    }

    toggled(i) {
      return this.values[i] === this.value() ? 0 : this.value();
    }

    words(i) {
      return this.values[i] === this.written[i] ? `grey ${this.values[i]}` : `grey ${this.values[i]}, was ${this.written[i]}`;
    }

    /** Pixels like the test digit's are the test digit; what was done to the digit is in its pixels already, but what is done to edited ones goes on. */
    async text() {
      const { digit, perturb, reference } = this.shown[0];
      const { ink, done } = c.readMove(perturb);
      const further = ink.startsWith("pixels:") ? done : "";
      const same = !further && this.values.every((value, i) => value === this.written[i]);
      const text = same ? "" : c.withInk(`pixels:${await c.writePixels(this.values)}`, further);
      this.known = this.name({ digit, perturb: text });
      if (same) return [text, { reference: reference === digit ? null : reference }];
      return [text, this.comparing.checked ? { reference: digit } : {}];
    }

    /** Return what tells what is on the pad from what may come onto it. */
    name({ digit, perturb }) {
      const { ink } = c.readMove(perturb);
      return `${digit} ${ink.startsWith("pixels:") ? ink : c.moveQuery(perturb)}`;
    }

    /** Show or hide the difference to the test digit, as soon as there is one. */
    compare() {
      const [{ digit, perturb }] = this.shown;
      if (c.readMove(perturb).ink.startsWith("pixels:")) c.change({ reference: this.comparing.checked ? digit : null });
    }

    /** Show the digit at hand as the networks are fed it, or its pixels as they were edited. */
    async show(selection, picture) {
      this.shown = [selection, picture];
      const { ink } = c.readMove(selection.perturb);
      const edited = ink.startsWith("pixels:");
      if (edited || c.differs(selection)) this.comparing.checked = selection.reference === selection.digit;
      this.tell(this.shown, "Nothing is changed yet: this is the test digit.");
      const name = this.name(selection);
      if (name === this.known || this.known === null || c.following()) return;
      this.coming = name;
      const fed = edited ? c.readPixels(ink.split(":")[1]) : c.moveQuery(selection.perturb) ? picture?.pixels : null;
      const [written, values] = await Promise.all([this.pixels(selection.digit), fed]);
      if (this.coming !== name || this.known === name || this.known === null) return;
      const another = Number.parseInt(this.known, 10) !== selection.digit;
      this.known = name;
      if (another) [this.past, this.future] = [[], []];
      else this.keep();
      Object.assign(this, { written, values: Uint8Array.from(values ?? written) });
      this.paint();
    }

    paint() {
      const { values, written } = this;
      c.paintValues(this.canvas, SIDE, SIDE, (i) => values[i], { palette: "grey", low: 0, high: 255 });
      const changed = Array.from(values.keys()).filter((i) => values[i] !== written[i]);
      this.frame(changed);
      const most = Math.max(...changed.map((i) => Math.abs(values[i] - written[i])));
      const { digit } = this.shown[0];
      c.write(this.count, changed.length ? `${changed.length} pixel${changed.length === 1 ? " differs" : "s differ"} from test digit ${digit}, by at most ${most}.` : `No pixel differs from test digit ${digit}.`);
      this.restore.disabled = !changed.length;
      this.clear.disabled = values.every((value) => !value);
      this.paintMark();
    }

    /** Frame the pixels that are others: dark outside, bright inside, so seen on any grey. */
    frame(changed) {
      const pen = this.frames.getContext("2d");
      pen.clearRect(0, 0, SIDE * ZOOM, SIDE * ZOOM);
      for (const [colour, inset] of [["#000", 0.5], ["#fff", 1.5]]) {
        pen.strokeStyle = colour;
        for (const i of changed) pen.strokeRect((i % SIDE) * ZOOM + inset, Math.floor(i / SIDE) * ZOOM + inset, ZOOM - 2 * inset, ZOOM - 2 * inset);
      }
    }
  };
})((window.convlens ??= {}));
