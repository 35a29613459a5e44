/** Why this answer: the pixels that speak for it, by one of four explanations, and what these are worth. Asks for nothing until it is opened. */
import { classes, noun } from "../core/image.js";
import { networkAddress } from "../core/address.js";
import { fileStem } from "../core/image_words.js";
import { fileLink, make, write } from "../core/element.js";
import { facts, modelOf, nameOf, readPath } from "../core/facts.js";
import { getJson, getTensor } from "../core/fetching.js";
import { wakingUp } from "../core/message.js";
import { alone, momentAt, momentFile, momentWords } from "../core/moments.js";
import { percent, round } from "../core/number.js";
import { moveQuery } from "../core/perturbation.js";
import { scaleFor } from "../core/scale.js";
import { inputFigure } from "../figures/input_figure.js";
import { valueFigure } from "../figures/value_figure.js";
import { Asked, classChoices, hueOf } from "./asked.js";
import { deletionChart, deletionTable, spreadWords, worth } from "./deletion.js";

/** @import { Picture } from "../core/picture.js" */
/** @import { Selection } from "../core/selection.js" */

/** @type {Record<string, string>} */
const METHODS = {
  gradient: "gradient",
  integrated: "integrated gradients",
  occlusion: "occlusion",
  gradcam: "Grad-CAM",
};

/** The section that explains what the networks say of the image at hand: now if it is open, else as soon as it is. */
export class Attribution {
  /** @param {HTMLDetailsElement} details */
  constructor(details) {
    /** @type {any} */
    this.shown = null; // the image at hand: {selection, picture, keys}
    this.section = new Asked(details, {
      part: "why",
      question: () => this.question(),
      ask: (asked) =>
        Promise.all(asked.networks.map((/** @type {any} */ network) => explain(asked, network))),
      paint: (asked, found) => this.paint(asked, found),
    });
    const methods = Object.entries(METHODS).flatMap(([key, words]) => choicesOf(key, words));
    this.method = this.section.choice("Explanation", methods);
    this.target = this.section.choice("Class that is explained", [["", "its own answer"], ...classChoices()]);
    this.against = this.section.choice("Class that it is compared with", [["", "—"], ...classChoices()]);
    this.words = make("p", { className: "reading" });
    const why = [make("label", {}, "why ", this.target), make("label", {}, "and not ", this.against)];
    this.section.fill(this.method, make("div", { className: "row" }, ...why), this.words);
  }

  /**
   * @param {Selection} selection
   * @param {Picture} picture
   * @param {string[]} keys
   */
  show(selection, picture, keys) {
    this.shown = { selection, picture, keys };
    this.section.show(selection);
  }

  /** Return what is asked now: how, of which image, and of each network why which class, and not which. */
  question() {
    const { selection: { digit, perturb, off, epoch }, picture, keys } = this.shown;
    const [method, layer] = readPath(this.method.value); // "gradcam.layer"
    const against = this.against.value;
    const networks = keys.map((/** @type {string} */ key) => {
      const { logits } = picture.models[key];
      return { key, target: this.target.value || String(logits.indexOf(Math.max(...logits))), against };
    });
    return { method, layer, networks, digit, move: moveQuery(perturb), off, epoch };
  }

  /**
   * Show what was found.
   * @param {any} asked
   * @param {any[]} found
   */
  paint({ networks, off, epoch }, found) {
    const explained = found.filter(({ told }) => told);
    const first = explained[0]?.told;
    const kind = first?.method === "gradcam" ? "sequential" : "diverging";
    const scale = first ? scaleFor(explained.flatMap(({ trained }) => trained.data), kind) : null;
    const whole = off ? " Of the whole network: nothing is switched off here." : "";
    write(this.words, first ? `${first.definition} ${first.source}.${whole}` : "");
    const blocks = networks.map((/** @type {{key: string}} */ { key }, /** @type {number} */ i) => {
      const when = momentAt(key, epoch)?.key ?? "";
      const stem = `${fileStem(this.shown.selection)}${momentFile(when)}`;
      return block(key, found[i], scale, { stem, when });
    });
    this.section.body.replaceChildren(...blocks);
  }
}

/**
 * Return the choices of a method: Grad-CAM is of a layer of maps.
 * @param {string} key
 * @param {string} words
 */
