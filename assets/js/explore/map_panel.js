/** A layer of maps. */
import { nouns } from "../core/image.js";
import { paintLevels } from "../core/canvas.js";
import { levelColours, paletteOf } from "../core/colours.js";
import { hasOwnScales, isFlat, ownScaleOf } from "../core/scale.js";
import { paintLegend } from "../figures/legend.js";
import { leavingWords, silentWords } from "./counted.js";
import { Panel } from "./panel.js";

/** @import { Box } from "./lane_column.js" */
/** @import { Placed } from "./lane_layout.js" */
/** @import { Scale } from "../core/scale.js" */
/** @import { Selection } from "../core/selection.js" */

const MARKED = new Set(["off", "same", "dead", "silent", "constant", "faint"]); // on a map; what is usual, such as always on, is said when it is pointed at
/** @type {Record<string, string>} */
const WORDS = {
  map: "each map has its own scale",
  grey: "each map from its smallest (black) to its largest (white)",
  data: `the same for all ${nouns}`,
};

export class MapPanel extends Panel {
  /** @type {(i: number) => Scale} of map i, as it is painted */
  scaleFor = () => ({ palette: "grey", low: 0, high: 1 });

  /** @override */
  get word() {
    return "map";
  }

  /** @override */
  get box() {
    const [rows, columns] = this.layer.shape;
    return { .../** @type {Box} */ (super.box), kind: /** @type {const} */ ("maps"), rows, columns };
  }

  /**
   * @override
   * @param {Pick<Placed, "zoom">} placed
   * @param {number} ratio
   */
  sides({ zoom }, ratio) {
    const [rows, columns] = this.layer.shape;
    return { rows, columns, zoom: zoom / ratio, gap: 1 };
  }

  /**
   * @override
   * @param {number} [row]
   * @param {number} [column]
   */
  place(row, column) {
    return row === undefined || column === undefined ? null : [row, column];
  }

  /**
   * @override
   * @param {Selection} selection
   * @param {any} opened
   */
  paintSheet(selection, { low, high, levels, count }) {
    const [rows, columns] = this.layer.shape;
    const [least, most] = [Math.min(...low), Math.max(...high)];
    const own = hasOwnScales(selection);
    const shared = own ? null : this.scaleOf(selection, least, most);
    this.scaleFor = (/** @type {number} */ i) =>
      shared ?? ownScaleOf(selection, this.now, low[i], high[i], least);
    if (this.flipped) return;
    this.explain(selection, shared, least, most);
    const palette = paletteOf(this.scaleFor(0).palette); // of all of them
    const colours = new Uint32Array(count);
    for (let i = 0; i < this.count; i++) {
      levelColours(this.scaleFor(i), low[i], high[i], count, palette, colours);
      this.sheet.paintLevels(i, levels, i * rows * columns, rows, columns, colours);
      const fate = this.fate(i);
      this.mark(i, MARKED.has(fate) ? fate : "");
    }
    this.sheet.flush();
  }

  /**
   * Paint map i onto a canvas as it is in its lane, a pixel for each cell.
   * @param {HTMLCanvasElement} canvas
   * @param {number} i
   */
  paintOn(canvas, i) {
    const [rows, columns] = this.layer.shape;
    const { low, high, levels, count } = this.opened;
    const colours = levelColours(this.scaleFor(i), low[i], high[i], count);
    paintLevels(canvas, rows, columns, levels, i * rows * columns, colours);
  }

  /**
   * Say what the colours mean.
   * @param {Selection} selection
   * @param {Scale | null} shared
   * @param {number} least
   * @param {number} most
   */
  explain(selection, shared, least, most) {
    const everywhere = shared && isFlat(shared) && least === most ? "everywhere" : "";
    const grey = this.differing && selection.scale === "grey";
    const scale = grey ? `${WORDS.map}, a difference is not grey` : WORDS[selection.scale];
    const told = this.differing || silentWords(this);
    const words = [leavingWords(this, least, most), everywhere, scale, told].filter(Boolean).join(" · ");
    paintLegend(this.legend, shared, shared && words && !this.differing ? `· ${words}` : words);
  }

  /**
   * Return the value at a place as the picture has it: [value, largest error].
   * @param {number} i
   * @param {number} row
   * @param {number} column
   */
  approximate(i, row, column) {
    const { low, high, levels, count } = this.opened;
    const [rows, columns] = this.layer.shape;
    const last = count - 1;
    const level = levels[(i * rows + row) * columns + column];
    return [low[i] + ((high[i] - low[i]) * level) / last, (high[i] - low[i]) / last / 2];
  }
}
