/** What was found in an image: the image itself with an outline around each digit, one of which is at hand; and how to turn it. */
import { make, newButton, write } from "../core/element.js";
import { facts, nameOf } from "../core/facts.js";
import { postBytes } from "../core/fetching.js";
import { say } from "../core/message.js";
import { chance } from "../core/number.js";
import { readMove } from "../core/perturbation.js";
import { Problem } from "../core/problem.js";
import { shrunkImage } from "./shrinking.js";

const LEAST = 24; // screen pixels of the longer side of an outline: images of smaller digits are shown larger, and scroll
const LARGEST = 5; // times as large
const WIDE = 280; // screen pixels, about what there is room for
const AGAIN = 1000; // milliseconds, after which networks that slept are asked again
const TRIES = 60;
/** @type {Record<string, number>} */
const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

export class Found {
  /**
   * @param {(text: string) => Promise<any>} show shows a drawing, given its text
   */
  constructor(show) {
    this.show = show;
    /** @type {any} */
    this.answer = null; // what the server read
    this.sent = null;
    this.told = "";
    this.ink = "";
    this.chosen = -1;
    this.asking = false;
    this.last = new AbortController();
    this.refused = false;
    this.words = make("p", { className: "reading", role: "status" });
    this.picture = make("img", { alt: "" });
    this.outlines = make("div", {
      className: "found-outlines",
      role: "group",
      "aria-label": "Digits in the image",
    });
    this.zoomed = make("div", { className: "found-zoomed" }, this.picture, this.outlines);
    this.frame = make("div", { className: "found-frame" }, this.zoomed);
    this.caption = make("figcaption");
    /** @type {(textContent: string, degrees: number) => HTMLButtonElement} */
    const turn = (textContent, degrees) =>
      newButton(textContent, () => this.turn((this.answer.turn + degrees) % 360));
    this.advice = make("p", { className: "found-advice" });
    this.figure = make(
      "figure",
      { className: "found" },
      this.frame,
      this.caption,
      this.advice,
      make("div", { className: "row" }, turn("Turn left", 270), turn("Turn right", 90)),
    );
    this.element = make("div", { hidden: true }, this.words, this.figure);
    this.outlines.addEventListener("keydown", (event) => this.walk(event));
  }

  /**
   * Send an image, and show its drawing; the last image wins, and until it is read nothing changes.
   * @param {File} file
   */
  send(file) {
    return this.ask(0, () => shrunkImage(file));
  }

  /**
   * Read the same image turned by so many degrees clockwise.
   * @param {number} degrees
   */
  turn(degrees) {
    return this.ask(degrees, () => this.sent);
  }

  /**
   * Read an image, turned by so many degrees.
   * @param {number} degrees
   * @param {() => any} prepare returns what is sent, or a promise of it
   */
  async ask(degrees, prepare) {
    this.last.abort();
    const own = (this.last = new AbortController());
    this.say("Reading the image …", true);
    if (this.refused) say("");
    this.refused = false;
    try {
      const sent = await prepare();
      if (own !== this.last) return;
      const answer = await this.post(sent, degrees, own);
      if (own !== this.last) return;
      this.sent = sent;
      this.paint(answer);
      await this.show(answer.perturb);
      this.asking = false;
      this.mark(this.ink);
      await this.reread(degrees, own);
    } catch (problem) {
      if (own !== this.last) return;
      this.say(this.told);
      this.asking = false;
      this.mark(this.ink);
      if (!(problem instanceof Problem)) throw problem;
      this.refused = true;
      say(problem.message);
    }
  }

  /**
   * Return a promise of what the server reads in an image.
   * @param {{file: Blob}} sent
   * @param {number} degrees
   * @param {AbortController} own
   */
  post({ file }, degrees, { signal }) {
    const most = facts.image_bytes;
    if (file.size > most) {
      throw new Problem(
        `An image may have ${
          most >> 20
        } MiB, and this browser cannot show this one to make it smaller. Make it smaller, or take a screenshot of it.`,
      );
    }
    return postBytes(`api/drawings${degrees ? `?turn=${degrees}` : ""}`, file, signal);
  }

  /**
   * Ask again until the network that reads the digits is awake.
   * @param {number} degrees
   * @param {AbortController} own
   */
  async reread(degrees, own) {
    for (let tries = 0; tries < TRIES && !this.answer.digits[0].reading; tries++) {
      await new Promise((go) => setTimeout(go, AGAIN));
      if (own !== this.last || this.element.hidden) return;
      const answer = await this.post(this.sent, degrees, own);
      if (own !== this.last) return;
      this.paint(answer, this.ink);
    }
  }

  /**
   * Say what is going on, or what was read.
   * @param {string} text
   * @param {boolean} busy
   */
  say(text, busy = false) {
    if (busy) [this.asking, this.element.hidden] = [true, false];
    Object.assign(this.words, { ariaBusy: busy, textContent: text });
  }

