/** The weights of a layer's filters or units: fetched when they are wanted, and painted in the place of the maps. */
import { kernelsAddress } from "../core/address.js";
import { pixelRatio } from "../core/canvas.js";
import { tunedTo } from "../core/channel.js";
import { levelColours } from "../core/colours.js";
import { find } from "../core/element.js";
import { facts } from "../core/facts.js";
import { getBytes, getBytesNow } from "../core/fetching.js";
import { colourOfWeights, IN_COLOURS, liesOverColours } from "../core/kernel_colours.js";
import { say, wakingUp } from "../core/message.js";
import { changeWords } from "../core/moments.js";
import { openKernels } from "../core/picture.js";
import { hasOwnScales, kindOfWeights, scaleBetween } from "../core/scale.js";
import { paintLegend } from "../figures/legend.js";
import { Sheet } from "../figures/sheet.js";

/** @import { Scale } from "../core/scale.js" */
/** @import { Selection } from "../core/selection.js" */

export class Weights {
  /** @param {any} panel of the layer: its filters' weights take the place of its maps where these are flipped, its units' are seen in the lens */
  constructor(panel) {
    const { layer, count } = panel;
    const size = layer.grid.reduce((/** @type {number} */ all, /** @type {number} */ side) => all * side);
    this.panel = panel;
    this.layer = layer;
    this.count = count;
    this.size = size;
    this.moments = { epoch: "", since: "" }; // that they are of, and from which they are the difference
    this.change = ""; // the same in words
    this.levels = new Uint8Array(count * size);
    this.low = new Float32Array(count).fill(NaN); // NaN as long as it is not here
    this.high = new Float32Array(count);
    this.across = Math.ceil(Math.sqrt(layer.grid[0])); // slices side by side
    /** @type {Map<number, Promise<void>>} */
    this.asked = new Map(); // by part
    /** @type {Sheet | null} */
    this.sheet = null; // once they have been shown
    this.side = 1; // device pixels of a weight
  }

  /** Return how many rows and columns of weights the picture of a filter has, with a line between two slices. */
  grid() {
    const [slices, height, width] = this.layer.grid;
    const down = Math.ceil(slices / this.across);
    return [down * (height + 1) - 1, this.across * (width + 1) - 1];
  }

  /** A filter is all its slices, side by side, un-flipped, in the place of its map: as large as whole numbers of device pixels allow. */
  form() {
    const { panel, layer, count } = this;
    const { rows, columns, zoom, gap, across } = panel.sheet.form;
    const unit = Math.round(zoom * pixelRatio()); // device pixels of a cell
    const [kind, rest] = layer.grid[0] === 1 ? ["kernel", ""] : ["filter", `, ${layer.grid[0]} slices`];
    return {
      ...{ rows: rows * unit, columns: columns * unit, zoom: zoom / unit, gap: gap * unit, across, count },
      name: (/** @type {number} */ i) =>
        `${layer.name} ${kind} ${i}${rest}${this.change && `, ${this.change}`}`,
      about: (/** @type {number} */ i) => tunedTo(panel.now, i),
      pick: (/** @type {number} */ i) => panel.act.pick(panel.path, i, null),
      point: (/** @type {number[]} */ place, /** @type {any} */ event) =>
        panel.act.point({ panel, kind: "kernel", place, event }),
      leave: panel.act.leave,
    };
  }

  /** Stand in the place that the maps have now. */
  lay() {
    if (!this.sheet) return;
    Object.assign(this.sheet.form, this.form());
    this.sheet.fit();
    this.measure();
  }

  /**
   * Have those of the moment that is shown, or how they differ from another's; the picture of others stays until they are here.
   * @param {Pick<Selection, "epoch" | "since">} selection
   */
  turnTo({ epoch, since }) {
    if (epoch === this.moments.epoch && since === this.moments.since) return;
    this.moments = { epoch, since };
    this.change = changeWords(this.panel.key, this.moments);
    this.sheet?.buttons.rename();
    this.asked.clear();
    this.low.fill(NaN);
    if (this.panel.flipped) this.open();
  }

  measure() {
    const { rows, columns } = /** @type {Sheet} */ (this.sheet).form;
    const [down, across] = this.grid();
    this.side = Math.max(1, Math.floor(Math.min(rows / down, columns / across)));
  }

  /** Show them, fetched where they are not here. */
  open() {
    if (!this.sheet) {
      this.sheet = new Sheet(find(this.panel.element, ".kernels"), this.form());
      this.measure();
    }
    for (let part = 0; part * facts.part < this.count; part++) this.need(part * facts.part);
  }

  /**
   * Have the weights of filter i fetched, with those that come with them.
   * @param {number} i
   * @returns {Promise<void>}
   */
  need(i) {
    const part = Math.floor(i / facts.part);
    let coming = this.asked.get(part);
    if (!coming) {
      coming = this.fetch(part);
      this.asked.set(part, coming);
      coming.catch((problem) => (this.asked.delete(part), say(problem.message)));
    }
    return coming;
  }

  /**
   * Return whether those of filter i are here.
   * @param {number} i
   */
  isHere(i) {
    return !Number.isNaN(this.low[i]);
  }

  /**
   * Return the weight's [row, column, slice] under a pixel of a filter's picture, or null between slices and beside them.
   * @param {number} y in device pixels
   * @param {number} x
   */
  under(y, x) {
    const [slices, height, width] = this.layer.grid;
    const [row, column] = [y, x].map((at) => Math.floor(at / this.side));
    if (column >= this.grid()[1]) return null;
    const slice = Math.floor(row / (height + 1)) * this.across + Math.floor(column / (width + 1));
    const inside = [row % (height + 1), column % (width + 1)];
    return slice < slices && inside[0] < height && inside[1] < width ? [...inside, slice] : null;
  }

