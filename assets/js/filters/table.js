/** The table of filters itself: a head whose columns explain and sort, and a row for each filter. */
import { make, newButton, write } from "../core/element.js";
import { nameOf } from "../core/facts.js";
import { percent, round } from "../core/number.js";
import { afterFrame } from "../core/schedule.js";
import { showTip } from "../core/tip.js";
import { direction, rowName } from "./rows.js";

/** @import { Column, Row } from "./rows.js" */

const FIRST = 100; // rows before all others: more than a screen has, and a tenth of the time that all take
const MOST = 2000; // rows at once: with more, what is pressed answers late
const PLACES = ["layer", "kind"]; // columns that the first one says too

export class FilterTable {
  /**
   * @param {HTMLElement} root
   * @param {Column[]} columns
   * @param {(column: Column) => void} sort called when a head is pressed
   */
  constructor(root, columns, sort) {
    this.columns = columns.filter(({ key }) => !PLACES.includes(key));
    this.heads = this.columns.map((column) => head(column, () => sort(column)));
    this.body = make("tbody");
    this.more = newButton("", () => this.add(MOST), { hidden: true });
    this.pattern = pattern(this.columns);
    /** @type {Row[]} */
    this.rows = [];
    this.shown = 0; // rows that stand in the table
    const table = make(
      "table",
      {},
      make("caption", { className: "unseen", textContent: "Filters and units, one a row" }),
      make("thead", {}, make("tr", {}, ...this.heads.map(({ cell }) => cell))),
      this.body,
    );
    const box = { className: "filters-box", tabIndex: 0, role: "region", "aria-label": "Table of filters" };
    root.replaceChildren(make("div", box, table), this.more, explained(this.columns));
  }

  /**
   * Show rows.
   * @param {Row[]} rows in their order
   * @param {string} sort by which they are in it
   * @param {(row: Row) => string} address of a row on Explore
   */
  show(rows, sort, address) {
    this.rows = rows;
    for (const { cell, arrow, key } of this.heads) {
      const turned = direction(sort, key);
      if (turned) cell.ariaSort = turned;
      else cell.removeAttribute("aria-sort");
      write(arrow, turned ? (turned === "ascending" ? "▲" : "▼") : "");
    }
    this.address = address;
    this.body.replaceChildren();
    this.shown = 0;
    this.add(FIRST);
    afterFrame(() => this.rows === rows && this.add(MOST - FIRST));
  }

  /**
   * Put so many rows more into the table, and say how many are left beyond what is put there at once.
   * @param {number} count
   */
  add(count) {
    const rows = this.rows.slice(this.shown, this.shown + count);
    for (const row of rows) {
      row.element ??= filled(this.pattern, this.columns, row);
      const link = /** @type {HTMLAnchorElement} */ (row.element.firstChild?.firstChild);
      const address = this.address?.(row) ?? "";
      if (link.getAttribute("href") !== address) link.href = address;
    }
    this.body.append(...rows.map(({ element }) => /** @type {HTMLElement} */ (element)));
    this.shown += rows.length;
    const left = this.rows.length - this.shown;
    this.more.hidden = !left || this.shown < MOST;
    const number = (/** @type {number} */ count) => count.toLocaleString("en");
    write(
      this.more,
      left > MOST ? `Show ${number(MOST)} more of ${number(left)}` : `Show the other ${number(left)}`,
    );
  }

  /**
   * Return the row that an element lies in, undefined where it lies in none.
   * @param {Element} element
   */
  rowAt(element) {
    const within = element.closest("tbody tr");
    return within ? this.rows.find((row) => row.element === within) : undefined;
  }
}

/**
 * Return the head of a column: a button that sorts by it, and says what it is while it is pointed at or has the focus.
 * @param {Column} column
 * @param {() => void} sort
 */
function head({ key, title, form, meaning }, sort) {
  const arrow = make("span", { className: "arrow", "aria-hidden": "true" });
  const unbroken = title.replace(/ (\S{1,2})$/, "\u00a0$1"); // a short word stands on no line by itself
  const button = newButton(unbroken, sort, { "aria-describedby": `column-${key}` });
  button.append(arrow);
  for (const begins of ["pointerenter", "focus"]) {
    button.addEventListener(begins, (event) => showTip(event, meaning));
  }
  for (const ends of ["pointerleave", "blur"]) button.addEventListener(ends, () => showTip(null));
  button.addEventListener("keydown", ({ key: pressed }) => pressed === "Escape" && showTip(null));
  const cell = make("th", { scope: "col", className: form === "word" ? "words" : "" }, button);
  return { key, cell, arrow };
}

/**
 * Return what every column is, to be read without a pointer too.
 * @param {Column[]} columns
 */
function explained(columns) {
  const list = make(
    "dl",
    {},
    ...columns.flatMap(({ key, title, meaning }) => [
      make("dt", { textContent: title }),
      make("dd", { id: `column-${key}`, textContent: meaning }),
    ]),
  );
  return make("details", {}, make("summary", { textContent: "What the columns say" }), list);
}

/**
 * Return an empty row, of which all others are copies: that is faster than making each cell.
 * @param {Column[]} columns
 */
function pattern(columns) {
  const link = make("a", {}, make("span", { className: "hue" }, " "), " ");
  const cells = columns.slice(1).map(({ form }) =>
    make("td", { className: form === "word" ? "words" : "" }, " ")
  );
  return make("tr", {}, make("th", { scope: "row" }, link), ...cells);
}

/**
 * Return a row of the table.
 * @param {HTMLTableRowElement} pattern
 * @param {Column[]} columns
 * @param {Row} row
 */
function filled(pattern, columns, row) {
  const element = /** @type {HTMLTableRowElement} */ (pattern.cloneNode(true));
  const [first, ...cells] = /** @type {any} */ (element.childNodes);
  const name = nameOf(row.key);
  element.dataset.model = row.key;
  first.firstChild.firstChild.firstChild.data = name;
  first.firstChild.lastChild.data = rowName(row).slice(name.length);
  cells.forEach((/** @type {any} */ cell, /** @type {number} */ i) => {
    const { key, form } = columns[i + 1];
    cell.firstChild.data = said(row.told[key], form);
    if (key === "fate" && row.told.fate !== "ok") cell.classList.add("told");
  });
  return element;
}

/**
 * Return what stands in a cell.
 * @param {any} value null where it was not measured
 * @param {Column["form"]} form
 * @returns {string}
 */
function said(value, form) {
  if (form === "word") return value ?? "";
  if (value === null) return "–";
  if (form === "channel") return String(value);
  if (form === "share") return percent(value, 2);
  if (form === "points") return points(value);
  return round(value);
}

/**
 * Return a change in percentage points, with its sign; two decimals, more where these would hide it.
 * @param {number} value
 */
function points(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  return (value < 0 ? "−" : "+") + (size < 0.005 ? round(size) : size.toFixed(2));
}
