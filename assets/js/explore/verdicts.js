/** What the networks of a pair say, beside the image where lanes are out of sight; one of them, pressed, is shown alone. */
import { summaryOf } from "../core/answer.js";
import { find, write } from "../core/element.js";
import { classes } from "../core/image.js";
import { store } from "../core/store.js";

/** @import { Opened, Picture } from "../core/picture.js" */
/** @import { Selection } from "../core/selection.js" */

export class Verdicts {
  /** @param {HTMLElement} element with a button for every network */
  constructor(element) {
    this.element = element;
    const buttons = /** @type {HTMLElement[]} */ (Array.from(element.children));
    this.buttons = new Map(buttons.map((button) => [button.dataset.model ?? "", button]));
    this.buttons.forEach((button, key) =>
      button.addEventListener(
        "click",
        () => store.change({ model: store.wanted.model === key ? "both" : key }),
      )
    );
  }

  /**
   * Show the networks of a pair, in its order.
   * @param {Selection} selection
   */
  arrange({ pair, model }) {
    this.buttons.forEach((button, key) => {
      button.hidden = !pair.includes(key);
      button.ariaPressed = String(model === key);
    });
    const order = /** @type {HTMLElement[]} */ (pair.map((key) => this.buttons.get(key)));
    if (order.some((button, i) => button.nextElementSibling !== (order[i + 1] ?? null))) {
      this.element.append(...order);
    }
  }

  /**
   * Write what each of them says, whether it is shown or not.
   * @param {Selection} selection
   * @param {Picture} picture
   * @param {number | null} label
   */
  paint(selection, picture, label) {
    this.arrange(selection);
    for (const key of selection.pair) {
      sayAnswer(/** @type {HTMLElement} */ (this.buttons.get(key)), picture.models[key], label);
    }
  }
}

/**
 * Write what a network says: "4 99.5 %, right".
 * @param {HTMLElement} said
 * @param {Opened} opened
 * @param {number | null} label
 */
export function sayAnswer(said, opened, label) {
  const { answer, judged, margin, probability } = summaryOf(opened, label);
  if (said.dataset.judged !== judged) said.dataset.judged = judged;
  write(find(said, ".answer"), classes[answer]);
  write(find(said, ".words"), [probability, judged].filter(Boolean).join(", "));
  said.title = `margin ${margin}`;
}
