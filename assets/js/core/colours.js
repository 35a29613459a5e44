/** From a number to a colour: sequential, diverging around zero, or the article's grey. */
import { facts } from "./facts.js";
import { currentTheme } from "./theme.js";

/** @import { Scale } from "./scale.js" */
/** @import { Theme } from "./theme.js" */

export const COLOUR_STEPS = 512;
/** @type {Record<string, Uint32Array>} */
const palettes = {}; // made of what never changes

/**
 * Return whether the colours of a palette are others on dark paper: a middle that is nearly white would glare there.
 * @param {string} name
 */
export const dependsOnPaper = (name) => name === "diverging";

/**
 * Return what the server calls a palette on a paper.
 * @param {string} name
 * @param {Theme} theme
 */
const onPaper = (name, theme) => (dependsOnPaper(name) && theme === "dark" ? `${name}_on_dark` : name);

/**
 * Return a palette as packed RGBA; made from the stops that the server names.
 * @param {string} name
 * @param {Theme} theme of the paper that it lies on
 * @returns {Uint32Array}
 */
export function paletteOf(name, theme = currentTheme()) {
  return (palettes[onPaper(name, theme)] ??= blend(stopsOf(name, theme).map(parse)));
}

/**
 * Return a palette's evenly spaced stops, as CSS writes colours.
 * @param {string} name
 * @param {Theme} theme of the paper that it lies on
 * @returns {string[]}
 */
export const stopsOf = (name, theme) =>
  /** @type {Record<string, any>} */ (facts)[onPaper(name, theme)] ?? ["rgb(0,0,0)", "rgb(255,255,255)"];

/**
 * Return [red, green, blue] of a colour as CSS writes it.
 * @param {string} stop
 * @returns {number[]}
 */
function parse(stop) {
  if (stop.startsWith("#")) return [1, 3, 5].map((at) => parseInt(stop.slice(at, at + 2), 16));
  return (stop.match(/\d+/g) ?? []).map(Number);
}

/**
 * Return colours from the first stop to the last, packed.
 * @param {number[][]} stops
 * @returns {Uint32Array}
 */
function blend(stops) {
  const colours = new Uint32Array(COLOUR_STEPS);
  for (let step = 0; step < COLOUR_STEPS; step++) {
    const place = (step / (COLOUR_STEPS - 1)) * (stops.length - 1);
    const left = Math.min(Math.floor(place), stops.length - 2);
    const [red, green, blue] = stops[left].map((start, i) =>
      Math.round(start + (stops[left + 1][i] - start) * (place - left))
    );
    colours[step] = (255 << 24) | (blue << 16) | (green << 8) | red;
  }
  return colours;
}

/**
 * Return what gives values their packed colours; where a scale has no width everything has its lowest colour.
 * @param {Scale} scale
 * @param {Theme} [theme] of the paper, where it is not the page's
 * @returns {(value: number) => number}
 */
export function colouring({ palette, low, high }, theme) {
  const colours = paletteOf(palette, theme);
  const width = high - low;
  if (!(width > 0)) return () => colours[palette === "diverging" ? COLOUR_STEPS / 2 : 0];
  return (value) =>
    colours[
      Math.max(0, Math.min(COLOUR_STEPS - 1, Math.round(((value - low) / width) * (COLOUR_STEPS - 1))))
    ];
}

/**
 * Return the packed colour of one value.
 * @param {Scale} scale
 * @param {number} value
 * @param {Theme} [theme] of the paper, where it is not the page's
 */
export const colourOf = (scale, value, theme) => colouring(scale, theme)(value);

/**
 * Return one packed colour for each of `count` levels, from `low` to `high`.
 * @param {Scale} scale
 * @param {number} low
 * @param {number} high
 * @param {number} count
 * @param {Uint32Array} all the scale's palette; that of many maps is looked for once
 * @param {Uint32Array} colours is filled
 */
export function levelColours(
  scale,
  low,
  high,
  count,
  all = paletteOf(scale.palette),
  colours = new Uint32Array(count),
) {
  const width = scale.high - scale.low;
  if (!(width > 0) || !(high > low)) return colours.fill(colourOf(scale, low));
  const first = ((low - scale.low) / width) * (COLOUR_STEPS - 1) + 0.5;
  const step = (((high - low) / width) * (COLOUR_STEPS - 1)) / (count - 1);
  for (let level = 0, place = first; level < count; level++, place += step) {
    colours[level] = all[place < 0 ? 0 : place > COLOUR_STEPS - 1 ? COLOUR_STEPS - 1 : place | 0];
  }
  return colours;
}

/**
 * Return a colour of CSS's "#rrggbb", packed.
 * @param {string} css
 */
export function packColour(css) {
  const [red, green, blue] = parse(css);
  return (255 << 24) | (blue << 16) | (green << 8) | red;
}

/**
 * Return "#rrggbb" of a packed colour.
 * @param {number} packed
 */
export const cssOf = (packed) =>
  "#" +
  [packed & 255, (packed >> 8) & 255, (packed >> 16) & 255].map((part) => part.toString(16).padStart(2, "0"))
    .join("");

/**
 * Return whether black or white text is readable on a packed colour.
 * @param {number} packed
 */
export function inkOn(packed) {
  const linear = [packed & 255, (packed >> 8) & 255, (packed >> 16) & 255].map((part) => (part / 255) ** 2.2);
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.18 ? "#000" : "#fff";
}
