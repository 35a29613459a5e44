/** The picture of a plane: points in the colours of their labels, and what is marked over them. */
import { classes } from "../core/image.js";
import { penOf, pixelRatio } from "../core/canvas.js";
import { make } from "../core/element.js";
import { isPrinted } from "../core/paper.js";

/** @import { Unsigned } from "../core/unsigned.js" */
/** @import { Points } from "./points.js" */

const FINEST = 3; // dots of paper to a screen pixel
const EDGE = 8; // screen pixels around the points

/* One colour per label, Tableau's ten; each label's number lies on its images, so that none is told by colour alone. */
const COLOURS = [
  ...["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd"],
  ...["#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf"],
];

/** @param {number} label */
const colourOf = (label) => COLOURS[label % COLOURS.length]; // of more classes some share one: their names lie there too

export class PlanePicture {
  /**
   * @param {string} name of what lies over the picture, for a screen reader
   */
  constructor(name) {
    this.canvas = make("canvas", {});
    this.over = make("canvas", { tabIndex: 0, role: "application", "aria-label": name });
    this.side = 0; // in screen pixels; 0 until it is painted
  }

  /**
   * Make it as large as there is room for; return whether there is any.
   * @param {number} side
   */
  fit(side) {
    if (!side) return false;
    const pixels = side * sharpness();
    for (const canvas of [this.canvas, this.over]) Object.assign(canvas, { width: pixels, height: pixels });
    this.side = side;
    return true;
  }

  /**
   * Return where on the screen a place of the plane lies, from the left and the top.
   * @param {number[]} place
   */
  onScreen([x, y]) {
    const room = this.side - 2 * EDGE;
    return [EDGE + x * room, EDGE + y * room];
  }

  /**
   * Return where in the plane, in [0, 1], something on the screen lies.
   * @param {{clientX: number, clientY: number}} event
   */
  place({ clientX, clientY }) {
    const box = this.over.getBoundingClientRect();
    const room = this.side - 2 * EDGE;
    return [clientX - box.left, clientY - box.top].map((offset) =>
      Math.max(0, Math.min(1, (offset - EDGE) / room))
    );
  }

  /**
   * Paint all points, those that are named wrong last, and every label's number among its own.
   * @param {Points} points
   * @param {Unsigned} labels
   * @param {Unsigned} answers
   */
  paint(points, labels, answers) {
    const pen = penOf(this.canvas);
    pen.scale(sharpness(), sharpness());
    const places = Array.from(labels, (_, i) => this.onScreen(points.at(i)));
    /** @type {number[][]} */
    const [wrong, right] = [[], []];
    labels.forEach((label, i) => (answers[i] === label ? right : wrong).push(i));
    pen.globalAlpha = 0.65;
    for (const i of right) {
      const [x, y] = places[i];
      pen.fillStyle = colourOf(labels[i]);
      pen.fillRect(x - 1, y - 1, 2, 2);
    }
    pen.globalAlpha = 1;
    for (const i of wrong) cross(pen, places[i], colourOf(labels[i]));
    number(pen, labels, places);
  }

  /**
   * Draw a line, and a ring around a point, over the picture; nothing for null.
   * @param {number[][] | null} line
   * @param {number[] | null} place
   */
  mark(line, place) {
    const pen = penOf(this.over);
    const sharp = sharpness();
    pen.setTransform(sharp, 0, 0, sharp, 0, 0);
    pen.clearRect(0, 0, this.side, this.side);
    if (line) {
      const corners = line.map((corner) => this.onScreen(corner).join(" "));
      stroke(pen, new Path2D(`M${corners.join("L")}`), [[1.5, INKS.ink()]]);
    }
    if (!place) return;
    const [x, y] = this.onScreen(place);
    stroke(pen, new Path2D(`M${x - 7} ${y}a7 7 0 1 0 14 0a7 7 0 1 0 -14 0`), [[4, INKS.paper()], [
      2,
      INKS.ink(),
    ]]);
  }
}

const sharpness = () => (isPrinted() ? FINEST : pixelRatio());

const INKS = {
  ink: () => getComputedStyle(document.body).color,
  paper: () => getComputedStyle(document.body).backgroundColor,
};

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Path2D} path
 * @param {[number, string][]} inks widths and colours, one over the other
 */
function stroke(pen, path, inks) {
  for (const [lineWidth, strokeStyle] of inks) {
    Object.assign(pen, { lineWidth, strokeStyle });
    pen.stroke(path);
  }
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {number[]} place
 * @param {string} colour
 */
function cross(pen, [x, y], colour) {
  stroke(pen, new Path2D(`M${x - 3} ${y - 3}l6 6m0 -6l-6 6`), [[3, INKS.paper()], [1.5, colour]]);
}

/**
 * Write every label's number among its own.
 * @param {CanvasRenderingContext2D} pen
 * @param {Unsigned} labels
 * @param {number[][]} places
 */
function number(pen, labels, places) {
  Object.assign(pen, {
    font: "600 15px system-ui, sans-serif",
    textAlign: "center",
    textBaseline: "middle",
    lineWidth: 4,
    lineJoin: "round",
    strokeStyle: INKS.paper(),
    fillStyle: INKS.ink(),
  });
  for (let label = 0; label < classes.length; label++) {
    const own = places.filter((_, i) => labels[i] === label);
    if (!own.length) continue;
    const [x, y] = [0, 1].map((axis) => middle(own.map((place) => place[axis])));
    pen.strokeText(classes[label], x, y);
    pen.fillText(classes[label], x, y);
  }
}

/**
 * @param {number[]} values
 */
const middle = (values) => values.sort((one, other) => one - other)[values.length >> 1];
