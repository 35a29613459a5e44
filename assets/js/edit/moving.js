/** What is done to the image before the networks see it: a choice and a slider, one request at a time, and the words for it. */
import { noun } from "../core/image.js";
import { ORIGINAL } from "../core/image_words.js";
import { make, write } from "../core/element.js";
import { moveWords, PERTURBATIONS, readMove, withInk } from "../core/perturbation.js";
import { store } from "../core/store.js";

/** The controls of what is done to the image; as many as there are places for them show the same. */
export class Moving {
  /** @param {HTMLElement} host */
  constructor(host) {
    this.ink = ""; // what was drawn
    /** @type {string | null} */
    this.shown = null;
    this.way = PERTURBATIONS[0]; // that is chosen, as long as the address names no other
    this.amount = this.way.neutral; // that is done to the image in that way
    /** @type {(way: {key: string, title: string}) => HTMLOptionElement} */
    const option = ({ key, title }) => make("option", { value: key, textContent: title });
    this.choice = make("select", { "aria-label": `How to change the ${noun}` }, ...PERTURBATIONS.map(option));
    this.slider = make("input", { type: "range" });
    this.words = make("p", { className: "done" });
    this.reset = make("button", { type: "button", textContent: "↺", title: "Reset", "aria-label": "Reset" });
    this.choice.addEventListener("change", () => this.choose());
    this.slider.addEventListener("input", () => this.turn(Number(Number(this.slider.value).toFixed(3))));
    this.reset.addEventListener("click", () => this.follow("", true));
    host.replaceChildren(make("div", { className: "row" }, this.choice, this.reset), this.slider, this.words);
  }

  /** Do nothing to the image, in the chosen way. */
  choose() {
    const way = PERTURBATIONS.find(({ key }) => key === this.choice.value);
    if (way) this.turn(way.neutral, true);
  }

  /**
   * Do this much to the image, in the chosen way.
   * @param {number} amount
   * @param {boolean} step
   */
  turn(amount, step = false) {
    this.follow(`${this.choice.value}:${amount}`, step);
  }

  /**
   * Do to the image what a text says; after an empty one the address has no trace of anything that was done.
   * @param {string} done
   * @param {boolean} step
   */
  follow(done, step) {
    const text = withInk(this.ink, done);
    this.shown = null;
    store.perturb(() => text, step);
  }

  /**
   * Show what is done to the image; a slider that has gone further stays where it is.
   * @param {string} text
   */
  show(text) {
    if (text === this.shown) return;
    this.shown = store.isBehind() ? null : text;
    const { ink, way, amount } = readMove(text);
    const words = moveWords(text);
    this.ink = ink;
    if (withInk("", text)) this.way = way;
    this.amount = way === this.way ? amount : this.way.neutral;
    if (!store.isBehind()) this.place(words);
    this.reset.disabled = !words;
    write(this.words, words || (ink ? "as it was drawn" : ORIGINAL));
  }

  /**
   * Set choice and slider to what is done.
   * @param {string} words for that, "" where it is nothing
   */
  place(words) {
    const { choice, slider, way, amount } = this;
    choice.value = way.key;
    if (slider.name !== way.key) {
      Object.assign(slider, { name: way.key, min: way.low, max: way.high, step: way.step });
    }
    slider.value = String(amount);
    slider.setAttribute("aria-label", `${way.title}, ${way.unit}`);
    slider.setAttribute("aria-valuetext", words || "unchanged");
  }
}
