/** The image at hand, enlarged under its title. */
import { byId, write } from "../core/element.js";
import { facts } from "../core/facts.js";
import { paintPixels } from "../core/image.js";
import { imageTitle, imageWords } from "../core/image_words.js";
import { moveQuery } from "../core/perturbation.js";
import { store } from "../core/store.js";

/**
 * Show what is selected: its title, what is said against its label, and its pixels once they are here.
 * @param {number | null} label
 * @param {string} note that stands under it where nothing is to be said of it
 */
export function showImageNow(label, note) {
  const { selection, picture } = store;
  const canvas = /** @type {HTMLCanvasElement} */ (byId("digit-canvas"));
  write(byId("digit-title"), imageTitle(selection, label));
  const dispute = label !== null && facts.disputed[selection.digit];
  write(byId("digit-note"), dispute ? `${dispute}.` : note);
  canvas.setAttribute("aria-label", `${imageWords(selection, label)}, ${facts.images.said} pixels`);
  if (!moveQuery(selection.perturb)) {
    /** @param {Uint8Array} pixels */
    const paint = (pixels) => selection === store.selection && paintPixels(canvas, pixels);
    store.images.pixels(selection.digit).then(paint, () => {});
  } else if (picture?.pixels) paintPixels(canvas, picture.pixels);
}
