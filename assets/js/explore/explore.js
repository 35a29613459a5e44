/** Explore: the image at hand, what the networks see in it, and all other images. */
import { offWords } from "../core/ablation.js";
import { byId, find, write } from "../core/element.js";
import { facts } from "../core/facts.js";
import { say } from "../core/message.js";
import { askedKeys } from "../core/selection.js";
import { store } from "../core/store.js";
import { Moving } from "../edit/moving.js";
import { Pad } from "../edit/pad.js";
import { takeImages } from "../edit/upload.js";
import { Adversary } from "../questions/adversary.js";
import { Attribution } from "../questions/attribution.js";
import { Epochs } from "./epochs.js";
import { showImageNow } from "./image_now.js";
import { Reading } from "./reading.js";
import { Reference } from "./reference.js";
import { Stage } from "./stage.js";
import { WallSection } from "./wall_section.js";

/** @import { Picture } from "../core/picture.js" */
/** @import { Selection } from "../core/selection.js" */

export class Explore {
  constructor() {
    this.note = byId("digit-note").textContent; // that stands under the image where nothing is to be said of it
    this.wall = new WallSection();
    this.stage = new Stage(() => store.refresh());
    this.moving = new Moving(byId("moving"));
    this.pad = facts.images.drawn ? new Pad(details("pad")) : null; // where a drawing takes the place of an image
    this.reading = new Reading(byId("reading"), (...heard) => this.pad?.hear(...heard));
    this.reference = new Reference(byId("reference"), byId("differing"));
    this.epochs = new Epochs(byId("epochs"));
    this.attribution = new Attribution(details("why"));
    this.adversary = new Adversary(details("adversary"));
    const { pad } = this;
    if (pad) {
      takeImages(byId("digit"), {
        wanted: () => store.selection.page === "explore",
        send: (file) => pad.upload(file),
      });
    }
    find(byId("off"), "button").addEventListener("click", () => store.change({ off: "" }));
  }

  /** Make the columns of what is selected, before its picture is here. */
  arrange() {
    const { selection } = store;
    if (selection.page === "explore") this.stage.arrange(selection);
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

  /** Show what was measured meanwhile, where it is in sight. */
  renew() {
    this.stage.inspector.renew();
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
    const keys = askedKeys(selection);
    const label = store.labelOf(selection);
    this.stage.paint(selection, picture, label);
    showOff(selection);
    this.showImage(label);
    this.wall.mark(selection);
    document.body.dataset.painted = String(selection.digit);
    this.reading.show(selection, picture);
    this.attribution.show(selection, picture, keys);
    this.adversary.show(selection, keys);
  }

  /**
   * Show the image at hand, and what is done to it.
   * @param {number | null} label
   */
  showImage(label) {
    const { selection, picture } = store;
    showImageNow(label, this.note);
    this.moving.show(selection.perturb);
    this.epochs.show(selection);
    this.pad?.show(selection, picture);
    this.reference.show(selection, picture).catch((problem) => say(problem.message));
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
