/** Small charts of a few lines. */
import { make } from "../core/element.js";
import { round } from "../core/number.js";

/**
 * Return a small chart, named, with words under it: a value at every step on each line; and the zero, unless it does not matter.
 * @param {{values: number[], dash: string}[]} lines the last over the others; `dash` as `newSwatch` takes it
 * @param {string} name
 * @param {string} words
 * @param {boolean} zero whether it matters
 * @param {(value: number) => string} write how the ends of the axis are written
 */
export function newChart(lines, name, words, zero = true, write = round) {
  const [width, height] = [300, 96]; // in its own units
  const all = [...(zero ? [0] : []), ...lines.flatMap(({ values }) => values)];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  /** @param {number} value */
  const y = (value) => (height - 4 - ((height - 8) * (value - low)) / (high - low || 1)).toFixed(1);
  /** @param {number[]} values */
  const points = (values) =>
    values.map((value, i) => `${((width * i) / (values.length - 1)).toFixed(1)},${y(value)}`).join(" ");
  const drawn = lines.map(({ values, dash }) => `<polyline class="${dash}" points="${points(values)}"/>`)
    .join("");
  const figure = make("figure", { className: "small-chart" });
  figure.innerHTML = `<div class="ends"><span>${write(high)}</span><span>${
    write(low)
  }</span></div><svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${name}">${
    zero ? `<path d="M0 ${y(0)}H${width}"/>` : ""
  }${drawn}</svg><figcaption>${words}</figcaption>`;
  return figure;
}

/**
 * Return how a line of a chart looks, for a legend: "" is one without gaps, else "dashes", "dots" or "dash-dots".
 * @param {string} dash
 */
export function newSwatch(dash) {
  const swatch = make("span", { className: "swatch", ariaHidden: "true" });
  swatch.innerHTML = `<svg viewBox="0 0 34 8"><polyline class="${dash}" points="0,4 34,4"/></svg>`;
  return swatch;
}
