/** The test images in the plane, once for each network and way; what is pointed at in one is marked in all. */
import { classes, Member } from "../core/image.js";
import { labelWords } from "../core/image_words.js";
import { byId, write } from "../core/element.js";
import { nameOf } from "../core/facts.js";
import { whenPrinted } from "../core/paper.js";
import { store } from "../core/store.js";
import { whenThemed } from "../core/theme.js";
import { ImageCard } from "./image_card.js";
import { Plane } from "./plane.js";

export class Planes {
  constructor() {
    /** @type {Set<Plane>} */
    this.planes = new Set(); // on the page now
    /** @type {ImageCard | null} */
    this.card = null; // beside the pointer, once there was one
    const repaint = () => this.planes.forEach((plane) => plane.paint());
    whenThemed(repaint); // another paper wants other inks
    whenPrinted(() => this.planes.forEach((plane) => plane.print()), repaint);
  }

  /**
   * Make planes of what the server left room for within an element.
   * @param {HTMLElement} element
   */
  layOut(element) {
    for (const plane of this.planes) if (!plane.root.isConnected) this.planes.delete(plane);
    for (
      const root of /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll(".plane .points:empty"))
    ) {
      this.planes.add(new Plane(root, (...pointed) => this.pointed(...pointed)));
    }
  }

  /**
   * Mark an image in the other planes too, and show and say which it is; -1 for none.
   * @param {Plane | null} own
   * @param {number} digit
   * @param {any} event
   */
  pointed(own, digit, event) {
    for (const plane of this.planes) if (own && plane !== own && plane.isPainted()) plane.mark(digit);
    const words = digit < 0 ? "" : this.words(digit);
    this.card ??= new ImageCard();
    this.card.show(digit, words, event);
    if (event.type === "keydown") write(byId("status"), words);
  }

  /**
   * Return a sentence on an image.
   * @param {number} digit
   */
  words(digit) {
    const { answers } = store.images;
    const shown = new Set(Array.from(this.planes, ({ key }) => key));
    const keys = Object.keys(answers).filter((key) => shown.has(key));
    const said = keys.map((key) => `${nameOf(key)} says ${classes[answers[key][digit]]}`);
    return `${Member} ${digit}, ${labelWords(digit, store.images.labelOf(digit))}: ${said.join(", ")}`;
  }
}
