/* The inspector: one map, kernel or unit enlarged, with its numbers; and what the pointer is over. */
(function (c) {
  "use strict";

  const make = (tag, attributes = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), attributes);
    element.append(...children);
    return element;
  };
  let shown = ""; // what the inspector is built for
  let parts = null;

  /** Show what is selected; the frame is kept while only the digit changes. */
  c.paintInspector = function (element, selection, picture) {
    const inspected = c.inspected(selection);
    if (!inspected) {
      if (shown) {
        element.replaceChildren(make("p", { textContent: "Select a map, a kernel or a unit to see it enlarged, with its numbers." }));
        c.sight(null);
      }
      shown = "";
      document.getElementById("peek").hidden = true;
      return;
    }
    const [key, layer] = inspected;
    const name = `${selection.layer} ${selection.filter}`;
    if (shown !== name) {
      build(element, key, layer, selection);
      shown = name;
    }
    const peek = document.getElementById("peek");
    peek.hidden = false;
    c.write(peek, `${parts.name}, enlarged ↓`);
    fill(key, layer, selection, picture);
  };

  function build(element, key, layer, selection) {
    const maps = layer.shape.length === 3;
    const word = maps ? "map" : "unit";
    const title = make("h3", {}, make("span", { className: "hue", textContent: key.toUpperCase() }), ` ${layer.name} · ${word} ${selection.filter}`);
    title.dataset.model = key;
    const close = make("button", { type: "button", textContent: "Close" });
    close.addEventListener("click", () => c.change({ layer: "", filter: null, cell: null }));
    const tensor = make("p", { className: "tensor" });
    const legend = make("div", { className: "legend" });
    const canvas = make("canvas");
    const cursor = make("div", { className: "cursor", hidden: true });
    const frame = make("div", { className: "enlarged", tabIndex: 0 }, canvas, cursor);
    const value = make("p", { className: "value" });
    const facts = make("dl", { className: "numbers" });
    const table = make("details", {}, make("summary", { textContent: `All ${layer.shape[0]}×${layer.shape[1]} numbers` }));
    const weights = make("div", { className: "weights" });
    const files = make("p", { className: "files" });
    parts = { name: `${key.toUpperCase()} ${layer.name} ${word} ${selection.filter}`, tensor, legend, canvas, cursor, frame, value, facts, table, weights, files };
    element.replaceChildren(make("div", { className: "inspector-head" }, title, close), tensor, ...(maps ? [legend, frame] : []), value, facts, ...(maps ? [table] : []), weights, files);
    if (maps) {
      frame.setAttribute("role", "group");
      frame.addEventListener("pointermove", (event) => over(event, layer));
      frame.addEventListener("pointerleave", () => over(null, layer));
      frame.addEventListener("click", (event) => c.change({ cell: cellAt(event, layer) }));
      frame.addEventListener("keydown", (event) => walk(event, layer));
      table.addEventListener("toggle", () => listNumbers(layer));
    }
    if (layer.grid) showWeights(key, layer, selection.filter);
  }

  async function fill(key, layer, selection, picture) {
    const stage = selection.stage === "pre" ? "pre-activation" : "post-activation";
    parts.state = { key, layer, selection, values: null };
    const { state } = parts;
    c.write(parts.tensor, `${stage}${layer.activation ? ` (${layer.activation})` : ""} · ${layer.shape.join("×")} · digit ${selection.digit}`);
    const opened = picture.models[key].layers[layer.name];
    if (layer.shape.length !== 3) {
      const value = opened.values[selection.filter];
      c.write(parts.value, `${layer.name}[${selection.filter}] = ${c.exact(value)}`);
    } else {
      paintEnlarged(layer, selection, opened);
      c.write(parts.value, "");
    }
    parts.files.replaceChildren(...files(key, layer, selection));
    if (layer.shape.length !== 3) return;
    const stillWanted = (sentence) => parts.state === state && c.wakingUp(sentence);
    try {
      const tensor = await c.tensor(`/api/models/${key}/digits/${selection.digit}/layers/${layer.name}.npy?stage=${selection.stage}`, stillWanted);
      if (parts.state !== state) return;
      state.values = channel(tensor, selection.filter);
      summarise(state);
      showCell(state, selection.cell);
      if (parts.table.open) listNumbers(layer);
    } catch (problem) {
      c.say(problem.message);
    }
  }

  /** Tell a screen reader what the selected filter is like, as far as it is known. */
  function announce() {
    const { name, active, strongest } = parts;
    c.write(document.getElementById("status"), [name, active, strongest].filter(Boolean).join(". "));
  }

  function channel({ shape, data }, filter) {
    const values = new Float32Array(shape[0] * shape[1]);
    for (let i = 0; i < values.length; i++) values[i] = data[i * shape[2] + filter];
    return values;
  }

  function summarise({ values }) {
    const active = values.reduce((count, value) => count + (value > 0 ? 1 : 0), 0);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    parts.active = `${Math.round((100 * active) / values.length)} % of its map is active`;
    announce();
    write(parts.facts, {
      smallest: c.exact(Math.min(...values)), largest: c.exact(Math.max(...values)), mean: c.round(mean),
      "above zero": `${active} of ${values.length} cells (${Math.round((100 * active) / values.length)} %)`,
    });
  }

  function write(list, facts) {
    list.replaceChildren(...Object.entries(facts).flatMap(([name, value]) => [make("dt", { textContent: name }), make("dd", { textContent: value })]));
  }

  function paintEnlarged(layer, selection, { low, high, levels }) {
    const [rows, columns] = layer.shape;
    const i = selection.filter;
    const signed = layer.ranges[selection.stage][0] < 0;
    const kind = selection.scale === "grey" ? "grey" : signed ? "diverging" : "sequential";
    const ranges = { layer: [Math.min(...low), Math.max(...high)], data: layer.ranges[selection.stage] };
    const scale = c.scale(...(ranges[selection.scale] ?? [low[i], high[i]]), kind);
    const colours = c.levelColours(scale, low[i], high[i], c.facts.levels[selection.stage]);
    Object.assign(parts.canvas, { width: columns, height: rows });
    const context = parts.canvas.getContext("2d");
    const image = context.createImageData(columns, rows);
    const pixels = new Uint32Array(image.data.buffer);
    for (let at = 0; at < pixels.length; at++) pixels[at] = colours[levels[i * pixels.length + at]];
    context.putImageData(image, 0, 0);
    c.legend(parts.legend, scale);
    parts.frame.setAttribute("aria-label", `${layer.name} map ${i}, enlarged, ${rows} rows, ${columns} columns; arrow keys choose a cell`);
  }

  function cellAt(event, layer) {
    const box = parts.canvas.getBoundingClientRect();
    const at = (offset, side, count) => Math.max(0, Math.min(count - 1, Math.floor((offset / side) * count)));
    return [at(event.clientY - box.top, box.height, layer.shape[0]), at(event.clientX - box.left, box.width, layer.shape[1])];
  }

  function over(event, layer) {
    const { state } = parts;
    showCell(state, event ? cellAt(event, layer) : state.selection.cell);
  }

  function walk(event, layer) {
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const from = parts.state.selection.cell ?? [0, 0];
    const cell = from.map((place, axis) => Math.max(0, Math.min(layer.shape[axis] - 1, place + step[axis])));
    c.change({ cell }, "replace");
  }

  function showCell({ layer, selection, values }, cell) {
    parts.cursor.hidden = !cell;
    c.sight(cell ? layer : null, cell);
    if (!cell) return c.write(parts.value, "Point at a cell, or use the arrow keys.");
    const [row, column] = cell;
    const [rows, columns] = layer.shape;
    Object.assign(parts.cursor.style, { left: `${(100 * column) / columns}%`, top: `${(100 * row) / rows}%`, width: `${100 / columns}%`, height: `${100 / rows}%` });
    const value = values ? c.exact(values[row * columns + column]) : "…";
    c.write(parts.value, `${layer.name}[${row}, ${column}, ${selection.filter}] = ${value}`);
  }

  function listNumbers(layer) {
    const { values } = parts.state;
    if (!parts.table.open || !values) return;
    const [rows, columns] = layer.shape;
    const head = make("tr", {}, make("td"), ...Array.from({ length: columns }, (_, column) => make("th", { textContent: column, scope: "col" })));
    const lines = Array.from({ length: rows }, (_, row) =>
      make("tr", {}, make("th", { textContent: row, scope: "row" }), ...Array.from(values.subarray(row * columns, (row + 1) * columns), (value) => make("td", { textContent: c.round(value), title: c.exact(value) }))),
    );
    const frame = make("div", { className: "scroll", tabIndex: 0, role: "region" }, make("table", {}, make("thead", {}, head), make("tbody", {}, ...lines)));
    frame.setAttribute("aria-label", "All numbers of this map");
    parts.table.querySelector(".scroll")?.remove();
    parts.table.append(frame);
  }

  async function showWeights(key, layer, filter) {
    const { weights } = parts;
    const base = `/api/models/${key}/layers/${layer.name}`;
    try {
      const [kernel, bias] = await Promise.all([c.tensor(`${base}/kernel.npy?filter=${filter}`, c.wakingUp), c.tensor(`${base}/bias.npy`, c.wakingUp)]);
      if (parts.weights !== weights) return;
      const convolution = layer.kind === "Conv2D";
      const [slices, rows, columns] = layer.grid;
      const low = kernel.data.reduce((least, value) => Math.min(least, value));
      const high = kernel.data.reduce((most, value) => Math.max(most, value));
      const scale = c.scale(low, high, "diverging");
      const legend = make("div", { className: "legend" });
      c.legend(legend, scale, `weights, un-flipped; bias ${c.round(bias.data[filter])}`);
      legend.title = `bias ${c.exact(bias.data[filter])}`;
      const strongest = kernel.data.reduce((best, value, i) => (Math.abs(value) > Math.abs(kernel.data[best]) ? i : best), 0);
      const told = `Its strongest weight is ${c.round(kernel.data[strongest])}.`;
      parts.strongest = told;
      announce();
      const words = convolution
        ? `${slices === 1 ? "Its kernel" : `Its filter: ${slices} slices, one for each map of the layer before, summed`}. ${told}`
        : `Its ${kernel.data.length.toLocaleString("en")} weights over what it reads. ${told}`;
      const heading = make("h4", { textContent: convolution && slices > 1 ? "Filter" : convolution ? "Kernel" : "Weights" });
      const pictures = Array.from({ length: slices }, (_, slice) => weightPicture(kernel.data, slice, slices, rows, columns, scale, convolution));
      weights.replaceChildren(heading, make("p", { textContent: words }), legend, make("div", { className: convolution ? "slices" : "fields" }, ...pictures));
    } catch (problem) {
      c.say(problem.message);
    }
  }

  /** Return one slice: with its numbers where they can be read, as a picture where they are many. */
  function weightPicture(data, slice, slices, rows, columns, scale, convolution) {
    const at = (row, column) => data[(row * columns + column) * slices + slice];
    if (convolution) {
      const caption = make("caption", { textContent: slices > 1 ? `slice ${slice}` : "" });
      const lines = Array.from({ length: rows }, (_, row) =>
        make("tr", {}, ...Array.from({ length: columns }, (_, column) => numberCell(at(row, column), scale))),
      );
      return make("table", { className: "slice" }, caption, make("tbody", {}, ...lines));
    }
    const wide = rows === 1 ? Math.min(columns, 32) : columns;
    const high = Math.ceil((rows * columns) / wide);
    const canvas = make("canvas", { width: wide, height: high });
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", slices > 1 ? `weights on map ${slice}` : "weights");
    const context = canvas.getContext("2d");
    const image = context.createImageData(wide, high);
    const pixels = new Uint32Array(image.data.buffer);
    for (let i = 0; i < rows * columns; i++) pixels[i] = c.colour(scale, data[i * slices + slice]);
    context.putImageData(image, 0, 0);
    canvas.style.width = slices > 1 ? `${3 * wide}px` : "100%";
    canvas.addEventListener("pointermove", (event) => {
      const box = canvas.getBoundingClientRect();
      const row = Math.min(high - 1, Math.floor(((event.clientY - box.top) / box.height) * high));
      const column = Math.min(wide - 1, Math.floor(((event.clientX - box.left) / box.width) * wide));
      const i = row * wide + column;
      const place = rows === 1 ? `unit ${i}` : `row ${row}, column ${column}${slices > 1 ? `, map ${slice}` : ""}`;
      if (i < rows * columns) c.tip(event, `weight of ${place}: ${c.exact(data[i * slices + slice])}`);
    });
    canvas.addEventListener("pointerleave", () => c.tip(null));
    return canvas;
  }

  function numberCell(value, scale) {
    const colour = c.colour(scale, value);
    const cell = make("td", { textContent: Math.abs(value) < 0.005 ? "0.00" : value.toFixed(2).replace("-", "−"), title: c.exact(value) });
    Object.assign(cell.style, { background: c.css(colour), color: c.ink(colour) });
    return cell;
  }

  function files(key, layer, { digit, stage, filter }) {
    const link = (href, name, text) => make("a", { href, download: name, textContent: text });
    const base = `/api/models/${key}`;
    const links = [link(`${base}/digits/${digit}/layers/${layer.name}.npy?stage=${stage}`, `${key}-${layer.name}-${digit}-${stage}.npy`, "this layer as .npy")];
    if (layer.grid) links.push(" · ", link(`${base}/layers/${layer.name}/kernel.npy?filter=${filter}`, `${key}-${layer.name}-kernel-${filter}.npy`, "these weights as .npy"));
    return links;
  }

  /** Outline on the digit what a cell sees; a layer that sees all of it outlines all; nothing for no layer. */
  c.sight = function (layer, cell) {
    const box = document.getElementById("sight");
    box.hidden = !layer;
    if (!layer) return;
    const span = (axis) => {
      if (!layer.sight || !cell) return [0, 28];
      const { size, step, start } = layer.sight[axis];
      const first = start + cell[axis] * step;
      return [Math.max(0, first), Math.min(28, first + size)];
    };
    const [top, bottom] = span(0);
    const [left, right] = span(1);
    const part = (pixels) => `${(100 * pixels) / 28}%`;
    Object.assign(box.style, { top: part(top), left: part(left), width: part(right - left), height: part(bottom - top) });
  };

  let tip = null;
  /** Show words beside the pointer, or beside what has the focus; nothing for no event. */
  c.tip = function (event, words = "") {
    tip ??= document.body.appendChild(make("div", { className: "tip", hidden: true }));
    tip.hidden = !event;
    if (!event) return;
    c.write(tip, words);
    const box = event.target.getBoundingClientRect();
    const [x, y] = event.clientX === undefined ? [box.left, box.bottom] : [event.clientX, event.clientY];
    const left = Math.max(4, Math.min(x + 14, window.innerWidth - tip.offsetWidth - 8));
    const top = y + 18 + tip.offsetHeight > window.innerHeight ? y - tip.offsetHeight - 10 : y + 18;
    tip.style.transform = `translate(${left}px, ${top}px)`;
  };

  let pointed = 0;
  /** Say what the pointer is over: network, layer, channel, row, column and value. */
  c.point = function ({ panel, kind, place, event }, selection) {
    const turn = ++pointed;
    const [i, row, column] = place;
    const { layer } = panel;
    const head = `${panel.key.toUpperCase()} ${layer.name}`;
    const overWeights = row !== undefined && (kind === "kernel" || (panel.templates && row < 28));
    const weight = overWeights ? panel.weightAt(row, column) : null;
    if (kind === "kernel" && !weight) return c.tip(event, `${head} filter ${i}`);
    if (weight && panel.weights) return pointWeight(panel, head, i, weight, event, turn);
    c.sight(layer, row === undefined || !panel.isMaps ? null : [row, column]);
    if (row === undefined && panel.isMaps) {
      const { low, high } = panel.opened;
      return c.tip(event, `${head} map ${i}: ${c.round(low[i])} to ${c.round(high[i])}`);
    }
    if (!panel.isMaps) return c.tip(event, `${head} unit ${i} = ${c.exact(panel.opened.values[i])}`);
    const words = `${head} map ${i}, row ${row}, column ${column}`;
    const [value, error] = panel.approximate(i, row, column);
    if (error === 0) return c.tip(event, `${words}: ${c.exact(Math.fround(value))}`);
    if (!c.known(panel.address(selection))) c.tip(event, `${words}: ${c.round(value)} ± ${c.round(error)}`);
    c.tensor(panel.address(selection)).then(
      ({ shape, data }) => turn === pointed && c.tip(event, `${words}: ${c.exact(data[(row * shape[1] + column) * shape[2] + i])}`),
      () => {},
    );
  };

  /** Say a weight: exactly where the whole kernel is small, else as its picture has it, with the error of that. */
  function pointWeight(panel, head, i, [row, column, slice], event, turn) {
    const { layer, key, weights } = panel;
    const [slices, rows, columns] = layer.grid;
    const words = `${head} ${panel.templates ? "unit" : "filter"} ${i}${slices > 1 ? `, slice ${slice}` : ""}, row ${row}, column ${column}: weight`;
    const last = c.facts.levels.kernels - 1;
    const span = weights.high[i] - weights.low[i];
    const value = weights.low[i] + (span * weights.levels[((i * slices + slice) * rows + row) * columns + column]) / last;
    const address = `/api/models/${key}/layers/${layer.name}/kernel.npy`;
    if (panel.templates || !c.known(address)) c.tip(event, `${words} ${c.round(value)} ± ${c.round(span / last / 2)}`);
    if (panel.templates) return;
    c.tensor(address).then(
      ({ shape, data }) => turn === pointed && c.tip(event, `${words} ${c.exact(data[((row * shape[1] + column) * shape[2] + slice) * shape[3] + i])}`),
      () => {},
    );
  }

  /** Take away what `point` showed. */
  c.unpoint = function () {
    pointed++;
    c.tip(null);
    if (parts?.state?.selection.cell && shown) c.sight(parts.state.layer, parts.state.selection.cell);
    else c.sight(null);
  };
})((window.convlens ??= {}));
