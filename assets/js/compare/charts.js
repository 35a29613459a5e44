/** The charts of Compare, which Dash draws: on paper as wide as a page, in the inks of light paper. */
import { facts } from "../core/facts.js";
import { whenPrinted } from "../core/paper.js";

const WIDE = 680; // screen pixels of a chart on paper
/** @type {Map<any, {data: any, layout: any}>} */
const onScreen = new Map(); // by chart, while it is printed

/** Redraw all charts for paper when the page is printed, and for the screen again afterwards. */
export const printCharts = () => whenPrinted(print, unprint);

/** Their place on paper scales with the page, so they fit any. */
function print() {
  for (const chart of /** @type {NodeListOf<any>} */ (document.querySelectorAll(".plot .js-plotly-plot"))) {
    if (!chart.layout || !chart.offsetParent) continue;
    const { data, layout } = chart;
    const place = chart.closest(".plot");
    const height = parseFloat(place.style.height);
    onScreen.set(chart, { data, layout });
    plotly().react(chart, inked(data), { ...inked(layout), height, width: WIDE });
    for (const picture of chart.querySelectorAll(".main-svg")) {
      picture.setAttribute("viewBox", `0 0 ${WIDE} ${height}`);
    }
    place.style.setProperty("--ratio", WIDE / height);
  }
}

function unprint() {
  for (const [chart, { data, layout }] of onScreen) {
    for (const picture of chart.querySelectorAll(".main-svg")) picture.removeAttribute("viewBox");
    plotly().react(chart, data, layout);
  }
  onScreen.clear();
}

/** What draws them. @returns {any} */
const plotly = () => /** @type {any} */ (globalThis).Plotly;

/**
 * Return a part of a figure with the colours of dark paper exchanged for those of light paper.
 * @param {any} part
 * @returns {any}
 */
function inked(part) {
  if (typeof part === "string") return facts.inks[part] ?? part;
  if (Array.isArray(part)) return typeof part[0] === "number" ? part : part.map(inked);
  if (part === null || Object.getPrototypeOf(part) !== Object.prototype) return part;
  return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, inked(value)]));
}
