/** When a network learned an image, in words. */
import { momentWords } from "../core/moments.js";

/** @typedef {{moments: {key: string, answer: number}[], label: number | null}} History as the server tells it of an image */

const TIMES = ["", " once", " twice"];

/**
 * Return when an image was named right first, and how often that was lost again: "learned after step 64, forgotten once". What random weights name right is luck.
 * @param {History} history
 */
export function learnedWords({ moments, label }) {
  if (label === null) return "has no label";
  const right = moments.map(({ answer }) => answer === label);
  const first = right.indexOf(true, 1);
  if (first < 0) return "never learned";
  const lost = right.filter((is, i) => i > first && !is && right[i - 1]).length;
  const end = right.at(-1) ? "" : ", wrong in the end";
  const forgotten = lost ? `, forgotten${TIMES[lost] ?? ` ${lost} times`}` : "";
  return `learned ${momentWords(moments[first].key)}${forgotten}${end}`;
}

/**
 * Return what was answered at every moment: "with random weights 3, after step 1 7, …".
 * @param {History} history
 * @param {string[]} classes by number
 */
export const answeredWords = ({ moments }, classes) =>
  moments.map(({ key, answer }) => `${momentWords(key)}: ${classes[answer]}`).join(", ");
