/** What a network answers: its classes in order, and the words for it. */
import { classes } from "./image.js";
import { softmax } from "./arithmetic.js";
import { differenceWords, imageWords, pinnedWords } from "./image_words.js";
import { nameOf } from "./facts.js";
import { chance, inFull, percent, round } from "./number.js";

/** @import { Opened, Picture } from "./picture.js" */
/** @import { Selection } from "./selection.js" */

/**
 * Return the classes, the one with the largest logit first: float32 probabilities saturate, and then tie.
 * @param {Pick<Opened, "logits">} opened
 * @returns {number[]}
 */
export const rankedClasses = ({ logits }) => Array.from(logits.keys()).sort((a, b) => logits[b] - logits[a]);

/**
 * Return the probabilities in float64, by the logits: the network's own are float32, of which many are 1.
 * @param {Pick<Opened, "logits" | "shares">} opened
 */
export const sharesOf = (opened) => (opened.shares ??= divided(softmax(opened.logits)));

/** @param {ReturnType<typeof softmax>} of */
const divided = ({ exponentials, sum }) => exponentials.map((each) => each / sum);

/**
 * Return what is said first, whether that is right, and with which probability and margin; the logits rank.
 * @param {Pick<Opened, "logits">} opened
 * @param {number | null} label
 */
export function summaryOf(opened, label) {
  const [first, second] = rankedClasses(opened);
  const all = sharesOf(opened);
  const margin = all[first] - all[second];
  return {
    answer: first,
    judged: label === null ? "" : first === label ? "right" : "wrong",
    margin: opened.logits[first] === opened.logits[second] ? percent(0) : chance(margin),
    probability: chance(all[first]),
  };
}

/**
 * Return what a network says: "5 with 92.6 %".
 * @param {Pick<Opened, "logits">} opened
 */
export function saying(opened) {
  const { answer, probability } = summaryOf(opened, null);
  return `${classes[answer]} with ${probability}`;
}

/**
 * Return what both networks say, as a sentence for a screen reader.
 * @param {Selection} selection
 * @param {Pick<Picture, "models">} picture
 * @param {number | null} label
 * @param {string[]} keys
 */
export function verdictSentence(selection, picture, label, keys) {
  const said = keys.map((key) => {
    const { answer, judged, probability } = summaryOf(picture.models[key], label);
    return `${nameOf(key)} says ${classes[answer]} with ${probability}${judged && `, ${judged}`}`;
  });
  return [
    imageWords(selection, label),
    ...said,
    differenceWords(selection).replace(/^d/, "All layers show the d"),
    pinnedWords(selection),
  ].filter(Boolean).join(". ") + ".";
}

/**
 * Return a probability in full: what the network gave, as float32, and where that is 1 what the logits leave for the others.
 * @param {Pick<Opened, "logits" | "probabilities">} opened
 * @param {number} number of the class
 */
export function probabilityInFull(opened, number) {
  const own = opened.probabilities[number];
  const { exponentials, sum } = softmax(opened.logits);
  const rest = exponentials.reduce((all, one, i) => (i === number ? all : all + one), 0) / sum;
  return `probability ${own === 1 ? `1 − ${round(rest)} by the logits, as float32 ` : ""}${inFull(own)}`;
}
