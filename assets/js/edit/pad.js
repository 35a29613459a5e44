/** The pad, which takes the place of the test digit: ink that is drawn, or found in an image, or its own pixels that are edited. */
import { make, write } from "../core/element.js";
import { facts } from "../core/facts.js";
import { say } from "../core/message.js";
import { readMove } from "../core/perturbation.js";
import { isDrawn } from "../core/selection.js";
import { store } from "../core/store.js";
import { Found } from "./found.js";
import { InkPad } from "./ink_pad.js";
import { PixelPad } from "./pixel_pad.js";
import { imageButton } from "./upload.js";

/** @import { Problem } from "../core/problem.js" */

/** @import { Picture } from "../core/picture.js" */
/** @import { Selection } from "../core/selection.js" */

const WAYS = { ink: "Draw with ink", pixels: "Edit this digit's pixels" };

/**
 * Return the way that a digit was drawn in, "" where it was not.
 * @param {string} ink
 */
const wayOf = (ink) => (ink.startsWith("pixels:") ? "pixels" : ink && "ink");

export class Pad {
  /** @param {HTMLDetailsElement} host */
  constructor(host) {
    this.host = host;
    /** @type {[string[], boolean]} */
    this.heard = [[], false];
    this.ink = readMove(facts.selection.perturb).ink;
    /** @type {any[] | null} */
    this.shown = null; // the selection, and its picture
    /** @type {any} */
    this.ways = {}; // by their names; none as long as the pad has not been opened
    /** @type {any} */
    this.way = null; // the one that is at hand
    /** @type {HTMLButtonElement[]} */
    this.buttons = [];
    /** @type {HTMLElement | null} */
    this.body = null;
    this.found = new Found((text) => store.move(text, true));
    host.addEventListener("toggle", () => host.open && !this.body && this.build());
    host.open = isDrawn(facts.selection);
  }

  build() {
    this.ways = { ink: new InkPad(), pixels: new PixelPad() };
    this.buttons = Object.entries(WAYS).map(([way, textContent]) => {
      const button = make("button", { type: "button", textContent });
      button.addEventListener("click", () => this.turn(way));
      return button;
    });
    this.body = make("div");
    const image = make(
      "div",
      { className: "row" },
      imageButton((file) => this.upload(file)),
      make("span", { className: "reading", textContent: "or paste or drop it" }),
    );
    this.host.append(
      make("div", { className: "row", role: "group", "aria-label": "How to draw" }, ...this.buttons),
      image,
      this.found.element,
      this.body,
    );
    this.turn(wayOf(this.ink) || "ink");
    this.hear(...this.heard);
  }

  /**
   * Say what the best network reads in what is drawn: sentences, and whether the last one warns.
   * @param {string[]} sentences
   * @param {boolean} warns
   */
  hear(sentences, warns) {
    this.heard = [sentences, warns];
    for (const { read } of Object.values(this.ways)) {
      if (write(read, sentences.join(" "))) read.dataset.unlike = String(warns);
    }
  }

  /**
   * Let the digit be drawn in this way.
   * @param {string} way
   */
  turn(way) {
    this.way = this.ways[way];
    this.way.known ??= "nothing"; // what it was about to say has been overtaken
    this.buttons.forEach((button, i) =>
      button.setAttribute("aria-pressed", String(Object.keys(WAYS)[i] === way))
    );
    this.body?.replaceChildren(this.way.element);
    this.paint();
  }

  /**
   * Take a digit in an image.
   * @param {File} file
   */
  upload(file) {
    this.host.open = true;
    if (!this.body) this.build();
    return this.found.send(file);
  }

  paint() {
    if (this.shown) {
      this.way.show(...this.shown).catch((/** @type {Problem} */ problem) => say(problem.message));
    }
  }

  /**
   * Show the digit at hand, in the way that it was drawn in where that was elsewhere.
   * @param {Selection} selection
   * @param {Picture | null} picture
   */
  show(selection, picture) {
    this.shown = [selection, picture];
    const { ink } = readMove(selection.perturb);
    const way = ink !== this.ink && wayOf(ink);
    this.ink = ink;
    if (!this.body) return;
    this.found.mark(ink);
    if (way && this.ways[way] !== this.way) this.turn(way);
    else this.paint();
  }
}
