/** One layer of one network: a sheet of what it makes of the image, and its weights. */
import { readOff } from "../core/ablation.js";
import { changesQuery, networkAddress, referenceQuery } from "../core/address.js";
import { fateOf, tunedTo } from "../core/channel.js";
import { differenceWords } from "../core/image_words.js";
import { find } from "../core/element.js";
import { channelsOf, hasMaps, lastLayer, modelOf } from "../core/facts.js";
import { layerAt } from "../core/moments.js";
import { fixedScale, hasOwnScales, kindOf, leavesScale, scaleBetween } from "../core/scale.js";
import { isDifference, isFlipped } from "../core/selection.js";
import { Sheet } from "../figures/sheet.js";
import { PanelHead } from "./panel_head.js";
import { Weights } from "./weights.js";

/** @import { Layer } from "../core/facts.js" */
/** @import { Picture } from "../core/picture.js" */
/** @import { Box } from "./lane_column.js" */
/** @import { Placed } from "./lane_layout.js" */
/** @import { Selection } from "../core/selection.js" */

const WORDS = 30; // CSS pixels of a map that has room for a word

/** What maps and units have in common. */
export class Panel {
  /**
   * @param {HTMLElement} element where it goes
   * @param {string} key
   * @param {Layer} layer
   * @param {{pick: (path: string, filter: number, cell: number[] | null) => void, point: (where: any) => void, leave: () => void, flip: (path: string) => void, show: (path: string) => void, panelOf: (key: string, name: string) => Panel | undefined}} act
   */
  constructor(element, key, layer, act) {
    this.element = element;
    this.key = key;
    this.layer = layer;
    this.now = layer; // as it was at the moment that is shown
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
    this.isSmall = true; // whether its pictures have no room for words
    this.flipped = false; // whether its weights are shown in the place of its maps
    this.isLast = layer === lastLayer(modelOf(key));
    this.count = channelsOf(layer);
    this.isMaps = hasMaps(layer);
    this.weights = layer.kernels ? new Weights(this) : null;
    this.canFlip = this.isMaps && Boolean(this.weights);
    this.sheet = this.newSheet(find(element, ".maps"));
    this.head = new PanelHead(element, layer, {
      flip: this.canFlip ? () => act.flip(this.path) : null,
      show: (name) => act.show(`${key}.${name}`),
    });
    this.legend = this.head.legend;
  }

  /**
   * Return what its channels are painted on.
   * @param {HTMLElement} element
   * @returns {Sheet}
   */
  newSheet(element) {
    return new Sheet(element, this.form());
  }

  /**
   * What is to be placed.
   * @returns {Box}
   */
  get box() {
    return { name: this.layer.name, kind: "units", count: this.count, rows: 1, columns: 1 };
  }

  /**
   * Take the place that the layout found; return whether that is another than before.
   * @param {Placed} placed
   * @param {number} ratio device pixels of a CSS pixel
   */
  lay(placed, ratio) {
    const { left, top, width, height } = placed;
    const style = { left, top, width, height };
    for (const [name, length] of Object.entries(style)) this.element.style.setProperty(name, `${length}px`);
    this.element.classList.toggle("cut", placed.seen < this.count);
    this.head.cut(placed.seen, this.count);
    const form = { ...this.sides(placed, ratio), across: placed.across };
    this.isSmall = form.columns * form.zoom < WORDS;
    this.element.classList.toggle("small", this.isSmall);
    if (Object.entries(form).every(([name, value]) => /** @type {any} */ (this.sheet.form)[name] === value)) {
      return;
    }
    Object.assign(this.sheet.form, form);
    this.sheet.fit();
    this.weights?.lay();
    this.repaint();
  }

  /** What its pictures are of. */
  get word() {
    return "channel";
  }

