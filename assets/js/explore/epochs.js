/** The slider through the networks' training: at which moment they are shown, and from which the difference is. */
import { pictureAddress } from "../core/address.js";
import { make, newButton, write } from "../core/element.js";
import { getBytes, getJson } from "../core/fetching.js";
import { facts, modelOf, nameOf } from "../core/facts.js";
import { isDrawn } from "../core/selection.js";
import {
  at,
  isKept,
  momentAt,
  momentName,
  momentsOf,
  momentWords,
  rightWords,
  TRAINED,
} from "../core/moments.js";
import { oneAtATime } from "../core/schedule.js";
import { store } from "../core/store.js";
import { classes, members, noun } from "../core/image.js";
import { answeredWords, learnedWords } from "./learned.js";

/** @import { Selection } from "../core/selection.js" */

const PACE = 700; // milliseconds between two moments that are played
const [KEPT, NOTE] = facts.opened
  ? [
    (/** @type {string} */ whose) => `kept of the training of ${whose}, in float16`,
    "Kept by convlens.Snapshots; here with its weights rounded to float16. The images to choose from, and what fires a filter, are of the networks as they were opened.",
  ]
  : [
    (/** @type {string} */ whose) => `kept of a training like that of ${whose}, in float16`,
    "A training by the same recipe and seed, kept at these moments with its weights rounded to float16. The networks as trained are none of them: on another machine the same training comes to other weights. The wall, and what fires a filter, are of the networks as trained.",
  ];

export class Epochs {
  /** @param {HTMLElement} host stays empty where nothing was kept */
  constructor(host) {
    this.host = host;
    /** @type {string[]} */
    this.moments = [];
    this.state = ""; // what it shows: the networks, what was kept of them, and the moment
    /** @type {any} */
    this.playing = null; // a timer
    /** Go to a moment by its place, behind the last to the networks as they are; one at a time, and after it the newest. */
    this.go = oneAtATime(async (/** @type {number} */ place) => {
      const begins = !store.wanted.epoch; // from then on Back leads to the networks as they are
      await store.change({ epoch: this.moments[place] ?? "" }, begins ? "push" : "replace");
      if (this.go.next === null) this.turn(store.selection); // back, where that moment was not to be had
    });
    this.told = make("span");
    this.slider = make("input", {
      type: "range",
      min: "0",
      step: "1",
      "aria-label": "Moment of the training",
    });
    this.slider.addEventListener("input", () => (this.stop(), this.go(Number(this.slider.value))));
    this.play = newButton("▶", () => (this.playing ? this.stop() : this.start()), {
      "aria-label": "Play the training",
      title: "Play the training",
    });
    this.since = make("select", { "aria-label": "Values, or the difference from another moment" });
    this.since.addEventListener("change", () => store.change({ since: this.since.value }));
    this.right = make("p", { className: "done", title: `of all ${members}` });
    this.learned = make("p", { className: "learned", ariaLabel: `When this ${noun} was learned` });
    this.kept = make("p", { className: "reading", title: NOTE });
    this.details = make(
      "details",
      { className: "pad epochs" },
      make("summary", {}, "Training: ", this.told),
      make("div", { className: "row" }, this.play, this.slider),
      this.right,
      make("label", { className: "row" }, "shown: ", this.since),
      this.learned,
      this.kept,
    );
    this.details.addEventListener("toggle", () => this.details.open && this.open());
  }

  /** Say what is known, and wake the networks of the moments: they sleep until somebody asks. */
  open() {
    const { selection } = store;
    this.show(selection);
    if (!at(selection)) getBytes(pictureAddress({ ...selection, epoch: this.moments[0] })).catch(() => {});
  }

  /**
   * Show the moment that is selected.
   * @param {Selection} selection
   */
  show(selection) {
    const { pair, epoch, since } = selection;
    const state = [...pair.map((key) => `${key} ${modelOf(key).moments.length}`), epoch, since].join();
    if (state !== this.state) this.turn(selection);
    this.state = state;
    if (this.moments.length && this.details.open) this.tell(selection).catch(() => write(this.learned, ""));
  }

  /**
   * Turn to the moment that is selected.
   * @param {Selection} selection
   */
  turn({ pair, epoch, since }) {
    const moments = momentsOf(pair);
    if (String(moments) !== String(this.moments)) this.build(moments);
    if (epoch || since) this.details.open = true;
    write(this.told, epoch ? momentName(epoch) : momentWords(""));
    this.slider.value = String(epoch ? moments.indexOf(epoch) : moments.length);
    this.slider.setAttribute("aria-valuetext", momentWords(epoch));
    this.since.value = since;
    for (const option of this.since.options) option.disabled = option.value === (epoch || TRAINED);
    write(this.right, `right: ${rightWords(pair, epoch)}`);
    write(this.kept, KEPT(pair.filter(isKept).map(nameOf).join(" and ")));
  }

  /**
   * Offer these moments.
   * @param {string[]} moments
   */
  build(moments) {
    this.moments = moments;
    this.slider.max = String(moments.length);
    const options = [
      ["", "values"],
      ...[...moments, TRAINED].map((each) => [each, `less ${momentName(each)}`]),
    ];
    this.since.replaceChildren(
      ...options.map(([value, textContent]) => make("option", { value, textContent })),
    );
    this.host.replaceChildren(...(moments.length ? [this.details] : []));
  }

  /**
   * Say when each network learned the image at hand.
   * @param {Selection} selection
   */
  async tell(selection) {
    if (isDrawn(selection) || selection.perturb) return write(this.learned, "");
    const keys = selection.pair.filter((key) => momentAt(key, this.moments[0]));
    const found = await Promise.all(
      keys.map((key) => getJson(`api/models/${key}/images/${selection.digit}/history`)),
    );
    if (store.selection !== selection) return;
    write(this.learned, keys.map((key, i) => `${nameOf(key)}: ${learnedWords(found[i])}.`).join("\n"));
    this.learned.title = keys.map((key, i) => `${nameOf(key)} ${answeredWords(found[i], classes)}`).join(
      "\n",
    );
  }

  /** Go from moment to moment, from the first where the last is shown. */
  start() {
    const { epoch } = store.wanted;
    let place = epoch ? this.moments.indexOf(epoch) + 1 : 0;
    const step = async () => {
      await this.go(place);
      if (!this.playing || place >= this.moments.length) return this.stop();
      place += 1;
      this.playing = setTimeout(step, PACE);
    };
    this.playing = setTimeout(step);
    this.mark("⏸", "Stop playing");
  }

  stop() {
    clearTimeout(this.playing);
    this.playing = null;
    this.mark("▶", "Play the training");
  }

  /**
   * @param {string} sign
   * @param {string} words
   */
  mark(sign, words) {
    write(this.play, sign);
    this.play.title = words;
    this.play.ariaLabel = words;
  }
}
