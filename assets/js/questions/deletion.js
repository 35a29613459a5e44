/** What an explanation is worth: how the logit falls while ink is removed in its order, and in others. */
import { noun } from "../core/image.js";
import { make } from "../core/element.js";
import { inFull, round } from "../core/number.js";
import { newChart, newSwatch } from "../figures/small_chart.js";

/* What is removed first, by the name of its order: in words, and the line of it; those without one are told in the table alone. */
/** @type {Record<string, {words: string, dash?: string}>} */
const ORDERS = {
  scores: { words: "what it names", dash: "" },
  brightest: { words: "the brightest ink", dash: "dashes" },
  untrained: { words: "what the untrained network names", dash: "dots" },
  random: { words: "ink at random", dash: "dash-dots" },
  thickest: { words: "the thickest ink, by the 5×5 around" },
  middle: { words: "the ink nearest to the middle" },
};

const SIDES = ["top", "bottom", "left", "right"];
/**
 * Return what is explained, in a word.
 * @param {any} told
 */
const logitOf = ({ against }) => (against === null ? "logit" : "lead");

/**
 * Return the orders that are told of: of those from a side, that which goes down furthest.
 * @param {any} told
 * @returns {Record<string, {words: string, dash?: string}>}
 */
function named({ deletion: { means } }) {
  const side = SIDES.reduce((best, each) => (means[each] < means[best] ? each : best));
  return { ...ORDERS, [side]: { words: `the ink nearest to the ${side}` } };
}

/**
 * Return a curve by the name of its order; of the random ones their mean.
 * @param {any} told
 * @param {string} name
 * @returns {number[]}
 */
const curve = (
  { deletion },
  name,
) => (name === "random"
  ? deletion.scores.map((/** @type {number} */ _, /** @type {number} */ step) =>
    mean(deletion.random.map((/** @type {number[]} */ order) => order[step]))
  )
  : deletion[name]);

/**
 * @param {number[]} values
 */
const mean = (values) => values.reduce((total, value) => total + value, 0) / values.length;

/**
 * Return the chart of the logit while ink is removed, in four orders; their names stand in the table.
 * @param {any} told
 */
export function deletionChart(told) {
  const lines = Object.entries(ORDERS).flatMap(([name, { dash }]) =>
    dash === undefined ? [] : [{ values: curve(told, name), dash }]
  );
  return newChart(
    lines.reverse(),
    `${logitOf(told)} while ink is removed; in numbers below`,
    `${logitOf(told)} while ink is set to black, from none of it to all`,
  );
}

/**
 * Return what the lines of the chart are, and their numbers.
 * @param {any} told
 */
export function deletionTable(told) {
  const words = `The ${logitOf(told)} while ink is removed`;
  const heads = ["removed first", "half way", "mean"].map((textContent) =>
    make("th", { scope: "col", textContent })
  );
  const rows = Object.entries(named(told)).map(([name, order]) => orderRow(told, name, order));
  return make(
    "table",
    { className: "orders" },
    make("caption", { className: "unseen", textContent: words }),
    make("thead", {}, make("tr", {}, ...heads)),
    make("tbody", {}, ...rows),
  );
}

/**
 * Return the row of an order: its line in the chart, and its numbers.
 * @param {any} told
 * @param {string} name
 * @param {{words: string, dash?: string}} order
 */
function orderRow(told, name, { words, dash }) {
  const { removed, means, random } = told.deletion;
  const numbers = [curve(told, name)[removed.indexOf(0.5)], means[name]];
  const cells = numbers.map((value) =>
    make("td", { textContent: round(value), title: inFull(Math.fround(value)) })
  );
  const title = name === "random" ? `${words}, mean of ${random.length}` : words;
  const line = dash === undefined ? make("span", { className: "swatch" }) : newSwatch(dash);
  const head = make("th", { scope: "row" }, make("span", { className: "named" }, line, title));
  return make("tr", { className: `order-${name}` }, head, ...cells);
}

/**
 * Say whether its order lowers the logit further than orders do that cannot know what the network uses.
 * @param {any} told
 */
export function worth(told) {
  const { means, lower_than: lower, random, p, passes } = told.deletion;
  const orders = named(told);
  const rivals = Object.keys(orders).filter((name) => name !== "scores" && name !== "random");
  /** @type {(names: string[]) => string} */
  const each = (names) =>
    new Intl.ListFormat("en", { type: "disjunction" }).format(
      names.map((name) => `${orders[name].words.split(",")[0]} (${round(means[name])})`),
    );
  const [beaten, others] = [true, false].map((is) => rivals.filter((name) => lower.includes(name) === is));
  const compared = [
    beaten.length && `further than ${each(beaten)}`,
    others.length && `no further than ${each(others)}`,
  ].filter(Boolean).join(", but ");
  const low = Math.round(p * (1 + random.length)) - 1;
  const luck = `${low || "none"} of ${random.length} random orders ${low > 1 ? "are" : "is"} as low (p = ${
    round(p)
  })`;
  const verdict = passes
    ? `On this ${noun} it tells more than brightness, place, an untrained network or chance do.`
    : `On this ${noun} that is no sign of what the network uses.`;
  return `Removing what it names first takes the ${logitOf(told)} to ${
    round(means.scores)
  } on average over the way: ${compared}; ${luck}. ${verdict}`;
}

/**
 * Say which differences count.
 * @param {any} told
 */
export const spreadWords = ({ deletion }) =>
  `A mean counts as further down only if it is so by more than ${
    round(deletion.spread)
  }, the standard deviation of the random orders' means.`;
