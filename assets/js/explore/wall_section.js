/** The wall with what stands around it: how many images there are and why, and the ways from one to the next. */
import { classes, counted, member, nouns } from "../core/image.js";
import { offWords } from "../core/ablation.js";
import { pictureAddress } from "../core/address.js";
import { rankedBy } from "../core/channel.js";
import { countChanged } from "../core/counting.js";
import { byId, write } from "../core/element.js";
import { facts, modelOf, nameOf } from "../core/facts.js";
import { getBytes } from "../core/fetching.js";
import { say, wakingUp } from "../core/message.js";
import { settle } from "../core/settling.js";
import { store } from "../core/store.js";
import { unsigned } from "../core/unsigned.js";
import { digitsWithin, withinWords } from "../core/within.js";
import { changingSets, chosenDigits } from "./choice.js";
import { GoTo } from "./go_to.js";
import { Wall } from "./wall.js";

/** @import { Selection, WallChoice } from "../core/selection.js" */

export class WallSection {
  constructor() {
    /** @type {Record<string, import("../core/unsigned.js").Unsigned>} */
    this.orders = {}; // by name: images, as the server ranks them
    /** @type {number[] | null} */
    this.inside = null; // images within a line, or near one of them, in order
    this.insideOf = ""; // what they are within
    /** @type {string | null} */
    this.sort = null; // by which the wall is sorted
    this.wall = new Wall(byId("wall"), {
      pick: (digit, walked) => store.change({ digit }, walked ? "replace" : "push"),
      rest: (digit) => getBytes(pictureAddress(settle(store.wanted, { digit }))).catch(() => {}),
    });
    byId("previous").addEventListener("click", () => this.step(-1));
    byId("next").addEventListener("click", () => this.step(1));
    this.goTo = new GoTo(/** @type {HTMLInputElement} */ (byId("go-to")));
    byId("wall-answer").addEventListener("click", () => store.change({ wall: plainer(store.wanted.wall) }));
  }

  /**
   * Mark the image that the page shows, and say its number.
   * @param {Selection} selection
   */
  mark(selection) {
    this.wall.mark(selection.digit);
    this.goTo.show(selection);
  }

  /**
   * Step along the wall.
   * @param {number} by
   */
  step(by) {
    const digit = this.wall.beside(by);
    if (digit !== undefined) store.change({ digit });
  }

  /** Show the images that are chosen, once what that needs is here. */
  choose() {
    const { selection, images } = store;
    const { wall: choice, off, pair } = selection;
    const missing = this.missing(choice, off);
    paintChip(choice);
    if (missing) {
      return void missing.then((found) => found && this.choose(), (problem) => say(problem.message));
    }
    const { orders, inside } = this;
    /** @param {string} set */
    const changed = (set) => images.changedBy(set);
    const digits = chosenDigits(choice, pair, images, { orders, inside, changed }, off);
    const fromTop = this.sort !== null && this.sort !== choice.sort;
    this.sort = choice.sort;
    this.wall.show(digits, selection.digit, pair, fromTop);
    write(byId("wall-what"), whatWords(choice));
    const marks = document.getElementById("wall-marks"); // not there where nobody knows who is wrong
    if (marks) marks.innerHTML = pair.map(mark).join(", ");
    const count = this.wall.list.length;
    write(
      byId("wall-count"),
      count ? counted(count) : `No ${member} is like that; choose otherwise above`,
    );
  }

  /**
   * Return a promise of what an order or a choice of images needs and is not here, null where nothing is missing.
   * @param {WallChoice} choice
   * @param {string} off
   * @returns {Promise<boolean> | null}
   */
  missing(choice, off) {
    const { sort, within } = choice;
    if (sort !== "index" && !this.orders[sort]) return this.fetchOrder(sort);
    if (within && this.insideOf !== within) return this.fetchInside(within);
    const uncounted = changingSets(choice, off).find((set) => !store.images.changedBy(set));
    return uncounted ? countFor(uncounted) : null;
  }

