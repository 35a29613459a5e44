/** A selection after a change: what no longer exists is dropped. */
import { momentsOf, TRAINED } from "./moments.js";
import { moveQuery, withInk } from "./perturbation.js";
import { inspectedOf, isBrought, isDrawn, NOTHING, shownKeys } from "./selection.js";

/** @import { Selection } from "./selection.js" */

/**
 * Return what is selected after a change of what was wanted: without a layer of a network that is not shown, in the table neither, a slice of another filter, a drawing that a test image was chosen after.
 * @param {Selection} wanted
 * @param {Partial<Selection>} patch
 * @returns {Selection}
 */
export function settle(wanted, patch) {
  let next = { ...wanted, ...patch };
  if ("digit" in patch && !("perturb" in patch)) {
    const reference = patch.reference !== undefined ? patch.reference : referenceAfter(wanted, next);
    next = { ...next, perturb: withInk("", next.perturb), reference };
  }
  if (next.page === "compare" && wanted.page !== "compare" && !patch.model) next = { ...next, model: "both" };
  if (isBrought(next) && !isBrought(wanted) && patch.reference === undefined) {
    next = { ...next, reference: null };
  }
  if ("since" in patch && next.since) next = { ...next, reference: null };
  if ("reference" in patch && next.reference !== null) next = { ...next, since: "" };
  next = { ...next, ...momentsLeft(next) };
  if (String(next.pair) !== String(wanted.pair)) next = paired(wanted, next);
  if (!next.off && next.wall.wrong === "changed") next.wall = { ...next.wall, wrong: "" };
  if (next.table.layer && !shownKeys(next).includes(next.table.layer.split(".")[0])) {
    next = { ...next, table: { ...next.table, layer: "" } };
  }
  const inspected = inspectedOf(next);
  if (next.layer && !(inspected && shownKeys(next).includes(inspected[0]))) {
    return { ...next, ...NOTHING };
  }
  if (next.layer !== wanted.layer || next.filter !== wanted.filter) {
    return { ...next, slice: null, against: null, ...patch };
  }
  return next;
}

/**
 * Return the moments that are left of a selection: those that were kept of its networks, and no difference of one from itself.
 * @param {Selection} next
 */
function momentsLeft({ pair, epoch, since }) {
  if (!epoch && !since) return { epoch, since };
  const kept = momentsOf(pair);
  const left = kept.includes(epoch) ? epoch : "";
  const isOther = since !== (left || TRAINED) && kept.length && [...kept, TRAINED].includes(since);
  return { epoch: left, since: isOther ? since : "" };
}

/**
 * Put the networks of a new pair into the places of those that are gone, and drop what was a part of these.
 * @param {Selection} wanted
 * @param {Selection} next
 * @returns {Selection}
 */
function paired(wanted, next) {
  const { pair, wall } = next;
  /** @param {string} key */
  const inPlace = (key) => (pair.includes(key) ? key : (pair[wanted.pair.indexOf(key)] ?? key));
  /** @param {string} part */
  const gone = (part) => part.includes(".") && !pair.includes(part.split(".")[0]);
  /** @param {string} off */
  const left = (off) => off.split(",").filter((part) => !gone(part)).join();
  return {
    ...next,
    model: inPlace(next.model),
    off: left(next.off),
    flip: left(next.flip),
    show: left(next.show),
    wall: {
      ...wall,
      by: inPlace(wall.by),
      wrong: wall.wrong.replace(/[^.]+$/, inPlace),
      sort: gone(wall.sort) ? "index" : inPlace(wall.sort),
      within: gone(wall.within) ? "" : wall.within,
      changed: left(wall.changed),
    },
  };
}

/**
 * Return what the next image is compared with: itself where the one before was, moved; nothing where that was drawn; else the same.
 * @param {Selection} wanted
 * @param {Selection} next
 * @returns {number | null}
 */
function referenceAfter(wanted, next) {
  const itself = wanted.reference === wanted.digit && moveQuery(wanted.perturb);
  return itself ? (isDrawn(wanted) ? null : next.digit) : next.reference;
}
