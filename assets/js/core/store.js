/** What is selected, its picture, and who follows both: where all parts of the page meet. */
import { linkTo, pictureAddress } from "./address.js";
import { imageName } from "./image_words.js";
import { facts } from "./facts.js";
import { getBytes, getBytesNow } from "./fetching.js";
import { Images } from "./images.js";
import { say, wakingUp } from "./message.js";
import { moveQuery } from "./perturbation.js";
import { openPicture } from "./picture.js";
import { Problem } from "./problem.js";
import { oneAtATime } from "./schedule.js";
import { isDrawn } from "./selection.js";
import { settle } from "./settling.js";
import { layersNeeded } from "./view.js";

/** @import { Picture } from "./picture.js" */
/** @import { Selection } from "./selection.js" */

const LATE = 1000; // milliseconds without an answer, after which the page says that it waits

/**
 * Who is told that another selection is on the screen than before, or that one that was wanted will not be.
 * @typedef {object} Follower
 * @property {(before: Selection, history: History) => any} [shown] where it returns a promise on Compare, the next change waits for that
 * @property {() => void} [takenBack]
 *
 * A step that Back undoes, one on the way, or one that Back made.
 * @typedef {"push" | "replace" | "keep"} History
 */

export class Store {
  /**
   * @param {Selection} selection what the address said
   * @param {Images} images what there is to choose from
   */
  constructor(selection, images) {
    this.selection = selection; // what is on the screen
    this.wanted = selection; // what was asked for last
    /** @type {Picture | null} */
    this.picture = null;
    this.images = images;
    this.begun = false; // whether what is selected is shown, or waits for that
    this.trouble = false; // whether the page says that a change has not come about
    this.perturbing = oneAtATime(async ([text, step]) => {
      const [perturb, more] = [await text()].flat();
      await this.move(perturb, step, more);
    });
    /** @type {(next: Selection) => string} */
    this.refusal = () => ""; // why a change is not made, "" for one that is
    /** @type {Follower[]} */
    this.followers = [];
    /** @type {WeakMap<ArrayBuffer, Picture>} */
    this.opened = new WeakMap(); // by their bytes
  }

  /**
   * Tell somebody what happens, after all that were named before.
   * @param {Follower} follower
   */
  follow(follower) {
    this.followers.push(follower);
  }

  /** Show what is wanted from now on. */
  begin() {
    this.begun = true;
    return this.change({}, "replace");
  }

  /**
   * Change the selection and show it. The last change wins; until its picture is there, the previous one stays.
   * @param {Partial<Selection>} patch
   * @param {History} history
   */
  async change(patch, history = "push") {
    const next = settle(this.wanted, patch);
    const refused = this.refusal(next);
    if (refused) return this.complain(refused);
    if (history !== "keep" && linkTo(next) === linkTo(this.wanted) && this.picture) return;
    this.wanted = next;
    if (!this.begun) return;
    if (next.page === "explore") return this.seek(next, history);
    await Promise.all(this.show(next, this.picture, history));
  }

  /**
   * Fetch the picture of a selection, then show both.
   * @param {Selection} next
   * @param {History} history
   */
  async seek(next, history) {
    const late = setTimeout(() => this.isLate(next), LATE);
    try {
      const opened = await this.look(next);
      if (this.wanted !== next) return;
      this.content();
      this.show(next, opened, history);
      this.refresh(); // what came into sight meanwhile
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (this.wanted === next) this.stay(problem, history);
    } finally {
      clearTimeout(late);
    }
  }

  /**
   * Say that the page still waits for a picture.
   * @param {Selection} next
   */
  isLate(next) {
    if (this.wanted !== next || document.body.dataset.waking) return;
    this.complain(`The server has not answered yet; still waiting for ${imageName(next)}.`);
  }

  /**
   * Say why a change has not come about; a page that shows something already goes on showing it.
   * @param {Problem} problem
   * @param {History} history
   */
  stay(problem, history) {
    const next = this.wanted;
    this.complain(problem.message);
    if (next.page !== this.selection.page || !this.picture) return this.show(next, this.picture, history);
    this.wanted = this.selection;
    for (const follower of this.followers) follower.takenBack?.();
  }

  /**
   * Put a selection on the screen, with its picture.
   * @param {Selection} next
   * @param {Picture | null} picture
   * @param {History} history
   */
  show(next, picture, history) {
    const before = this.selection;
    this.selection = next;
    this.picture = picture;
    return this.followers.map((follower) => follower.shown?.(before, history));
  }

  /**
   * Return a promise of the picture of a selection.
   * @param {Selection} next
   * @returns {Promise<Picture>}
   */
  async look(next) {
    /** @param {string} sentence */
    const again = (sentence) => this.wanted === next && wakingUp(sentence);
    const needed = layersNeeded(next);
    return this.open(await getBytes(pictureAddress(next, needed), again), next, needed);
  }

  /**
   * Return the picture of a selection at once, null where it is not to be had: paper does not wait for a promise.
   * @param {Selection} next
   */
  lookNow(next) {
    const needed = layersNeeded(next);
    const buffer = getBytesNow(pictureAddress(next, needed));
    return buffer && this.open(buffer, next, needed);
  }

  /** Fetch the picture anew where a layer of a large network has come into sight that it does not hold. */
  async refresh() {
    const held = this.picture?.needed;
    if (!held || layersNeeded(this.wanted).every((path) => held.includes(path))) return;
    await this.seek(this.wanted, "keep");
  }

  /**
   * @param {ArrayBuffer} buffer
   * @param {Selection} selection
   * @param {string[]} needed
   */
  open(buffer, selection, needed) {
    const picture = this.opened.get(buffer) ?? openPicture(buffer, selection, needed);
    this.opened.set(buffer, picture);
    return picture;
  }

  /**
   * Do this to the image, and change more with it: a step that Back undoes, if it is to be one or if nothing was done, or drawn, before.
   * @param {string} perturb
   * @param {boolean} step
   * @param {Partial<Selection>} more
   */
  move(perturb, step, more = {}) {
    const further = moveQuery(this.wanted.perturb) && isDrawn(this.wanted) === isDrawn({ perturb });
    return this.change({ perturb, ...more }, further && !step ? "replace" : "push");
  }

  /**
   * Do to the image what a text says: one at a time, and after it the newest.
   * @param {() => any} text returns the text, or a promise of it, alone or in a list with what changes too
   * @param {boolean} step whether Back undoes it by itself
   */
  perturb(text, step = false) {
    return this.perturbing([text, step || Boolean(this.perturbing.next?.[1])]);
  }

  /** Return whether something newer is to be done to the image. */
  isBehind() {
    return this.perturbing.next !== null;
  }

  /**
   * Return what an image is said to be, null of one that somebody drew.
   * @param {Selection} selection
   */
  labelOf(selection) {
    return isDrawn(selection) ? null : this.images.labelOf(selection.digit);
  }

  /**
   * Say why a change has not come about; the next one that does takes it back.
   * @param {string} sentence
   */
  complain(sentence) {
    this.trouble = true;
    say(sentence);
  }

  content() {
    if (this.trouble) say("");
    this.trouble = false;
  }
}

/** The one of this page. */
export const store = new Store(facts.selection, new Images());
