/** Explore: the image at hand, what the networks see in it, and all other images. */
import { paintPixels } from "../core/image.js";
import { offWords } from "../core/ablation.js";
import { verdictSentence } from "../core/answer.js";
import { imageTitle, imageWords } from "../core/image_words.js";
import { repaintValues } from "../core/canvas.js";
import { byId, find, write } from "../core/element.js";
import { facts, readPath } from "../core/facts.js";
import { say } from "../core/message.js";
import { moveQuery } from "../core/perturbation.js";
import { whenPrinted } from "../core/paper.js";
import { afterFrame } from "../core/schedule.js";
import { shownKeys } from "../core/selection.js";
import { store } from "../core/store.js";
import { whenThemed } from "../core/theme.js";
import { Moving } from "../edit/moving.js";
import { Pad } from "../edit/pad.js";
import { takeImages } from "../edit/upload.js";
import { Inspector } from "../inspector/inspector.js";
import { Adversary } from "../questions/adversary.js";
import { Attribution } from "../questions/attribution.js";
import { Hover } from "./hover.js";
import { Lens } from "./lens.js";
import { Network } from "./network.js";
import { Reading } from "./reading.js";
import { Reference } from "./reference.js";
import { Sight } from "./sight.js";
import { Verdicts } from "./verdicts.js";
import { WallSection } from "./wall_section.js";

/** @import { Picture } from "../core/picture.js" */
/** @import { Selection } from "../core/selection.js" */

export class Explore {
  constructor() {
    const recolour = () => this.recolour();
    whenThemed(recolour);
    whenPrinted(recolour, recolour); // before the maps are made ready for it
    this.note = byId("digit-note").textContent; // that stands under the image where nothing is to be said of it
    this.told = ""; // what a screen reader has heard of the answers last
    this.wall = new WallSection();
    this.network = new Network(byId("network"), {
      pick: (
        /** @type {string} */ layer,
        /** @type {number} */ filter,
        /** @type {number[] | null} */ cell,
      ) => store.change({ layer, filter, cell }),
      point: (/** @type {any} */ where) => this.point(where),
      leave: () => this.leave(),
      sighted: () => store.refresh(),
      laid: () => (this.lens?.show(), this.bringIntoSight()),
    });
    this.verdicts = new Verdicts(byId("verdicts"));
    this.sight = new Sight(byId("sight"), this.network);
    this.lens = new Lens(
      byId("lens"),
      (name, sources) => this.sight.sources(this.lens.target, name, sources),
    );
    this.hover = new Hover(this.sight, this.lens);
    this.inspector = new Inspector(byId("inspector"), this.sight, () => this.bringIntoSight());
    this.moving = new Moving(byId("moving"));
    this.pad = facts.images.drawn ? new Pad(details("pad")) : null; // where a drawing takes the place of an image
    this.reading = new Reading(byId("reading"), (...heard) => this.pad?.hear(...heard));
    this.reference = new Reference(byId("reference"), byId("differing"));
    this.attribution = new Attribution(details("why"));
    this.adversary = new Adversary(details("adversary"));
    const { pad } = this;
    if (pad) {
      takeImages(byId("digit"), {
        wanted: () => store.selection.page === "explore",
        send: (file) => pad.upload(file),
      });
    }
    document.addEventListener("keydown", (event) => this.key(event));
    find(byId("off"), "button").addEventListener("click", () => store.change({ off: "" }));
  }

  /**
   * Turn all layers over by a key.
   * @param {KeyboardEvent} event
   */
  key({ key, target, ctrlKey, metaKey, altKey }) {
    const typing = target instanceof Element && target.matches("input, select, textarea");
    if (typing || ctrlKey || metaKey || altKey || store.selection.page !== "explore") return;
    if (key === "k" || key === "K") this.network.flip();
  }

  /** Make the columns of what is selected, before its picture is here. */
  arrange() {
    const { selection } = store;
    if (selection.page !== "explore") return;
    this.network.arrange(shownKeys(selection));
    this.verdicts.arrange(selection);
  }

  /** Show what is known before the first picture is here. */
  begin() {
    this.wall.choose();
    this.showImage(store.labelOf(store.selection));
  }

