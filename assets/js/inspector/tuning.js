/** What a filter is tuned to: its answers to a bank of drawn strokes, direction by direction, and the word for what it prefers. */
import { pictureButton } from "../figures/image_button.js";
import { columns, nouns, rows } from "../core/image.js";
import { paintValues } from "../core/canvas.js";
import { make } from "../core/element.js";
import { facts, nameOf } from "../core/facts.js";
import { getJson } from "../core/fetching.js";
import { percent, round, twoDecimals } from "../core/number.js";
import { store } from "../core/store.js";
import { capital, ring, strokeTable } from "./rings.js";

/** @import { Plan, State } from "./state.js" */

/** @type {import("./parts.js").Part} */
export const tuningPart = {
  question: "What is it tuned to?",
  fits: ({ layer }) => layer.convolves,
  reading: () =>
    `Its answers to a bank of drawn strokes, not to ${nouns}: how far each one raises or lowers it, before activation, from empty paper. Measured with nothing switched off.`,
  build(body, { key, layer, filter }) {
    if (!layer.words) {
      body.append(
        make(
          "p",
          {},
          `Not measured on ${nameOf(key)} yet: `,
          ...(facts.opened
            ? ["that comes by itself; how far it is stands along the bottom."]
            : [make("code", { textContent: `python -m models.measure tuning ${key}` }), " measures it."]),
        ),
      );
      return { fill: async () => {} };
    }
    let done = false;
    const fill = async (/** @type {State} */ state) => {
      if (done) return;
      const told = await getJson(`api/models/${key}/layers/${layer.name}/filters/${filter}/tuning`);
      if (!state.current()) return;
      done = true;
      body.replaceChildren(...content(told));
    };
    return { fill };
  },
};

const LEVELS = { palette: "grey", low: 0, high: 255 };

/**
 * Return all that is told.
 * @param {any} told
 */
function content(told) {
  const most = largest(told);
  const rings = told.families.map((/** @type {any} */ family) => ring(family, most, told));
  return [
    make("div", { className: "tuned" }, stroke(told.stimulus), make("div", {}, ...verdict(told))),
    make("p", {
      className: "reading",
      textContent:
        `Around each ring, the directions; outwards, how far a stroke raises it (filled) or lowers it (dashes): 0 in the middle, ${
          round(most)
        } at the rim of every ring. Under a ring, its selectivity, 1 where a single direction does it all, and in brackets what ${told.percentile} % of untrained filters stay below.`,
    }),
    make("div", { className: "rings" }, ...rings),
    make("p", {
      className: "told",
      textContent: `Without a direction: ${
        told.plain.map((/** @type {any} */ { title, raised, lowered }) =>
          `${title} ${signed(raised, lowered)}`
        ).join(", ")
      }.`,
    }),
    make("p", { className: "told", textContent: shares(told) }),
    strokeTable(told),
    make(
      "details",
      {},
      make("summary", { textContent: "How it is measured" }),
      make("p", { className: "reading", textContent: `${told.tensor} ${told.definition} ${told.source}.` }),
    ),
  ];
}

/**
 * Return the most that any stroke with a direction raises or lowers the filter by.
 * @param {any} told
 * @returns {number}
 */
const largest = ({ families }) =>
  Math.max(1e-30, ...families.flatMap((/** @type {any} */ { raised, lowered }) => [...raised, ...lowered]));

/**
 * Return a stroke as a small picture that opens it.
 * @param {any} stimulus
 */
function stroke({ levels, perturb, text }) {
  const pixels = levels.flat();
  const canvas = paintValues(
    make("canvas", { "aria-hidden": "true" }),
    rows,
    columns,
    (i) => pixels[i],
    LEVELS,
  );
  const name = `Let the networks read the stroke: ${text}`;
  const button = pictureButton(canvas, name, () => store.change({ perturb, cell: null }));
  button.disabled = !perturb; // where nothing that is drawn can be read
  return button;
}

/**
 * Say the word and its number, or that there is none; and what the stroke beside it does.
 * @param {any} told
 */
function verdict(told) {
  const { word, stimulus } = told;
  const title = make("p", { className: "word", textContent: word ? capital(word.text) : "No clear tuning" });
  const sentences = word ? tuned(told) : stimulus.raised > 0 ? untuned(told) : [NOTHING];
  return [title, ...sentences.map((textContent) => make("p", { className: "told", textContent }))];
}

const NOTHING = "Nothing in the bank raises it above what it is on empty paper.";

/**
 * Say what a filter with a word is tuned to.
 * @param {any} told
 */
function tuned({ word, stimulus, strongest, paper, percentile, layer }) {
  const direction = word.degrees === null ? "" : `, direction ${Math.round(word.degrees)}°`;
  const below = `${percentile} % of untrained filters of ${layer} stay below ${twoDecimals(word.threshold)}`;
  const same = stimulus.text === strongest.text && stimulus.degrees === strongest.degrees;
  const most = same ? "" : ` Most of all, ${round(strongest.raised)}: ${strongest.text}.`;
  return [
    `Selectivity ${twoDecimals(word.selectivity)}${direction}; ${below}.`,
    `The stroke shown ${does(stimulus, paper)}.${most}`,
  ];
}

/**
 * Say why a filter has no word.
 * @param {any} told
 */
function untuned({ stimulus, families, paper, percentile }) {
  const passing = families.filter((/** @type {any} */ { selectivity, threshold }) => selectivity > threshold);
  const titles = passing.map((/** @type {any} */ { title }) => title).join(" and ");
  const differs = "the direction differs from place to place, or something else raises it clearly more";
  return [
    titles
      ? `More selective for ${titles} than ${percentile} % of untrained filters, but ${differs}.`
      : `No selectivity above what ${percentile} % of untrained filters stay below.`,
    `What raises it most of all, shown here: ${stimulus.text}. It ${does(stimulus, paper)}.`,
  ];
}

/**
 * Say what a stroke does to the filter.
 * @param {any} stroke
 * @param {number} paper
 */
function does({ raised, fired }, paper) {
  if (!(raised > 0)) return "does not raise it";
  return `raises it by ${round(raised)}, to ${round(raised + paper)}; after activation ${round(fired)}`;
}

/**
 * Say how far something raises and lowers.
 * @param {number} raised
 * @param {number} lowered
 */
const signed = (
  raised,
  lowered,
) => (raised && lowered
  ? `+${round(raised)} and −${round(lowered)}`
  : raised
  ? `+${round(raised)}`
  : lowered
  ? `−${round(lowered)}`
  : "0");

/**
 * Say how many filters of the layer have a word, and of the same layer untrained.
 * @param {any} told
 */
function shares({ layer, layer_words: { trained, untrained } }) {
  /** @param {any} counted */
  const share = ({ words, filters }) =>
    `${words} of ${filters.toLocaleString("en")} (${percent(words / filters, 0)})`;
  return `In ${layer} ${share(trained)} filters have a word; of the same layer with random weights, ${
    share(untrained)
  }.`;
}
