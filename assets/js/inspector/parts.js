/** The parts of the inspector, in their order: each answers one question about a channel. */
import { make } from "../core/element.js";
import { modelOf } from "../core/facts.js";
import { explained } from "../core/words.js";
import { cellPart } from "./cell.js";
import { firingPart } from "./firing.js";
import { slicesPart } from "./slices.js";
import { slidingPart } from "./sliding.js";
import { stepsPart } from "./steps.js";
import { takingPart } from "./taking.js";
import { termsPart } from "./terms.js";
import { tuningPart } from "./tuning.js";
import { weightsPart } from "./weights.js";
import { withoutPart } from "./without.js";

/** @import { Plan, State } from "./state.js" */

/**
 * A part answers one question.
 * @typedef {object} Part
 * @property {string} short its name, for a link
 * @property {string} question
 * @property {(plan: Plan) => boolean} fits whether it can be asked of a channel
 * @property {(plan: Plan) => string} reading how to read the answer
 * @property {(body: HTMLElement, plan: Plan) => Built} build
 *
 * What fills a part, and follows the cell that is pointed at.
 * @typedef {{fill: (state: State) => any, point?: (state: State) => void}} Built
 */

/** @type {[string, Part][]} */
const PARTS = Object.entries({
  cell: cellPart,
  terms: termsPart,
  steps: stepsPart,
  sliding: slidingPart,
  slices: slicesPart,
  firing: firingPart,
  tuning: tuningPart,
  without: withoutPart,
  weights: weightsPart,
  taking: takingPart,
});

/**
 * Build the parts that fit a channel.
 * @param {Omit<Plan, "last">} given what the channel is
 * @returns {(Built & {section: HTMLElement, short: string})[]}
 */
export function partsOf(given) {
  const plan = { ...given, last: modelOf(given.key).layers.at(-1) === given.layer };
  return PARTS.filter(([, { fits }]) => fits(plan)).map(([name, part]) => build(name, part, plan));
}

/**
 * Build one part.
 * @param {string} name
 * @param {Part} part
 * @param {Plan} plan
 */
function build(name, { short, question, reading, build }, plan) {
  const body = make("div", { className: "part-body" });
  const seen = new Set(); // a word is dotted where it stands first
  const section = make(
    "section",
    { className: `part part-${name}`, id: `part-${name}`, "aria-label": question },
    make("h4", {}, ...explained(question, seen)),
    make("p", { className: "reading" }, ...explained(reading(plan), seen)),
    body,
  );
  return { section, short, ...build(body, plan) };
}
