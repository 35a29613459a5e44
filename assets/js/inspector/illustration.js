/** What would raise a channel most: a picture climbed from noise, beside the strongest real image. Asks for nothing until it is opened. */
import { aMember, aNoun, channels, columns, inputsOf, Member, member, SIDES } from "../core/image.js";
import { labelWords } from "../core/image_words.js";
import { make, newButton, write } from "../core/element.js";
import { getJson, getTensor } from "../core/fetching.js";
import { wakingUp } from "../core/message.js";
import { round } from "../core/number.js";
import { store } from "../core/store.js";
import { inputFigure } from "../figures/input_figure.js";
import { Asked } from "../questions/asked.js";

/** @import { Layer } from "../core/facts.js" */
/** @import { Plan } from "./state.js" */

const WHOLE = [0, 0, ...SIDES];
const READING =
  `An illustration, not ${aNoun}: a picture climbed from noise. Another seed gives another one. The numbers are before activation.`;

/** One for all filters: open, it stays so from one to the next, and keeps its seed. */
export class Illustration {
  constructor() {
    this.seed = 7;
    /** @type {any} */
    this.plan = null; // of the channel that it serves
    /** @type {any} */
    this.told = null; // what was told last
    const summary = make("summary", { textContent: "Illustration: what would raise it?" });
    this.details = make("details", { className: "asked illustration" }, summary, make("div"));
    this.section = new Asked(this.details, {
      question: () => this.question(),
      ask: (address) => this.ask(address),
      paint: (_, found) => this.paint(found),
    });
    this.feed = newButton("Let the networks read it", () => this.open());
    this.row = make(
      "div",
      { className: "row", hidden: true },
      newButton("Another seed", () => this.another()),
      this.feed,
    );
    this.pictures = make("div", { className: "asked-maps" });
    this.words = make("p", { className: "told", ariaLive: "polite" });
    this.recipe = make("p", { className: "reading" });
    this.definition = make("p", { className: "reading" });
    const how = make("details", {}, make("summary", { textContent: "How it is made" }), this.definition);
    this.section.fill(make("p", { className: "reading", textContent: READING }));
    this.section.body.append(this.pictures, this.words, this.row, this.recipe, how);
  }

  /**
   * Be in the service of the channel of a plan; return the element.
   * @param {Plan} plan
   */
  serve(plan) {
    this.plan = plan;
    return this.details;
  }

  follow() {
    this.section.follow();
  }

  another() {
    this.seed = (this.told.seed + 1) % this.told.seeds;
    this.follow();
  }

  /** Let the networks read the picture, unless another one is asked for by now. */
  open() {
    const { perturb, cell } = this.told;
    if (this.section.asked === this.question()) store.change({ perturb, cell, stage: "pre" });
  }

  question() {
    const { key, layer, filter } = this.plan;
    return `api/models/${key}/layers/${layer.name}/filters/${filter}/illustration?seed=${this.seed}`;
  }

  /**
   * Return a promise of what is told of an illustration, and of the pixels of the strongest test image, null where that is unknown.
   * @param {string} address
   */
  async ask(address) {
    if (!this.told) write(this.words, "Climbing from noise…");
    const told = await getJson(address, wakingUp).finally(() => this.told || write(this.words, ""));
    const { digit } = told.strongest;
    return { told, pixels: digit === null ? null : await getTensor(`api/images/${digit}.npy`) };
  }

  /**
   * Show what was found.
   * @param {any} found
   */
  paint({ told, pixels }) {
    const { total_variation: variation, squares } = told.regulariser;
    this.told = told;
    this.pictures.replaceChildren(...pair(told, pixels, this.plan));
    write(this.words, compared(told, this.plan));
    this.row.hidden = false;
    this.feed.hidden = !told.perturb;
    const weights = `total variation, weight ${variation}, and mean square, weight ${squares}`;
    write(this.recipe, `Seed ${told.seed}, ${told.steps} steps; regulariser: ${weights}.`);
    write(this.definition, `${told.definition} ${told.source}.`);
  }
}

/**
 * Return the strongest image and the illustration, as far as there are such.
 * @param {any} told
 * @param {any} pixels
 * @param {Plan} plan
 */
function pair({ levels, seed, sight, strongest, value }, pixels, { layer, filter, maps }) {
  const { digit, label, row, column } = strongest;
  const name = `${layer.name} ${maps ? "map" : "unit"} ${filter}`;
  const found = [];
  if (pixels) {
    found.push(
      inputFigure(
        `${member} ${digit}: ${round(strongest.value)}`,
        part(pixels.data, row === null ? WHOLE : seenBy(layer, [row, column])),
        `${Member} ${digit}, ${labelWords(digit, label)}, which raises ${name} most`,
      ),
    );
  }
  if (levels) {
    found.push(inputFigure(
      `illustration, seed ${seed}: ${round(value)}`,
      part(inputsOf(levels.flat(Infinity)), sight),
      `Illustration of ${name}, seed ${seed}`,
    ));
  }
  return found;
}

/**
 * Return a part of a picture, as `valueFigure` takes it.
 * @param {ArrayLike<number>} pixels
 * @param {number[]} box [top, left, bottom, right]
 * @returns {{shape: number[], first: number[], data: number[]}}
 */
function part(pixels, [top, left, bottom, right]) {
  const shape = [bottom - top, right - left];
  const width = shape[1] * channels;
  return {
    shape,
    first: [top, left],
    data: Array.from(
      { length: shape[0] * width },
      (_, i) => pixels[(top + Math.floor(i / width)) * columns * channels + left * channels + (i % width)],
    ),
  };
}

/**
 * Return the pixels that a cell sees: [top, left, bottom, right].
 * @param {Layer} layer
 * @param {number[]} cell
 */
function seenBy(layer, cell) {
  const first = layer.sights.input.map(({ start, step }, axis) => start + cell[axis] * step);
  const sides = layer.sights.input.map(({ size }) => size);
  return [
    ...first.map((at) => Math.max(0, at)),
    ...first.map((at, axis) => Math.min(SIDES[axis], at + sides[axis])),
  ];
}

/**
 * Say how far the climb went, beside the strongest test image, and what is seen of the picture.
 * @param {any} told
 * @param {Plan} plan
 */
function compared(
  { seed, value, noise, cell, sight: [top, left, bottom, right], strongest },
  { layer, filter },
) {
  const number = `${layer.name}[${[...(cell ?? []), filter].join(", ")}]`;
  const digits = strongest.digit === null
    ? `at most ${round(strongest.value)} on ${aMember}`
    : `${round(strongest.value)} on the strongest ${member}`;
  if (value === null) {
    return `${number} does not respond to any step from seed ${seed}: it stays ${
      round(noise)
    }; ${digits}. Try another seed.`;
  }
  const silent = layer.activation === "relu" && value <= 0
    ? " Even this does not make it fire."
    : strongest.digit === null && value > 0
    ? ` No ${member} makes it fire; this does.`
    : "";
  const seen = cell
    ? ` Shown are the ${bottom - top}×${
      right - left
    } pixels that a cell sees; the rest of the illustration is black.`
    : "";
  return `${number} is ${round(value)} on the illustration; ${digits}; ${
    round(noise)
  } on the noise.${silent}${seen}`;
}
