/** One layer of one network: a sheet of what it makes of the image, and its weights. */
import { readOff } from "../core/ablation.js";
import { changesQuery, referenceQuery } from "../core/address.js";
import { fateOf, tunedTo } from "../core/channel.js";
import { differenceWords } from "../core/image_words.js";
import { find, write } from "../core/element.js";
import { channelsOf, hasMaps, lastLayer, modelOf } from "../core/facts.js";
import { fixedScale, hasOwnScales, kindOf, leavesScale, scaleBetween } from "../core/scale.js";
import { isDifference } from "../core/selection.js";
import { Sheet } from "../figures/sheet.js";
import { Weights } from "./weights.js";

/** @import { Layer } from "../core/facts.js" */
/** @import { Picture } from "../core/picture.js" */
/** @import { Selection } from "../core/selection.js" */

const CAPTION = 15; // screen pixels for a range under a map

/** What maps and units have in common. */
export class Panel {
  /**
   * @param {HTMLElement} element where it goes
   * @param {string} key
   * @param {Layer} layer
   * @param {{pick: (path: string, filter: number, cell: number[] | null) => void, point: (where: any) => void, leave: () => void}} act
   * @param {Map<Element, number>} widths of the sheets, by their elements
   */
  constructor(element, key, layer, act, widths) {
    this.element = element;
    this.key = key;
    this.layer = layer;
    this.act = act;
    this.path = `${key}.${layer.name}`;
    this.differing = "";
    /** @type {number[]} */
    this.off = []; // channels
    /** @type {any} */
    this.selection = null; // what is painted, with its picture
    /** @type {any} */
    this.picture = null;
    /** @type {any} */
    this.opened = null; // what the picture has of this layer
    /** @type {import("../core/scale.js").Scale | null} */
    this.fixed = null; // the scale that is the same for all images
    /** @type {Weights | null} */
    this.weights = null;
    this.title = find(element, ".tensor");
    this.legend = find(element, ".legend");
    this.isLast = layer === lastLayer(modelOf(key));
    this.count = channelsOf(layer);
    this.isMaps = hasMaps(layer);
    this.templates = layer.kernels && !this.isMaps;
    const maps = find(element, ".maps");
    this.sheet = new Sheet(maps, this.form(), widths.get(maps));
    if (layer.kernels) this.weights = new Weights(this, widths);
  }

  /** What its pictures are of. */
  get word() {
    return "channel";
  }

  /** Return how large its pictures are. */
  sides() {
    return { rows: 0, columns: 0, zoom: 1, gap: 0 };
  }

  /**
   * Return the cell at a place of a picture.
   * @param {number} [_row]
   * @param {number} [_column]
   * @returns {number[] | null}
   */
  place(_row, _column) {
    return null;
  }

  /**
   * Paint what a picture has of the layer.
   * @param {any} _selection
   * @param {any} _opened
   * @param {boolean} _anew whether more than the values may be others than before
   */
  paintSheet(_selection, _opened, _anew) {}

  /**
   * Mark channel i.
   * @param {number} _i
   */
  markUnit(_i) {}

  /** @returns {import("../figures/buttons.js").SheetForm} */
  form() {
    const { layer, act, path } = this;
    return {
      ...this.sides(),
      count: this.count,
      foot: this.isLast ? CAPTION : 0,
      name: (i) => `${layer.name} ${this.word} ${i}${this.differing && `, ${this.differing}`}`,
      about: (i) => tunedTo(layer, i),
      pick: (i, row, column) => act.pick(path, i, this.place(row, column)),
      point: (place, event) => act.point({ panel: this, kind: "map", place, event }),
      leave: act.leave,
      resized: () => this.repaint(),
    };
  }

  /**
   * @param {Selection} selection
   * @param {Picture} picture
   */
  paint(selection, picture) {
    const opened = picture.models[this.key].layers[this.layer.name];
    this.element.classList.toggle("away", !opened); // of a large network only what is in sight is here
    if (!opened) return;
    const restyled = this.selection?.scale !== selection.scale || this.selection?.off !== selection.off;
    this.off = readOff(selection.off).get(this.path) ?? [];
    Object.assign(this, { selection, picture, opened, fixed: fixedScale(selection, this.layer) });
    const compared = this.compare(differenceWords(selection));
    this.refoot(selection);
    const moved = this.sheet.fit();
    const stands = `${standing(this.layer, selection)} · ${this.layer.shape.join("×")}`;
    write(this.title, `${this.differing && "difference, "}${stands}`);
    this.paintSheet(selection, opened, restyled || moved || compared);
    if (restyled || ((moved || compared) && this.templates)) this.weights?.paint(selection);
    const chosen = selection.layer === this.path ? (selection.filter ?? -1) : -1;
    this.sheet.buttons.select(chosen);
    this.weights?.kernels?.buttons.select(chosen);
  }

