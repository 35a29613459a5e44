/** Words beside the pointer. */
import { pixelAt } from "./canvas.js";
import { write } from "./element.js";

/** @type {HTMLElement | null} */
let tip = null;

/**
 * Show words beside the pointer, or beside what has the focus; nothing for no event.
 * @param {any} event of the pointer, or of the focus
 * @param {string} words
 */
export function showTip(event, words = "") {
  tip ??= document.body.appendChild(
    Object.assign(document.createElement("div"), { className: "tip", hidden: true }),
  );
  tip.hidden = !event;
  if (!event) return;
  write(tip, words);
  const box = event.target.getBoundingClientRect();
  const [x, y] = event.clientX === undefined ? [box.left, box.bottom] : [event.clientX, event.clientY];
  const left = Math.max(4, Math.min(x + 14, globalThis.innerWidth - tip.offsetWidth - 8));
  const top = y + 18 + tip.offsetHeight > globalThis.innerHeight ? y - tip.offsetHeight - 10 : y + 18;
  tip.style.transform = `translate(${left}px, ${top}px)`;
}

/**
 * Let the pointer read a picture: what `words(row, column)` says of a pixel, nothing where that is empty.
 * @param {HTMLCanvasElement} canvas
 * @param {(row: number, column: number) => string | false} words
 */
export function readable(canvas, words) {
  canvas.onpointermove = (event) => {
    const [row, column] = pixelAt(canvas, event);
    const told = words(row, column);
    showTip(told ? event : null, told || "");
  };
  canvas.onpointerleave = () => showTip(null);
}