  /**
   * Return weight number `at` of unit i as its picture has it, in the order of the image's own numbers.
   * @param {number} i
   * @param {number} at
   */
  at(i, at) {
    const [slices, rows, columns] = this.layer.grid;
    const place = (at % slices) * rows * columns + Math.floor(at / slices);
    const step = (this.high[i] - this.low[i]) / (facts.levels.kernels - 1);
    return this.low[i] + step * this.levels[i * this.size + place];
  }

  /**
   * Return a weight as its picture has it: [value, largest error, levels of the picture].
   * @param {number} i
   * @param {number[]} place
   */
  approximate(i, [row, column, slice]) {
    const [slices, rows, columns] = this.layer.grid;
    const count = facts.levels.kernels;
    const step = (this.high[i] - this.low[i]) / (count - 1);
    const level = this.levels[((i * slices + slice) * rows + row) * columns + column];
    return [this.low[i] + step * level, step / 2, count];
  }

  /**
   * Fetch a part.
   * @param {number} part
   */
  async fetch(part) {
    const address = this.address(part);
    const buffer = await getBytes(address, wakingUp);
    if (address !== this.address(part)) return;
    this.take(part, buffer);
    if (this.panel.flipped) this.paint(this.panel.selection);
  }

  /** Fetch at once what has not come into view: paper does not wait. Return whether anything was missing. */
  fetchRest() {
    const parts = Array.from({ length: Math.ceil(this.count / facts.part) }, (_, part) => part);
    const missing = parts.filter((part) => !this.isHere(part * facts.part));
    for (const part of missing) {
      const buffer = getBytesNow(this.address(part));
      if (buffer) this.take(part, buffer);
    }
    return missing.length > 0;
  }

  /**
   * Return where a part lies.
   * @param {number} part
   */
  address(part) {
    return kernelsAddress(this.moments, this.panel.key, this.layer.name, part);
  }

  /**
   * Take a part, whose bytes are here.
   * @param {number} part
   * @param {ArrayBuffer} buffer
   */
  take(part, buffer) {
    const first = part * facts.part;
    const opened = openKernels(buffer, Math.min(facts.part, this.count - first));
    this.low.set(opened.low, first);
    this.high.set(opened.high, first);
    this.levels.set(opened.levels, first * this.size);
  }

  /**
   * Return the scale of filter i's own weights.
   * @param {number} i
   * @param {Selection} selection
   */
  scale(i, selection) {
    return scaleBetween(this.low[i], this.high[i], kindOfWeights(selection));
  }

  /**
   * Weights do not depend on the image, only on the kind of scale.
   * @param {Selection} selection
   */
  paint(selection) {
    const here = Array.from(this.low.keys()).filter((i) => this.isHere(i));
    if (!here.length || !this.sheet) return;
    const own = hasOwnScales(selection);
    /** @param {Float32Array} ends */
    const of = (ends) => here.map((i) => ends[i]);
    const [least, most] = [Math.min(...of(this.low)), Math.max(...of(this.high))];
    const shared = own ? null : scaleBetween(least, most, kindOfWeights(selection));
    const words = `weights${this.change && ` ${this.change}`}${own ? ", each filter has its own scale" : ""}`;
    paintLegend(this.panel.legend, shared, words + this.cut() + this.last());
    for (const i of here) this.paintFilter(i, shared ?? this.scale(i, selection));
    this.sheet.flush();
  }

  /** Return how many slices of a filter there is room for. */
  fitting() {
    const { rows, columns } = /** @type {Sheet} */ (this.sheet).form;
    const [, height] = this.layer.grid;
    const down = Math.floor((rows / this.side + 1) / (height + 1));
    return columns / this.side < this.grid()[1] ? 0 : Math.min(this.layer.grid[0], down * this.across);
  }

  cut() {
    const slices = this.layer.grid[0];
    return this.fitting() < slices ? ` · the first ${this.fitting()} of ${slices} slices` : "";
  }

  /** Whether the place behind the three slices is free for a picture in colours, and there is room for it. */
  inColours() {
    return liesOverColours(this.layer) && this.fitting() === 3;
  }

  last() {
    return this.inColours() ? ` · last, ${IN_COLOURS}` : "";
  }

  /**
   * Paint the weights of filter i.
   * @param {number} i
   * @param {Scale} scale
   */
  paintFilter(i, scale) {
    const [, height, width] = this.layer.grid;
    const { side, across } = this;
    const colours = levelColours(scale, this.low[i], this.high[i], facts.levels.kernels);
    for (let slice = 0; slice < this.fitting(); slice++) {
      const top = Math.floor(slice / across) * (height + 1) * side;
      const left = (slice % across) * (width + 1) * side;
      const start = i * this.size + slice * height * width;
      this.sheet?.paintLevels(i, this.levels, start, height, width, colours, top, left, side);
    }
    if (this.inColours()) this.paintInColours(i, Math.max(Math.abs(scale.low), Math.abs(scale.high)));
  }

  /**
   * Paint the three slices of filter i as one picture, in the fourth place.
   * @param {number} i
   * @param {number} most the largest weight of the scale, without its sign
   */
  paintInColours(i, most) {
    const [slices, height, width] = this.layer.grid;
    const { side } = this;
    const cells = Uint8Array.from({ length: height * width }, (_, cell) => cell);
    const colours = Uint32Array.from(cells, (cell) => {
      const weights = Array.from({ length: slices }, (_, slice) => this.at(i, cell * slices + slice));
      return colourOfWeights(weights, most);
    });
    const [top, left] = [(height + 1) * side, (width + 1) * side];
    this.sheet?.paintLevels(i, cells, 0, height, width, colours, top, left, side);
  }
}
