/** The picture of the visible part of the wall. */
import { colourOf, columns, rows, SIDES } from "../core/image.js";
import { penOf } from "../core/canvas.js";
import { packColour } from "../core/colours.js";
import { facts, modelOf } from "../core/facts.js";
import { store } from "../core/store.js";

const SIDE = 28; // screen pixels along the longer side of an image, or a few less
const LONGER = Math.max(rows, columns);
const ZOOM = LONGER > SIDE ? SIDE / LONGER : Math.floor(SIDE / LONGER); // screen pixels of a pixel
export const [HEIGHT, WIDTH] = SIDES.map((side) => Math.max(1, Math.round(side * ZOOM)));
export const CELL = Math.max(HEIGHT, WIDTH) + 3; // screen pixels from one image to the next
const MARK = 4; // screen pixels at the foot of an image that a network gets wrong
const DOUBT = [
  "#######",
  "##...##",
  "#.###.#",
  "#####.#",
  "###..##",
  "###.###",
  "#######",
  "###.###",
  "#######",
]; // a question mark, dark on light, in the corner of an image whose label is disputed

export class WallPicture {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.turn = 0;
  }

  /**
   * Paint the images of a list at these places; those whose pixels are still on their way follow.
   * @param {number[]} list
   * @param {number} first
   * @param {number} last
   * @param {number} across
   * @param {string[]} keys
   */
  async paint(list, first, last, across, keys) {
    const turn = ++this.turn;
    const image = new ImageData(across * CELL, Math.max(1, Math.ceil((last - first) / across)) * CELL);
    const colours = new Uint32Array(image.data.buffer);
    const show = () => turn === this.turn && this.show(image, Math.floor(first / across) * CELL);
    /** @type {Promise<void>[]} */
    const waits = [];
    list.slice(first, last).forEach((digit, i) => {
      const start = Math.floor(i / across) * CELL * image.width + (i % across) * CELL;
      /** @param {Uint8Array} pixels */
      const put = (pixels) => paintDigit(colours, start, image.width, digit, pixels, keys);
      const known = store.images.known(digit);
      if (known) put(known);
      else waits.push(store.images.pixels(digit).then(put, () => {}));
    });
    show();
    if (!waits.length) return;
    await Promise.all(waits);
    show();
  }

  /**
   * Bring an image onto the screen.
   * @param {ImageData} image
   * @param {number} top
   */
  show(image, top) {
    Object.assign(this.canvas, { width: image.width, height: image.height });
    this.canvas.style.top = `${top}px`;
    penOf(this.canvas).putImageData(image, 0, 0);
  }
}

/**
 * Paint one image, at its foot, in order, the hue of each network that gets it wrong, and in its corner whether its label is disputed.
 * @param {Uint32Array} colours
 * @param {number} start
 * @param {number} width
 * @param {number} digit
 * @param {Uint8Array} pixels
 * @param {string[]} keys
 */
function paintDigit(colours, start, width, digit, pixels, keys) {
  const share = WIDTH / keys.length;
  const wrong = keys.map((key) => (store.images.wrong(key, digit) ? packColour(modelOf(key).hue) : 0));
  for (let row = 0; row < HEIGHT; row++) {
    const from = Math.floor(row / ZOOM) * columns;
    for (let column = 0; column < WIDTH; column++) {
      const mark = row >= HEIGHT - MARK && wrong[Math.floor(column / share)];
      colours[start + row * width + column] = mark || colourOf(pixels, from + Math.floor(column / ZOOM));
    }
  }
  if (digit in facts.disputed) paintDoubt(colours, start, width);
}

/**
 * Paint the mark of a disputed label into the upper right corner of an image.
 * @param {Uint32Array} colours
 * @param {number} start
 * @param {number} width
 */
function paintDoubt(colours, start, width) {
  DOUBT.forEach((line, row) => {
    const first = start + row * width + WIDTH - line.length;
    for (let column = 0; column < line.length; column++) {
      colours[first + column] = (255 << 24) | (line[column] === "#" ? 0xffffff : 0);
    }
  });
}
