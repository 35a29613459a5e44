/** Moments of the networks' trainings: which were kept, where a network stands at one, and what it was then. */
import { offOf } from "./ablation.js";
import { facts, modelOf, nameOf } from "./facts.js";
import { percent } from "./number.js";

/** @import { Layer, Moment } from "./facts.js" */

/** The moment that an address names where it means the networks as they are. */
export const TRAINED = "trained";

/**
 * Return the moments that were kept of networks, in their order; of networks with longer epochs than others the same step is an earlier one, and the latest counts.
 * @param {string[]} pair
 * @returns {string[]} keys
 */
export function momentsOf(pair) {
  const kept = pair.flatMap((key) => modelOf(key).moments ?? []);
  const keys = [...new Set(kept.map(({ key }) => key))];
  return keys.sort((one, other) => whenOf(one) - whenOf(other));
}

/**
 * Return how many epochs a moment has behind it, of the networks that have it the most.
 * @param {string} moment
 */
function whenOf(moment) {
  const same = facts.models.flatMap(({ moments = [] }) => moments.filter(({ key }) => key === moment));
  return Math.max(...same.map(({ when }) => when));
}

/**
 * Return the moment at which a network stands where all stand at one: that one, or its last before it; null of a network as it is.
 * @param {string} key of the network
 * @param {string} moment "" for none
 * @returns {Moment | null}
 */
export function momentAt(key, moment) {
  const kept = modelOf(key)?.moments ?? [];
  if (!moment || moment === TRAINED || !kept.length) return null;
  const now = whenOf(moment);
  return kept.find((each) => each.key === moment) ?? kept.findLast(({ when }) => when <= now) ?? null;
}

/**
 * Return at which of its own moments a network stands, and from which the difference is: a network with fewer epochs stands at its last.
 * @param {string} key of the network
 * @param {{epoch: string, since: string}} selection
 */
export function standing(key, { epoch, since }) {
  /** @param {string} moment */
  const own = (moment) => momentAt(key, moment)?.key ?? (moment === TRAINED ? TRAINED : "");
  return { epoch: own(epoch), since: own(since) };
}

/** @type {WeakMap<Moment, Map<string, Layer>>} */
const then = new WeakMap();

/**
 * Return a layer as it was at a moment: other channels were dead, and all images together went to other ends. What its filters are tuned to is known of the network as it is alone.
 * @param {string} key of the network
 * @param {Layer} layer
 * @param {string} moment
 * @returns {Layer}
 */
export function layerAt(key, layer, moment) {
  const kept = momentAt(key, moment);
  if (!kept) return layer;
  const layers = then.get(kept) ?? new Map();
  then.set(kept, layers);
  if (!layers.has(layer.name)) {
    layers.set(layer.name, { ...layer, ...kept.layers[layer.name], words: undefined });
  }
  return layers.get(layer.name);
}

/**
 * Return where what is asked of networks at a moment is asked: "" of the networks as they are.
 * @param {{epoch: string, since: string}} selection
 */
export const at = ({ epoch, since }) => (epoch || since ? `at/${epoch || TRAINED}/` : "");

/**
 * Return networks at the moment that is shown, whatever they are compared with.
 * @param {{epoch: string}} selection
 */
export const alone = ({ epoch }) => ({ epoch, since: "" });

/**
 * Return what a moment is called: "random weights", "step 64", "epoch 3", "the trained network".
 * @param {string} moment
 */
export function momentName(moment) {
  if (!moment || moment === TRAINED) return "the trained network";
  return moment === "0" ? "random weights" : moment.replace(/^step/, "step ").replace(/^\d/, "epoch $&");
}

/**
 * Return a moment in words: "random", "after step 64", "after epoch 3", "as trained".
 * @param {string} moment
 */
export function momentWords(moment) {
  if (!moment || moment === TRAINED) return "as trained";
  return moment === "0" ? "with random weights" : `after ${momentName(moment)}`;
}

/**
 * Return which two moments a network's weights are the difference of: "epoch 4 minus step 16", "" where they are those of one moment; a network with fewer epochs stands at its last.
 * @param {string} key
 * @param {{epoch: string, since: string}} selection
 */
export function changeWords(key, selection) {
  const { epoch, since } = standing(key, selection);
  return selection.since && `${momentName(epoch)} minus ${momentName(since)}`;
}

/**
 * Return which share of the test images a network names right at a moment, "" where they have no labels.
 * @param {string} key
 * @param {string} moment
 */
function rightAt(key, moment) {
  const correct = (momentAt(key, moment) ?? modelOf(key)).correct;
  return correct === null ? "" : percent(correct / facts.images.count, 2);
}

/**
 * Return whether moments of a network's training were kept.
 * @param {string} key
 */
export const isKept = (key) => Boolean(modelOf(key).moments?.length);

/**
 * Return that a network stands as trained at a moment of which nothing was kept of it, "" elsewhere.
 * @param {string} key
 * @param {string} moment
 */
const unmoved = (key, moment) => (moment && !momentAt(key, moment) ? ` ${momentWords("")}` : "");

/**
 * Say how many of the test images networks name right at a moment: "FCN 97.77 %, CNN 98.99 %".
 * @param {string[]} pair
 * @param {string} moment
 */
export const rightWords = (pair, moment) =>
  pair.map((key) => `${nameOf(key)} ${rightAt(key, moment)}${unmoved(key, moment)}`).join(", ");

/**
 * Say the same of one network: "right on 97.77 % of the test digits after epoch 2"; while channels of it are off, that this was counted without.
 * @param {string} key
 * @param {{epoch: string, off: string}} selection
 */
export function accuracyWords(key, { epoch, off }) {
  const [share, kept] = [rightAt(key, epoch), momentAt(key, epoch)];
  if (!share) return `the ${facts.images.nouns} have no labels`;
  const when = kept ? ` ${momentWords(kept.key)}` : unmoved(key, epoch);
  return `right on ${share} of the ${facts.images.members}${when}${offOf(off, key) && " with nothing off"}`;
}

/**
 * Return what tells a moment in the name of a file: "" of networks as they are.
 * @param {string} moment
 */
export const momentFile = (moment) => moment && `-${moment.replace(/^\d/, "epoch$&")}`;

/**
 * Return the same of what is shown: of the moment, and of that from which it is the difference.
 * @param {{epoch: string, since: string}} selection
 */
export const momentsFile = ({ epoch, since }) =>
  `${momentFile(epoch)}${since && `-less${momentFile(since)}`}`;
