/** An adversarial example of one network: the picture, how far it is from the image, and the steps to it. */
import { classes, noun, paintInputs, PIXELS } from "../core/image.js";
import { saying } from "../core/answer.js";
import { newCanvas } from "../core/canvas.js";
import { fileStem } from "../core/image_words.js";
import { fileLink, make, newButton } from "../core/element.js";
import { nameOf } from "../core/facts.js";
import { momentFile, standing } from "../core/moments.js";
import { inFull, round } from "../core/number.js";
import { moveQuery } from "../core/perturbation.js";
import { store } from "../core/store.js";
import { newChart } from "../figures/small_chart.js";
import { inputFigure } from "../figures/input_figure.js";
import { valueFigure } from "../figures/value_figure.js";
import { hueOf } from "./asked.js";

/** @import { Selection } from "../core/selection.js" */

export const WHITE = 255; // levels of grey above black
const PICTURES = 6; // of the steps

/**
 * Return the steps that are shown as pictures: as far apart as can be.
 * @param {{steps: any[]}} told
 */
export const stepsShown = ({ steps }) =>
  Array.from({ length: PICTURES }, (_, i) => Math.round((i * (steps.length - 1)) / (PICTURES - 1)));

/**
 * Say how far away the picture is, and whether another class is nearer; or why there is none.
 * @param {any} found
 * @returns {string}
 */
export function distanceWords({ none, told }) {
  if (none) return none;
  const { before, target, nearest, distances, l2, linf, levels, pixels } = told;
  const found = distances.filter((/** @type {number | null} */ each) => each !== null).length;
  const tied = distances.flatMap((
    /** @type {number | null} */ each,
    /** @type {number} */ digit,
  ) => (each === l2 && digit !== target ? [digit] : []));
  const rank = target !== nearest
    ? `; ${classes[nearest]} is nearer, ${round(distances[nearest])}`
    : `, the nearest of ${found} classes${
      tied.length
        ? `, as near as ${tied.map((/** @type {number} */ each) => classes[each]).join(" and ")}`
        : ""
    }`;
  return `from ${classes[before]} to ${classes[target]}${rank}: ${
    round(l2)
  } away (L2, white is 1), no pixel by more than ${round(linf)} (L∞, ${
    Number(levels.linf.toFixed(1))
  } of ${WHITE} levels), ${pixels} of ${PIXELS} pixels changed`;
}

/**
 * Return how far the nearest picture is that was found for each class, as bars.
 * @param {any} told
 */
function distancesTable({ before, target, distances }) {
  const most = Math.max(...distances);
  const rows = distances.flatMap((/** @type {number | null} */ length, /** @type {number} */ digit) => {
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

/**
 * Return all that is said of one network.
 * @param {string} key
 * @param {any} found
 * @param {any} scale
 * @param {Selection} selection
 */
export function exampleBlock(
  key,
  { told, pixels, change, example, pictures, other, verdicts, file },
  scale,
  selection,
) {
  const { before, target } = told;
  const name = nameOf(key);
  const turns = `An adversarial example: it shows where ${name}'s answer turns, here to ${saying(told)}`;
  const looks = `and not what a ${classes[target]} looks like to a person.${
    transfer(target, other, verdicts)
  }`;
  const steps = `Some of the steps, and how far each is from the ${noun}.`;
  return make(
    "section",
    { "aria-label": `What would change its mind, ${name}`, "data-model": key },
    make("h3", {}, hueOf(key), ` from ${classes[before]} to ${classes[target]}`),
    make(
      "div",
      { className: "asked-maps" },
      inputFigure(`the ${noun}`, pixels, `The ${noun} that ${name} takes for a ${classes[before]}`),
      valueFigure("difference", change, scale, `What is added to the ${noun} for ${name}`),
      inputFigure(
        `taken for a ${classes[target]}`,
        example,
        `The picture that ${name} takes for a ${classes[target]}`,
      ),
    ),
    make("p", { className: "told", textContent: `${turns}, ${looks}` }),
    distancesTable(told),
    make("div", { className: "row" }, ...(told.perturb ? [opener(name, told, selection)] : [])),
    logitsChart(told),
    stepFigures(name, told, pictures),
    make("p", { className: "reading", textContent: steps }),
    pixelsLink(key, file, target, selection),
  );
}

/**
 * Return the button that opens the picture in Explore.
 * @param {string} name
 * @param {any} told
 * @param {Selection} selection
 */
function opener(name, { target, perturb }, selection) {
  const written = moveQuery(selection.perturb) ? {} : { reference: selection.digit }; // against an image that was changed before, more would show than this change
  const label = `Open in Explore what ${name} takes for a ${classes[target]}`;
  return newButton("Open in Explore", () => store.move(perturb, true, written), { "aria-label": label });
}

/**
 * Return the way to the picture as a file.
 * @param {string} key
 * @param {string} address
 * @param {number} target
 * @param {Selection} selection
 */
function pixelsLink(key, address, target, selection) {
  const stem = `${fileStem(selection)}${momentFile(standing(key, selection).epoch)}`;
  return fileLink("picture as NPY", address, `${key}-${stem}-taken-for-${target}.npy`);
}

/**
 * Say whether the other network is mistaken too.
 * @param {number} target
 * @param {string | undefined} other
 * @param {any[]} verdicts before and after
 */
function transfer(target, other, [then, now]) {
  if (!other || !then) return "";
  if (then.answer === now.answer) {
    return ` ${nameOf(other)} says ${classes[now.answer]} to it, as to the ${noun}.`;
  }
  return ` ${nameOf(other)} says ${classes[now.answer]} to it, and ${
    classes[then.answer]
  } to the ${noun}: it ${now.answer === target ? "transfers" : "is mistaken otherwise"}.`;
}

/**
 * Return the chart of both logits at every step.
 * @param {any} told
 */
function logitsChart({ before, target, steps }) {
  const lines = [["before", "dashes"], ["target", ""]].map(([which, dash]) => ({
    dash,
    values: steps.map((/** @type {any} */ step) => step[`logit_${which}`]),
  }));
  return newChart(
    lines,
    `Logits of ${classes[before]} and ${classes[target]} at each step`,
    `logit of ${classes[target]} (line) and of ${classes[before]} (dashes) at each of ${steps.length} steps`,
    false,
  );
}

/**
 * Return some of the steps as pictures, each with its number and how far it is from the image.
 * @param {string} name
 * @param {any} told
 * @param {any[]} pictures
 */
function stepFigures(name, told, pictures) {
  /** @type {(step: number, picture: {data: Float32Array}) => HTMLElement} */
  const figure = (step, { data }) => {
    const words = `Step ${step + 1}, ${round(told.steps[step].l2)} from the ${noun}`;
    const canvas = paintInputs(newCanvas(`${words}, ${name}`), data);
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
    ...stepsShown(told).map((step, i) => figure(step, pictures[i])),
  );
}
