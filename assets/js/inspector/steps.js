/** How a number comes about that the page does not work out by itself: the steps that the server tells, cell by cell. */
import { placeOfLargest } from "../core/arithmetic.js";
import { make } from "../core/element.js";
import { modelOf } from "../core/facts.js";
import { say } from "../core/message.js";
import { scaleFor } from "../core/scale.js";
import { oneAtATime } from "../core/schedule.js";
import { heaviestSlice, placeName, stepsOf } from "../core/steps.js";
import { store } from "../core/store.js";
import { numberTable } from "../figures/number_table.js";
import { cellPart } from "./cell.js";
import { plainCell, showShares } from "./shares.js";
import { termsPart } from "./terms.js";
import { inOrder } from "./totals.js";

/** @import { Layer } from "../core/facts.js" */
/** @import { Plan, State } from "./state.js" */

/** @type {Record<Layer["form"], string>} */
const READINGS = {
  sum: "Values that are read times weights, all products added up, and the bias.",
  window: "",
  scale: "The value at the same place is multiplied by a scale, and a shift is added.",
  merge: "The values at the same place of several layers become one.",
  copy: "The value stands somewhere else already; here it is passed on.",
  map: "The value at the same place goes through a function.",
  share: "What a value is of a whole of 1, which it shares with others.",
  opaque: "",
};

/** @type {import("./parts.js").Part} */
export const stepsPart = {
  question: "How does one number come about?",
  fits: (plan) => !cellPart.fits(plan) && !termsPart.fits(plan),
  reading: ({ layer }) => layer.notes[0] ?? readingOf(layer),
  build(body, plan) {
    if (plan.layer.form === "opaque") return { fill: async () => {} };
    const steps = new Steps(body);
    return { fill: (state) => steps.fill(state), point: (state) => steps.point(state) };
  },
};

/**
 * Say how the steps of a layer are to be read.
 * @param {Layer} layer
 */
function readingOf({ form, takes, activation }) {
  if (form === "window") return `The ${takes} of the cells under the window.`;
  if (form === "copy" && activation) return `The value that is read goes through ${activation}.`;
  return READINGS[form];
}

class Steps {
  /**
   * @param {HTMLElement} body
   */
  constructor(body) {
    this.body = body;
    this.told = oneAtATime((state) => this.tell(state));
  }

  /**
   * Tell of the selected cell, of a map without one its largest.
   * @param {State} state
   */
  async fill(state) {
    if (!state.maps || state.cell) return this.tell(state);
    const { data } = await state.values("pre");
    if (state.current()) await this.tell({ ...state, cell: placeOfLargest(data, state.layer.shape[1]) });
  }

  /**
   * Tell of the cell that is pointed at: one at a time, then the newest.
   * @param {State} state
   */
  point(state) {
    if (state.cell) this.told(state).catch((problem) => say(problem.message));
  }

  /**
   * @param {State} state
   */
  async tell(state) {
    const told = await state.steps(state.cell);
    if (state.current()) this.body.replaceChildren(...content(state, told));
  }
}

/**
 * Return all that is told of a number.
 * @param {State} state
 * @param {any} told
 */
function content(state, told) {
  const shares = make("details", {}, make("summary", { textContent: "From these to shares of a whole" }));
  if (told.softmax) showShares(shares, told.softmax.logits);
  return [
    ...(told.cell ? [make("p", { className: "where" }, `Row ${told.cell[0]}, column ${told.cell[1]}`)] : []),
    ...pictures(state, told),
    ...(told.terms ? [termTable(told)] : []),
    inOrder(stepsOf(state.layer.form, told)),
    ...ways(state, told),
    ...(told.softmax ? [shares] : []),
  ];
}

/**
 * Return the heaviest slice of a sum over a patch, in numbers: patch × weights = products; of other forms, and of what has no room, nothing.
 * @param {State} state
 * @param {any} told
 */
function pictures({ layer }, told) {
  const shown = layer.form === "sum" && told.patch ? heaviestSlice(told) : null;
  if (!shown) return [];
  const names = /** @type {const} */ (["patch", "weights", "products"]);
  const tables = names.map((name) => {
    const rows = shown[name];
    const scale = scaleFor(rows.flat(), name === "patch" ? undefined : "diverging");
    return numberTable((row, column) => rows[row][column], rows.length, rows[0].length, scale, name);
  });
  const [patch, weights, products] = tables;
  const where = told.patch[0][0].length > 1
    ? [make("p", { className: "where" }, `On map ${shown.slice}, which weighs most`)]
    : [];
  return [
    ...where,
    make(
      "div",
      { className: shown.patch[0].length > 3 ? "sum wide" : "sum" },
      patch,
      "×",
      weights,
      "=",
      products,
    ),
  ];
}

/**
 * Return the strongest terms of a sum over all maps at one place.
 * @param {any} told
 */
function termTable({ terms, tensors }) {
  const head = ["input", "value", "weight", "product"].map((textContent) =>
    make("th", { scope: "col", textContent })
  );
  const rows = terms.map((/** @type {any} */ { at, value, weight, product }) =>
    make(
      "tr",
      {},
      make("th", { scope: "row", textContent: placeName({ layer: tensors.reads.layer, at }) }),
      ...[value, weight, product].map(plainCell),
    )
  );
  return make(
    "table",
    { className: "terms" },
    make("caption", { className: "unseen", textContent: "The strongest terms" }),
    make("thead", {}, make("tr", {}, ...head)),
    make("tbody", {}, ...rows),
  );
}

/**
 * Return buttons to where values come from, as far as the page shows it.
 * @param {State} state
 * @param {any} told
 */
function ways({ key }, { from, inputs }) {
  const places = inputs ?? (from?.at ? [from] : []);
  const shown = modelOf(key).layers.map(({ name }) => name);
  const buttons = places.filter((/** @type {any} */ place) => shown.includes(place.layer)).map(
    (/** @type {any} */ place) => {
      const open = make("button", { type: "button", textContent: placeName(place) });
      const cell = place.at.length > 1 ? place.at.slice(0, 2) : null;
      const change = { layer: `${key}.${place.layer}`, filter: place.at.at(-1), cell };
      open.addEventListener("click", () => store.change(change));
      return open;
    },
  );
  return buttons.length ? [make("p", { className: "row" }, "Go to ", ...buttons)] : [];
}
