/* The inspector: one map, kernel or unit enlarged, with its numbers. */
(function (c) {
  "use strict";

  /** Return an element with properties and children. */
  const make = (c.make = (tag, attributes = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), attributes);
    element.append(...children);
    return element;
  });
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
    peek.hidden = element.inSight;
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
    const fate = make("p", { className: "fate" });
    const facts = make("dl", { className: "numbers" });
    const table = make("details", {}, make("summary", { textContent: `All ${layer.shape[0]}×${layer.shape[1]} numbers` }));
    const weights = make("div", { className: "weights" });
    const files = make("p", { className: "files" });
    parts = { name: `${key.toUpperCase()} ${layer.name} ${word} ${selection.filter}`, tensor, legend, canvas, cursor, frame, value, fate, facts, table, weights, files };
    element.replaceChildren(make("div", { className: "inspector-head" }, title, close), tensor, ...(maps ? [legend, frame] : []), value, fate, facts, ...(maps ? [table] : []), weights, files);
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
    c.write(parts.fate, c.fate(layer, selection.filter, opened));
    c.sightOfSelected();
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
    try {
      const { strongest, view } = await c.weights(key, layer, filter);
      if (parts.weights !== weights) return;
      parts.strongest = strongest;
      announce();
      weights.replaceChildren(...view);
    } catch (problem) {
      c.say(problem.message);
    }
  }

  function files(key, layer, { digit, stage, filter }) {
    const link = (href, name, text) => make("a", { href, download: name, textContent: text });
    const base = `/api/models/${key}`;
    const links = [link(`${base}/digits/${digit}/layers/${layer.name}.npy?stage=${stage}`, `${key}-${layer.name}-${digit}-${stage}.npy`, "this layer as .npy")];
    if (layer.grid) links.push(" · ", link(`${base}/layers/${layer.name}/kernel.npy?filter=${filter}`, `${key}-${layer.name}-kernel-${filter}.npy`, "these weights as .npy"));
    return links;
  }

  /** Outline what the selected cell sees, if one is selected. */
  c.sightOfSelected = function () {
    const state = shown ? parts.state : null;
    if (state?.selection.cell) c.sight(state.layer, state.selection.cell);
    else c.sight(state && state.layer.shape.length === 1 ? state.layer : null);
  };
})((window.convlens ??= {}));
