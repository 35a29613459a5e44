/** Digits as small pictures that open them. */
import { paintValues } from "../core/canvas.js";
import { make } from "../core/element.js";
import { getTensor } from "../core/fetching.js";
import { say } from "../core/message.js";
import { store } from "../core/store.js";

/** @import { Selection } from "../core/selection.js" */

/**
 * Paint a test digit onto a canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {number} digit
 */
export async function paintTestDigit(canvas, digit) {
  const { data } = await getTensor(`/api/images/${digit}.npy`);
  paintValues(canvas, 28, 28, (i) => data[i], { palette: "grey", low: 0, high: 1 });
}

/**
 * Return a button that shows a digit and opens it.
 * @param {number} digit
 * @param {string} name
 * @param {Partial<Selection>} change when it is pressed
 * @param {Partial<CSSStyleDeclaration> | null} [box] around a part of it
 */
export function digitButton(digit, name, change, box) {
  const canvas = make("canvas", { width: 28, height: 28, "aria-hidden": "true" });
  const button = make("button", {
    type: "button",
    className: "digit-button",
    title: name,
    "aria-label": name,
  }, canvas);
  if (box) {
    const sight = make("span", { className: "sight" });
    Object.assign(sight.style, box);
    button.append(sight);
  }
  button.addEventListener("click", () => store.change(change));
  paintTestDigit(canvas, digit).catch((problem) => say(problem.message));
  return button;
}