  /**
   * Show what is selected now.
   * @param {Selection} before
   */
  shown(before) {
    const { selection } = store;
    if (selection.page !== "explore") return;
    if (anotherWall(before, selection)) this.wall.choose();
    if (store.picture) this.paint(selection, store.picture);
  }

  /** Paint all values anew in the colours that the paper has now. */
  recolour() {
    this.network.repaint();
    this.inspector.repaint();
    repaintValues();
  }

  takenBack() {
    this.moving.show(store.selection.perturb);
  }

  /**
   * Paint a picture, and all that follows from it.
   * @param {Selection} selection
   * @param {Picture} picture
   */
  paint(selection, picture) {
    const keys = shownKeys(selection);
    const label = store.labelOf(selection);
    this.network.paint(selection, picture);
    this.verdicts.paint(selection, picture, label);
    this.inspector.paint(selection, picture);
    afterFrame(() =>
      this.lens.show(this.network.inspected(selection) ?? this.lens.target ?? this.network.first())
    );
    showOff(selection);
    this.showImage(label);
    this.wall.mark(selection);
    document.body.dataset.painted = String(selection.digit);
    afterFrame(() =>
      store.picture === picture && this.tell(verdictSentence(selection, picture, label, keys))
    );
    this.reading.show(selection, picture);
    this.attribution.show(selection, picture, keys);
    this.adversary.show(selection, keys);
  }

  /**
   * Tell a screen reader what the networks say, unless it has just heard it: of a tab or a cell the inspector tells.
   * @param {string} sentence
   */
  tell(sentence) {
    if (sentence !== this.told) write(byId("status"), sentence);
    this.told = sentence;
  }

  /** Keep in sight the lane that the dock explains, which may have taken the room under it, and of one that scrolls the layer. */
  bringIntoSight() {
    const [key, name] = readPath(store.selection.layer);
    const panel = this.network.panelOf(key, name)?.element;
    const lane = panel?.closest(".network");
    for (const sought of lane?.matches(".wide") ? [panel, lane] : [lane]) {
      sought?.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
    }
  }

  /**
   * Show the image at hand, and what is done to it.
   * @param {number | null} label
   */
  showImage(label) {
    const { selection, picture } = store;
    const canvas = /** @type {HTMLCanvasElement} */ (byId("digit-canvas"));
    write(byId("digit-title"), imageTitle(selection, label));
    const dispute = label !== null && facts.disputed[selection.digit];
    write(byId("digit-note"), dispute ? `${dispute}.` : this.note);
    canvas.setAttribute("aria-label", `${imageWords(selection, label)}, ${facts.images.said} pixels`);
    this.moving.show(selection.perturb);
    this.pad?.show(selection, picture);
    this.reference.show(selection, picture).catch((problem) => say(problem.message));
    if (!moveQuery(selection.perturb)) {
      /** @param {Uint8Array} pixels */
      const paint = (pixels) => selection === store.selection && paintPixels(canvas, pixels);
      store.images.pixels(selection.digit).then(paint, () => {});
    } else if (picture?.pixels) paintPixels(canvas, picture.pixels);
  }

  /**
   * Say and show what is pointed at.
   * @param {any} where
   */
  point(where) {
    this.hover.point(where, store.selection);
    const { panel, kind, place: [i, ...cell] } = where;
    if (kind === "map" && panel.isMaps && cell.length) this.inspector.pointMap(panel.path, i, cell);
  }

  leave() {
    this.hover.leave();
    this.inspector.showSight();
    this.inspector.pointCell(null);
  }
}

/**
 * Return a section that opens.
 * @param {string} id
 */
const details = (id) => /** @type {HTMLDetailsElement} */ (byId(id));

/**
 * Say beside the verdict that it is not the whole network's.
 * @param {Selection} selection
 */
function showOff({ off }) {
  const note = byId("off");
  note.hidden = !off;
  if (off) write(find(note, "span"), `Switched off: ${offWords(off)}`);
}

/**
 * Return whether two selections show different images, or marks, on the wall.
 * @param {Selection} before
 * @param {Selection} next
 */
function anotherWall(before, next) {
  /** @param {Selection} selection */
  const chosen = ({ pair, wall, off }) => JSON.stringify([pair, wall, wall.wrong === "changed" && off]);
  const same = before.pair === next.pair && before.wall === next.wall && before.off === next.off;
  return !same && chosen(before) !== chosen(next);
}
