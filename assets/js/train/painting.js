/** An image, and the maps and kernels of a network, on canvases. */
import { paintColours } from "../core/canvas.js";
import { levelColours } from "../core/colours.js";
import { BETWEEN, mosaicOf } from "./moment.js";

/** @import { Moment, Picture } from "./moment.js" */

const LEVELS = 256;
const WIDEST = 640; // screen pixels of a picture, where that does not make its own smaller than those
const IMAGE_ZOOM = 3;
const NOTHING = 0; // the paper

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Moment} moment
 */
export function paintImage(canvas, { rows, columns, channels, pixels }) {
  canvas.style.width = `${IMAGE_ZOOM * columns}px`;
  paintColours(canvas, rows, columns, (i) => {
    const [red, green, blue] = [0, 1, 2].map((channel) =>
      pixels[i * channels + Math.min(channel, channels - 1)]
    );
    return (255 << 24) | (blue << 16) | (green << 8) | red;
  });
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Picture} picture
 */
export function paintPicture(canvas, picture) {
  const [low, high] = picture.ends;
  const colours = levelColours({ palette: picture.palette, low, high }, low, high, LEVELS);
  const { width, height, cells } = mosaicOf(picture);
  canvas.style.width = `${width * Math.max(1, Math.min(picture.zoom, Math.floor(WIDEST / width)))}px`;
  paintColours(canvas, height, width, (i) => cells[i] === BETWEEN ? NOTHING : colours[cells[i]]);
}
