/** Choices of images in a plane: within a line, or near one of them. */
import { noun } from "./image.js";
import { facts, modelOf, nameOf } from "./facts.js";
import { getJson, getTensor } from "./fetching.js";

export const NEIGHBOURS = 50; // nearest in the layer itself, which a button puts on the wall
export const FINE = 1000; // steps along each side, in which these corners are written
/** @type {Record<string, string>} */
const METHODS = { tsne: "t-SNE", pca: "PCA" };

/**
 * Return whether a choice of images, written as in an address, is of neighbours in a layer, which come nearest first.
 * @param {string} text
 */
export const isNear = (text) => /\.near:/.test(text);

/**
 * Say which images such a choice leaves, in which order: those within a line in a picture, or the nearest ones in the layer.
 * @param {string} text
 * @param {string} sort
 */
export function withinWords(text, sort) {
  const [key, method, digit] = text.split(/[.:]/);
  if (!isNear(text)) return `within your line in the picture of ${nameOf(key)}'s ${METHODS[method]}`;
  return `the ${NEIGHBOURS} nearest to ${noun} ${digit} in ${nameOf(key)}'s ${
    modelOf(key).layers.at(-2)?.name
  }${sort === "index" ? ", nearest first" : ""}`;
}

/**
 * Return a promise of the images that such a choice leaves: neighbours nearest first, those within a line by index.
 * @param {string} text
 * @returns {Promise<number[]>}
 */
export async function digitsWithin(text) {
  const [path, corners] = text.split(":");
  const [key, method] = path.split(".");
  if (isNear(text)) return (await getJson(`api/models/${key}/images/${corners}/neighbours`)).neighbours;
  const { data } = await getTensor(`api/models/${key}/arrangement/${method}.npy`);
  const line = corners.split(".").map((number) => Number(number) / FINE);
  /** @type {number[]} */
  const inside = [];
  for (let digit = 0; digit < facts.images.count; digit++) {
    if (within(line, data[2 * digit], data[2 * digit + 1])) inside.push(digit);
  }
  return inside;
}

/**
 * Return whether a point lies within a closed line [x, y, x, y, …]: whether a ray to the right crosses it an odd number of times.
 * @param {number[]} line
 * @param {number} x
 * @param {number} y
 */
function within(line, x, y) {
  let inside = false;
  for (let i = 0, j = line.length - 2; i < line.length; j = i, i += 2) {
    const [ax, ay, bx, by] = [line[i], line[i + 1], line[j], line[j + 1]];
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside;
  }
  return inside;
}
