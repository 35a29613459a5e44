/** What a cell sees, and where that lies on a picture. */

/** @import { Layer } from "./facts.js" */

/** @typedef {{taps: number, step: number, start: number, dilation: number}} Axis of a window, in cells of what it reads */

/**
 * Return what a cell sees of something, [top, left, bottom, right] within its shape; of its own layer itself; null where that is nothing in particular.
 * @param {Pick<Layer, "name" | "sights">} layer
 * @param {number[]} cell
 * @param {string} name
 * @param {number[]} shape
 * @returns {number[] | null}
 */
export function partOf(layer, cell, name, shape) {
  const own = { size: 1, step: 1, start: 0 };
  const fields = name === layer.name ? [own, own] : layer.sights[name];
  if (!fields) return null;
  const first = fields.map(({ step, start }, axis) => start + cell[axis] * step);
  const last = fields.map(({ size }, axis) => Math.min(shape[axis], first[axis] + size));
  return [...first.map((place) => Math.max(0, place)), ...last];
}

/**
 * Return a part of a picture, [top, left, bottom, right], as a box in CSS.
 * @param {number[]} shape
 * @param {number[]} part
 */
export function boxOn([rows, columns], [top, left, bottom, right]) {
  /** @type {(pixels: number, all: number) => string} */
  const part = (pixels, all) => `${(100 * pixels) / all}%`;
  return {
    top: part(top, rows),
    left: part(left, columns),
    width: part(right - left, columns),
    height: part(bottom - top, rows),
  };
}
