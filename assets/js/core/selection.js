/** What is selected, and the questions that are asked of it. */
import { blockOf, facts, modelOf, readPath } from "./facts.js";
import { moveQuery, readMove } from "./perturbation.js";

/** @import { Layer } from "./facts.js" */

/**
 * Which images are on the wall, and in which order, as dashboard/selection.py's Wall.
 * @typedef {{label: number | null, answer: number | null, by: string, wrong: string, sort: string, within: string, changed: string}} WallChoice
 *
 * Which filters are in the table, and in which order, as dashboard/selection.py's Table.
 * @typedef {{layer: string, fate: string, find: string, sort: string}} TableChoice
 *
 * @typedef {object} Selection
 * @property {string} page
 * @property {number} digit
 * @property {string[]} pair of networks, by their keys
 * @property {string} model which of them is shown, "both" for both
 * @property {string} layer that is inspected: "network.layer", "" for none
 * @property {number | null} filter
 * @property {number[] | null} cell [row, column]
 * @property {number | null} slice
 * @property {number | null} against the class that another one is compared with
 * @property {string} part of the dock that is open, "" for the first
 * @property {string} flip layers whose weights take the place of their maps: "network.layer" between commas, "all" for all
 * @property {string} show layers that are shown in the place of the one that their block shows first, written the same way
 * @property {string} scale
 * @property {"pre" | "post"} stage
 * @property {string} off what is switched off
 * @property {string} perturb what was drawn, and what is done to it
 * @property {number | null} reference the image that this one is compared with; itself, unchanged, is pinned and waits for another
 * @property {string} epoch the moment of their training at which the networks are shown, "" for as they are
 * @property {string} since another moment, from which the difference is shown; "" for none
 * @property {string} why what is chosen in that section, "" while it is closed
 * @property {string} mind the same
 * @property {WallChoice} wall
 * @property {TableChoice} table
 */

/** @type {Omit<Selection, "digit">} */
export const DEFAULTS = {
  page: "explore",
  pair: facts.models.slice(0, 2).map(({ key }) => key),
  model: "both",
  layer: "",
  filter: null,
  cell: null,
  slice: null,
  against: null,
  part: "",
  flip: "",
  show: "",
  scale: "layer",
  stage: "post",
  off: "",
  perturb: "",
  reference: null,
  epoch: "",
  since: "",
  why: "",
  mind: "",
  wall: { label: null, answer: null, by: "", wrong: "", sort: "index", within: "", changed: "" },
  table: { layer: "", fate: "", find: "", sort: "" },
};

/** A change after which nothing is inspected. */
export const NOTHING = { layer: "", filter: null, cell: null, slice: null, against: null };

/**
 * Return whether somebody drew the image at hand.
 * @param {Pick<Selection, "perturb">} selection
 */
export const isDrawn = ({ perturb }) => Boolean(readMove(perturb).ink);

/**
 * Return whether the image at hand is none of the test images: somebody drew or brought it, and did not only edit a test image's pixels.
 * @param {Pick<Selection, "perturb">} selection
 */
export const isBrought = ({ perturb }) => /^(?:ink|raw):/.test(readMove(perturb).ink);

/**
 * Return the keys of the networks that a selection shows.
 * @param {Pick<Selection, "pair" | "model">} selection
 */
export const shownKeys = ({ pair, model }) => (pair.includes(model) ? [model] : pair);

/**
 * Return the same in the order in which they are asked: that of the layer that is selected comes first.
 * @param {Pick<Selection, "pair" | "model" | "layer">} selection
 */
export function askedKeys(selection) {
  const [own] = readPath(selection.layer);
  return [...shownKeys(selection)].sort((one, other) => Number(other === own) - Number(one === own));
}

/**
 * Return [network key, layer facts] of what is inspected, null where nothing is.
 * @param {Pick<Selection, "layer">} selection
 * @returns {[string, Layer] | null}
 */
export function inspectedOf(selection) {
  if (!selection.layer) return null;
  const [key, name] = readPath(selection.layer);
  const layer = modelOf(key)?.layers.find((each) => each.name === name);
  return layer ? [key, layer] : null;
}

/** @typedef {Pick<Selection, "digit" | "perturb" | "reference" | "since">} Compared what tells whether images, or moments, are compared */

/**
 * Return whether the image at hand is pinned: to be compared with the next one, or with itself once something is done to it. From itself nothing differs.
 * @param {Compared} selection
 */
export const isPinned = ({ digit, perturb, reference }) => reference === digit && !moveQuery(perturb);

/**
 * Return whether a selection shows differences and not values.
 * @param {Compared} selection
 */
export const isDifference = (selection) =>
  selection.since !== "" || (selection.reference !== null && !isPinned(selection));

/**
 * Return whether a layer's weights are shown in the place of its maps.
 * @param {Pick<Selection, "flip">} selection
 * @param {string} path "network.layer"
 */
export const isFlipped = ({ flip }, path) => flip === "all" || flip.split(",").includes(path);

/**
 * Return what is flipped once a layer is turned over.
 * @param {Pick<Selection, "flip">} selection
 * @param {string} path "network.layer"
 * @param {string[]} all the layers that can be
 */
export function flipped(selection, path, all) {
  const now = all.filter((each) => isFlipped(selection, each) !== (each === path));
  return now.length && now.length === all.length ? "all" : now.join();
}

/**
 * Return which layer of a block is seen: one whose weights are shown, the one that is inspected, one that was asked for, or the one that is shown first.
 * @param {Pick<Selection, "layer" | "flip" | "show">} selection
 * @param {string} key
 * @param {import("./facts.js").Block} block
 * @param {(name: string) => boolean} canFlip
 */
export function seenOf(selection, key, { layers, shown }, canFlip) {
  const asked = selection.show.split(",");
  /** @type {((name: string) => boolean)[]} */
  const reasons = [
    (name) => canFlip(name) && isFlipped(selection, `${key}.${name}`),
    (name) => selection.layer === `${key}.${name}`,
    (name) => asked.includes(`${key}.${name}`),
  ];
  return layers.length === 1 ? shown : reasons.map((reason) => layers.find(reason)).find(Boolean) ?? shown;
}

/**
 * Return what is selected once another layer of its block is to be seen: its weights lie no longer over the maps, and what was inspected of the block is inspected of that layer.
 * @param {Selection} selection
 * @param {string} path "network.layer"
 * @returns {Partial<Selection>}
 */
export function showing(selection, path) {
  const [key, name] = readPath(path);
  const block = blockOf(modelOf(key), name);
  const own = block?.layers.map((each) => `${key}.${each}`) ?? [];
  /** @param {string} text */
  const others = (text) => text.split(",").filter((each) => each && !own.includes(each));
  const shown = block?.shown === name ? [] : [path];
  return {
    show: [...others(selection.show), ...shown].join(),
    flip: selection.flip === "all" ? "" : others(selection.flip).join(),
    ...(own.includes(selection.layer) ? { layer: path } : {}),
  };
}

/**
 * Return the tab of the dock that is open: "" where the dock is closed. One of a channel needs a channel; why and what would change its mind need none.
 * @param {Pick<Selection, "part" | "layer" | "why" | "mind">} selection
 */
export function tabOf({ part, layer, why, mind }) {
  if (part === "why" ? why : part === "mind" ? mind : part && layer) return part;
  return layer ? "number" : why ? "why" : mind ? "mind" : "";
}

/** What is selected once the dock is closed. */
export const CLOSED = { ...NOTHING, part: "", why: "", mind: "" };
