/** The sections that ask about the image, once they are opened. */
import { classes } from "../core/image.js";
import { make, newSelect } from "../core/element.js";
import { nameOf } from "../core/facts.js";
import { say } from "../core/message.js";
import { Problem } from "../core/problem.js";
import { oneAtATime } from "../core/schedule.js";
import { store } from "../core/store.js";

/** @import { Selection } from "../core/selection.js" */

/**
 * @param {unknown} one
 * @param {unknown} other
 */
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** A section of the page that asks for nothing until it is opened, and then follows what is asked. Whether it is open, and what is chosen in it, is a part of the selection. */
export class Asked {
  /**
   * @param {HTMLDetailsElement} details
   * @param {object} act
   * @param {"why" | "mind"} [act.part] of the selection: what is chosen, between colons; "" while it is closed
   * @param {() => any} act.question returns what is asked now, in plain values
   * @param {(asked: any) => any} act.ask returns a promise of what is found
   * @param {(asked: any, found: any) => void} act.paint shows, in `body`, what was asked and found
   */
  constructor(details, { part, question, ask, paint }) {
    this.details = details;
    this.part = part;
    this.question = question;
    this.ask = ask;
    this.paint = paint;
    /** @type {any} */
    this.asked = null; // what was asked last
    /** @type {HTMLSelectElement[]} */
    this.choices = [];
    this.shown = "";
    this.body = make("div");
    const newest = oneAtATime(() => this.answer());
    this.follow = () => newest(true);
    details.addEventListener("toggle", () => (part ? this.choose() : this.follow()));
  }

  /** Let the selection say what is chosen now. */
  choose() {
    const chosen = this.choices.map(({ value }) => value).join(":").replace(/:+$/, "");
    const text = this.details.open ? chosen : "";
    if (this.part && text !== this.shown) store.change({ [this.part]: text });
  }

  /**
   * Show what a selection says, and follow it.
   * @param {Selection} selection
   */
  show(selection) {
    this.shown = this.part ? selection[this.part] : "";
    const chosen = this.shown.split(":");
    if (this.shown) this.choices.forEach((choice, i) => (choice.value = chosen[i] ?? ""));
    this.details.open = Boolean(this.shown);
    this.follow();
  }

  /**
   * Put what it is asked with before its body.
   * @param {...(Node | string)} controls
   */
  fill(...controls) {
    this.details.lastElementChild?.replaceChildren(
      make("div", { className: "asked-controls" }, ...controls),
      this.body,
    );
  }

  /**
   * Return a list of choices, pairs of a value and its words; a choice asks anew.
   * @param {string} name
   * @param {string[][]} options
   */
  choice(name, options) {
    const select = newSelect(options, () => this.choose(), { "aria-label": name });
    this.choices.push(select);
    return select;
  }

  async answer() {
    if (!this.details.open) return;
    const asked = this.question();
    if (same(asked, this.asked)) return;
    this.body.ariaBusy = "true";
    try {
      const found = await this.ask(asked);
      if (same(asked, this.question())) this.paint(this.asked = asked, found);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      say(problem.message);
    } finally {
      this.body.ariaBusy = null;
    }
  }
}

/**
 * Return a network's name, in its hue.
 * @param {string} key
 */
export const hueOf = (key) => make("span", { className: "hue", textContent: nameOf(key) });

/** Return the classes as choices. */
export const classChoices = () => classes.map((name, number) => [String(number), name]);
