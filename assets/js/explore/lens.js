/** The lens: what is pointed at, or has the focus, enlarged in one fixed place, with its weights and its numbers. */
import { weightsAddress } from "../core/address.js";
import { make, write } from "../core/element.js";
import { nameOf } from "../core/facts.js";
import { getTensor } from "../core/fetching.js";
import { addedBy, heaviestSources, sizeBySlice } from "../core/heaviest.js";
import { channels, columns, perPixel, rows, SIDES } from "../core/image.js";
import { percent, round } from "../core/number.js";
import { changeWords } from "../core/moments.js";
import { scaleFor } from "../core/scale.js";
import { store } from "../core/store.js";
import { paintLegend } from "../figures/legend.js";
import { numberTable } from "../figures/number_table.js";
import { diverging, givenBy, weighed } from "./unit_lens.js";

/** @import { Tensor } from "../core/npy.js" */
/** @import { Panel } from "./panel.js" */

const MOST = 5; // times as large as its cells, at most
const ROOM = 118; // CSS pixels beside the picture: three numbers, and what is between
const [NUMBER_WIDE, NUMBER_HIGH] = [32, 24]; // CSS pixels of one that is written out
const AROUND = 81; // CSS pixels above and below the pictures: of the title, the scale, and what is said
const CAPTION = 14; // and of one line between the pictures
const PADDING = 21; // CSS pixels left and right, and between the pictures
const NUMBERS = 49; // weights of a slice that are written out, at most
const HEAVIEST = 10; // sources of a cell that are outlined

/** @typedef {{panel: any, i: number, cell: number[] | null}} Target */

export class Lens {
  /**
   * @param {HTMLElement} element
   * @param {(name: string, sources: number[][]) => void} outline shows where the heaviest sources lie: [picture, row, column] of a layer of the network, or of the image
   */
  constructor(element, outline) {
    this.outline = outline;
    /** @type {Target | null} */
    this.target = null;
    this.turn = 0;
    this.title = make("h4");
    this.canvas = make("canvas");
    this.cursor = make("div", { className: "cursor", hidden: true });
    this.weights = make("div", { className: "lens-weights" });
    this.words = make("p", { className: "lens-words" });
    this.counts = make("p", { className: "lens-counts" });
    this.legend = make("div", { className: "legend" });
    const map = make("div", { className: "lens-map" }, this.canvas, this.cursor);
    element.replaceChildren(
      this.title,
      make("div", { className: "lens-pictures" }, map, this.weights),
      this.legend,
      this.words,
      this.counts,
    );
    this.element = element;
  }

  /**
   * Show a channel, and one of its cells; or again what was shown last, of another image.
   * @param {Target | null} target
   */
  show(target = this.target) {
    if (!target?.panel.opened) return;
    this.turn++;
    this.target = target;
    const { panel, i, cell } = target;
    this.element.dataset.model = panel.key;
    this.title.replaceChildren(
      make("span", { className: "hue", textContent: nameOf(panel.key) }),
      ` ${panel.layer.name} · ${panel.word} ${i}`,
    );
    this.canvas.parentElement?.toggleAttribute("hidden", !panel.isMaps);
    if (panel.isMaps) this.paintMap(panel, i, cell);
    else write(this.counts, "");
    this.legend.hidden = !panel.isMaps;
    this.showWeights(target).catch(() => {}); // said where a click needs them
  }

  /**
   * Say what is pointed at.
   * @param {string} words
   */
  say(words) {
    write(this.words, words);
  }

  /**
   * Paint a map, with the scale that it has in its lane.
   * @param {any} panel
   * @param {number} i
   * @param {number[] | null} cell
   */
  paintMap(panel, i, cell) {
    const [high, wide] = panel.layer.shape;
    const { clientWidth: across, clientHeight: down } = this.element;
    const most = Math.min((across - ROOM) / wide, (down - AROUND) / high, MOST);
    const zoom = Math.max(1, Math.floor(most));
    Object.assign(this.canvas.style, { width: `${wide * zoom}px`, height: `${high * zoom}px` });
    panel.paintOn(this.canvas, i);
    paintLegend(this.legend, panel.scaleFor(i));
    this.cursor.hidden = !cell;
    if (cell) {
      this.cursor.style.transform = `translate(${cell[1] * zoom}px, ${cell[0] * zoom}px)`;
      this.cursor.style.width = this.cursor.style.height = `${zoom}px`;
    }
    if (panel.differing) return void write(this.counts, ""); // how far it differs is what the legend says
    const { low, high: top, levels } = panel.opened;
    const own = levels.subarray(i * high * wide, (i + 1) * high * wide);
    const isZero = low[i] === 0;
    const active = own.reduce(
      (/** @type {number} */ sum, /** @type {number} */ level) => sum + Number(level > 0),
      0,
    );
    const share = isZero ? `, about ${percent(active / own.length, 0)} active` : "";
    write(this.counts, `largest ${round(top[i])}${share}`);
  }

