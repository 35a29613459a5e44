/** What would change its mind: the smallest change found of the image that makes a network say another class, of all other classes or of one. Asks for nothing until it is opened. */
import { networkAddress } from "../core/address.js";
import { classes, inputsOf, noun, perPixel, SIDES } from "../core/image.js";
import { make, write } from "../core/element.js";
import { facts, nameOf } from "../core/facts.js";
import { getJson, getTensor } from "../core/fetching.js";
import { readPixels } from "../core/ink.js";
import { wakingUp } from "../core/message.js";
import { alone, momentAt, momentWords } from "../core/moments.js";
import { moveQuery, readMove } from "../core/perturbation.js";
import { Problem } from "../core/problem.js";
import { scaleFor } from "../core/scale.js";
import { distanceWords, exampleBlock, stepsShown } from "./adversarial_example.js";
import { Asked, classChoices, hueOf } from "./asked.js";

/** @import { Selection } from "../core/selection.js" */
/** @import { Scale } from "../core/scale.js" */

const NEAREST = "nearest"; // of all other classes
const SECOND = "second"; // answer
const SLOW = 400; // milliseconds, after which it is said that it takes longer
/** The section that seeks what turns the networks' answers to the image at hand: now if it is open, else as soon as it is. */
export class Adversary {
  /** @param {HTMLDetailsElement} details */
  constructor(details) {
    /** @type {any} */
    this.shown = null; // the image at hand: {selection, keys}
    this.section = new Asked(details, {
      part: "mind",
      question: () => this.question(),
      ask: (asked) => this.ask(asked),
      paint: (asked, found) => this.paint(asked, found),
    });
    this.target = this.section.choice(`Class that the ${noun} is to be taken for`, [
      [NEAREST, "whatever is nearest"],
      [SECOND, "its second answer"],
      ...classChoices(),
    ]);
    this.words = make("p", { className: "reading" });
    this.waiting = make("p", { className: "reading", role: "status" });
    this.section.fill(make("label", {}, "to be taken for ", this.target), this.words, this.waiting);
  }

  /**
   * @param {Selection} selection
   * @param {string[]} keys
   */
  show(selection, keys) {
    this.shown = { selection, keys };
    this.section.show(selection);
  }

  question() {
    const { selection: { pair, digit, perturb, off, epoch }, keys } = this.shown;
    return { keys, pair, digit, off, epoch, move: moveQuery(perturb), target: this.target.value };
  }

  /**
   * Return a promise of what is found of each network, and say how far that is while it takes long.
   * @param {any} asked
   */
  async ask(asked) {
    const done = new Set();
    const seeking = "Seeking the nearest picture for every other class";
    const tell = () =>
      write(this.waiting, `${seeking}: ${done.size} of ${asked.keys.length} networks done …`);
    const slow = setTimeout(tell, SLOW);
    const found = asked.keys.map(async (/** @type {string} */ key) => {
      const one = await seek(asked, key);
      done.add(key);
      if (this.waiting.textContent) tell();
      return one;
    });
    try {
      return await Promise.all(found);
    } finally {
      clearTimeout(slow);
      write(this.waiting, "");
    }
  }

  /**
   * Show what was found.
   * @param {any} asked
   * @param {any[]} found
   */
  paint({ keys, off, epoch }, found) {
    const all = found.filter(({ told }) => told);
    for (const each of all) each.change = difference(each.example, each.pixels);
    const scale = all.length ? scaleFor(all.flatMap(({ change }) => [...change.data]), "diverging") : null;
    write(this.words, all.length ? methodWords(all[0].told, off) : "");
    const items = keys.map((/** @type {string} */ key, /** @type {number} */ i) =>
      make("li", { "data-model": key }, hueOf(key), ` ${whenWords(key, epoch)}${distanceWords(found[i])}`)
    );
    const blocks = keys.flatMap((/** @type {string} */ key, /** @type {number} */ i) =>
      found[i].told ? [exampleBlock(key, found[i], scale, this.shown.selection)] : []
    );
    this.section.body.replaceChildren(make("ul", { className: "told", tabIndex: 0 }, ...items), ...blocks);
  }
}

