/** The images there are to choose from: their labels, what the networks answer, and their pixels block by block. */
import { SIZE } from "./image.js";
import { facts } from "./facts.js";
import { getBytes, getBytesNow } from "./fetching.js";
import { say } from "./message.js";
import { Problem } from "./problem.js";
import { unsigned } from "./unsigned.js";

/** @import { Unsigned } from "./unsigned.js" */

export class Images {
  constructor() {
    /** @type {Unsigned} */
    this.labels = new Uint8Array(); // empty until they are here
    /** @type {Record<string, Unsigned>} */
    this.answers = {}; // by network
    /** @type {Map<number, Promise<Uint8Array>>} */
    this.blocks = new Map(); // by the number of the block
    /** @type {Map<number, Uint8Array>} */
    this.here = new Map(); // the same, of those that are here
    /** @type {Map<string, Set<number>>} */
    this.changed = new Map(); // whose answer changes, by what is off
  }

  /**
   * Take labels and answers as dashboard/wall.py packs them.
   * @param {ArrayBuffer} buffer
   */
  learn(buffer) {
    const { images: { count: digits }, models } = facts;
    const numbers = unsigned(buffer, digits * (1 + models.length));
    /** @param {number} i */
    const part = (i) => numbers.subarray(digits * i, digits * (i + 1));
    this.labels = part(0);
    this.answers = Object.fromEntries(models.map(({ key }, i) => [key, part(1 + i)]));
  }

  /**
   * Take the labels of a few images, where no others are asked for.
   * @param {Record<number, number>} labels by image
   */
  learnSome(labels) {
    this.labels = new Uint16Array(facts.images.count);
    for (const [digit, label] of Object.entries(labels)) this.labels[Number(digit)] = label;
  }

  /**
   * Return whether a network answers something else than an image's label.
   * @param {string} key
   * @param {number} digit
   */
  wrong(key, digit) {
    return facts.images.labelled && this.answers[key][digit] !== this.labels[digit];
  }

  /**
   * Return an image's label, null where nobody knows it.
   * @param {number} digit
   */
  labelOf(digit) {
    return facts.images.labelled ? this.labels[digit] : null;
  }

  /**
   * Return an image's pixels if they are here.
   * @param {number} digit
   * @returns {Uint8Array | undefined}
   */
  known(digit) {
    const bytes = this.here.get(blockOf(digit));
    return bytes && pixelsIn(bytes, digit);
  }

  /**
   * Return a promise of an image's pixels, 0 to 255.
   * @param {number} digit
   * @returns {Promise<Uint8Array>}
   */
  pixels(digit) {
    const block = blockOf(digit);
    const bytes = this.blocks.get(block) ?? this.fetch(digit);
    this.blocks.set(block, bytes);
    return bytes.then((bytes) => pixelsIn(bytes, digit));
  }

  /**
   * Fetch the block that an image is in.
   * @param {number} digit
   * @returns {Promise<Uint8Array>}
   */
  async fetch(digit) {
    const block = blockOf(digit);
    try {
      const bytes = new Uint8Array(await getBytes(blockAddress(digit)));
      this.here.set(block, bytes);
      return bytes;
    } catch (problem) {
      this.blocks.delete(block);
      if (problem instanceof Problem) say(problem.message);
      throw problem;
    }
  }

  /**
   * Return an image's pixels at once, null where they are not to be had: paper does not wait for a promise.
   * @param {number} digit
   */
  pixelsNow(digit) {
    const buffer = getBytesNow(blockAddress(digit));
    return buffer && pixelsIn(new Uint8Array(buffer), digit);
  }

  /**
   * Keep which answers change while this is off.
   * @param {string} off
   * @param {Iterable<number>} digits
   */
  keepChanged(off, digits) {
    this.changed.set(off, new Set(digits));
  }

  /**
   * Return whose answers change while this is off, null where that has not been counted.
   * @param {string} off
   */
  changedBy(off) {
    return this.changed.get(off) ?? null;
  }
}

/**
 * @param {number} digit
 */
const blockOf = (digit) => Math.floor(digit / facts.block);

/**
 * Return the pixels of an image.
 * @param {Uint8Array} bytes of its block
 * @param {number} digit
 */
function pixelsIn(bytes, digit) {
  const start = (digit % facts.block) * SIZE;
  return bytes.subarray(start, start + SIZE);
}

/**
 * Return the address of the block of pixels that an image is in.
 * @param {number} digit
 */
export const blockAddress = (digit) => `wall/${facts.version}/${blockOf(digit)}.bin`;

/** Return the address of all labels and answers. */
export const verdictsAddress = () => `wall/${facts.version}/verdicts.bin`;
