/** The charts of Compare: first those in view, then the others, each when the browser has nothing else to do. */
import { facts } from "../core/facts.js";
import { say } from "../core/message.js";
import { isPrinted, whenPrinted } from "../core/paper.js";
import { afterFrame } from "../core/schedule.js";
import { loadPlotly } from "./plotly.js";

const NEAR = "200px"; // beyond the screen that still counts as in view
const LATEST = 500; // milliseconds; a busy machine is never idle
const WIDE = 680; // screen pixels of a chart on paper

export class Charts {
  /**
   * @param {(chart: HTMLElement) => void} ready called with each chart that has been drawn
   */
  constructor(ready) {
    this.ready = ready;
    this.waiting = new Set(); // places whose chart is not drawn yet, in reading order
    this.drawn = new Set();
    this.beginning = false;
    /** @type {(entry: IntersectionObserverEntry) => any} */
    const draw = ({ isIntersecting, target }) => isIntersecting && this.draw(target);
    this.seen = new IntersectionObserver((places) => places.forEach(draw), { rootMargin: NEAR });
    this.sized = new ResizeObserver((places) => places.forEach(({ target }) => fit(target)));
    whenPrinted(() => this.print(), () => this.unprint());
  }

  /**
   * Draw the charts that the server left room for within an element, once its words are on the screen.
   * @param {HTMLElement} element
   */
  layOut(element) {
    this.forgetGone();
    for (const place of element.querySelectorAll(".plot:empty")) this.waiting.add(place);
    if (this.beginning || !this.waiting.size) return;
    this.beginning = true;
    afterFrame(() => this.begin());
  }

  async begin() {
    try {
      await loadPlotly();
    } catch {
      return say("The charts could not be loaded. Reload the page.");
    } finally {
      this.beginning = false;
    }
    for (const place of this.waiting) this.seen.observe(place);
    idle(() => this.drawNext());
  }

  async drawNext() {
    const place = [...this.waiting].find(isShown);
    if (!place) return;
    await this.draw(place);
    idle(() => this.drawNext());
  }

  /**
   * Draw the chart of a place.
   * @param {any} place
   */
  async draw(place) {
    if (!this.waiting.delete(place)) return;
    this.seen.unobserve(place);
    if (!place.isConnected) return;
    const { data, layout, config } = JSON.parse(place.dataset.figure);
    place.drawnWidth = place.clientWidth;
    this.drawn.add(place);
    await plotly().newPlot(place, data, layout, config);
    this.sized.observe(place);
    this.ready(place);
  }

  /** Draw for paper all that is shown, as wide as a page, in the inks of light paper. Their place there scales with the page, so they fit any. */
  print() {
    if (plotly()) { for (const place of this.waiting) this.draw(place); }
    for (const place of this.drawn) if (isShown(place) && place.layout) print(place);
  }

  unprint() {
    for (const place of this.drawn) if (place.onScreen) unprint(place);
  }

  forgetGone() {
    /** @type {(places: Set<any>) => any[]} */
    const gone = (places) => [...places].filter((place) => !place.isConnected);
    for (const place of gone(this.waiting)) this.waiting.delete(place), this.seen.unobserve(place);
    for (const place of gone(this.drawn)) {
      this.drawn.delete(place);
      this.sized.unobserve(place);
      plotly().purge(place);
    }
  }
}

/** What draws, once it is there. @returns {any} */
const plotly = () => /** @type {any} */ (globalThis).Plotly;

/**
 * Act when the browser has nothing else to do.
 * @param {() => void} act
 */
const idle = (act) =>
  "requestIdleCallback" in globalThis ? requestIdleCallback(act, { timeout: LATEST }) : setTimeout(act);

/**
 * Return whether a place can be seen.
 * @param {any} place
 */
const isShown = (place) => place.isConnected && place.offsetParent;

/**
 * Draw a chart as wide as its place is now.
 * @param {any} place
 */
function fit(place) {
  if (isPrinted() || !isShown(place) || place.clientWidth === place.drawnWidth) return;
  place.drawnWidth = place.clientWidth;
  plotly().Plots.resize(place);
}

/**
 * Draw a chart for paper.
 * @param {any} place
 */
function print(place) {
  const { data, layout } = place;
  place.onScreen = { data, layout };
  plotly().react(place, inked(data), { ...inked(layout), width: WIDE });
  for (const picture of place.querySelectorAll(".main-svg")) {
    picture.setAttribute("viewBox", `0 0 ${WIDE} ${layout.height}`);
  }
  place.style.setProperty("--ratio", WIDE / layout.height);
}

/**
 * Draw a chart for the screen again.
 * @param {any} place
 */
function unprint(place) {
  const { data, layout } = place.onScreen;
  place.onScreen = null;
  for (const picture of place.querySelectorAll(".main-svg")) picture.removeAttribute("viewBox");
  plotly().react(place, data, layout);
}

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