/**
 * Say how it was found.
 * @param {any} told
 * @param {string} off
 */
const methodWords = ({ definition, source }, off) => {
  const signs = facts.images.drawn
    ? "Red is ink added, blue is ink taken away."
    : "Red is more, blue is less, summed over the colours.";
  const whole = off ? " Of the whole networks: nothing is switched off here." : "";
  return `${definition} ${source}. ${signs}${whole}`;
};

/**
 * Return what is added to an image.
 * @param {{shape: number[], data: Float32Array}} example
 * @param {{data: Float32Array}} image
 */
const difference = ({ data }, { data: before }) => ({
  shape: SIDES,
  data: perPixel(data.map((value, i) => value - before[i])),
});

/**
 * Return a promise of what JSON at an address with a query says.
 * @param {string} address
 * @param {...(string | false)} query
 */
const get = (address, ...query) => getJson(`${address}?${query.filter(Boolean).join("&")}`, wakingUp);

/**
 * Say at which moment a network is that is not as trained: "after epoch 3, ".
 * @param {string} key
 * @param {string} epoch
 */
const whenWords = (key, epoch) => {
  const kept = momentAt(key, epoch);
  return kept ? `${momentWords(kept.key)}, ` : "";
};

/**
 * Return a promise of what is found of one network, or of the sentence that says why there is nothing.
 * @param {any} asked
 * @param {string} key
 * @returns {Promise<any>}
 */
async function seek({ digit, move, target, pair, epoch }, key) {
  const at = (/** @type {string} */ key) => `${networkAddress(alone({ epoch }), key)}/images/${digit}`;
  /** @type {(key: string, change: string) => Promise<any>} */
  const verdict = (key, change) => get(at(key), change);
  const { answer, logits } = await verdict(key, move);
  const wanted = target === NEAREST ? "" : target === SECOND ? String(second(logits)) : target;
  if (target === String(answer)) {
    return {
      none: `${nameOf(key)} takes this ${noun} for a ${
        classes[Number(target)]
      } already: choose another class.`,
    };
  }
  let told;
  try {
    told = await get(`${at(key)}/adversary`, wanted && `target=${wanted}`, move);
  } catch (problem) {
    if (!(problem instanceof Problem) || problem.status !== 404) throw problem;
    return { none: problem.message };
  }
  const other = pair.find((/** @type {string} */ each) => each !== key);
  const file = `${at(key)}/adversary.npy?${[`target=${told.target}`, move].filter(Boolean).join("&")}`;
  const both = other && told.perturb
    ? [move, `perturb=${told.perturb}`].map((change) => verdict(other, change))
    : [];
  const [pixels, example, pictures, verdicts] = await Promise.all([
    getTensor(`api/images/${digit}.npy?${move}`, wakingUp),
    read(told, file),
    Promise.all(stepsShown(told).map((step) => read(told.steps[step], `${file}&step=${step}`))),
    Promise.all(both),
  ]);
  return { told, pixels, example, pictures, other, verdicts, file };
}

/**
 * Return the class with the largest logit but one.
 * @param {number[]} logits
 */
const second = (logits) => Array.from(logits.keys()).sort((a, b) => logits[b] - logits[a])[1];

/**
 * Return a promise of a picture: it stands in an address where it can be drawn, else it is fetched.
 * @param {{perturb?: string}} told
 * @param {string} file its address
 */
async function read({ perturb }, file) {
  if (!perturb) return getTensor(file, wakingUp);
  const levels = await readPixels(readMove(perturb).ink.split(":")[1]);
  return { shape: SIDES, data: Float32Array.from(inputsOf(Array.from(levels))) };
}
