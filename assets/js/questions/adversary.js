/** What would change its mind: the smallest change found of the digit that makes a network say another class, of all other classes or of one. Asks for nothing until it is opened. */
import { saying } from "../core/answer.js";
import { newCanvas, paintValues } from "../core/canvas.js";
import { fileStem } from "../core/digit_words.js";
import { fileLink, make, newButton, write } from "../core/element.js";
import { nameOf } from "../core/facts.js";
import { getJson, getTensor } from "../core/fetching.js";
import { readPixels } from "../core/ink.js";
import { wakingUp } from "../core/message.js";
import { inFull, round } from "../core/number.js";
import { moveQuery, readMove } from "../core/perturbation.js";
import { Problem } from "../core/problem.js";
import { scaleFor } from "../core/scale.js";
import { store } from "../core/store.js";
import { newChart } from "../figures/small_chart.js";
import { valueFigure } from "../figures/value_figure.js";
import { Asked, classChoices } from "./asked.js";

const GREY = { palette: "grey", low: 0, high: 1 };
const WHITE = 255; // levels of grey above black
const PICTURES = 6; // of the steps
const NEAREST = "nearest"; // of all other classes
const SECOND = "second"; // answer
const SLOW = 400; // milliseconds, after which it is said that it takes longer
/** The section that seeks what turns the networks' answers to the digit at hand: now if it is open, else as soon as it is. */
export class Adversary {
  /** @param {HTMLDetailsElement} details */
  constructor(details) {
    /** @type {any} */
    this.shown = null; // the digit at hand: {selection, keys}
    this.section = new Asked(details, {
      part: "mind",
      question: () => this.question(),
      ask: (asked) => this.ask(asked),
      paint: (asked, found) => this.paint(asked, found),
    });
    this.target = this.section.choice("Class that the digit is to be taken for", [
      [NEAREST, "whatever is nearest"],
      [SECOND, "its second answer"],
      ...classChoices(),
    ]);
    this.words = make("p", { className: "reading" });
    this.waiting = make("p", { className: "reading", role: "status" });
    this.section.fill(make("label", {}, "to be taken for ", this.target), this.words, this.waiting);
  }

  show(selection, keys) {
    this.shown = { selection, keys };
    this.section.show(selection);
  }

  question() {
    const { selection: { pair, digit, perturb, off }, keys } = this.shown;
    return { keys, pair, digit, off, move: moveQuery(perturb), target: this.target.value };
  }

  /** Return a promise of what is found of each network, and say how far that is while it takes long. */
  async ask(asked) {
    const done = new Set();
    const seeking = "Seeking the nearest picture for every other class";
    const tell = () =>
      write(this.waiting, `${seeking}: ${done.size} of ${asked.keys.length} networks done …`);
    const slow = setTimeout(tell, SLOW);
    const found = asked.keys.map(async (key) => {
      const one = await seek(asked, key);
      done.add(key);
      if (this.waiting.textContent) tell();
      return one;
    });
    try {
      return await Promise.all(found);
    } finally {
      clearTimeout(slow);
      write(this.waiting, "");
    }
  }

  paint({ keys, off }, found) {
    const all = found.filter(({ told }) => told);
    for (const each of all) each.change = difference(each.example, each.pixels);
    const scale = all.length ? scaleFor(all.flatMap(({ change }) => [...change.data]), "diverging") : null;
    write(this.words, all.length ? methodWords(all[0].told, off) : "");
    const items = keys.map((key, i) => make("li", { "data-model": key }, hue(key), ` ${far(found[i])}`));
    const blocks = keys.flatMap((key, i) =>
      found[i].told ? [block(key, found[i], scale, this.shown.selection)] : []
    );
    this.section.body.replaceChildren(make("ul", { className: "told" }, ...items), ...blocks);
  }
}

const methodWords = ({ definition, source }, off) => {
  const whole = off ? " Of the whole networks: nothing is switched off here." : "";
  return `${definition} ${source}. Red is ink added, blue is ink taken away.${whole}`;
};

const difference = ({ shape, data }, { data: before }) => ({
  shape,
  data: data.map((value, i) => value - before[i]),
});

const get = (address, ...query) => getJson(`${address}?${query.filter(Boolean).join("&")}`, wakingUp);

/** Return a promise of what is found of one network, or of the sentence that says why there is nothing. */
async function seek({ digit, move, target, pair }, key) {
  const verdict = (key, change) => get(`/api/models/${key}/digits/${digit}`, change);
  const { answer, logits } = await verdict(key, move);
  const wanted = target === NEAREST ? "" : target === SECOND ? String(second(logits)) : target;
  if (target === String(answer)) {
    return { none: `${nameOf(key)} takes this digit for a ${target} already: choose another class.` };
  }
  let told;
  try {
    told = await get(`/api/models/${key}/digits/${digit}/adversary`, wanted && `target=${wanted}`, move);
  } catch (problem) {
    if (!(problem instanceof Problem) || problem.status !== 404) throw problem;
    return { none: problem.message };
  }
  const other = pair.find((each) => each !== key);
  const both = other ? [move, `perturb=${told.perturb}`].map((change) => verdict(other, change)) : [];
  const [pixels, example, pictures, verdicts] = await Promise.all([
    getTensor(`/api/digits/${digit}.npy?${move}`, wakingUp),
    read(told),
    Promise.all(places(told).map((step) => read(told.steps[step]))),
    Promise.all(both),
  ]);
  return { told, pixels, example, pictures, other, verdicts };
}

/** Return the class with the largest logit but one. */
const second = (logits) => Array.from(logits.keys()).sort((a, b) => logits[b] - logits[a])[1];