  /**
   * Show the weights of what is shown: a slice with its numbers, or a unit's over the image, and these times the image.
   * @param {Target} target
   */
  async showWeights({ panel, i, cell }) {
    const { turn } = this;
    this.outline("", []);
    if (!panel.layer.has_kernel || (panel.isMaps && !panel.weights && !panel.layer.convolves)) {
      return void this.weights.replaceChildren();
    }
    if (!panel.isMaps) return panel.weights ? this.showTemplate(panel, i) : this.showWeighed(panel, i);
    const kernel = await getTensor(weightsAddress(panel.selection, panel.key, panel.layer.name));
    if (turn !== this.turn) return;
    this.showSlice(panel, i, cell, kernel);
  }

  /**
   * Show the slice that adds most to a cell; where moments are compared, that which changed most.
   * @param {any} panel
   * @param {number} i
   * @param {number[] | null} cell
   * @param {Tensor} kernel
   */
  showSlice(panel, i, cell, kernel) {
    const [high, wide, slices, filters] = kernel.shape;
    const change = changeWords(panel.key, panel.selection);
    const sources = cell && !change && panel.layer.windows && panel.layer.groups === 1
      ? this.sources(panel, i, cell, kernel)
      : [];
    const added = change ? sizeBySlice(kernel, i) : addedBy(sources, slices).map(Math.abs);
    const slice = added.indexOf(Math.max(...added));
    const at = (/** @type {number} */ row, /** @type {number} */ column) =>
      kernel.data[((row * wide + column) * slices + slice) * filters + i];
    const values = Array.from(
      { length: high * wide },
      (_, place) => at(Math.floor(place / wide), place % wide),
    );
    const most = change ? ", changed most" : sources.length ? ", weighs most" : ""; // between which moments is said above all maps
    const words = slices === 1 ? `kernel${change && "'s change"}` : `slice ${slice} of ${slices}${most}`;
    this.weights.replaceChildren(
      this.holds(high, wide)
        ? numberTable(at, high, wide, scaleFor(values, "diverging"), words)
        : diverging(Float32Array.from(values), wide, `${words}, ${high}×${wide}`),
    );
    const [read] = panel.layer.reads;
    this.outline(read, sources.slice(0, HEAVIEST).map((source) => [source.slice, source.row, source.column]));
  }

  /**
   * Whether the numbers of a slice can be written out, beside the map or below it.
   * @param {number} high
   * @param {number} wide
   */
  holds(high, wide) {
    const { clientWidth: across, clientHeight: down } = this.element;
    const [mapWide, mapHigh] = [this.canvas.style.width, this.canvas.style.height].map(parseFloat);
    const [table, tall] = [wide * NUMBER_WIDE, high * NUMBER_HIGH];
    const beside = mapWide + table + PADDING <= across;
    return high * wide <= NUMBERS && (beside ? tall : mapHigh + tall) + CAPTION + AROUND <= down;
  }

  /**
   * Return the sources of a cell, heaviest first, as the picture has them.
   * @param {any} panel
   * @param {number} i
   * @param {number[]} cell
   * @param {Tensor} kernel
   */
  sources(panel, i, cell, kernel) {
    const { layer } = panel;
    const [read] = layer.reads;
    const before = panel.before(read);
    const pixels = read === "input"
      ? (store.picture?.pixels ?? store.images.known(store.selection.digit))
      : null;
    if (!before && !pixels) return [];
    const shape = before ? before.layer.shape : [rows, columns, channels];
    /** @type {((slice: number, row: number, column: number) => number) | null} */
    const value = before
      ? givenBy(before)
      : (slice, row, column) => pixels?.[(row * columns + column) * channels + slice] ?? 0;
    return value ? heaviestSources(value, shape, layer.windows, kernel, i, cell, Infinity) : [];
  }

  /**
   * Show what a unit makes of maps or of other units.
   * @param {any} panel
   * @param {number} i
   */
  async showWeighed(panel, i) {
    const { turn } = this;
    this.weights.replaceChildren(); // what was shown before is of another unit
    const pictures = await weighed(panel, i, () => turn === this.turn);
    if (turn === this.turn) this.weights.replaceChildren(...pictures);
  }

  /**
   * Show a unit's weights over the image, and these times the image.
   * @param {any} panel
   * @param {number} i
   */
  async showTemplate(panel, i) {
    const { turn } = this;
    await panel.weights.need(i);
    const pixels = store.picture?.pixels ?? await store.images.pixels(store.selection.digit);
    if (turn !== this.turn) return;
    const count = rows * columns * channels;
    const weights = Float32Array.from({ length: count }, (_, at) => panel.weights.at(i, at));
    const products = weights.map((weight, at) => (weight * pixels[at]) / 255);
    const { change } = panel.weights;
    this.weights.replaceChildren(
      diverging(perPixel(weights), SIDES[1], change ? `weights ${change}` : "weights"),
      diverging(perPixel(products), SIDES[1], change ? "that × image" : "× image"),
    );
  }
}
