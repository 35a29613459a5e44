/** Which images a choice leaves on the wall, in which order. */
import { facts } from "../core/facts.js";
import { isNear } from "../core/within.js";

/** @import { Images } from "../core/images.js" */
/** @import { WallChoice } from "../core/selection.js" */

/**
 * What a choice needs: orders by name, the images of `within` in order, and those whose answer changes, by what is off.
 * @typedef {{orders: Record<string, ArrayLike<number>>, inside: number[] | null, changed: (off: string) => Set<number> | null}} Known
 */

/**
 * Return the images that a choice of dashboard/selection.py's Wall leaves, in its order.
 * @param {WallChoice} choice what is chosen
 * @param {string[]} keys of the pair
 * @param {Images} images
 * @param {Known} known
 * @param {string} off what is switched off on the page
 * @returns {number[]}
 */
export function chosenDigits(choice, keys, images, { orders, inside, changed }, off = "") {
  const members = inside && new Set(inside);
  const sets = changingSets(choice, off);
  /** @param {number} digit */
  const keep = (digit) =>
    sets.every((set) => changed(set)?.has(digit)) &&
    (!choice.within || members?.has(digit)) &&
    (choice.label === null || images.labels[digit] === choice.label) &&
    (choice.answer === null || images.answers[choice.by][digit] === choice.answer) &&
    isJudged(choice.wrong, digit, keys, images);
  const given = choice.sort === "index" && isNear(choice.within) ? inside : null; // nearest first
  const order = given ?? orders[choice.sort] ??
    Array.from({ length: facts.images.count }, (_, image) => image);
  return Array.from(order).filter(keep);
}

/**
 * Return whether an image is one that the networks of the pair judge in this way: all are where no way is named.
 * @param {string} way
 * @param {number} digit
 * @param {string[]} keys
 * @param {Images} images
 */
function isJudged(way, digit, keys, images) {
  /** @param {string} key */
  const wrong = (key) => images.wrong(key, digit);
  if (way.startsWith("only.")) return keys.every((key) => wrong(key) === (key === way.slice(5)));
  if (way === "none") return !keys.some(wrong);
  if (way === "both") return keys.every(wrong);
  if (way === "disagree") return keys.some((key) => answer(key) !== answer(keys[0]));
  if (way === "disputed") return digit in facts.disputed;
  return way === "" || way === "changed" || (keys.includes(way) && wrong(way));

  /** @param {string} key */
  function answer(key) {
    return images.answers[key][digit];
  }
}

/**
 * Return the sets of channels without which the answer to every image on the wall is another: what is off on the page, and what the choice names.
 * @param {WallChoice} choice
 * @param {string} off
 */
export const changingSets = ({ wrong, changed }, off) =>
  [wrong === "changed" ? off : "", changed].filter(Boolean);