  /**
   * Show an image, and which of its digits is at hand: the one that is taken first, unless another is.
   * @param {any} answer
   * @param {string} ink
   */
  paint(answer, ink = readMove(answer.perturb).ink) {
    Object.assign(this, { answer, chosen: answer.chosen });
    this.told = `${this.sent.words}${answer.words}`;
    this.say(this.told);
    const { width, height, digits, upright } = answer;
    const shown = Math.min(WIDE, (WIDE * width) / height); // screen pixels that the image is wide where nothing is enlarged
    const longer = digits.map((/** @type {any} */ { box: [top, left, bottom, right] }) =>
      Math.max((right - left) * shown, (bottom - top) * (shown / width) * height)
    );
    this.zoomed.style.setProperty("--ratio", String(width / height));
    this.zoomed.style.setProperty(
      "--zoom",
      String(Math.min(LARGEST, Math.max(1, LEAST / Math.min(...longer)))),
    );
    Object.assign(this.picture, {
      src: answer.preview,
      alt: `The image as it was read, ${
        digits.length === 1 ? "its digit" : `${digits.length} digits`
      } outlined`,
    });
    this.outlines.replaceChildren(...Array.from(digits, (_, i) => this.outline(i)));
    this.advice.hidden = !upright;
    if (upright) {
      this.advice.replaceChildren(
        `${upright.words} `,
        newButton("Turn it so", () => this.turn(upright.turn)),
      );
    }
    this.mark(ink);
  }

  /**
   * Return the button around digit i.
   * @param {number} i
   */
  outline(i) {
    const { digits } = this.answer;
    const [top, left, bottom, right] = digits[i].box.map((/** @type {number} */ share) => 100 * share);
    const button = newButton("", () => this.choose(i));
    button.setAttribute("aria-label", this.name(i));
    button.title = this.name(i);
    Object.assign(button.style, {
      left: `${(left + right) / 2}%`,
      top: `${(top + bottom) / 2}%`,
      width: `calc(${right - left}% + 6px)`,
      height: `calc(${bottom - top}% + 6px)`,
    });
    return button;
  }

  /**
   * Say which digit it is.
   * @param {number} i
   */
  name(i) {
    const { digits, count } = this.answer;
    const { reading } = digits[i];
    return `digit ${i + 1} of ${count}${reading ? `, read as ${reading.answer}` : ""}`;
  }

  /**
   * Show digit i.
   * @param {number} i
   */
  choose(i) {
    const { perturb } = this.answer.digits[i];
    this.chosen = i;
    this.focused(i);
    if (perturb === this.ink) this.mark(perturb); // of two that are the same to the pixel the other one
    return this.show(perturb);
  }

  /**
   * Arrow keys walk from outline to outline.
   * @param {KeyboardEvent} event
   */
  walk(event) {
    const buttons = /** @type {HTMLElement[]} */ ([...this.outlines.children]);
    const at = buttons.findIndex((button) => button === document.activeElement);
    const to = { Home: 0, End: buttons.length - 1 }[event.key] ?? at + STEPS[event.key];
    if (!(to in buttons)) return;
    event.preventDefault();
    this.focused(to);
    buttons[to].focus();
  }

  /**
   * Let the Tab key stop at digit i alone.
   * @param {number} i
   */
  focused(i) {
    const buttons = /** @type {HTMLElement[]} */ ([...this.outlines.children]);
    buttons.forEach((button, place) => (button.tabIndex = place === i ? 0 : -1));
  }

  /**
   * Let the frame, and not the page, scroll to an outline.
   * @param {HTMLElement} outline
   */
  reveal({ offsetTop, offsetLeft }) {
    const { frame } = this; // the middle of an outline is where its style says
    if (
      offsetTop < frame.scrollTop || offsetTop > frame.scrollTop + frame.clientHeight ||
      offsetLeft < frame.scrollLeft || offsetLeft > frame.scrollLeft + frame.clientWidth
    ) {
      frame.scrollTo(offsetLeft - frame.clientWidth / 2, offsetTop - frame.clientHeight / 2);
    }
  }

  /**
   * Show which digit is at hand, given its text in an address; where it is none of these, the image is out of sight.
   * @param {string} ink
   */
  mark(ink) {
    this.ink = ink;
    const { digits, count, reader } = this.answer ?? { digits: [] };
    if (digits[this.chosen]?.perturb !== ink) {
      this.chosen = digits.findIndex((/** @type {any} */ { perturb }) => perturb === ink);
    }
    const { chosen } = this;
    this.figure.hidden = chosen < 0;
    this.element.hidden = chosen < 0 && !this.asking;
    if (chosen < 0) return;
    [...this.outlines.children].forEach((button, i) =>
      button.setAttribute("aria-pressed", String(i === chosen))
    );
    if (!this.outlines.contains(document.activeElement)) this.focused(chosen);
    const { reading } = digits[chosen];
    const said = reading
      ? `, read as ${reading.answer} with ${chance(reading.probability)} by ${nameOf(reader)}`
      : ", not read yet: the networks are waking up";
    write(
      this.caption,
      `${count === 1 ? "The digit" : `Digit ${chosen + 1} of ${count}`} in the image${said}.`,
    );
    this.reveal(/** @type {HTMLElement} */ (this.outlines.children[chosen]));
  }
}
