/** What networks are fed, as a picture: of one colour with its scale, of several in its colours. */
import { newCanvas } from "../core/canvas.js";
import { make } from "../core/element.js";
import { channels, GREY, paintInputs } from "../core/image.js";
import { inFull } from "../core/number.js";
import { readable } from "../core/tip.js";
import { valueFigure } from "./value_figure.js";

/** @import { Numbers } from "../core/scale.js" */

/**
 * Return an image, or a part of one, as it is fed; the pointer reads its values.
 * @param {string} caption
 * @param {{shape: number[], data: Numbers, first?: number[]}} inputs of a part, `first` is where it begins: [row, column]
 * @param {string} name
 */
export function inputFigure(caption, inputs, name) {
  if (channels === 1) return valueFigure(caption, inputs, GREY, name);
  const { shape: [rows, columns], data, first: [top, left] = [0, 0] } = inputs;
  const canvas = paintInputs(newCanvas(name), data, [rows, columns]);
  readable(canvas, (row, column) => {
    const start = (row * columns + column) * channels;
    const colours = Array.from(data.slice(start, start + channels), (value) => inFull(Math.fround(value)));
    return `row ${top + row}, column ${left + column}: red ${colours[0]}, green ${colours[1]}, blue ${
      colours[2]
    }`;
  });
  return make("figure", {}, canvas, make("figcaption", { textContent: caption }));
}