/** Return a promise of the picture that stands in an address. */
async function read({ perturb }) {
  const levels = await readPixels(readMove(perturb).ink.split(":")[1]);
  return { shape: [28, 28], data: Float32Array.from(levels, (level) => level / WHITE) };
}

/** Return the steps that are shown as pictures: as far apart as can be. */
const places = ({ steps }) =>
  Array.from({ length: PICTURES }, (_, i) => Math.round((i * (steps.length - 1)) / (PICTURES - 1)));

const hue = (key) => make("span", { className: "hue", textContent: nameOf(key) });

/** Say how far away the picture is, and whether another class is nearer; or why there is none. */
function far({ none, told }) {
  if (none) return none;
  const { before, target, nearest, distances, l2, linf, levels, pixels } = told;
  const found = distances.filter((each) => each !== null).length;
  const tied = distances.flatMap((each, digit) => (each === l2 && digit !== target ? [digit] : []));
  const rank = target !== nearest
    ? `; ${nearest} is nearer, ${round(distances[nearest])}`
    : `, the nearest of ${found} classes${tied.length ? `, as near as ${tied.join(" and ")}` : ""}`;
  return `from ${before} to ${target}${rank}: ${round(l2)} away (L2, white is 1), no pixel by more than ${
    round(linf)
  } (L∞, ${Math.round(levels.linf)} of ${WHITE} levels), ${pixels} of 784 pixels changed`;
}

/** Return how far the nearest picture is that was found for each class, as bars. */
function distancesTable({ before, target, distances }) {
  const most = Math.max(...distances);
  const rows = distances.flatMap((length, digit) => {
    if (digit === before) return [];
    const bar = make("span", { className: "value-bar" });
    bar.style.width = `${(70 * (length ?? 0)) / most}%`;
    const cell = length === null
      ? make("td", { textContent: "none found" })
      : make("td", { className: "bar-cell", title: inFull(Math.fround(length)) }, bar, round(length));
    const row = make("tr", {}, make("th", { scope: "row", textContent: digit }), cell);
    if (digit === target) row.setAttribute("aria-current", "true");
    return [row];
  });
  return make(
    "table",
    { className: "by-class" },
    make("caption", { textContent: "Distance to the nearest picture found for each class (L2)" }),
    make("tbody", {}, ...rows),
  );
}

function block(key, { told, pixels, change, example, pictures, other, verdicts }, scale, selection) {
  const { before, target } = told;
  const name = nameOf(key);
  const turns = `An adversarial example: it shows where ${name}'s answer turns, here to ${saying(told)}`;
  const looks = `and not what a ${target} looks like to a person.${transfer(target, other, verdicts)}`;
  const steps = "Some of the steps, and how far each is from the digit.";
  return make(
    "section",
    { "aria-label": `What would change its mind, ${name}`, "data-model": key },
    make("h3", {}, hue(key), ` from ${before} to ${target}`),
    make(
      "div",
      { className: "asked-maps" },
      valueFigure("the digit", pixels, GREY, `The digit that ${name} takes for a ${before}`),
      valueFigure("difference", change, scale, `What is added to the digit for ${name}`),
      valueFigure(`taken for a ${target}`, example, GREY, `The picture that ${name} takes for a ${target}`),
    ),
    make("p", { className: "told", textContent: `${turns}, ${looks}` }),
    distancesTable(told),
    make("div", { className: "row" }, opener(name, told, selection)),
    logitsChart(told),
    stepFigures(name, told, pictures),
    make("p", { className: "reading", textContent: steps }),
    file(key, target, selection),
  );
}

function opener(name, { target, perturb }, selection) {
  const written = moveQuery(selection.perturb) ? {} : { reference: selection.digit }; // against a digit that was changed before, more would show than this change
  const label = `Open in Explore what ${name} takes for a ${target}`;
  return newButton("Open in Explore", () => store.move(perturb, true, written), { "aria-label": label });
}

function file(key, target, selection) {
  const query = [`target=${target}`, moveQuery(selection.perturb)].filter(Boolean).join("&");
  const address = `/api/models/${key}/digits/${selection.digit}/adversary.npy?${query}`;
  return fileLink("picture as NPY", address, `${key}-${fileStem(selection)}-taken-for-${target}.npy`);
}

/** Say whether the other network is mistaken too. */
function transfer(target, other, [then, now]) {
  if (!other) return "";
  if (then.answer === now.answer) return ` ${nameOf(other)} says ${now.answer} to it, as to the digit.`;
  return ` ${nameOf(other)} says ${now.answer} to it, and ${then.answer} to the digit: it ${
    now.answer === target ? "transfers" : "is mistaken otherwise"
  }.`;
}

/** Return the chart of both logits at every step. */
function logitsChart({ before, target, steps }) {
  const lines = [["before", "dashes"], ["target", ""]].map(([which, dash]) => ({
    dash,
    values: steps.map((step) => step[`logit_${which}`]),
  }));
  return newChart(
    lines,
    `Logits of ${before} and ${target} at each step`,
    `logit of ${target} (line) and of ${before} (dashes) at each of ${steps.length} steps`,
    false,
  );
}

/** Return some of the steps as pictures, each with its number and how far it is from the digit. */
function stepFigures(name, told, pictures) {
  const figure = (step, { data }) => {
    const words = `Step ${step + 1}, ${round(told.steps[step].l2)} from the digit`;
    const canvas = paintValues(newCanvas(`${words}, ${name}`), 28, 28, (i) => data[i], GREY);
    return make(
      "figure",
      {},
      canvas,
      make("figcaption", {}, `step ${step + 1}`, make("br"), round(told.steps[step].l2)),
    );
  };
  return make(
    "div",
    { className: "asked-steps", role: "group", "aria-label": `Steps, ${name}` },
    ...places(told).map((step, i) => figure(step, pictures[i])),
  );
}
