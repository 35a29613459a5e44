/** Values as a picture with its scale. */
import { newCanvas, paintValues } from "../core/canvas.js";
import { make } from "../core/element.js";
import { inFull, round } from "../core/number.js";
import { readable } from "../core/tip.js";
import { newLegend } from "./legend.js";

/** @import { Numbers, Scale } from "../core/scale.js" */

/**
 * Return values as a picture with its scale; the pointer reads them, and its name says where the largest is, and how many are as large. Of a part, `first` is where it begins: [row, column].
 * @param {string} caption
 * @param {{shape: number[], data: Numbers, first?: number[]}} values a tensor; of a part, `first` is where it begins: [row, column]
 * @param {Scale} scale
 * @param {string} name
 */
export function valueFigure(caption, { shape, data, first: [top, left] = [0, 0] }, scale, name) {
  const [rows, columns] = shape;
  const largest = Array.from(data.keys()).reduce((best, i) => (data[i] > data[best] ? i : best), 0);
  const equal = Array.from(data).filter((value) => value === data[largest]).length;
  const canvas = paintValues(
    newCanvas(
      `${name}; ${equal > 1 ? `${equal} equally large, the first` : "largest"} at row ${
        top + Math.floor(largest / columns)
      }, column ${left + (largest % columns)}: ${round(data[largest])}`,
    ),
    rows,
    columns,
    (i) => data[i],
    scale,
  );
  readable(
    canvas,
    (row, column) =>
      `row ${top + row}, column ${left + column}: ${inFull(Math.fround(data[row * columns + column]))}`,
  );
  return make("figure", {}, canvas, make("figcaption", { textContent: caption }), newLegend(scale));
}
