/** Which image is at hand, in words. */
import { classes, Member, member, noun } from "./image.js";
import { facts } from "./facts.js";
import { momentName } from "./moments.js";
import { moveWords, readMove } from "./perturbation.js";
import { isDifference, isDrawn, isPinned } from "./selection.js";

/** @import { Compared, Selection } from "./selection.js" */

/** How an image of the set is that nothing was done to; digits are written. */
export const ORIGINAL = facts.images.drawn ? "as it was written" : "as it is";

/**
 * Return which image it is: "test image 4271", or "your digit".
 * @param {Pick<Selection, "digit" | "perturb">} selection
 */
export const imageName = (
  selection,
) => (isDrawn(selection) ? `your ${noun}` : `${member} ${selection.digit}`);

/**
 * Return which image it is in the name of a file: "digit-4271", "drawing-rotation-15".
 * @param {Pick<Selection, "digit" | "perturb">} selection
 */
export function fileStem(selection) {
  const { done } = readMove(selection.perturb);
  return `${isDrawn(selection) ? "drawing" : `${noun}-${selection.digit}`}${
    done && `-${done.replace(":", "-")}`
  }`;
}

/**
 * Return a test image's label in words, and who disputes it, if anybody does.
 * @param {number} digit
 * @param {number | null} label null where nobody knows it
 */
export const labelWords = (digit, label) =>
  label === null
    ? "without a label"
    : `label ${classes[label]}${facts.disputed[digit] ? `, disputed: ${facts.disputed[digit]}` : ""}`;

/**
 * @param {Pick<Selection, "digit" | "perturb">} selection
 * @param {string} label in words
 */
const parts = (selection, label) =>
  [imageName(selection).replace(/^./, (first) => first.toUpperCase()), label, moveWords(selection.perturb)]
    .filter(Boolean);

/**
 * Return which image it is, in words; the label of one that somebody drew is null.
 * @param {Pick<Selection, "digit" | "perturb">} selection
 * @param {number | null} label
 */
export const imageWords = (selection, label) =>
  parts(selection, label === null ? "" : labelWords(selection.digit, label)).join(", ");

/**
 * Return the same as a title, in which only a word says that the label is disputed.
 * @param {Pick<Selection, "digit" | "perturb">} selection
 * @param {number | null} label
 */
export const imageTitle = (selection, label) =>
  parts(selection, label === null ? "" : labelWords(selection.digit, label).split(":")[0]).join(" · ");

/**
 * Return which difference is shown, "" where values are.
 * @param {Compared} selection
 */
export function differenceWords(selection) {
  if (selection.since) return `difference to ${momentName(selection.since)}`;
  return isDifference(selection) ? `difference to ${member} ${selection.reference}` : "";
}

/**
 * Return what a pinned image waits for, "" where none is pinned.
 * @param {Compared} selection
 */
export const pinnedWords = (
  selection,
) => (isPinned(selection)
  ? `${Member} ${selection.digit} is pinned; choose another to compare, or change this one`
  : "");
