/** The answers to all images while something is switched off, counted a block at a time. */
import { offOf } from "./ablation.js";
import { facts } from "./facts.js";
import { getBytes } from "./fetching.js";
import { wakingUp } from "./message.js";
import { unsigned } from "./unsigned.js";

/** @import { Images } from "./images.js" */

/**
 * Return a promise of the images whose answer changes in any network; of null once `go(key, images)` says no.
 * @param {Images} images
 * @param {string} off
 * @param {(key: string, digits: number) => boolean} go
 */
export async function countChanged(images, off, go) {
  /** @type {number[]} */
  const found = [];
  for (const { key } of facts.models.filter(({ key }) => offOf(off, key))) {
    const counted = await countAnswers(images, key, offOf(off, key), (digits) => go(key, digits));
    if (!counted) return null;
    found.push(...counted.changed.map(({ digit }) => digit));
  }
  return found;
}

/**
 * Return a promise of {accuracy, change, changed} of one network without what is off; of null once `go(images)` says no.
 * @param {Images} images
 * @param {string} key
 * @param {string} off
 * @param {(digits: number) => boolean} go
 */
export async function countAnswers(images, key, off, go) {
  const { answers } = images;
  /** @type {{digit: number, label: number | null, before: number, after: number}[]} */
  const changed = [];
  let right = 0;
  let before = 0;
  for (let start = 0; start < facts.images.count; start += facts.block) {
    const address = `api/models/${key}/without/${start / facts.block}.bin?off=${encodeURIComponent(off)}`;
    const found = unsigned(
      await getBytes(address, wakingUp),
      Math.min(facts.block, facts.images.count - start),
    );
    found.forEach((after, i) => {
      const digit = start + i;
      const label = images.labelOf(digit);
      right += Number(after === label);
      before += Number(answers[key][digit] === label);
      if (after !== answers[key][digit]) changed.push({ digit, label, before: answers[key][digit], after });
    });
    if (!go(start + found.length)) return null;
  }
  return {
    accuracy: facts.images.labelled ? right / facts.images.count : null,
    change: (100 * (right - before)) / facts.images.count,
    changed,
  };
}
