/** Which rows of the table of filters are wanted, and in what order; all of it without a page. */
import { nameOf } from "../core/facts.js";

/** @import { TableChoice } from "../core/selection.js" */

/**
 * One thing that is said of every filter, as the server describes it: dashboard/filter_table.py.
 * @typedef {{key: string, title: string, unit: string, form: "word" | "channel" | "number" | "share" | "points", meaning: string}} Column
 *
 * What is said of one filter, by column; null is what was not measured.
 * @typedef {Record<string, any> & {layer: string, filter: number, kind: string, fate: string, word: string | null}} Told
 *
 * A row: of which network, the text in which words are looked for, and where it stands among all.
 * @typedef {{key: string, told: Told, text: string, place: number, element?: HTMLTableRowElement}} Row
 */

const FATES = ["dead", "always on", "ok"]; // the worst first

/**
 * Return the rows of a network.
 * @param {string} key
 * @param {Told[]} filters
 * @returns {Row[]}
 */
export const rowsOf = (key, filters) =>
  filters.map((told, place) => ({
    key,
    told,
    place,
    text: `${nameOf(key)} ${told.layer} ${told.kind} ${told.filter} ${told.fate} ${told.word ?? ""}`
      .toLowerCase(),
  }));

/**
 * Return what a row is called: "CNN conv2 map 21".
 * @param {Row} row
 */
export const rowName = ({ key, told: { layer, kind, filter } }) =>
  `${nameOf(key)} ${layer} ${kind} ${filter}`;

/**
 * Return the rows that are wanted, in the order that is.
 * @param {Row[]} rows in the order of the networks
 * @param {TableChoice} table
 * @returns {Row[]}
 */
export function arranged(rows, { layer, fate, find, sort }) {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = rows.filter((row) =>
    (!layer || `${row.key}.${row.told.layer}` === layer) &&
    (!fate || row.told.fate.replace(" ", "-") === fate) &&
    words.every((word) => has(row, word))
  );
  if (!sort) return wanted;
  const down = sort.startsWith("-");
  const key = down ? sort.slice(1) : sort;
  if (key === "filter") return down ? wanted.reverse() : wanted;
  return wanted.sort((one, other) => compared(valueOf(one, key), valueOf(other, key), down));
}

/**
 * Return whether a word stands in a row; a number is that of the filter, not a part of another one.
 * @param {Row} row
 * @param {string} word in small letters
 */
const has = ({ text, told }, word) => /^\d+$/.test(word) ? told.filter === Number(word) : text.includes(word);

/**
 * Return by what a row is sorted.
 * @param {Row} row
 * @param {string} key of a column
 * @returns {number | string | null}
 */
const valueOf = ({ told }, key) => key === "fate" ? FATES.indexOf(told.fate) : told[key];

/**
 * Return which of two comes first: negative the first; what was not measured comes last, whichever way.
 * @param {any} one
 * @param {any} other
 * @param {boolean} down
 */
function compared(one, other, down) {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  const order = one < other ? -1 : Number(one > other);
  return down ? -order : order;
}

/**
 * Return the order after a column's head was pressed: numbers the largest first, then the smallest, and so on.
 * @param {string} sort the order before
 * @param {Column} column
 */
export function turned(sort, { key, form }) {
  if (key === "filter") return sort === "" ? "-filter" : "";
  const [first, second] = form === "word" ? [key, `-${key}`] : [`-${key}`, key];
  return sort === first ? second : first;
}

/**
 * Return in which direction a column is sorted, as a screen reader says it, null where it is not.
 * @param {string} sort
 * @param {string} key
 * @returns {"ascending" | "descending" | null}
 */
export function direction(sort, key) {
  if (sort === `-${key}`) return "descending";
  return (sort || "filter") === key ? "ascending" : null;
}
