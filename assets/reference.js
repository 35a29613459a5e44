/* The digit that all layers are compared with: how it is chosen, and how the digit at hand differs from it. */
(function (c) {
  "use strict";

  const SIGNS = "Red is more in this digit, blue is more in that one. Weights are of no digit, and stay.";

  c.Reference = class {
    /**
     * @param host Where it is chosen.
     * @param note What says over the networks that they show differences.
     * @param pixels Returns a promise of a test digit's 784 pixels.
     */
    constructor(host, note, pixels) {
      Object.assign(this, { host, note, pixels });
      this.own = this.button("", () => c.change({ reference: this.selection.digit }));
      this.field = c.make("input", { id: "reference-field", type: "text", inputMode: "numeric", placeholder: "digit …", "aria-label": "Compare with test digit" });
      this.field.addEventListener("keydown", ({ key }) => key === "Enter" && this.take(this.field.value.trim()));
      this.refusal = c.make("p", { id: "reference-field-error", role: "alert", className: "refused" });
      this.body = c.make("div", { className: "reference-now", hidden: true });
      host.replaceChildren(c.make("div", { className: "row" }, c.make("span", { textContent: "Compare with" }), this.own, this.field), this.refusal, this.body);
    }

    button(textContent, act, name = textContent) {
      const element = c.make("button", { type: "button", textContent });
      if (name) element.setAttribute("aria-label", name);
      element.addEventListener("click", act);
      return element;
    }

    end() {
      return this.button("End", () => c.change({ reference: null }), "End the comparison");
    }

    take(text) {
      const known = /^\d{1,5}$/.test(text) && Number(text) < c.facts.digits;
      c.refuse(this.field, known ? "" : `“${text.slice(0, 20)}” is no test digit. There are 0 to ${c.facts.digits - 1}.`);
      if (known) c.change({ reference: Number(text) });
    }

    build() {
      const canvas = (name) => Object.assign(c.canvas(name), { width: 28, height: 28 });
      [this.that, this.less] = [canvas(""), canvas("")];
      [this.title, this.legend, this.words] = [c.make("figcaption"), c.make("div", { className: "legend" }), c.make("p", { className: "told" })];
      this.body.append(
        c.make("figure", {}, this.that, this.title), c.make("figure", {}, this.less, this.legend),
        c.make("div", {}, this.words, this.end()),
      );
      this.said = c.make("span");
      this.note.append(this.said, " ", this.end());
    }

    /** Show how the digit at hand differs from the one it is compared with; do nothing where there is none. */
    async show(selection, picture, labels) {
      this.selection = selection;
      const { digit, reference, perturb } = selection;
      const differs = c.differs(selection);
      const changed = c.moveQuery(perturb);
      c.write(this.own, !changed ? "this digit" : c.isDrawn(selection) ? `test digit ${digit}` : "it as it was written");
      this.own.setAttribute("aria-label", `Compare with ${this.own.textContent}${changed ? "" : `, ${digit}`}`);
      this.own.disabled = reference === digit;
      this.body.hidden = this.note.hidden = !differs;
      if (!differs || !picture) return;
      if (!this.that) this.build();
      c.write(this.said, `Every map, unit and bar shows ${changed ? c.digitName(selection) : `digit ${digit}`}${c.moveWords(perturb) && `, ${c.moveWords(perturb)},`} less test digit ${reference} as it was written. ${SIGNS}`);
      const [own, other] = await Promise.all([picture.pixels ?? this.pixels(digit), this.pixels(reference)]);
      if (this.selection !== selection) return;
      this.paint(own, other, picture, labels);
    }

    paint(own, other, picture, labels) {
      const { digit, reference } = this.selection;
      const less = Float32Array.from(own, (value, i) => (value - other[i]) / 255);
      const scale = c.scaleFor(less, "diverging");
      const name = `Test digit ${reference}`;
      c.grey(this.that, other);
      this.that.setAttribute("aria-label", `${name}, ${c.labelWords(reference, labels[reference])}, 28×28 pixels`);
      c.write(this.title, `${reference} · ${c.labelWords(reference, labels[reference])}`);
      c.paintValues(this.less, 28, 28, (i) => less[i], scale);
      c.readable(this.less, (row, column) => `row ${row}, column ${column}: ${c.round(less[row * 28 + column])}`);
      c.legend(this.legend, scale);
      const changed = less.reduce((count, value) => count + Number(value !== 0), 0);
      const same = reference === digit && !c.moveQuery(this.selection.perturb);
      const pixels = `${changed} pixel${changed === 1 ? " differs" : "s differ"}${changed ? `, by at most ${c.round(scale.high)}` : ""}.`;
      const said = c.shown(this.selection).map((key) => `${c.name(key)} says ${c.saying(picture.models[key].reference)}`).join(", ");
      this.less.setAttribute("aria-label", `The digit less test digit ${reference}: ${pixels}`);
      c.write(this.words, same ? "Nothing differs: this is the same digit. Choose another, move or edit it, and every layer shows what that changes." : `${pixels} Of ${reference} ${said}.`);
    }
  };
})((window.convlens ??= {}));