function choicesOf(key, words) {
  if (key !== "gradcam") return [[key, words]];
  const layers = facts.models.flatMap(({ layers }) => layers.filter(({ convolves }) => convolves));
  return [...new Set(layers.map(({ name }) => name))].map((
    name,
  ) => [`${key}.${name}`, `${words} of ${name}`]);
}

/**
 * Return a promise of what is found of one network, or of the sentence that says why there is nothing.
 * @param {any} asked
 * @param {any} network
 * @returns {Promise<any>}
 */
async function explain({ method, layer, digit, move, epoch }, { key, target, against }) {
  const convolves = modelOf(key).layers.some(({ convolves, name }) => convolves && name === layer);
  if (layer && !convolves) {
    return { none: `Grad-CAM of ${layer} does not exist for ${nameOf(key)}: it has no maps there.` };
  }
  if (target === against) {
    return {
      none: `${nameOf(key)} is asked why ${classes[target]} and not ${
        classes[against]
      }: choose another class.`,
    };
  }
  const query = [`target=${target}`, against && `against=${against}`, layer && `layer=${layer}`, move].filter(
    Boolean,
  ).join("&");
  const address = `${networkAddress(alone({ epoch }), key)}/images/${digit}/why/${method}`;
  const [told, pixels] = await Promise.all([
    getJson(`${address}?${query}`, wakingUp),
    getTensor(`api/images/${digit}.npy${move && `?${move}`}`, wakingUp),
  ]);
  const [trained, untrained] = [told.values, told.untrained].map((rows) => ({
    shape: [rows.length, rows[0].length],
    data: rows.flat(),
  }));
  return { told, pixels, trained, untrained, file: `${address}.npy?${query}` };
}

/**
 * Return all that is said of one network.
 * @param {string} key
 * @param {any} found
 * @param {any} scale
 * @param {{stem: string, when: string}} of the names of files; and the moment at which the network is
 */
function block(key, found, scale, { stem, when }) {
  const { none, told } = found;
  const properties = { "aria-label": `Why, ${nameOf(key)}`, "data-model": key };
  if (none) return make("section", properties, make("p", { textContent: none }));
  const { target, against, method, layer } = told;
  const what = `why ${classes[target]}${against === null ? "" : ` and not ${classes[against]}`}`;
  const where = layer ? ` · ${layer}, ${found.trained.shape.join("×")}` : "";
  const name = [stem, "why", target, ...(against === null ? [] : ["not", against]), method, layer];
  return make(
    "section",
    properties,
    make("h3", {}, hueOf(key), ` ${what}${where}${when && `, ${momentWords(when)}`}`),
    make("p", { className: "told", textContent: sum(told) }),
    pictures(key, found, scale, { what: `${METHODS[method]}, ${what}`, when }),
    deletionChart(told),
    deletionTable(told),
    make("p", { className: "told worth", textContent: worth(told) }),
    make("p", { className: "reading", textContent: spreadWords(told) }),
    fileLink(
      "values as NPY",
      found.file,
      `${[key, ...name].filter((part) => part || part === 0).join("-")}.npy`,
    ),
  );
}

/**
 * Return the image, what speaks for the answer, and what an untrained network names.
 * @param {string} key
 * @param {any} found
 * @param {any} scale
 * @param {{what: string, when: string}} of what is explained; and the moment at which the network is
 */
function pictures(key, { told, pixels, trained, untrained }, scale, { what, when }) {
  const own = scaleFor(untrained.data, scale.palette);
  const name = nameOf(key);
  const seed = `untrained, seed ${told.seed}`;
  return make(
    "div",
    { className: "asked-maps" },
    inputFigure(`the ${noun}`, pixels, `The ${noun} that ${name} sees`),
    valueFigure(when ? momentWords(when) : "trained", trained, scale, `${name}, ${what}`),
    valueFigure(seed, untrained, own, `${name} with random weights, ${what}`),
  );
}

/**
 * Say what the logit is made of, and of integrated gradients how much of it their pixels miss.
 * @param {any} told
 */
function sum({ against, score, baseline, residual }) {
  const logit = `${against === null ? "Logit" : "Lead of the logit"} ${round(score)}, of a black picture ${
    round(baseline)
  }.`;
  if (residual === null) return logit;
  const added = score - baseline;
  return `${logit} All pixels add up to the difference, ${round(added)}, but for ${round(residual)}${
    added ? ` (${percent(Math.abs(residual / added), 2)})` : ""
  }.`;
}
