/** What a training sees at one of its snapshots, and the slider through these: it follows the finger, so Dash only hears where it came to rest. */
import { newCanvas } from "../core/canvas.js";
import { byId, make, write } from "../core/element.js";
import { getBytes } from "../core/fetching.js";
import { say } from "../core/message.js";
import { oneAtATime } from "../core/schedule.js";
import { whenThemed } from "../core/theme.js";
import { openMoment } from "./moment.js";
import { paintImage, paintPicture } from "./painting.js";

/** @import { Moment } from "./moment.js" */

/** Which snapshots there are, by their steps, and which is to be seen: null for the newest. @typedef {{run: string, steps: number[], step: number | null, digit: number}} Told */

export class Sight {
  /** @param {(step: number | null) => void} rested called with the snapshot at which the slider was let go */
  constructor(rested) {
    /** @type {Told | null} */
    this.told = null;
    /** @type {Moment | null} */
    this.moment = null; // what is painted
    this.held = false; // whether the slider is being moved
    this.said = make("p");
    this.figures = make("div", { className: "strip-figures" });
    /** @type {{caption: HTMLElement, scale: HTMLElement, canvas: HTMLCanvasElement}[]} */
    this.parts = []; // of the pictures, the image first
    byId("strip").append(this.said, this.figures);
    this.slider = make("input", { id: "when", type: "range", min: "0", max: "0", step: "1" });
    byId("when-place").append(this.slider);
    /** Show a snapshot by its place; one at a time, and after it the newest that was asked for. */
    this.go = oneAtATime((/** @type {number} */ place) =>
      this.see(place).catch((problem) => say(problem.message))
    );
    this.slider.addEventListener("input", () => {
      this.held = true;
      this.go(Number(this.slider.value));
    });
    this.slider.addEventListener("change", () => {
      this.held = false;
      const { steps } = /** @type {Told} */ (this.told);
      const place = Number(this.slider.value);
      rested(place < steps.length - 1 ? steps[place] : null);
    });
    whenThemed(() => this.moment && this.paint(this.moment));
  }

  /**
   * Follow what is known of a training; nothing of none. What another one sees is taken away at once.
   * @param {Told | null} told
   */
  show(told) {
    if (told?.run !== this.told?.run) this.clear();
    this.told = told;
    this.slider.disabled = !told;
    if (!told) return;
    const last = told.steps.length - 1;
    this.slider.max = String(last);
    if (this.held) return;
    const place = told.step === null ? last : told.steps.indexOf(told.step);
    this.slider.value = String(place);
    this.go(place);
  }

  /** @param {number} place */
  async see(place) {
    if (!this.told) return;
    const { run, steps, digit } = this.told;
    const moment = openMoment(await getBytes(`api/runs/${run}/moments/${steps[place]}/${digit}.bin`));
    if (this.told?.run !== run) return; // another training was chosen meanwhile
    this.paint(moment);
    this.slider.setAttribute("aria-valuetext", moment.said);
  }

  clear() {
    this.moment = null;
    this.parts = [];
    write(this.said, "");
    this.figures.replaceChildren();
    this.slider.removeAttribute("aria-valuetext");
  }

  /** @param {Moment} moment */
  paint(moment) {
    const { said, image, pictures } = this.moment = moment;
    if (this.parts.length !== pictures.length + 1) this.build(pictures.length + 1);
    write(this.said, said);
    const [first, ...rest] = this.parts;
    write(first.caption, image);
    first.canvas.ariaLabel = image;
    paintImage(first.canvas, moment);
    rest.forEach(({ caption, scale, canvas }, i) => {
      write(caption, pictures[i].title);
      write(scale, pictures[i].scale);
      canvas.ariaLabel = `${pictures[i].title}; colours from ${pictures[i].scale}`;
      paintPicture(canvas, pictures[i]);
    });
  }

  /** @param {number} count */
  build(count) {
    this.parts = Array.from({ length: count }, () => ({
      caption: make("span"),
      scale: make("span", { className: "scale" }),
      canvas: newCanvas(""),
    }));
    this.figures.replaceChildren(
      ...this.parts.map(({ caption, scale, canvas }) =>
        make("figure", {}, make("figcaption", {}, caption, " ", scale), canvas)
      ),
    );
  }
}
