/** The weights of a layer's filters or units, fetched as they come into view, and painted. */
import { tunedTo } from "../core/channel.js";
import { levelColours } from "../core/colours.js";
import { find } from "../core/element.js";
import { facts } from "../core/facts.js";
import { getBytes, getBytesNow } from "../core/fetching.js";
import { say, wakingUp } from "../core/message.js";
import { openKernels } from "../core/picture.js";
import { endsOf, hasOwnScales, scaleBetween } from "../core/scale.js";
import { paintLegend } from "../figures/legend.js";
import { Sheet } from "../figures/sheet.js";

/** @import { Scale } from "../core/scale.js" */
/** @import { Selection } from "../core/selection.js" */

const ZOOMS = [14, 12, 10, 9, 8, 7, 6, 5, 4, 3];

export class Weights {
  /**
   * @param {any} panel of the layer; its filters have a sheet of their own, its units' weights are on the sheet of the units
   * @param {Map<Element, number>} widths of the sheets, by their elements
   */
  constructor(panel, widths) {
    const { layer, count, element } = panel;
    const size = layer.grid.reduce((/** @type {number} */ all, /** @type {number} */ side) => all * side);
    this.panel = panel;
    this.layer = layer;
    this.count = count;
    this.size = size;
    this.levels = new Uint8Array(count * size);
    this.low = new Float32Array(count).fill(NaN); // NaN as long as it is not here
    this.high = new Float32Array(count);
    this.across = panel.templates ? 1 : Math.ceil(Math.sqrt(layer.grid[0])); // slices side by side
    this.legend = find(element, ".kernel-legend");
    const kernels = element.querySelector(".kernels");
    if (kernels) this.kernels = new Sheet(kernels, this.form(), widths.get(kernels));
    this.sheet = this.kernels ?? panel.sheet;
    this.await();
  }

  /** A convolution's filter is all its slices, side by side, un-flipped. */
  form() {
    const { layer, panel } = this;
    const [slices, height, width] = layer.grid;
    const down = Math.ceil(slices / this.across);
    const gap = slices === 1 ? 0 : 1;
    const columns = this.across * (width + gap) - gap;
    const { columns: mapColumns, zoom: mapZoom, gap: mapGap } = panel.sheet.form;
    const pitch = mapColumns * mapZoom + mapGap; // each filter stands under its map, where it fits there
    const zoom = ZOOMS.find((zoom) => pitch % zoom === 0 && columns * zoom + 4 <= pitch) ?? 2;
    const [kind, rest] = slices === 1 ? ["kernel", ""] : ["filter", `, ${slices} slices`];
    return {
      rows: down * (height + gap) - gap,
      columns,
      zoom,
      gap: Math.max(4, pitch - columns * zoom),
      below: slices === 1 ? zoom : 4,
      count: this.count,
      foot: 0,
      limit: () => panel.sheet.across,
      name: (/** @type {number} */ i) => `${layer.name} ${kind} ${i}${rest}`,
      about: (/** @type {number} */ i) => tunedTo(layer, i),
      pick: (/** @type {number} */ i) => panel.act.pick(panel.path, i, null),
      point: (/** @type {number[]} */ place, /** @type {any} */ event) =>
        panel.act.point({ panel, kind: "kernel", place, event }),
      leave: panel.act.leave,
      resized: () => panel.repaint(),
    };
  }

  /**
   * Return whether those of filter i are here.
   * @param {number} i
   */
  isHere(i) {
    return !Number.isNaN(this.low[i]);
  }

  /**
   * Return the weight's [row, column, slice] under a pixel of a filter's picture, or null between slices.
   * @param {number} row
   * @param {number} column
   */
  under(row, column) {
    const [slices, height, width] = this.layer.grid;
    if (slices === 1) return row < height ? [row, column, 0] : null;
    const slice = Math.floor(row / (height + 1)) * this.across + Math.floor(column / (width + 1));
    const inside = [row % (height + 1), column % (width + 1)];
    return slice < slices && inside[0] < height && inside[1] < width ? [...inside, slice] : null;
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

  /** Fetch them part by part as they come into view. */
  await() {
    const { children } = this.sheet.buttons.element;
    const asked = new Set();
    /** @param {number} i */
    const seen = (i) => {
      const part = Math.floor(i / facts.part);
      if (!asked.has(part)) this.fetch(part).catch((problem) => (asked.delete(part), say(problem.message)));
      asked.add(part);
    };
    const watch = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        seen(Array.prototype.indexOf.call(children, target));
        watch.unobserve(target);
      }
    }, { rootMargin: "150px" });
    const step = Math.max(1, Math.floor(facts.part / 8));
    for (let i = 0; i < this.count; i += step) watch.observe(children[i]);
  }

  /**
   * Fetch a part.
   * @param {number} part
   */
  async fetch(part) {
    this.take(part, await getBytes(this.address(part), wakingUp));
    if (this.panel.selection) this.paint(this.panel.selection);
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
    return `/kernels/${facts.version}/${this.panel.key}/${this.layer.name}/${part}.bin`;
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
   * Return the ends of the scale of filter i where each has its own, "" elsewhere.
   * @param {number} i
   * @param {Selection} selection
   */
  ends(i, selection) {
    if (!hasOwnScales(selection) || !this.isHere(i)) return "";
    return endsOf(this.scale(i, selection), this.low[i], this.high[i]);
  }

  /**
   * Weights do not depend on the image, only on the kind of scale.
   * @param {Selection} selection
   */
  paint(selection) {
    const here = Array.from(this.low.keys()).filter((i) => this.isHere(i));
    if (!here.length) return;
    this.sheet.fit();
    const own = hasOwnScales(selection);
    /** @param {Float32Array} ends */
    const of = (ends) => here.map((i) => ends[i]);
    const [least, most] = [Math.min(...of(this.low)), Math.max(...of(this.high))];
    const shared = own ? null : scaleBetween(least, most, kindOfWeights(selection));
    const words = own ? "weights: each filter has its own scale, to the ± number under it" : "weights";
    paintLegend(this.legend, shared, words);
    for (const i of here) this.paintFilter(i, shared ?? this.scale(i, selection), selection);
    this.sheet.flush();
  }

  /**
   * Paint the weights of filter i.
   * @param {number} i
   * @param {Scale} scale
   * @param {Selection} selection
   */
  paintFilter(i, scale, selection) {
    const [slices, height, width] = this.layer.grid;
    const colours = levelColours(scale, this.low[i], this.high[i], facts.levels.kernels);
    if (this.kernels) this.kernels.buttons.mark(i, "", this.ends(i, selection));
    else this.panel.markUnit(i);
    for (let slice = 0; slice < slices; slice++) {
      const top = Math.floor(slice / this.across) * (height + 1);
      const left = (slice % this.across) * (width + 1);
      const start = i * this.size + slice * height * width;
      this.sheet.paintLevels(i, this.levels, start, height, width, colours, top, left);
    }
  }
}

/**
 * Return the kind of scale of weights.
 * @param {Pick<Selection, "scale">} selection
 */
const kindOfWeights = ({ scale }) => (scale === "grey" ? "grey" : "diverging");
