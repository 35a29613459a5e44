/** What a unit makes of maps or of other units: its weights over them, and these times their values. */
import { weightsAddress } from "../core/address.js";
import { strongestOf, sumBySlice } from "../core/arithmetic.js";
import { paintValues } from "../core/canvas.js";
import { make } from "../core/element.js";
import { getTensor, isKnown } from "../core/fetching.js";
import { weighsAll } from "../core/forms.js";
import { changeWords } from "../core/moments.js";
import { round } from "../core/number.js";
import { scaleFor } from "../core/scale.js";

/** @import { Panel } from "./panel.js" */

const REST = 150; // milliseconds on one unit after which its weights are asked for

/**
 * Return what tells about the values that a layer gives to those behind it, from the picture at hand; null where that shows differences, or values before an activation function that does more than cut.
 * @param {Panel} panel
 * @returns {((channel: number, row?: number, column?: number) => number) | null}
 */
export function givenBy(panel) {
  const { differing, selection, layer: { activation } } = panel;
  /** @type {(channel: number, row?: number, column?: number) => number} */
  const shown = (...place) => /** @type {any} */ (panel).approximate(...place)[0];
  if (differing) return null;
  if (selection.stage === "post" || !activation) return shown;
  return activation === "relu" ? (...place) => Math.max(0, shown(...place)) : null;
}

/**
 * Return a promise of pictures of what a unit weighs: of maps, that map which adds most to it; of units, all of them. Where moments are compared, of how that changed. None where it reads the image or several layers, or where the pointer has gone on.
 * @param {Panel} unit the panel of the unit
 * @param {number} i
 * @param {() => boolean} current whether it is still pointed at
 * @returns {Promise<HTMLElement[]>}
 */
export async function weighed(unit, i, current) {
  const { key, layer } = unit;
  const [read, ...others] = layer.reads;
  const panel = others.length || !weighsAll(layer) ? undefined : unit.before(read);
  const given = panel?.opened && givenBy(panel);
  const change = changeWords(key, unit.selection);
  if (!panel || !(given || change)) return [];
  const address = weightsAddress(unit.selection, key, layer.name, i);
  if (!isKnown(address)) await new Promise((go) => setTimeout(go, REST));
  if (!current()) return [];
  const { data } = await getTensor(address);
  if (!given) return [changed(panel, data, change)];
  return panel.isMaps ? overMap(panel, given, data) : overUnits(panel, given, data);
}

/**
 * Return how weights changed: over all units, or over that map over which they did most.
 * @param {Panel} panel
 * @param {ArrayLike<number>} weights their differences, in the order row, column, map
 * @param {string} words between which moments
 */
function changed({ isMaps, layer, count }, weights, words) {
  if (!isMaps) return diverging(weights, Math.ceil(Math.sqrt(count)), `weights over ${layer.name} ${words}`);
  const [rows, columns] = layer.shape;
  const [map] = strongestOf(sumBySlice(Float64Array.from(weights, Math.abs), count), 1);
  const own = Float64Array.from({ length: rows * columns }, (_, at) => weights[at * count + map]);
  return diverging(own, columns, `weights over ${layer.name} map ${map}, changed most, ${words}`);
}

/**
 * @param {Panel} panel of maps
 * @param {(map: number, row: number, column: number) => number} given
 * @param {ArrayLike<number>} weights in the order row, column, map
 */
function overMap(panel, given, weights) {
  const [rows, columns, count] = panel.layer.shape;
  const products = Float64Array.from(weights, (weight, at) => {
    const place = Math.floor(at / count);
    return weight * given(at % count, Math.floor(place / columns), place % columns);
  });
  const added = sumBySlice(products, count);
  const map = added.reduce((most, sum, each) => (Math.abs(sum) > Math.abs(added[most]) ? each : most), 0);
  /** @param {ArrayLike<number>} all */
  const of = (all) => Float64Array.from({ length: rows * columns }, (_, at) => all[at * count + map]);
  return [
    diverging(of(weights), columns, `weights over ${panel.layer.name} map ${map}, which weighs most`),
    diverging(of(products), columns, `× map, ${round(added[map])} in all`),
  ];
}

/**
 * @param {Panel} panel of units
 * @param {(unit: number) => number} given
 * @param {ArrayLike<number>} weights
 */
function overUnits(panel, given, weights) {
  const across = Math.ceil(Math.sqrt(panel.count));
  const products = Float64Array.from(weights, (weight, at) => weight * given(at));
  return [
    diverging(weights, across, `weights over ${panel.layer.name}, row by row`),
    diverging(products, across, "× its units"),
  ];
}

/**
 * Return a picture of numbers under its name and their scale; where the last row is short, what lies behind it is nothing.
 * @param {ArrayLike<number>} values
 * @param {number} columns
 * @param {string} words
 */
export function diverging(values, columns, words) {
  const scale = scaleFor(Array.from(values), "diverging");
  const rows = Math.ceil(values.length / columns);
  const canvas = paintValues(make("canvas"), rows, columns, (at) => values[at] ?? 0, scale);
  return make("figure", {}, canvas, make("figcaption", { textContent: `${words}, ±${round(scale.high)}` }));
}
