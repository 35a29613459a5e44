/** What is known of a channel: what is the matter with it, in one word or none, and what it is tuned to. What holds for all test images is known from the survey (models/analysis/channel_statistics.py). */
import { members, noun } from "./image.js";
import { activate } from "./arithmetic.js";
import { facts } from "./facts.js";

/** @import { Layer } from "./facts.js" */

const FAINT = 0.01; // a map whose range is below this part of its layer's is called faint
/**
 * @param {Pick<Layer, "activation">} layer
 */
const after = ({ activation }) => (activation ? ` after ${activation}` : "");
const all = () => `all ${facts.images.count.toLocaleString("en")} ${members}`;

/** What each word means of a channel of a layer; in this order the first that fits is said, and no other. */
export const FATES = /** @type {Record<string, (layer: Pick<Layer, "activation">) => string>} */ ({
  off: (layer) => `Switched off: zero${after(layer)}, whatever it reads.`,
  same: () => "Same: nothing differs.",
  dead: (layer) => `Dead: zero on ${all()}${after(layer)}.`,
  silent: (layer) => `Silent: zero on this ${noun}${after(layer)}.`,
  constant: () => `Constant: one value everywhere on this ${noun}.`,
  faint: () => "Faint: its range is below a hundredth of its layer's.",
  "always on": (layer) => `Always on: above zero everywhere on ${all()}${after(layer)}.`,
});

/**
 * Return the word that fits channel i of a layer, "" where none does.
 * @param {Pick<Layer, "activation" | "dead" | "always_on">} layer
 * @param {number} i
 * @param {any} opened what the picture has of the layer: {low, high} of every map, or {values} of units
 * @param {{stage: string, off?: boolean, differing?: boolean, own?: boolean}} seen of which stage that is, whether the channel is switched off, whether differences are shown, and whether each map has its own scale
 * @returns {string}
 */
export function fateOf(layer, i, opened, { stage, off = false, differing = false, own = false }) {
  const [low, high] = opened.values ? [opened.values[i], opened.values[i]] : [opened.low[i], opened.high[i]];
  if (off) return "off";
  if (differing) return low === 0 && high === 0 ? "same" : "";
  if (layer.dead.includes(i)) return "dead";
  if (isZero(layer, stage, low) && isZero(layer, stage, high)) return "silent";
  if (own && !opened.values && high === low) return "constant";
  if (own && !opened.values && high - low < FAINT * span(opened)) return "faint";
  return layer.always_on.includes(i) ? "always on" : "";
}

/**
 * Return what a word means, "" for none.
 * @param {Pick<Layer, "activation">} layer
 * @param {string} fate
 */
export const fateWords = (layer, fate) => FATES[fate]?.(layer) ?? "";

/**
 * Return whether a value is zero after the layer's activation, which keeps the order of values; of a softmax none is.
 * @param {Pick<Layer, "activation">} layer
 * @param {string} stage
 * @param {number} value
 */
const isZero = (layer, stage, value) =>
  (stage === "pre" && layer.activation ? activate(layer, value) : value) === 0;

/**
 * Return the range of all of a layer's maps.
 * @param {{low: Float32Array, high: Float32Array, span?: number}} opened
 * @returns {number}
 */
const span = (opened) => (opened.span ??= Math.max(...opened.high) - Math.min(...opened.low));

/**
 * Say in a few words what a filter is tuned to, "" where that is not clear or was not measured.
 * @param {Pick<Layer, "words">} layer
 * @param {number} filter
 */
export const tunedTo = ({ words }, filter) => (words?.[filter] ? `tuned to ${words[filter]}` : "");

/**
 * Return what the images are ranked by where that is not the value itself: the activation saturates, and before it they can be told apart.
 * @param {Pick<Layer, "saturates">} layer
 * @param {boolean} last
 */
export const rankedBy = (layer, last) => (layer.saturates ? (last ? "logit" : "pre-activation") : "");
