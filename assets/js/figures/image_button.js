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
  const { data } = await getTensor(`api/images/${digit}.npy`);
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
  const button = pictureButton(canvas, name, () => store.change(change));
  if (box) {
    const sight = make("span", { className: "sight" });
    Object.assign(sight.style, box);
    button.append(sight);
  }
  paintTestImage(canvas, digit).catch((problem) => say(problem.message));
  return button;
}

/**
 * Return a button that is a small picture.
 * @param {HTMLCanvasElement} canvas
 * @param {string} name
 * @param {() => void} act
 */
export function pictureButton(canvas, name, act) {
  const properties = { type: "button", className: "digit-button", title: name, "aria-label": name };
  const button = make("button", properties, canvas);
  button.addEventListener("click", act);
  return button;
}
