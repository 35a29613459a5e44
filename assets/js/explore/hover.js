/** Hover: what the pointer or the focus is on, in words beside it and as outlines on the image and on the maps. */
import { weightsAddress } from "../core/address.js";
import { fateWords, tunedTo } from "../core/channel.js";
import { nameOf } from "../core/facts.js";
import { getTensor, isKnown } from "../core/fetching.js";
import { inFull, round } from "../core/number.js";

/** @import { Tensor } from "../core/npy.js" */
/** @import { Selection } from "../core/selection.js" */
/** @import { Lens } from "./lens.js" */
/** @import { Sight } from "./sight.js" */

export class Hover {
  /**
   * @param {Sight} sight outlines what a cell sees
   * @param {Lens} lens
   */
  constructor(sight, lens) {
    this.lens = lens;
    this.sight = sight;
    this.turn = 0;
  }

  /**
   * Say what the pointer is over: network, layer, channel, row, column and value.
   * @param {any} where {panel, kind, place, event}
   * @param {Selection} selection
   */
  point({ panel, kind, place }, selection) {
    const [i, row, column] = place;
    this.turn++;
    this.lens.show({
      panel,
      i,
      cell: kind === "kernel" || row === undefined || !panel.isMaps ? null : [row, column],
    });
    if (kind === "kernel") {
      const weight = row === undefined ? null : panel.weights.under(row, column);
      if (weight && panel.weights.isHere(i)) return this.pointWeight(panel, i, weight);
      return this.lens.say(filterWords(panel, i));
    }
    this.sight.show(panel.layer, row === undefined || !panel.isMaps ? null : [row, column]);
    if (row === undefined || !panel.isMaps) return this.lens.say(channelWords(panel, i));
    this.pointCell(panel, place, selection);
  }

  /**
   * Say the value of a cell: as the picture has it, with the error of that, until it is here exactly.
   * @param {any} panel
   * @param {number[]} place
   * @param {Selection} selection
   */
  pointCell(panel, [i, row, column], selection) {
    const fate = panel.fate(i);
    const where = `row ${row}, column ${column}`;
    const words = panel.differing // from what, the page says above all maps
      ? `${where}: differs by`
      : `${head(panel)} map ${i}${fate && ` (${fate})`}, ${where}:`;
    const [value, error] = panel.approximate(i, row, column);
    if (error === 0) return this.lens.say(`${words} ${inFull(Math.fround(value))}`);
    const about = `${round(value)} ± ${round(error)}, half a level of the picture's ${panel.opened.count}`;
    this.exactly(
      panel.address(selection),
      words,
      about,
      ({ shape, data }) => data[(row * shape[1] + column) * shape[2] + i],
    );
  }

  /**
   * Say a weight: exactly where the whole kernel is small, else as its picture has it, with the error of that.
   * @param {any} panel
   * @param {number} i
   * @param {number[]} place
   */
  pointWeight(panel, i, place) {
    const { layer, key, weights } = panel;
    const [row, column, slice] = place;
    const where = `${layer.grid[0] > 1 ? `slice ${slice}, ` : ""}row ${row}, column ${column}`;
    const words = weights.change // of what, the title says, and between which moments the line above all maps
      ? `${where}: changed by`
      : `${head(panel)} filter ${i}, ${where}: weight`;
    const [value, error, levels] = weights.approximate(i, place);
    const about = `${round(value)} ± ${round(error)}, half a level of the picture's ${levels}`;
    this.exactly(
      weightsAddress(panel.selection, key, layer.name),
      words,
      about,
      ({ shape, data }) => data[((row * shape[1] + column) * shape[2] + slice) * shape[3] + i],
    );
  }

  /**
   * Say about what a number is, then what it is exactly, unless something else is pointed at by then.
   * @param {string} address
   * @param {string} words
   * @param {string} about
   * @param {(tensor: Tensor) => number} read
   */
  exactly(address, words, about, read) {
    const { turn } = this;
    if (!isKnown(address)) this.lens.say(`${words} ${about}`);
    /** @param {Tensor} tensor */
    const tell = (tensor) => turn === this.turn && this.lens.say(`${words} ${inFull(read(tensor))}`);
    getTensor(address).then(tell, () => {});
  }

  /** Forget what was still to be said. */
  leave() {
    this.turn++;
  }
}

/**
 * Say which layer it is.
 * @param {any} panel
 */
const head = ({ key, layer }) => `${nameOf(key)} ${layer.name}`;

/**
 * Say which difference is shown.
 * @param {any} panel
 */
const differing = (panel) => panel.differing && `, ${panel.differing}`;

/**
 * Say which filter it is, and what it is tuned to.
 * @param {any} panel
 * @param {number} i
 */
function filterWords(panel, i) {
  const tuned = tunedTo(panel.now, i);
  return `${head(panel)} filter ${i}${tuned && `, ${tuned}`}`;
}

/**
 * Say what a whole map spans, or what a unit is; and what is to be known of either.
 * @param {any} panel
 * @param {number} i
 */
function channelWords(panel, i) {
  const { now: layer, opened } = panel;
  const leaves = panel.leaving(i).words;
  const fate = fateWords(layer, panel.fate(i));
  const sentences = [fate, leaves && `Beyond the scale, ${leaves}.`].filter(Boolean).join(" ");
  const told = sentences && `. ${sentences}`;
  if (!panel.isMaps) {
    return `${head(panel)} unit ${i}${differing(panel)} = ${inFull(opened.values[i])}${told}`;
  }
  const [low, high] = [opened.low[i], opened.high[i]];
  const range = low === high ? `everywhere ${inFull(low)}` : `${round(low)} to ${round(high)}`;
  const tuned = tunedTo(layer, i);
  return `${head(panel)} map ${i}${differing(panel)}: ${range}${told}${tuned && `. It is ${tuned}`}`;
}
