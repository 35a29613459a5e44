/** The parts of the inspector, in their order: each answers one question about a channel. */
import { make, write } from "../core/element.js";
import { facts, modelOf } from "../core/facts.js";
import { members } from "../core/image.js";
import { explained } from "../core/words.js";
import { becomingPart } from "./becoming.js";
import { cellPart } from "./cell.js";
import { firingPart } from "./firing.js";
import { ofTrained } from "./measured.js";
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
 * @property {string} question
 * @property {(plan: Plan) => boolean} fits whether it can be asked of a channel
 * @property {(plan: Plan) => string} reading how to read the answer
 * @property {(body: HTMLElement, plan: Plan) => Built} build
 *
 * What fills a part, and follows the cell that is pointed at.
 * @typedef {{fill: (state: State) => any, point?: (state: State) => void}} Built
 */

/** @type {[string, string, Part][]} with the tab of the dock that each is in */
const PARTS = [
  ["cell", "number", cellPart],
  ["terms", "number", termsPart],
  ["steps", "number", stepsPart],
  ["sliding", "number", slidingPart],
  ["slices", "slices", slicesPart],
  ["firing", "fires", ofTrained(firingPart, `Which ${members} fire it most was`, true)],
  ["tuning", "fires", ofTrained(tuningPart, "Its answers to the strokes were")],
  ["without", "without", withoutPart],
  ["weights", "weights", weightsPart],
  ["becoming", "training", becomingPart],
  ["taking", "files", takingPart],
];

const NEED_NO_SERVER = ["cell", "terms", "steps", "weights"];

/**
 * Build the parts that fit a channel; in a page to mail those that need no server.
 * @param {Omit<Plan, "last">} given what the channel is
 * @returns {(Built & {section: HTMLElement, tab: string, say: (of: string) => boolean})[]}
 */
export function partsOf(given) {
  const plan = { ...given, last: modelOf(given.key).layers.at(-1) === given.layer };
  const parts = PARTS.filter(([name]) => !facts.mailed || NEED_NO_SERVER.includes(name));
  return parts.filter(([, , { fits }]) => fits(plan)).map(([name, tab, part]) => ({
    tab,
    ...build(name, part, plan),
  }));
}

/**
 * Build one part.
 * @param {string} name
 * @param {Part} part
 * @param {Plan} plan
 */
function build(name, { question, reading, build }, plan) {
  const body = make("div", { className: "part-body", tabIndex: 0, role: "group", "aria-label": question });
  const of = make("span", { className: "of" }); // which moment, or image, it is of where differences are shown
  const seen = new Set(); // a word is dotted where it stands first
  const section = make(
    "section",
    { className: `part part-${name}`, id: `part-${name}`, "aria-label": question },
    make(
      "div",
      { className: "part-words" },
      make("h4", {}, ...explained(question, seen)),
      of,
      make("p", { className: "reading", title: reading(plan) }, ...explained(reading(plan), seen)),
    ),
    body,
  );
  return { section, say: (/** @type {string} */ words) => write(of, words), ...build(body, plan) };
}
