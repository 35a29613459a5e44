/** What a cell sees, outlined on the image and on the maps. */
import { byId } from "../core/element.js";
import { SIDES } from "../core/image.js";
import { facts } from "../core/facts.js";
import { Outlines } from "../figures/outlines.js";
import { boxOn, partOf } from "../core/receptive_field.js";

/** @import { Layer } from "../core/facts.js" */

export class Sight {
  /**
   * @param {HTMLElement} box over the image
   * @param {any} network whose panels are outlined
   */
  constructor(box, network) {
    this.box = box;
    this.network = network;
    this.frame = 0;
    /** @type {Outlines | null} */
    this.pixels = null; // of the image that are outlined thinly, once there are any
  }

  /**
   * Outline what a cell sees: on the image at once, on the maps of the layers between in the next frame.
   * A layer that sees all of the image, or a map without a cell, outlines all of it and nothing on the maps; no layer outlines nothing.
   * @param {Layer | null} layer
   * @param {number[] | null} [cell]
   */
  show(layer, cell) {
    this.onImage(layer, cell);
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.onMaps(layer, cell));
  }

  /**
   * @param {Layer | null} layer
   * @param {number[] | null} [cell]
   */
  onImage(layer, cell) {
    this.box.hidden = !layer;
    if (!layer) return;
    const [top, left, bottom, right] = (cell && partOf(layer, cell, "input", SIDES)) ?? [0, 0, ...SIDES];
    Object.assign(this.box.style, boxOn(SIDES, [top, left, bottom, right]));
  }

  /**
   * @param {Layer | null} layer
   * @param {number[] | null} [cell]
   */
  onMaps(layer, cell) {
    const own = cell && layer && facts.models.find(({ layers }) => layers.includes(layer));
    for (const { key, layer: seen, isMaps, sheet } of this.network.panels) {
      if (isMaps) {
        const sees = layer && key === own?.key && seen !== layer;
        sheet.outline(sees ? partOf(layer, cell ?? [], seen.name, seen.shape) : null);
      }
    }
  }

  /**
   * Outline the cells that weigh most in what the lens shows, thinly, on the layer that is read.
   * @param {{panel: any} | null} target
   * @param {string} name of that layer, "input" for the image, "" for none
   * @param {number[][]} sources [picture, row, column] of each
   */
  sources(target, name, sources) {
    this.onPixels(name === "input" ? sources : []);
    for (const { key, layer, isMaps, sheet } of this.network.panels) {
      if (isMaps) sheet.point(key === target?.panel.key && layer.name === name ? sources : []);
    }
  }

  /**
   * Outline pixels of the image thinly.
   * @param {number[][]} sources [colour, row, column] of each
   */
  onPixels(sources) {
    if (!sources.length && !this.pixels) return;
    const image = /** @type {HTMLCanvasElement} */ (byId("digit-canvas"));
    this.pixels ??= new Outlines(image, "points");
    this.pixels.clear(image.clientWidth, image.clientHeight, !sources.length);
    const side = image.clientWidth / SIDES[1];
    for (const [, row, column] of sources) this.pixels.mark([column * side, row * side], side);
  }
}
