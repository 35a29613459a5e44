/** Filters: a table of all maps and units of the networks shown, with what was measured of each. */
import { linkTo } from "../core/address.js";
import { byId, fileLink, make, write } from "../core/element.js";
import { modelOf, nameOf } from "../core/facts.js";
import { getJson } from "../core/fetching.js";
import { wakingUp } from "../core/message.js";
import { Problem } from "../core/problem.js";
import { shownKeys } from "../core/selection.js";
import { store } from "../core/store.js";
import { arranged, rowsOf, turned } from "./rows.js";
import { FilterTable } from "./table.js";

/** @import { Selection, TableChoice } from "../core/selection.js" */
/** @import { Column, Row } from "./rows.js" */

export class Filters {
  constructor() {
    this.layer = /** @type {HTMLSelectElement} */ (byId("filters-layer"));
    this.fate = /** @type {HTMLSelectElement} */ (byId("filters-fate"));
    this.find = /** @type {HTMLInputElement} */ (byId("filters-find"));
    this.all = byId("filters-all");
    this.files = byId("filters-files");
    this.root = byId("filters-table");
    this.layer.addEventListener("change", () => change({ layer: this.layer.value }));
    this.fate.addEventListener("change", () => change({ fate: this.fate.value }));
    this.find.addEventListener(
      "input",
      () => change({ find: this.find.value }, Boolean(store.wanted.table.find)),
    );
    this.all.addEventListener("click", () => change({ layer: "", fate: "", find: "" }));
    this.root.addEventListener("click", (event) => this.open(event));
    /** @type {FilterTable | null} */
    this.table = null; // once the first rows are here
    /** @type {Map<string, Row[]>} */
    this.rows = new Map(); // by network
    this.named = ""; // networks of which the layers can be chosen
  }

  shown() {
    const { selection } = store;
    if (selection.page !== "filters") return;
    this.offer(selection);
    if (shownKeys(selection).every((key) => this.rows.has(key))) this.fill(selection);
    else this.fetch(selection);
  }

  /**
   * Fetch what is not here, and show the table.
   * @param {Selection} next
   */
  async fetch(next) {
    try {
      for (const key of shownKeys(next)) {
        if (!this.rows.has(key)) await this.learn(key, next);
      }
      if (next !== store.selection) return;
      store.content();
      this.fill(next);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (next === store.selection) store.complain(problem.message);
    }
  }

  /**
   * Fetch the rows of a network.
   * @param {string} key
   * @param {Selection} next for which they are wanted
   */
  async learn(key, next) {
    const again = (/** @type {string} */ sentence) => next === store.selection && wakingUp(sentence);
    const { columns, filters } = await getJson(`api/models/${key}/filters`, again);
    this.rows.set(key, rowsOf(key, filters));
    this.table ??= new FilterTable(this.root, columns, sortBy);
  }

  /**
   * Let the fields say what is chosen, of the layers that there are.
   * @param {Selection} selection
   */
  offer(selection) {
    const { table } = selection;
    const keys = shownKeys(selection);
    if (this.named !== keys.join()) {
      this.named = keys.join();
      this.layer.replaceChildren(...layersOf(keys));
      this.files.replaceChildren(
        ...keys.map((key) =>
          fileLink(`${nameOf(key)} as CSV`, `api/models/${key}/filters.csv`, `convlens-${key}-filters.csv`)
        ),
      );
    }
    this.layer.value = table.layer;
    this.fate.value = table.fate;
    if (this.find.value !== table.find) this.find.value = table.find;
    this.all.hidden = !(table.layer || table.fate || table.find);
  }

  /**
   * Show the rows that are chosen.
   * @param {Selection} selection
   */
  fill(selection) {
    const all = shownKeys(selection).flatMap((key) => this.rows.get(key) ?? []);
    const rows = arranged(all, selection.table);
    const base = linkTo({ ...selection, page: "explore", layer: "", filter: null });
    this.table?.show(
      rows,
      selection.table.sort,
      ({ key, told }) => `${base}&layer=${key}.${told.layer}&filter=${told.filter}`,
    );
    write(byId("filters-count"), counted(rows, all.length));
    document.body.dataset.filters = "ready";
  }

  /**
   * Open what was clicked on Explore; all else that is selected stays.
   * @param {MouseEvent} event
   */
  open(event) {
    const link = /** @type {Element} */ (event.target).closest("tbody a");
    const row = link && this.table?.rowAt(link);
    if (!row || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { layer, filter } = row.told;
    store.change({ page: "explore", layer: `${row.key}.${layer}`, filter, cell: null });
    globalThis.scrollTo(0, 0);
  }
}

/**
 * Choose other rows, or another order.
 * @param {Partial<TableChoice>} patch
 * @param {boolean} further whether it goes on with the step before, as typing does
 */
const change = (patch, further = false) =>
  store.change({ table: { ...store.wanted.table, ...patch } }, further ? "replace" : "push");

/** @param {Column} column */
const sortBy = (column) => change({ sort: turned(store.wanted.table.sort, column) });

/**
 * Return the layers that can be chosen.
 * @param {string[]} keys
 */
const layersOf = (keys) => [
  make("option", { value: "", textContent: "all layers" }),
  ...keys.flatMap((key) =>
    modelOf(key).layers.map(({ name }) =>
      make("option", { value: `${key}.${name}`, textContent: `${nameOf(key)} ${name}` })
    )
  ),
];

/**
 * Say how many rows are shown, and how many of them have a fate.
 * @param {Row[]} rows
 * @param {number} all
 */
function counted(rows, all) {
  const [shown, every] = [rows.length.toLocaleString("en"), all.toLocaleString("en")];
  if (!rows.length) return `None of ${every} maps and units is like that.`;
  const fates = ["dead", "always on"].map((fate) =>
    `${rows.filter(({ told }) => told.fate === fate).length.toLocaleString("en")} ${fate}`
  );
  return `${rows.length === all ? `All ${every}` : `${shown} of ${every}`} maps and units: ${
    fates.join(", ")
  }`;
}
