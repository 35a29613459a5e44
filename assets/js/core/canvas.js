/** Values as pictures on canvases. */
import { colouring, dependsOnPaper } from "./colours.js";
import { make } from "./element.js";

/** @import { Scale } from "./scale.js" */

/** @type {WeakMap<HTMLCanvasElement, () => void>} */
const anew = new WeakMap(); // how those are painted again whose colours depend on the paper

/** Return how many device pixels a CSS pixel has. */
export const pixelRatio = () => globalThis.devicePixelRatio;

/**
 * Return what draws on a canvas.
 * @param {HTMLCanvasElement} canvas
 */
export const penOf = (canvas) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));

/**
 * Return a canvas with an accessible name.
 * @param {string} name
 */
export const newCanvas = (name) => make("canvas", { role: "img", "aria-label": name });

/**
 * Paint values, row by row, onto a canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {number} rows
 * @param {number} columns
 * @param {(i: number) => number} at
 * @param {Scale} scale
 */
export function paintValues(canvas, rows, columns, at, scale) {
  const colour = colouring(scale);
  paintColours(canvas, rows, columns, (i) => colour(at(i)));
  if (dependsOnPaper(scale.palette)) anew.set(canvas, () => paintValues(canvas, rows, columns, at, scale));
  return canvas;
}

/** Paint again, in the colours of the paper that the page has now, what was painted in those of another. */
export function repaintValues() {
  for (const canvas of document.querySelectorAll("canvas")) anew.get(canvas)?.();
}

/**
 * Paint colours, row by row, onto a canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {number} rows
 * @param {number} columns
 * @param {(i: number) => number} colour as a canvas has it
 */
export function paintColours(canvas, rows, columns, colour) {
  if (canvas.width !== columns || canvas.height !== rows) {
    Object.assign(canvas, { width: columns, height: rows });
  }
  anew.delete(canvas);
  const context = penOf(canvas);
  const image = context.createImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < pixels.length; i++) pixels[i] = colour(i);
  context.putImageData(image, 0, 0);
  return canvas;
}

/**
 * Paint levels from `start` on, row by row, onto a canvas, one colour per level.
 * @param {HTMLCanvasElement} canvas
 * @param {number} rows
 * @param {number} columns
 * @param {Uint8Array} levels
 * @param {number} start
 * @param {Uint32Array} colours
 */
export const paintLevels = (canvas, rows, columns, levels, start, colours) =>
  paintColours(canvas, rows, columns, (i) => colours[levels[start + i]]);

/**
 * Return [row, column] of the picture's pixel that the pointer is on.
 * @param {HTMLCanvasElement} canvas
 * @param {{clientX: number, clientY: number}} event
 */
export function pixelAt(canvas, { clientX, clientY }) {
  const box = canvas.getBoundingClientRect();
  /** @type {(offset: number, side: number, count: number) => number} */
  const at = (offset, side, count) => Math.max(0, Math.min(count - 1, Math.floor((offset / side) * count)));
  return [at(clientY - box.top, box.height, canvas.height), at(clientX - box.left, box.width, canvas.width)];
}
