/** The form of the images, what one is called, and how it is painted. */
import { paintColours, paintValues } from "./canvas.js";
import { facts } from "./facts.js";

/** @import { Numbers, Scale } from "./scale.js" */

export const {
  rows,
  columns,
  channels,
  noun,
  nouns,
  a_noun: aNoun,
  member,
  members,
  a_member: aMember,
  classes,
  named: hasNames,
} = facts.images;

/** @param {string} words */
const capital = (words) => words.replace(/^./, (first) => first.toUpperCase());
export const Member = capital(member);
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
 * Return how many test images there are, in words: "1 test digit", "10,000 test digits".
 * @param {number} count
 */
export const counted = (count) => `${count.toLocaleString("en")} ${count === 1 ? member : members}`;

/** Of a canvas on which a pixel is a pixel of an image. */
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
 * @param {number[]} sides rows and columns, of a part of an image its own
 */
export const paintPixels = (canvas, bytes, [height, width] = SIDES) =>
  paintColours(canvas, height, width, (i) => colourOf(bytes, i));

/**
 * Paint an image, or a part of one, as it is fed.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} inputs
 * @param {number[]} sides rows and columns
 */
export const paintInputs = (canvas, inputs, sides = SIDES) =>
  channels === 1
    ? paintValues(canvas, sides[0], sides[1], (i) => inputs[i], GREY)
    : paintPixels(canvas, bytesOf(inputs), sides);

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
