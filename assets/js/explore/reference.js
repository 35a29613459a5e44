/** The image that all layers are compared with: how it is chosen, and how the image at hand differs from it. */
import {
  channels,
  columns,
  Member,
  member,
  noun,
  paintPixels,
  perPixel,
  rows,
  SIDES_OF_CANVAS,
} from "../core/image.js";
import { saying } from "../core/answer.js";
import { newCanvas, paintValues } from "../core/canvas.js";
import { imageName, labelWords, ORIGINAL, pinnedWords } from "../core/image_words.js";
import { make, write } from "../core/element.js";
import { facts, nameOf } from "../core/facts.js";
import { isKept, momentWords } from "../core/moments.js";
import { round } from "../core/number.js";
import { moveQuery, moveWords } from "../core/perturbation.js";
import { scaleFor } from "../core/scale.js";
import { isDifference, isDrawn, isPinned, shownKeys } from "../core/selection.js";
import { store } from "../core/store.js";
import { readable } from "../core/tip.js";
import { paintLegend } from "../figures/legend.js";
import { imageIn } from "./image_number.js";

/** @import { Picture } from "../core/picture.js" */
/** @import { Selection } from "../core/selection.js" */

const SIGNS =
  `Red is more in this ${noun}, blue is more in that one. Weights stay; answers are of this one alone.`;

/**
 * Say of which images the differences are that are shown.
 * @param {Selection} selection
 */
export function differingSentence(selection) {
  const { digit, reference, perturb, since } = selection;
  if (since) return momentSentence(selection);
  const own = moveQuery(perturb) ? imageName(selection) : `${noun} ${digit}`;
  const done = moveWords(perturb) && `, ${moveWords(perturb)},`;
  return `Every map and unit shows ${own}${done} less ${member} ${reference} ${ORIGINAL}. ${SIGNS}`;
}

/**
 * Say of which moments the differences are that are shown.
 * @param {Selection} selection
 */
function momentSentence(selection) {
  const [now, before] = [selection.epoch, selection.since].map(momentWords);
  const still = shownKeys(selection).filter((key) => !isKept(key)).map(nameOf).join(", ");
  const none = still && ` Nothing was kept of the training of ${still}, which stays as trained.`;
  return `Every map, unit and weight shows the networks ${now} less the same networks ${before}. Red has become more, blue less; answers are of now.${none}`;
}

export class Reference {
  /**
   * @param {HTMLElement} host where it is chosen
   * @param {HTMLElement} note what says over the networks that they show differences
   */
  constructor(host, note) {
    this.host = host;
    this.note = note;
    const canvas = () => Object.assign(newCanvas(""), SIDES_OF_CANVAS);
    this.that = canvas();
    this.less = canvas();
    this.title = make("figcaption");
    this.legend = make("div", { className: "legend" });
    this.words = make("p", { className: "told" });
    this.said = make("span");
    this.differing = make("figure", {}, this.less, this.legend);
    /** @type {any} */
    this.selection = null;
    this.own = this.button("", () => store.change({ reference: this.selection.digit }));
    this.field = make("input", {
      id: "reference-field",
      type: "text",
      inputMode: "numeric",
      placeholder: `${noun} …`,
      hidden: true,
      "aria-label": `Compare with ${member}`,
    });
    this.field.addEventListener("keydown", ({ key }) => key === "Enter" && this.take());
    this.refusal = make("p", { id: "reference-field-error", role: "alert", className: "refused" });
    this.body = make("div", { className: "reference-now", hidden: true });
    host.replaceChildren(
      make("div", { className: "row" }, make("span", { textContent: "Compare with" }), this.own, this.field),
      this.refusal,
      this.body,
    );
    this.body.append(
      make("figure", {}, this.that, this.title),
      this.differing,
      make("div", {}, this.words, this.end()),
    );
    this.note.replaceChildren(this.said, " ", this.end());
  }

  /**
   * Return a button.
   * @param {string} textContent
   * @param {() => void} act
   * @param {string} name
   */
  button(textContent, act, name = textContent) {
    const element = make("button", { type: "button", textContent });
    if (name) element.setAttribute("aria-label", name);
    element.addEventListener("click", act);
    return element;
  }

  end() {
    return this.button("End", () => store.change({ reference: null, since: "" }), "End the comparison");
  }

  /** Compare with the image whose number somebody typed. */
  take() {
    const reference = imageIn(this.field);
    if (reference !== null) store.change({ reference });
  }

  /**
   * Show how the image at hand differs from the one it is compared with, or that it is pinned; do nothing where there is none.
   * @param {Selection} selection
   * @param {Picture | null} picture
   */
  async show(selection, picture) {
    this.selection = selection;
    const { digit, reference, perturb } = selection;
    const differs = isDifference(selection);
    const changed = moveQuery(perturb);
    write(
      this.own,
      !changed ? `this ${noun}` : isDrawn(selection) ? `${member} ${digit}` : `it ${ORIGINAL}`,
    );
    this.own.setAttribute("aria-label", `Compare with ${this.own.textContent}${changed ? "" : `, ${digit}`}`);
    this.own.disabled = reference === digit;
    this.body.hidden = this.field.hidden = reference === null;
    this.note.hidden = !differs;
    if (differs) write(this.said, differingSentence(selection));
    if (reference === null || !picture) return;
    this.differing.hidden = !differs;
    const [own, other] = await Promise.all([
      picture.pixels ?? store.images.pixels(digit),
      store.images.pixels(reference),
    ]);
    if (this.selection !== selection) return;
    this.paint(own, other, picture);
  }

  /**
   * Show both, and how they differ.
   * @param {Uint8Array} own
   * @param {Uint8Array} other
   * @param {any} picture
   */
  paint(own, other, picture) {
    const { reference } = this.selection;
    this.paintReference(other);
    if (isPinned(this.selection)) return void write(this.words, `${pinnedWords(this.selection)}.`);
    const less = perPixel(Float32Array.from(own, (value, i) => (value - other[i]) / 255));
    const scale = scaleFor(less, "diverging");
    paintValues(this.less, rows, columns, (i) => less[i], scale);
    readable(
      this.less,
      (row, column) => `row ${row}, column ${column}: ${round(less[row * columns + column])}`,
    );
    paintLegend(this.legend, scale);
    const changed = less.reduce((count, value) => count + Number(value !== 0), 0);
    const pixels = `${changed} pixel${changed === 1 ? " differs" : "s differ"}${
      changed ? `, by at most ${round(scale.high)}${channels === 1 ? "" : ", summed over the colours"}` : ""
    }.`;
    const said = shownKeys(this.selection).map((key) =>
      `${nameOf(key)} says ${saying(picture.models[key].reference)}`
    ).join(", ");
    this.less.setAttribute("aria-label", `The ${noun} less ${member} ${reference}: ${pixels}`);
    write(this.words, `${pixels} Of ${reference} ${said}.`);
  }

  /**
   * Show the image that is compared with.
   * @param {Uint8Array} pixels
   */
  paintReference(pixels) {
    const { reference } = this.selection;
    const label = labelWords(reference, store.images.labelOf(reference));
    paintPixels(this.that, pixels);
    this.that.setAttribute("aria-label", `${Member} ${reference}, ${label}, ${facts.images.said} pixels`);
    write(this.title, `${reference} · ${label}`);
  }
}
