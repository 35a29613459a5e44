/** The form of the images, what one is called, and how it is painted. */
import { paintValues, penOf } from "./canvas.js";
import { facts } from "./facts.js";

/** @import { Numbers, Scale } from "./scale.js" */

export const { rows, columns, channels, noun, nouns, a_noun: aNoun, classes } = facts.images;

/** @param {string} word */
const capital = (word) => word.replace(/^./, (first) => first.toUpperCase());
export const Noun = capital(noun);
export const Nouns = capital(nouns);

export const SIDES = [rows, columns];
export const SIZE = rows * columns * channels; // numbers that an image has
export const PIXELS = rows * columns;
const WHITE = 255;
const { low, high } = facts.images; // what the networks are fed of a pixel of 0, and of 255

/** What inputs are painted with where they are grey.
 * @type {Scale} */
export const GREY = { palette: "grey", low, high };

/**
 * Return how many things there are, in words: "1 digit", "10,000 digits".
 * @param {number} count
 */
export const counted = (count) => `${count.toLocaleString("en")} ${count === 1 ? noun : nouns}`;

/** Return a canvas as large as an image. */
export const SIDES_OF_CANVAS = { width: columns, height: rows };

/**
 * Return the colour of pixel i of bytes, as a canvas has it.
 * @param {ArrayLike<number>} bytes row by row, of coloured images red, green, blue
 * @param {number} i
 */
export const colourOf = (bytes, i) =>
  channels === 1
    ? ((255 << 24) | (bytes[i] * 0x010101)) >>> 0
    : ((255 << 24) | (bytes[3 * i + 2] << 16) | (bytes[3 * i + 1] << 8) | bytes[3 * i]) >>> 0;

/**
 * Paint an image's pixels, 0 to 255.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} bytes
 */
export function paintPixels(canvas, bytes) {
  if (canvas.width !== columns || canvas.height !== rows) Object.assign(canvas, SIDES_OF_CANVAS);
  const context = penOf(canvas);
  const image = context.createImageData(columns, rows);
  const colours = new Uint32Array(image.data.buffer);
  for (let i = 0; i < PIXELS; i++) colours[i] = colourOf(bytes, i);
  context.putImageData(image, 0, 0);
}

/**
 * Paint an image as it is fed.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} inputs
 */
export function paintInputs(canvas, inputs) {
  if (channels === 1) return paintValues(canvas, rows, columns, (i) => inputs[i], GREY);
  paintPixels(canvas, bytesOf(inputs));
  return canvas;
}

/**
 * Return the pixels of inputs, 0 to 255.
 * @param {ArrayLike<number>} inputs
 */
const bytesOf = (inputs) =>
  Uint8ClampedArray.from(inputs, (value) => Math.round((WHITE * (value - low)) / (high - low)));

/**
 * Return one number for each pixel: of coloured images the sum over the colours.
 * @param {Numbers} values
 * @returns {Float32Array}
 */
export function perPixel(values) {
  if (channels === 1) return Float32Array.from(values);
  return Float32Array.from({ length: values.length / channels }, (_, i) => {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += values[i * channels + channel];
    return sum;
  });
}

/**
 * Return what the networks are fed of pixels, 0 to 255.
 * @param {number[]} bytes
 */
export const inputsOf = (bytes) => bytes.map((byte) => low + ((high - low) * byte) / WHITE);

/**
 * Return the colours of inputs, pixel by pixel, as a canvas has them.
 * @param {Numbers} inputs
 */
export function pixelsOf(inputs) {
  const bytes = bytesOf(inputs);
  return Uint32Array.from({ length: bytes.length / channels }, (_, i) => colourOf(bytes, i));
}