  /**
   * Return how large its pictures are: rows and columns of one, CSS pixels of each of these, and how many of them lie between two.
   * @param {Pick<Placed, "zoom">} _placed
   * @param {number} _ratio device pixels of a CSS pixel
   */
  sides(_placed, _ratio) {
    return { rows: 1, columns: 1, zoom: 1, gap: 0 };
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
      ...this.sides({ zoom: 1 }, 1),
      across: this.count,
      count: this.count,
      name: (i) => `${layer.name} ${this.word} ${i}${this.differing && `, ${this.differing}`}`,
      about: (i) => tunedTo(this.now, i),
      pick: (i, row, column) => act.pick(path, i, this.place(row, column)),
      point: (place, event) => act.point({ panel: this, kind: "map", place, event }),
      leave: act.leave,
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
    this.now = layerAt(this.key, this.layer, selection.epoch);
    Object.assign(this, { selection, picture, opened, fixed: fixedScale(selection, this.now) });
    this.weights?.turnTo(selection);
    const compared = this.compare(differenceWords(selection));
    this.turn(this.canFlip && isFlipped(selection, this.path));
    this.paintSheet(selection, opened, restyled || compared);
    if (this.flipped) this.weights?.paint(selection);
    const chosen = selection.layer === this.path ? (selection.filter ?? -1) : -1;
    this.sheet.buttons.select(chosen);
    this.weights?.sheet?.buttons.select(chosen);
    this.head.say(selection, this.differing);
  }

  /**
   * Show its weights in the place of its maps, or its maps again.
   * @param {boolean} flipped
   */
  turn(flipped) {
    if (flipped === this.flipped) return;
    this.flipped = flipped;
    this.element.classList.toggle("flipped", flipped);
    this.head.press(flipped);
    if (flipped) this.weights?.open();
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
   * Return the scale of all of the layer, whose smallest value is `least`.
   * @param {Selection} selection
   * @param {number} least
   * @param {number} most
   */
  scaleOf(selection, least, most) {
    return this.fixed ?? scaleBetween(least, most, kindOf(selection, this.now, least));
  }

  /**
   * Return the one word that fits channel i, as `fateOf` does.
   * @param {number} i
   */
  fate(i) {
    const { selection, opened, now } = this;
    return fateOf(now, i, opened, {
      stage: selection.stage,
      off: this.off.includes(i),
      differing: isDifference(selection),
      own: hasOwnScales(selection),
    });
  }

  /**
   * Mark map or unit i with a word, and with a sign where it leaves the fixed scale.
   * @param {number} i
   * @param {string} word
   */
  mark(i, word) {
    const { sign, words } = this.leaving(i);
    const told = [word, words && `beyond the scale, ${words}`].filter(Boolean).join(", ");
    this.sheet.buttons.mark(i, [sign, word].filter(Boolean).join(" "), told);
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
   * Return the panel of a layer of the same network, undefined where it has none.
   * @param {string} name
   * @returns {Panel | undefined}
   */
  before(name) {
    return this.act.panelOf(this.key, name);
  }

  /** Paint anew what lies elsewhere than before. */
  repaint() {
    if (this.selection) this.paint(this.selection, this.picture);
  }

  /** Make ready for paper: fetch at once the weights that are not here, and give every picture a place of its own. */
  print() {
    if (this.flipped && this.weights?.fetchRest()) this.weights.paint(this.selection);
    this.shown.spread();
  }

  unprint() {
    this.shown.gather();
  }

  /** The sheet that is seen. */
  get shown() {
    return (this.flipped && this.weights?.sheet) || this.sheet;
  }

  /**
   * Return the address of this layer's values for an image.
   * @param {Selection} selection
   */
  address(selection) {
    const values = `${
      networkAddress(selection, this.key)
    }/images/${selection.digit}/layers/${this.layer.name}.npy`;
    const differs = this.differing && `&${referenceQuery(selection)}`;
    return `${values}?stage=${selection.stage}${changesQuery(selection, this.key)}${differs}`;
  }
}
