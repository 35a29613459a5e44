/** What can be asked of a layer, by the form in which its numbers come about; its kind is a word alone. */

/** @import { Layer } from "./facts.js" */

/**
 * Return whether every filter slides over all maps that are read: then the browser sums by itself what lies under it.
 * @param {Pick<Layer, "convolves" | "groups">} layer
 */
export const sumsAll = ({ convolves, groups }) => convolves && groups === 1;

/**
 * Return whether what its filters make of several maps is a sum of as many slices.
 * @param {Pick<Layer, "convolves" | "groups" | "grid">} layer
 */
export const hasSlices = (layer) => sumsAll(layer) && layer.grid[0] > 1;

/**
 * Return whether a window slides over each map and keeps its largest cell.
 * @param {Pick<Layer, "takes" | "windows">} layer
 */
export const keepsLargest = ({ takes, windows }) => takes === "largest" && windows !== null;

/**
 * Return whether every unit weighs all that it reads.
 * @param {Pick<Layer, "form" | "picture" | "has_kernel">} layer
 */
export const weighsAll = ({ form, picture, has_kernel }) =>
  form === "sum" && picture === "units" && has_kernel;
