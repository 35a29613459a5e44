/** Words beside the pointer. */
import { pixelAt } from "./canvas.js";
import { write } from "./element.js";

/** @type {HTMLElement | null} */
let tip = null;

/** Return the one box that there is, made when it is first needed. */
function box() {
  const place = document.querySelector("main") ?? document.body; // a landmark: what stands in none is passed over
  tip ??= place.appendChild(
    Object.assign(document.createElement("div"), { className: "tip", role: "tooltip", hidden: true }),
  );
  return tip;
}

/**
 * Show words beside the pointer, or beside what has the focus; nothing for no event.
 * @param {any} event of the pointer, or of the focus
 * @param {string} words
 */
export function showTip(event, words = "") {
  const shown = box();
  shown.hidden = !event;
  delete shown.dataset.kept;
  if (!event) return;
  write(shown, words);
  const around = event.target.getBoundingClientRect();
  const [x, y] = event.clientX === undefined ? [around.left, around.bottom] : [event.clientX, event.clientY];
  place(shown, x + 14, y + 18, y - 10);
}

/**
 * Show words under an element, or over it; the pointer can go to them, and they stay.
 * @param {Element} element
 * @param {string} words
 */
export function keepTip(element, words) {
  const shown = box();
  shown.hidden = false;
  shown.dataset.kept = "";
  write(shown, words);
  const [around] = element.getClientRects(); // the first line of what is broken in two
  if (around) place(shown, around.left, around.bottom + 4, around.top - 4);
}

/** Take away what was kept, unless something else stands in its place. */
export function dropTip() {
  if (tip && tip.dataset.kept !== undefined) tip.hidden = true;
}

/**
 * Put the box where there is room for it.
 * @param {HTMLElement} shown
 * @param {number} x its left side, if that fits
 * @param {number} under its upper side, if that fits
 * @param {number} over its lower side otherwise
 */
function place(shown, x, under, over) {
  const left = Math.max(4, Math.min(x, globalThis.innerWidth - shown.offsetWidth - 8));
  const top = under + shown.offsetHeight > globalThis.innerHeight ? over - shown.offsetHeight : under;
  shown.style.transform = `translate(${left}px, ${top}px)`;
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
