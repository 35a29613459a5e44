/** The body of bytes that dashboard/picture.py packs, opened. */
import { SIZE } from "./image.js";
import { channelsOf, facts, hasMaps, lastLayer, modelOf } from "./facts.js";
import { isDifference } from "./selection.js";
import { heldLayers } from "./view.js";

/** @import { Model } from "./facts.js" */
/** @import { Selection } from "./selection.js" */

/**
 * Maps of a layer: map by map, level 0 is `low` and the last of `count` is `high`.
 * @typedef {{low: Float32Array, high: Float32Array, levels: Uint8Array, count: number}} OpenedMaps
 * @typedef {{values: Float32Array}} OpenedUnits
 * @typedef {{logits: Float32Array, probabilities: Float32Array, shares?: Float64Array}} Answer shares are sharesOf it, once they were asked for
 * @typedef {Answer & {layers: Record<string, any>, reference?: Answer}} Opened layers are OpenedMaps or OpenedUnits, by name
 * @typedef {{digit: number, pixels: Uint8Array | null, models: Record<string, Opened>, needed: string[]}} Picture needed: layers of large networks that it holds
 */

/**
 * Return what a selection's picture holds: {digit, pixels, models: {key: {logits, probabilities, layers: {name: panel}}}}; pixels, 0 to 255, are null of an unmoved image. A panel of units is {values};
 * one of maps is {low, high, levels, count}, with level 0 at `low[map]` and the last of `count` at `high[map]`, map by map. Where images are compared, panels hold differences, and a model also {reference: {logits, probabilities}}, the other image's.
 * @param {ArrayBuffer} buffer
 * @param {Selection} selection
 * @param {string[]} needed layers of large networks that it was asked for with
 * @returns {Picture}
 */
export function openPicture(buffer, selection, needed = []) {
  const form = isDifference(selection) ? "post" : selection.stage;
  const body = new Body(buffer);
  const models = selection.pair.map(modelOf).map((
    model,
  ) => [model, openModel(body, model, selection, needed)]);
  for (const [model, { layers }] of /** @type {[Model, Opened][]} */ (models)) {
    for (const { name, shape } of heldLayers(model, needed).filter(hasMaps)) {
      const cells = body.bytes(shape[0] * shape[1] * shape[2]);
      const levels = form === "pre" ? unsurprised(cells, shape) : cells;
      Object.assign(layers[name], { levels, count: facts.levels[form] });
    }
  }
  const pixels = body.at < buffer.byteLength ? body.bytes(SIZE) : null;
  const opened = Object.fromEntries(
    models.map(([model, opened]) => [/** @type {Model} */ (model).key, opened]),
  );
  return { digit: body.digit, pixels, needed, models: /** @type {Record<string, Opened>} */ (opened) };
}

/** The bytes of a picture, read from the first to the last. */
class Body {
  /** @param {ArrayBuffer} buffer */
  constructor(buffer) {
    this.buffer = buffer;
    this.digit = new DataView(buffer).getUint32(0, true);
    this.at = 4; // the next byte
  }

  /** @param {number} count */
  floats(count) {
    const part = new Float32Array(this.buffer, this.at, count);
    this.at += 4 * count;
    return part;
  }

  /** @param {number} count */
  bytes(count) {
    const part = new Uint8Array(this.buffer, this.at, count);
    this.at += count;
    return part;
  }
}

/**
 * Return what the picture has of one network, but for the levels of its maps.
 * @param {Body} body
 * @param {Model} model
 * @param {Selection} selection
 * @param {string[]} needed
 * @returns {Opened}
 */
function openModel(body, model, selection, needed) {
  const classes = channelsOf(lastLayer(model));
  const answer = () => ({ logits: body.floats(classes), probabilities: body.floats(classes) });
  /** @type {Opened} */
  const opened = { ...answer(), layers: {} };
  if (isDifference(selection)) opened.reference = answer();
  for (const layer of heldLayers(model, needed)) {
    const channels = channelsOf(layer);
    const maps = hasMaps(layer);
    opened.layers[layer.name] = maps
      ? { low: body.floats(channels), high: body.floats(channels) }
      : { values: body.floats(channels) };
  }
  return opened;
}

/**
 * Return the levels, map by map, of which dashboard/picture.py gives the surprises.
 * @param {Uint8Array} surprises
 * @param {number[]} shape
 * @returns {Uint8Array<ArrayBuffer>}
 */
function unsurprised(surprises, [rows, columns, maps]) {
  const levels = new Uint8Array(surprises.length); // counts modulo 256
  let at = 0;
  for (let map = 0; map < maps; map++) {
    for (let row = 0, from = map; row < rows; row++) {
      for (let column = 0; column < columns; column++, at++, from += maps) {
        const left = column ? levels[at - 1] : 0;
        const above = row ? levels[at - columns] : 0;
        const between = row && column ? levels[at - columns - 1] : 0;
        const [least, most] = left < above ? [left, above] : [above, left];
        levels[at] = surprises[from] + Math.max(least, Math.min(most, left + above - between));
      }
    }
  }
  return levels;
}

/**
 * Return {low, high, levels} of the filters of a layer.
 * @param {ArrayBuffer} buffer
 * @param {number} filters
 */
export function openKernels(buffer, filters) {
  return {
    low: new Float32Array(buffer, 0, filters),
    high: new Float32Array(buffer, 4 * filters, filters),
    levels: new Uint8Array(buffer, 8 * filters),
  };
}
