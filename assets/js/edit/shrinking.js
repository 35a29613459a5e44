/** Images with more pixels, or bytes, than the server takes are made smaller here, before they are sent. */
import { penOf } from "../core/canvas.js";
import { make } from "../core/element.js";
import { facts } from "../core/facts.js";

const QUALITY = 0.92; // of what is written
const CLEAR = /png|gif|webp|avif/; // kinds that may be transparent, which JPEG is not

/**
 * Return a promise of {file, words}: an image that the server takes, and what was done to it, "" for nothing.
 * One that this browser cannot show stays as it is: the server may be able to read it, or says what to do.
 * @param {File} file
 * @returns {Promise<{file: Blob, words: string}>}
 */
export async function shrunkImage(file) {
  const address = URL.createObjectURL(file);
  try {
    const image = make("img", { src: address });
    await image.decode();
    const [width, height] = [image.naturalWidth, image.naturalHeight]; // upright: it is turned as its EXIF says
    if (file.size <= facts.image_bytes && width * height <= facts.image_pixels) return { file, words: "" };
    const side = Math.min(1, facts.image_side / Math.max(width, height));
    const [columns, rows] = [width, height].map((length) => Math.max(1, Math.round(length * side)));
    const smaller = await written(
      drawn(image, columns, rows),
      CLEAR.test(file.type) ? "image/webp" : "image/jpeg",
    );
    if (!smaller) return { file, words: "" };
    return {
      file: smaller,
      words: `Made smaller in this browser, from ${width}×${height} to ${columns}×${rows} pixels. `,
    };
  } catch (problem) {
    if (problem instanceof DOMException) return { file, words: "" };
    throw problem;
  } finally {
    URL.revokeObjectURL(address);
  }
}

/**
 * Return a canvas with an image on it, at another size.
 * @param {HTMLImageElement} image
 * @param {number} width
 * @param {number} height
 */
function drawn(image, width, height) {
  const canvas = make("canvas", { width, height });
  const context = penOf(canvas);
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, width, height);
  return canvas;
}

/**
 * Return a promise of a canvas as a file, null where that is not to be had.
 * @param {HTMLCanvasElement} canvas
 * @param {string} kind
 * @returns {Promise<Blob | null>}
 */
const written = (canvas, kind) => new Promise((done) => canvas.toBlob(done, kind, QUALITY));
