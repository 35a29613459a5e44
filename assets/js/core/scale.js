/** Scales: the numbers at their ends, which of them a layer has, and what leaves them. */
import { COLOUR_STEPS } from "./colours.js";
import { round } from "./number.js";
import { isDifference } from "./selection.js";

/** @import { Layer } from "./facts.js" */
/** @import { Selection } from "./selection.js" */

/** @typedef {number[] | Float32Array | Float64Array} Numbers */

/** @typedef {{palette: string, low: number, high: number}} Scale a palette, "sequential", "diverging" or "grey", and the numbers at its ends */

const STAYS = { sign: "", words: "" }; // what is said of values that leave no scale

/**
 * A scale: a palette and the numbers at its ends.
 * Signed data is laid symmetrically around zero, other data begins at zero; grey goes from smallest to largest.
 * @param {number} low
 * @param {number} high
 * @param {string} kind
 * @returns {Scale}
 */
export function scaleBetween(low, high, kind) {
  if (kind === "diverging") {
    const most = Math.max(Math.abs(low), Math.abs(high));
    return { palette: "diverging", low: -most, high: most };
  }
  return { palette: kind, low: kind === "grey" ? low : 0, high };
}

/**
 * Return whether a scale has no width, so that all that it shows is one number.
 * @param {Pick<Scale, "low" | "high">} scale
 */
export const isFlat = ({ low, high }) => !(high > low);

/**
 * Return on which side of a scale a value lies: 1 above it, -1 below, 0 within; within half a step of colours of an end it still has its own colour.
 * @param {Pick<Scale, "low" | "high">} scale
 * @param {number} value
 */
export function sideOf({ low, high }, value) {
  const half = Math.max(0, high - low) / (COLOUR_STEPS - 1) / 2;
  return value > high + half ? 1 : value < low - half ? -1 : 0;
}

/**
 * Return how values from `least` to `most` leave a scale: a sign, and how far they go in words; both "" where they do not, or there is no scale to leave.
 * @param {Scale | null} scale
 * @param {number} least
 * @param {number} most
 */
export function leavesScale(scale, least, most) {
  if (!scale) return STAYS;
  const below = sideOf(scale, least) < 0;
  const above = sideOf(scale, most) > 0;
  const words = [below && `down to ${round(least)}`, above && `up to ${round(most)}`];
  return { sign: `${below ? "▼" : ""}${above ? "▲" : ""}`, words: words.filter(Boolean).join(" and ") };
}

/**
 * Return the smallest and the largest of numbers; to spread these into arguments takes longer.
 * @param {Numbers} numbers
 */
export function extremesOf(numbers) {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < numbers.length; i++) {
    if (numbers[i] < low) low = numbers[i];
    if (numbers[i] > high) high = numbers[i];
  }
  return [low, high];
}

/**
 * Return the scale of signed numbers, or of numbers that are never below zero.
 * @param {Numbers} numbers
 * @param {string} [kind]
 * @returns {Scale}
 */
export function scaleFor(numbers, kind) {
  const [low, high] = extremesOf(numbers);
  return scaleBetween(low, high, kind ?? (low < 0 ? "diverging" : "sequential"));
}

/**
 * Return the scale of what a layer reads: the image's own grey, or the maps'.
 * @param {Layer | null} before
 * @param {Numbers} numbers
 * @returns {Scale}
 */
export const scaleOfInput = (
  before,
  numbers,
) => (before ? scaleFor(numbers) : { palette: "grey", low: 0, high: 1 });

/**
 * Return whether each map and filter has its own scale.
 * @param {Pick<Selection, "scale">} selection
 */
export const hasOwnScales = ({ scale }) => scale === "map" || scale === "grey";

/**
 * Return the kind of scale of a layer's values, of which `least` is the smallest; that of differences always has zero in its middle.
 * @param {Selection} selection
 * @param {Pick<Layer, "ranges">} layer
 * @param {number} least
 */
export function kindOf(selection, layer, least = 0) {
  if (isDifference(selection)) return "diverging";
  if (selection.scale === "grey") return "grey";
  return Math.min(least, layer.ranges[selection.stage][0]) < 0 ? "diverging" : "sequential";
}

/**
 * Return the kind of scale of weights; that of differences always has zero in its middle.
 * @param {Pick<Selection, "scale" | "since">} selection
 */
export const kindOfWeights = ({ scale, since }) => (scale === "grey" && !since ? "grey" : "diverging");

/**
 * Return a map's own scale, in a layer whose smallest value is `least`; that of a constant map has no width, or the faintest constant would look strong.
 * @param {Selection} selection
 * @param {Pick<Layer, "ranges">} layer
 * @param {number} low
 * @param {number} high
 * @param {number} least
 * @returns {Scale}
 */
export function ownScaleOf(selection, layer, low, high, least) {
  const palette = kindOf(selection, layer, least);
  return low === high ? { palette, low, high } : scaleBetween(low, high, palette);
}

/**
 * Return the scale of a layer that is the same for all images, null where another one is selected. Values may leave it: of images that are changed or drawn, or without some channels.
 * @param {Selection} selection
 * @param {Pick<Layer, "ranges">} layer
 * @returns {Scale | null}
 */
export const fixedScale = (
  selection,
  layer,
) => (selection.scale === "data"
  ? scaleBetween(...rangeOf(selection, layer), kindOf(selection, layer))
  : null);

/**
 * Return the ends of a layer's values over all test images, or of the differences between any two.
 * @param {Selection} selection
 * @param {Pick<Layer, "ranges">} layer
 * @returns {[number, number]}
 */
export function rangeOf(selection, layer) {
  const [low, high] = layer.ranges[selection.stage];
  return isDifference(selection) ? [low - high, high - low] : [low, high];
}
