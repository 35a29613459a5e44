/** What is switched off, as text and in words. */
import { channelsOf, facts, modelOf, nameOf, readPath } from "./facts.js";

const SHOWN = 12; // images, and spans of channels

/**
 * Return what a text such as "cnn.conv2:3.5,fcn.dense1:17" switches off: Map of "network.layer" to channels.
 * @param {string} text
 * @returns {Map<string, number[]>}
 */
export const readOff = (text) =>
  new Map(
    (text ? text.split(",") : []).map((
      part,
    ) => [part.split(":")[0], part.split(":")[1].split(".").map(Number)]),
  );

/**
 * Return that text again, in the networks' own order, for what is left of it.
 * @param {Map<string, number[]>} off
 * @returns {string}
 */
export function writeOff(off) {
  const paths = facts.models.flatMap(({ key, layers }) => layers.map(({ name }) => `${key}.${name}`));
  const parts = paths.filter((path) => off.get(path)?.length).map((path) =>
    `${path}:${[...new Set(off.get(path))].sort((a, b) => a - b).join(".")}`
  );
  return parts.join(",");
}

/**
 * Return the text with one channel switched off, or on again.
 * @param {string} text
 * @param {string} path "network.layer"
 * @param {number} channel
 * @returns {string}
 */
export function toggledOff(text, path, channel) {
  const off = readOff(text);
  const channels = off.get(path) ?? [];
  off.set(
    path,
    channels.includes(channel) ? channels.filter((each) => each !== channel) : [...channels, channel],
  );
  return writeOff(off);
}

/**
 * Return the part of an off text that belongs to one network.
 * @param {string} text
 * @param {string} key
 * @returns {string}
 */
export const offOf = (text, key) => text.split(",").filter((part) => part.startsWith(`${key}.`)).join(",");

/**
 * Return an off text in words: "CNN conv2 3, 5–8 · FCN dense1 all 512".
 * @param {string} text
 * @returns {string}
 */
export const offWords = (text) =>
  Array.from(readOff(text), ([path, channels]) => {
    const [key, name] = readPath(path);
    const layer = modelOf(key).layers.find((each) => each.name === name);
    return `${nameOf(key)} ${name} ${spans(channels, layer ? channelsOf(layer) : 0)}`;
  }).join(" · ");

/**
 * Return ascending channels in words, neighbours as spans; of many spans the first.
 * @param {number[]} channels
 * @param {number} all how many there are
 * @returns {string}
 */
function spans(channels, all) {
  if (channels.length === all) return `all ${all}`;
  /** @type {number[][]} */
  const found = [];
  for (const channel of channels) {
    const last = found.at(-1);
    if (last && last[1] === channel - 1) last[1] = channel;
    else found.push([channel, channel]);
  }
  const words = found.slice(0, SHOWN).map(([first, last]) => (first === last ? first : `${first}–${last}`))
    .join(", ");
  const rest = found.slice(SHOWN).reduce((count, [first, last]) => count + last - first + 1, 0);
  return rest ? `${words} and ${rest} more` : words;
}
