/** A kernel that lies over red, green and blue, as one picture in colours: what it looks for, where that is a colour. */
import { channels } from "./image.js";

/** @import { Layer } from "./facts.js" */

export const IN_COLOURS = "its slices as red, green and blue: grey is 0";

/**
 * Return whether a filter's slices lie over the colours of the image, each over one.
 * @param {Pick<Layer, "convolves" | "groups" | "grid" | "reads">} layer
 * @param {number} [colours] channels of the image
 */
export const liesOverColours = ({ convolves, groups, grid, reads }, colours = channels) =>
  convolves && groups === 1 && colours === 3 && grid?.[0] === 3 && reads.length === 1 && reads[0] === "input";

/**
 * Return the packed colour of a weight for each of red, green and blue: 0 is the middle of what a screen can show.
 * @param {number[]} weights
 * @param {number} most the largest weight there is, without its sign
 */
export function colourOfWeights(weights, most) {
  const [red, green, blue] = weights.map((weight) =>
    Math.round(127.5 * (1 + Math.max(-1, Math.min(1, weight / (most || 1)))))
  );
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
