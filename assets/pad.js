/* The pad, which takes the place of the test digit: ink that is drawn, or found in an image, or its own pixels that are edited. */
(function (c) {
  "use strict";

  const WAYS = { ink: "Draw with ink", pixels: "Edit this digit's pixels" };

  /** Return the way that a digit was drawn in, "" where it was not. */
  const wayOf = (ink) => (ink.startsWith("pixels:") ? "pixels" : ink && "ink");

  c.Pad = class {
    /** @param pixels Returns a promise of a test digit's 784 pixels. */
    constructor(host, pixels) {
      Object.assign(this, { host, pixels, heard: [[], false], ink: c.readMove(c.facts.selection.perturb).ink });
      host.addEventListener("toggle", () => host.open && !this.body && this.build());
      host.open = c.isDrawn(c.facts.selection);
    }

    build() {
      this.ways = { ink: new c.InkPad(this.pixels), pixels: new c.PixelPad(this.pixels) };
      this.buttons = Object.entries(WAYS).map(([way, textContent]) => {
        const button = c.make("button", { type: "button", textContent });
        button.addEventListener("click", () => this.turn(way));
        return button;
      });
      this.body = c.make("div");
      this.found = new c.Found((text) => c.move(text, true));
      const image = c.make("div", { className: "row" }, c.imageButton((file) => this.upload(file)), c.make("span", { className: "reading", textContent: "or paste or drop it" }));
      this.host.append(c.make("div", { className: "row", role: "group", "aria-label": "How to draw" }, ...this.buttons), image, this.found.element, this.body);
      this.turn(wayOf(this.ink) || "ink");
      this.hear(...this.heard);
    }

    /** Say what the best network reads in what is drawn: sentences, and whether the last one warns. */
    hear(sentences, warns) {
      this.heard = [sentences, warns];
      for (const { read } of Object.values(this.ways ?? {})) {
        if (c.write(read, sentences.join(" "))) read.dataset.unlike = String(warns);
      }
    }

    /** Let the digit be drawn in this way. */
    turn(way) {
      this.way = this.ways[way];
      this.way.known ??= "nothing"; // what it was about to say has been overtaken
      this.buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(Object.keys(WAYS)[i] === way)));
      this.body.replaceChildren(this.way.element);
      this.paint();
    }

    /** Take a digit in an image. */
    upload(file) {
      this.host.open = true;
      if (!this.body) this.build();
      return this.found.send(file);
    }

    paint() {
      if (this.shown) this.way.show(...this.shown).catch((problem) => c.say(problem.message));
    }

    /** Show the digit at hand, in the way that it was drawn in where that was elsewhere. */
    show(selection, picture) {
      this.shown = [selection, picture];
      const { ink } = c.readMove(selection.perturb);
      const way = ink !== this.ink && wayOf(ink);
      this.ink = ink;
      if (!this.body) return;
      this.found.mark(ink);
      if (way && this.ways[way] !== this.way) this.turn(way);
      else this.paint();
    }
  };
})((window.convlens ??= {}));
