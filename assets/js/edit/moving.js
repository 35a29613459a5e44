/** What is done to the image before the networks see it: a choice and a slider, one request at a time, and the words for it. */
import { noun } from "../core/image.js";
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
    /** @type {(way: {key: string, title: string}) => HTMLOptionElement} */
    const option = ({ key, title }) => make("option", { value: key, textContent: title });
    this.choice = make("select", { "aria-label": `How to change the ${noun}` }, ...PERTURBATIONS.map(option));
    this.slider = make("input", { type: "range" });
    this.words = make("p", { className: "done" });
    this.reset = make("button", { type: "button", textContent: "Reset" });
    this.choice.addEventListener("change", () => this.neutral());
    this.slider.addEventListener("input", () => this.follow(Number(Number(this.slider.value).toFixed(3))));
    this.reset.addEventListener("click", () => this.neutral());
    host.replaceChildren(make("div", { className: "row" }, this.choice, this.reset), this.slider, this.words);
  }

  /** Do nothing to the image, in the chosen way. */
  neutral() {
    const way = PERTURBATIONS.find(({ key }) => key === this.choice.value);
    if (way) this.follow(way.neutral, true);
  }

  /**
   * Do this much to the image.
   * @param {number} amount
   * @param {boolean} step
   */
  follow(amount, step = false) {
    const text = withInk(this.ink, `${this.choice.value}:${amount}`);
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
    if (!store.isBehind()) {
      this.choice.value = way.key;
      if (this.slider.name !== way.key) {
        Object.assign(this.slider, { name: way.key, min: way.low, max: way.high, step: way.step });
      }
      this.slider.value = String(amount);
      this.slider.setAttribute("aria-label", `${way.title}, ${way.unit}`);
      this.slider.setAttribute("aria-valuetext", words || "unchanged");
    }
    this.reset.disabled = !words;
    write(this.words, words || `as it was ${ink ? "drawn" : "written"}`);
  }
}
