/** What the best network reads in a drawing, and whether a test image that is changed is still like those in training: asked after the picture of the pair is painted, and said beside what these say. */
import { nouns } from "../core/image.js";
import { saying } from "../core/answer.js";
import { make, write } from "../core/element.js";
import { facts, nameOf } from "../core/facts.js";
import { getJson } from "../core/fetching.js";
import { say } from "../core/message.js";
import { moveQuery } from "../core/perturbation.js";
import { Problem } from "../core/problem.js";
import { afterFrame, oneAtATime } from "../core/schedule.js";
import { isDrawn, shownKeys } from "../core/selection.js";
import { store } from "../core/store.js";

/** @import { Picture } from "../core/picture.js" */
/** @import { Selection } from "../core/selection.js" */

const STILL = 200; // milliseconds without another change of the image

/**
 * Return the pair that shows a network: in the place of the one that is not shown, else of the second.
 * @param {Selection} selection
 * @param {string} key
 */
export function pairWith({ pair, model }, key) {
  if (pair.includes(key)) return pair;
  return pair.length > 1 && model === pair[1] ? [key, pair[1]] : [pair[0], key];
}

/**
 * Return who of the networks shown says something else than the reader: "CNN says otherwise.", "" where nobody does.
 * @param {any} reader
 * @param {Selection} selection
 * @param {Picture} picture
 */
function dissent(reader, selection, picture) {
  const others = shownKeys(selection).filter((key) => answer(picture.models[key]) !== reader.answer);
  if (!others.length) return "";
  return others.length > 1 ? "Both say otherwise." : `${nameOf(others[0])} says otherwise.`;
}

/**
 * Return how unlike anything in training a drawing is to the reader, which is named unless it has just been.
 * @param {any} found
 * @param {boolean} named
 */
function unlikeness({ reader, novelty }, named) {
  if (!novelty) return "";
  const [it, sees] = named ? ["it", ""] : [nameOf(reader.key), `, as ${nameOf(reader.key)} sees it`];
  const { percentile, unlike, held_out } = novelty;
  const than = percentile < 1
    ? `${Math.floor(1000 * percentile) / 10} % of the held-out ${nouns}`
    : `all ${held_out.toLocaleString("en")} held-out ${nouns}`;
  const farther = 100 * (1 - percentile);
  if (!unlike) {
    return `Near what ${it} learned: ${
      farther.toFixed(farther < 9.95 ? 1 : 0)
    } % of the held-out ${nouns} are farther.`;
  }
  return `Unlike anything in training${sees}: more so than ${than}.`;
}

/**
 * Return the most probable class.
 * @param {{probabilities: Float32Array}} opened
 */
const answer = ({ probabilities }) => probabilities.indexOf(Math.max(...probabilities));

/**
 * Return whether a test image is changed of which it can be said how unlike anything in training it is.
 * @param {Selection} selection
 */
const isMoved = (selection) => facts.novelty && !isDrawn(selection) && Boolean(moveQuery(selection.perturb));

export class Reading {
  /**
   * @param {HTMLElement} host in the verdict; a screen reader hears it
   * @param {(sentences: string[], warns: boolean) => void} hear is told what is said, and whether the last sentence warns
   */
  constructor(host, hear) {
    /** @type {any[] | null} */
    this.shown = null; // the selection and its picture, where a drawing or a changed image is at hand
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.still = undefined; // until what changes an image rests
    this.name = make("span", { className: "hue" });
    this.said = make("span");
    this.otherwise = make("b");
    this.button = make("button", { type: "button", hidden: true }, this.name, this.said, this.otherwise);
    this.button.dataset.model = facts.reader;
    this.button.addEventListener(
      "click",
      () => store.change({ pair: pairWith(store.selection, facts.reader), model: "both" }),
    );
    this.unlike = make("p", { className: "unlike" });
    host.append(make("p", { className: "best" }, this.button), this.unlike);
    this.ask = oneAtATime(([selection, picture]) => this.answer(selection, picture));
    this.host = host;
    this.verdict = /** @type {HTMLElement} */ (host.parentElement);
    this.hear = hear;
    /** @type {Picture | null} */
    this.of = null; // the picture of what was said last
  }

  /**
   * Make room for what is read in a drawing, and ask for it once the picture is on the screen; of a test image that is changed once that rests, and as it is never.
   * @param {Selection} selection
   * @param {Picture} picture
   */
  show(selection, picture) {
    const drawn = isDrawn(selection);
    this.shown = drawn || isMoved(selection) ? [selection, picture] : null;
    const where = shownKeys(selection).includes(facts.reader) ? "shown" : "beside";
    this.host.dataset.drawn = drawn ? where : this.shown ? "moved" : "";
    if (!this.shown) return this.say(null);
    if (this.of === picture) return; // it is said already
    this.host.ariaBusy = "true";
    const ask = () => this.shown?.[1] === picture && this.ask(this.shown);
    clearTimeout(this.still);
    if (drawn) afterFrame(ask);
    else this.still = setTimeout(ask, STILL);
  }

  /**
   * Say what is read, unless a test image as it is is at hand by then; what was read in the one before stays until then.
   * @param {Selection} selection
   * @param {Picture} picture
   */
  async answer(selection, picture) {
    try {
      const image = isDrawn(selection) ? "" : `image=${selection.digit}&`;
      const found = await getJson(`api/readings?${image}${moveQuery(selection.perturb)}`);
      if (this.shown) this.say(found, selection, picture);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (this.shown) this.say(null), say(problem.message);
    }
  }

  /**
   * Say what was found; null takes it back.
   * @param {any} found
   * @param {any} [selection]
   * @param {any} [picture]
   */
  say(found, selection, picture) {
    const drawn = found && isDrawn(selection);
    const beside = drawn && !shownKeys(selection).includes(found.reader.key);
    const unlike = Boolean(found?.novelty?.unlike);
    const otherwise = beside ? dissent(found.reader, selection, picture) : "";
    this.button.hidden = !beside;
    if (beside) {
      this.button.title = `Show ${nameOf(found.reader.key)} beside ${
        nameOf(pairWith(selection, found.reader.key).find((key) => key !== found.reader.key) ?? "")
      }`;
    }
    write(this.name, beside ? nameOf(found.reader.key) : "");
    write(this.said, beside ? `, best on held-out ${nouns}, reads ${saying(found.reader)}. ` : "");
    write(this.otherwise, otherwise);
    this.button.dataset.differs = String(Boolean(otherwise));
    write(this.unlike, drawn || unlike ? unlikeness(found, beside) : "");
    this.unlike.title = found?.novelty ? `${found.novelty.definition}.` : "";
    this.verdict.dataset.unlike = String(unlike);
    this.of = found && picture;
    if (this.of === (this.shown?.[1] ?? null)) this.host.ariaBusy = null;
    this.hear([this.button.textContent.trim(), this.unlike.textContent].filter(Boolean), unlike);
  }
}