  /**
   * Name the maps or units after what they show; return whether that is something else than before.
   * @param {string} differing
   */
  compare(differing) {
    if (differing === this.differing) return false;
    this.differing = differing;
    this.sheet.buttons.rename();
    return true;
  }

  /**
   * Make room for a caption under each picture where each has its own scale.
   * @param {Selection} selection
   */
  refoot(selection) {
    const sheets = [this.isMaps || this.templates ? this.sheet : null, this.weights?.kernels];
    for (const sheet of sheets) {
      if (sheet) sheet.form.foot = hasOwnScales(selection) ? Math.ceil(CAPTION / sheet.form.zoom) : 0;
    }
  }

  /**
   * Return the scale of all of the layer, whose smallest value is `least`.
   * @param {Selection} selection
   * @param {number} least
   * @param {number} most
   */
  scaleOf(selection, least, most) {
    return this.fixed ?? scaleBetween(least, most, kindOf(selection, this.layer, least));
  }

  /**
   * Return the one word that fits channel i, as `fateOf` does.
   * @param {number} i
   */
  fate(i) {
    const { selection, opened, layer } = this;
    return fateOf(layer, i, opened, {
      stage: selection.stage,
      off: this.off.includes(i),
      differing: isDifference(selection),
      own: hasOwnScales(selection),
    });
  }

  /**
   * Mark map or unit i with a word, and with a sign where it leaves the fixed scale; with a caption under it.
   * @param {number} i
   * @param {string} word
   * @param {string} caption
   */
  mark(i, word, caption) {
    const { sign, words } = this.leaving(i);
    const told = [word, words && `beyond the scale, ${words}`].filter(Boolean).join(", ");
    this.sheet.buttons.mark(i, [sign, word].filter(Boolean).join(" "), caption, told);
  }

  /**
   * Return how map or unit i leaves the fixed scale, as `leavesScale` says it.
   * @param {number} i
   */
  leaving(i) {
    const { low, high, values } = this.opened;
    return leavesScale(this.fixed, (low ?? values)[i], (high ?? values)[i]);
  }

  /**
   * Say how many maps or units leave the fixed scale, and how far; "" where none does.
   * @param {number} least
   * @param {number} most
   */
  leavingWords(least, most) {
    const { sign, words } = leavesScale(this.fixed, least, most);
    if (!words) return "";
    let gone = 0;
    for (let i = 0; i < this.count; i++) if (this.leaving(i).words) gone++;
    const go = gone === 1 ? "goes" : "go";
    return `${sign} ${gone} of ${this.count} ${this.word}s ${go} beyond, ${words}`;
  }

  /** Paint anew what lies elsewhere than before. */
  repaint() {
    if (!this.selection) return;
    this.paint(this.selection, this.picture);
    this.weights?.paint(this.selection);
  }

  /** Make ready for paper: fetch at once the weights that have not come into view, and give every picture a place of its own. */
  print() {
    if (this.weights?.fetchRest()) this.weights.paint(this.selection);
    for (const sheet of [this.sheet, this.weights?.kernels]) sheet?.spread();
  }

  unprint() {
    for (const sheet of [this.sheet, this.weights?.kernels]) sheet?.gather();
  }

  /**
   * Return the address of this layer's values for an image.
   * @param {Selection} selection
   */
  address(selection) {
    const values = `/api/models/${this.key}/images/${selection.digit}/layers/${this.layer.name}.npy`;
    const differs = this.differing && `&${referenceQuery(selection)}`;
    return `${values}?stage=${selection.stage}${changesQuery(selection, this.key)}${differs}`;
  }

  /**
   * Return whether the pointer, on a row of a picture, is over weights.
   * @param {number} [_row]
   */
  isOverWeights(_row) {
    return false;
  }
}

/**
 * Say where in a layer its values are read; one without an activation function has the same before and after it.
 * @param {Pick<Layer, "activation" | "form">} layer
 * @param {Pick<Selection, "stage">} selection
 */
function standing({ activation, form }, { stage }) {
  if (activation) return `${stage === "pre" ? "before" : "after"} ${activation}`;
  if (form !== "window") return "no activation function";
  return stage === "pre" ? "after pooling, which has no activation" : "after pooling";
}