  /**
   * Fetch an order.
   * @param {string} sort
   */
  async fetchOrder(sort) {
    const kind = sort.includes(".") ? "strength" : "unsure";
    const address = `wall/${facts.version}/${kind}/${sort.replaceAll(".", "/")}.bin`;
    this.orders[sort] = unsigned(await getBytes(address, wakingUp), facts.images.count);
    return true;
  }

  /**
   * Fetch which images are within something.
   * @param {string} within
   */
  async fetchInside(within) {
    const inside = await digitsWithin(within);
    Object.assign(this, { inside, insideOf: within });
    return true;
  }
}

/**
 * Count which answers change without a set of channels, as long as they are wanted; say how far that is.
 * @param {string} off
 */
async function countFor(off) {
  const wanted = () => changingSets(store.selection.wall, store.selection.off).includes(off);
  /** @type {(key: string, digits: number) => boolean} */
  const go = (key, digits) => {
    if (!wanted()) return false;
    write(byId("wall-count"), `Counting ${nameOf(key)}'s answers: ${digits.toLocaleString("en")} ${nouns}`);
    return true;
  };
  const digits = await countChanged(store.images, off, go);
  if (!digits || !wanted()) return false;
  store.images.keepChanged(off, digits);
  return true;
}

/**
 * Return how a mistake of a network is marked.
 * @param {string} key
 */
const mark = (key) => `<span data-model="${key}"><span class="hue">${nameOf(key)}</span></span>`;

/**
 * Return a choice without what no control shows.
 * @param {WallChoice} wall
 */
const plainer = (wall) => ({
  ...wall,
  answer: null,
  by: "",
  within: "",
  changed: "",
  wrong: wall.wrong === "changed" ? "" : wall.wrong,
  sort: wall.sort.includes(".") ? "index" : wall.sort,
});

/**
 * Say what is chosen in ways that no control shows; a click takes it back.
 * @param {WallChoice} choice
 */
function paintChip({ answer, by: key, sort, wrong, within, changed }) {
  const chip = byId("wall-answer");
  const [, network, layer, channel] = sort.match(/^([^.]*)\.(.*)\.(\d+)$/) ?? [];
  const ranked = channel &&
    `${orderOf(network, layer)} first for ${nameOf(network)} ${layer} ${channel}`;
  const chosen = [
    answer === null ? "" : `that ${nameOf(key)} takes for ${classes[answer]}`,
    ranked,
    wrong === "changed" ? "whose answer changes" : "",
    changed ? `whose answer changes without ${offWords(changed)}` : "",
    within ? withinWords(within, sort) : "",
  ].filter(Boolean).join(", ");
  chip.hidden = !chosen;
  if (chosen) write(chip, `${chosen} ×`);
}

/**
 * Return which images of a layer come first: the strongest, or those with the largest of what they are ranked by.
 * @param {string} key
 * @param {string} name
 */
function orderOf(key, name) {
  const { layers } = modelOf(key);
  const layer = layers.find((each) => each.name === name);
  const what = layer && rankedBy(layer, layer === layers.at(-1));
  return what ? `largest ${what}` : "strongest";
}

/**
 * Return what is chosen in the lists of the wall, in their words: "only FCN is wrong · ", "" where nothing is.
 * @param {WallChoice} choice
 */
function whatWords({ label, wrong, sort }) {
  /** @type {(id: string, value: string) => string} */
  const words = (id, value) => byId(id).querySelector(`option[value="${value}"]`)?.textContent ?? "";
  const chosen = [
    label === null ? "" : words("wall-label", String(label)),
    wrong && words("wall-wrong", wrong),
    sort === "index" ? "" : words("wall-sort", sort),
  ].filter(Boolean);
  return chosen.length ? `${chosen.join(", ")} · ` : "";
}
