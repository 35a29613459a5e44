/* Small elements that the inspector is made of: numbers in tables, values as pictures. */
(function (c) {
  "use strict";

  /** Return an element with properties, attributes (names with a dash, or role) and children. */
  c.make = function (tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name.includes("-") || name === "role" || name === "for") element.setAttribute(name, value);
      else element[name] = value;
    }
    element.append(...children);
    return element;
  };

  /** Return a number as it stands in a small cell: two decimals. */
  c.short = (value) => (Math.abs(value) < 0.005 ? "0.00" : value.toFixed(2).replace("-", "−"));

  /** Return one number on its colour; the whole of it on hover. */
  c.numberCell = function (value, scale) {
    const cell = c.make("td", { textContent: c.short(value), title: c.exact(value) });
    const colour = c.colour(scale, value);
    Object.assign(cell.style, { background: c.css(colour), color: c.ink(colour) });
    return cell;
  };

  /** Return a table of rows × columns numbers, `at(row, column)`, under a caption. */
  c.numberTable = function (at, rows, columns, scale, caption) {
    const line = (row) => c.make("tr", {}, ...Array.from({ length: columns }, (_, column) => c.numberCell(at(row, column), scale)));
    return c.make("table", { className: "slice" }, c.make("caption", { textContent: caption }), c.make("tbody", {}, ...Array.from({ length: rows }, (_, row) => line(row))));
  };

  /** Paint values, row by row, onto a canvas. */
  c.paintValues = function (canvas, rows, columns, at, scale) {
    if (canvas.width !== columns || canvas.height !== rows) Object.assign(canvas, { width: columns, height: rows });
    const context = canvas.getContext("2d");
    const image = context.createImageData(columns, rows);
    const pixels = new Uint32Array(image.data.buffer);
    const colour = c.colouring(scale);
    for (let i = 0; i < pixels.length; i++) pixels[i] = colour(at(i));
    context.putImageData(image, 0, 0);
    return canvas;
  };

  /** Return [row, column] of the picture's pixel that the pointer is on. */
  c.pixelAt = function (canvas, { clientX, clientY }) {
    const box = canvas.getBoundingClientRect();
    const at = (offset, side, count) => Math.max(0, Math.min(count - 1, Math.floor((offset / side) * count)));
    return [at(clientY - box.top, box.height, canvas.height), at(clientX - box.left, box.width, canvas.width)];
  };

  /** Let the pointer read a picture: what `words(row, column)` says of a pixel, nothing where that is empty. */
  c.readable = function (canvas, words) {
    canvas.onpointermove = (event) => {
      const told = words(...c.pixelAt(canvas, event));
      c.tip(told ? event : null, told);
    };
    canvas.onpointerleave = () => c.tip(null);
  };

  /** Return a canvas with an accessible name. */
  c.canvas = (name) => c.make("canvas", { role: "img", "aria-label": name });

  /** Return the box, in CSS, around the pixels of the digit that a cell sees. */
  c.fieldOnDigit = function (layer, cell) {
    const [rows, columns] = layer.sights.input.map(({ size, step, start }, axis) => {
      const first = start + cell[axis] * step;
      return [Math.max(0, first), Math.min(28, first + size)];
    });
    const part = (pixels) => `${(100 * pixels) / 28}%`;
    return { top: part(rows[0]), left: part(columns[0]), width: part(columns[1] - columns[0]), height: part(rows[1] - rows[0]) };
  };

  /** Return the scale of signed numbers, or of numbers that are never below zero. */
  c.scaleFor = function (numbers, kind) {
    const low = numbers.reduce((least, value) => Math.min(least, value), Infinity);
    const high = numbers.reduce((most, value) => Math.max(most, value), -Infinity);
    return c.scale(low, high, kind ?? (low < 0 ? "diverging" : "sequential"));
  };

  /** Return the scale of what a layer reads: the digit's own grey, or the maps'. */
  c.scaleOfInput = (before, numbers) => (before ? c.scaleFor(numbers) : { palette: "grey", low: 0, high: 1 });

  /** Return a legend for a scale. */
  c.newLegend = function (scale, words = "") {
    const legend = c.make("div", { className: "legend" });
    c.legend(legend, scale, words);
    return legend;
  };

  /** Return values as a picture with its scale; the pointer reads them, and its name says where the largest is, and how many are as large. Of a part, `first` is where it begins: [row, column]. */
  c.figure = function (caption, { shape, data, first: [top, left] = [0, 0] }, scale, name) {
    const [rows, columns] = shape;
    const largest = data.reduce((best, value, i) => (value > data[best] ? i : best), 0);
    const equal = data.reduce((count, value) => count + Number(value === data[largest]), 0);
    const canvas = c.paintValues(c.canvas(`${name}; ${equal > 1 ? `${equal} equally large, the first` : "largest"} at row ${top + Math.floor(largest / columns)}, column ${left + (largest % columns)}: ${c.round(data[largest])}`), rows, columns, (i) => data[i], scale);
    c.readable(canvas, (row, column) => `row ${top + row}, column ${left + column}: ${c.exact(Math.fround(data[row * columns + column]))}`);
    return c.make("figure", {}, canvas, c.make("figcaption", { textContent: caption }), c.newLegend(scale));
  };

  /**
   * Return a small chart, named, with words under it: a value at every step on each line; and the zero, unless it does not matter.
   * @param lines {values, dash}, the last over the others; `dash` as `c.swatch` takes it.
   */
  c.newChart = function (lines, name, words, zero = true) {
    const [width, height] = [300, 96]; // in its own units
    const all = [...(zero ? [0] : []), ...lines.flatMap(({ values }) => values)];
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const y = (value) => (height - 4 - ((height - 8) * (value - low)) / (high - low || 1)).toFixed(1);
    const points = (values) => values.map((value, i) => `${((width * i) / (values.length - 1)).toFixed(1)},${y(value)}`).join(" ");
    const drawn = lines.map(({ values, dash }) => `<polyline class="${dash}" points="${points(values)}"/>`).join("");
    const figure = c.make("figure", { className: "small-chart" });
    figure.innerHTML = `<div class="ends"><span>${c.round(high)}</span><span>${c.round(low)}</span></div><svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${name}">${zero ? `<path d="M0 ${y(0)}H${width}"/>` : ""}${drawn}</svg><figcaption>${words}</figcaption>`;
    return figure;
  };

  /** Return how a line of a chart looks, for a legend: "" is one without gaps, else "dashes", "dots" or "dash-dots". */
  c.swatch = function (dash) {
    const swatch = c.make("span", { className: "swatch", ariaHidden: "true" });
    swatch.innerHTML = `<svg viewBox="0 0 34 8"><polyline class="${dash}" points="0,4 34,4"/></svg>`;
    return swatch;
  };

  /** Return a paragraph with a link that takes a file away. */
  c.fileLink = (textContent, href, download) => c.make("p", { className: "files" }, c.make("a", { textContent, href, download }));

  /** Fill a description list: names and texts. */
  c.list = function (list, facts) {
    list.replaceChildren(...Object.entries(facts).flatMap(([name, text]) => [c.make("dt", { textContent: name }), c.make("dd", {}, text)]));
  };
})((window.convlens ??= {}));
