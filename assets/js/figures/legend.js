/** Legends of scales. */
import { stopsOf } from "../core/colours.js";
import { make, write } from "../core/element.js";
import { round } from "../core/number.js";
import { isFlat } from "../core/scale.js";
import { byTheme } from "../core/theme.js";

/** @import { Scale } from "../core/scale.js" */

/**
 * Draw a scale into its legend: its colours and the numbers at its ends; of one without width that number alone.
 * @param {HTMLElement} element
 * @param {Scale | null} scale
 * @param {string} words
 */
export function paintLegend(element, scale, words = "") {
  if (!element.firstChild) {
    element.innerHTML =
      '<span class="low"></span><span class="bar"></span><span class="high"></span><span class="words"></span>';
  }
  const [low, bar, high, note] = /** @type {HTMLElement[]} */ (Array.from(element.children));
  const flat = Boolean(scale && isFlat(scale));
  bar.hidden = !scale || flat;
  write(low, scale && !flat ? round(scale.low) : "");
  write(high, scale ? round(scale.high) : "");
  if (write(note, words)) note.title = words; // there may be no room for all of them
  if (!scale || element.dataset.palette === scale.palette) return;
  element.dataset.palette = scale.palette;
  const [light, dark] = [stopsOf(scale.palette, "light"), stopsOf(scale.palette, "dark")];
  bar.style.background = gradient(light);
  bar.style.background = gradient(light.map((stop, i) => byTheme(stop, dark[i])));
}

/**
 * Return what a bar is filled with.
 * @param {string[]} stops
 */
const gradient = (stops) => `linear-gradient(90deg, ${stops.join()})`;

/**
 * Return a legend for a scale.
 * @param {Scale} scale
 * @param {string} words
 */
export function newLegend(scale, words = "") {
  const legend = make("div", { className: "legend" });
  paintLegend(legend, scale, words);
  return legend;
}
