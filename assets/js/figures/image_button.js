/** Images as small pictures that open them. */
import { paintInputs, SIDES_OF_CANVAS } from "../core/image.js";
import { make } from "../core/element.js";
import { getTensor } from "../core/fetching.js";
import { say } from "../core/message.js";
import { store } from "../core/store.js";

/** @import { Selection } from "../core/selection.js" */

/**
 * Paint a test image onto a canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {number} digit
 */
export async function paintTestImage(canvas, digit) {
  const { data } = await getTensor(`/api/images/${digit}.npy`);
  paintInputs(canvas, data);
}

/**
 * Return a button that shows an image and opens it.
 * @param {number} digit
 * @param {string} name
 * @param {Partial<Selection>} change when it is pressed
 * @param {Partial<CSSStyleDeclaration> | null} [box] around a part of it
 */
export function openingButton(digit, name, change, box) {
  const canvas = make("canvas", { ...SIDES_OF_CANVAS, "aria-hidden": "true" });
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
  paintTestImage(canvas, digit).catch((problem) => say(problem.message));
  return button;
}
