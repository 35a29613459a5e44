/** An image beside the pointer, with a sentence on it. */
import { paintPixels, SIDES_OF_CANVAS } from "../core/image.js";
import { make, write } from "../core/element.js";
import { facts } from "../core/facts.js";
import { store } from "../core/store.js";

export class ImageCard {
  constructor() {
    this.digit = -1; // none
    this.picture = make("canvas", { ...SIDES_OF_CANVAS });
    this.words = make("span", {});
    this.element = make("div", { className: "tip plane-tip", hidden: true }, this.picture, this.words);
    document.body.append(this.element);
    for (let first = 0; first < facts.images.count; first += facts.block) {
      store.images.pixels(first).catch(() => {}); // so that each is there at once
    }
  }

  /**
   * Show an image beside the pointer; -1 for none.
   * @param {number} digit
   * @param {string} words
   * @param {any} event
   */
  show(digit, words, event) {
    this.digit = digit;
    this.element.hidden = digit < 0;
    if (digit < 0) return;
    /** @type {(pixels: Uint8Array) => any} */
    const put = (pixels) => this.digit === digit && paintPixels(this.picture, pixels);
    const known = store.images.known(digit);
    if (known) put(known);
    else store.images.pixels(digit).then(put, () => {});
    write(this.words, words);
    this.put(event);
  }

  /**
   * Put it beside the pointer.
   * @param {{clientX: number, clientY: number}} event
   */
  put({ clientX, clientY }) {
    const { offsetWidth, offsetHeight, style } = this.element;
    const left = Math.min(clientX + 14, globalThis.innerWidth - offsetWidth - 8);
    const below = clientY + 18 + offsetHeight <= globalThis.innerHeight;
    const top = below ? clientY + 18 : clientY - offsetHeight - 10;
    style.transform = `translate(${Math.max(4, left)}px, ${top}px)`;
  }
}
