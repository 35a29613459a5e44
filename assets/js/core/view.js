/** Which layers of large networks are looked at: a picture holds the maps of these alone. */
import { facts, hasMaps, modelOf } from "./facts.js";

/** @import { Model } from "./facts.js" */
/** @import { Selection } from "./selection.js" */

/** @type {Set<string>} */
const inSight = new Set(); // "network.layer", as the networks' columns say

/**
 * Say whether a layer is in sight, or nearly.
 * @param {string} path "network.layer"
 * @param {boolean} is
 */
export const sighted = (path, is) => (is ? inSight.add(path) : inSight.delete(path));

/**
 * Return the layers of large networks whose maps a selection's picture needs: those in sight, and the one that is inspected; in a page to mail those that it holds.
 * @param {Pick<Selection, "pair" | "layer">} selection
 * @returns {string[]} "network.layer", in the networks' order
 */
export const layersNeeded = ({ pair, layer: inspected }) =>
  facts.mailed?.layers ??
    pair.map(modelOf).filter(({ large }) => large).flatMap(({ key, layers }) =>
      layers.filter(hasMaps).map(({ name }) => `${key}.${name}`).filter((path) =>
        inSight.has(path) || path === inspected
      )
    );

/**
 * Return the layers of a network that a picture holds, in order.
 * @param {Model} model
 * @param {string[]} needed as `layersNeeded` gives them
 */
export const heldLayers = ({ key, large, layers }, needed) =>
  layers.filter((layer) => !large || !hasMaps(layer) || needed.includes(`${key}.${layer.name}`));
