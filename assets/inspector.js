/* The inspector: one map or unit enlarged, and under it the parts that answer one question each. */
(function (c) {
  "use strict";

  const ORDER = ["cell", "terms", "sliding", "slices", "firing", "tuning", "without", "weights", "taking"];
  const MOST = 8; // times as large as the column is wide
  const EMPTY = "Select a map, a kernel or a unit to see it enlarged, with its numbers.";

  let frame = null; // what the inspector is built for: its elements, its parts, and the state they show

  /** Show what is selected; the frame is kept while only the digit or the cell changes. */
  c.paintInspector = function (element, selection, picture) {
    const inspected = c.inspected(selection);
    const peek = document.getElementById("peek");
    if (!inspected) {
      if (frame) element.replaceChildren(c.make("p", { textContent: EMPTY }));
      if (frame) c.sight(null);
      frame = null;
      peek.hidden = true;
      return;
    }
    const [key, layer] = inspected;
    const name = `${selection.layer} ${selection.filter}`;
    if (frame?.name !== name) frame = build(element, key, layer, selection, name);
    peek.hidden = element.inSight;
    c.write(peek, `${frame.title}, enlarged ↓`);
    frame.state = stateOf(key, layer, selection, picture, frame);
    fill(frame);
  };

  /** Return all that the parts need: what is selected, and promises of the numbers behind it. */
  function stateOf(key, layer, selection, picture, its) {
    const before = beforeOf(key, layer);
    const base = `/api/models/${key}`;
    const { digit, filter, stage, off, perturb } = selection;
    const tensors = `${base}/digits/${digit}/layers`;
    const changes = c.changes(selection, key);
    const move = c.moveQuery(perturb);
    const differs = c.differs(selection) ? `&${c.referenceQuery(selection)}` : "";
    const maps = layer.shape.length === 3;
    const one = maps ? `&filter=${filter}` : "";
    const fetch = (address) => c.tensor(address, (sentence) => frame === its && its.state === state && c.wakingUp(sentence));
    const state = {
      key, layer, before, selection, digit, filter, stage,
      base, tensors, changes, move,
      without: c.offOf(off, key),
      isOff: c.readOff(off).get(selection.layer)?.includes(filter) ?? false,
      maps, differs,
      cell: selection.cell,
      opened: picture.models[key].layers[layer.name],
      differing: c.differenceWords(selection),
      verdict: picture.models[key],
      current: () => frame === its && its.state === state,
      tell: (what, words) => tell(its, what, words),
      values: (wanted = stage) => fetch(`${tensors}/${layer.name}.npy?stage=${wanted}${one}${changes}`),
      shown: () => fetch(`${tensors}/${layer.name}.npy?stage=${stage}${one}${changes}${differs}`),
      reads: () => fetch(before ? `${tensors}/${before.name}.npy?stage=post${changes}` : `/api/digits/${digit}.npy${move && `?${move}`}`),
      weights: (channel = filter) => fetch(`${base}/layers/${layer.name}/kernel.npy?filter=${channel}`),
      bias: () => fetch(`${base}/layers/${layer.name}/bias.npy`),
      partial: () => fetch(`${tensors}/${layer.name}/partial.npy?filter=${filter}${changes}`),
      whole: () => c.json(`${base}/digits/${digit}${move && `?${move}`}`, c.wakingUp),
      about: (name = layer.name, channel = filter) => c.json(`${base}/layers/${name}/filters/${channel}`, c.wakingUp),
    };
    return state;
  }

  function build(element, key, layer, selection, name) {
    const maps = layer.shape.length === 3;
    const word = maps ? "map" : "unit";
    const its = { name, title: `${c.name(key)} ${layer.name} ${word} ${selection.filter}`, told: {} };
    const heading = c.make("h3", {}, c.make("span", { className: "hue", textContent: c.name(key) }), ` ${layer.name} · ${word} ${selection.filter}`);
    heading.dataset.model = key;
    const close = c.make("button", { type: "button", textContent: "Close" });
    close.addEventListener("click", () => c.change({ layer: "", filter: null, cell: null, slice: null, against: null }));
    its.tensor = c.make("p", { className: "tensor" });
    its.fate = c.make("p", { className: "fate" });
    its.value = c.make("p", { className: "value", ariaLive: "polite" });
    its.note = c.make("p", { className: "reading", hidden: true });
    const links = c.make("nav", { className: "part-links", "aria-label": "Parts of the inspector" });
    const head = c.make("div", { className: "inspector-head" }, heading, close);
    const parts = [c.make("div", { className: "inspector-top" }, head, links), its.tensor];
    if (maps) parts.push(...buildMap(its, layer));
    parts.push(its.value, its.fate);
    if (maps) parts.push(...buildNumbers(its, layer));
    const plan = { key, layer, filter: selection.filter, maps, before: beforeOf(key, layer), last: lastOf(key) === layer };
    parts.push(its.note);
    its.parts = ORDER.filter((part) => c.parts[part].fits(layer, plan)).map((part) => buildPart(part, plan));
    links.append(...its.parts.map(({ section, short }) => c.make("a", { href: `#${section.id}`, textContent: short })));
    element.replaceChildren(...parts, ...its.parts.map(({ section }) => section));
    return its;
  }

  const lastOf = (key) => c.model(key).layers.at(-1);
  const beforeOf = (key, layer) => {
    const { layers } = c.model(key);
    return layers[layers.indexOf(layer) - 1] ?? null;
  };

  function buildPart(name, plan) {
    const part = c.parts[name];
    const body = c.make("div", { className: "part-body" });
    const section = c.make("section", { className: `part part-${name}`, id: `part-${name}`, "aria-label": part.question },
      c.make("h4", { textContent: part.question }), c.make("p", { className: "reading", textContent: part.reading(plan) }), body);
    return { section, short: part.short, fill: part.build(body, plan), point: part.point };
  }

  function buildMap(its, layer) {
    its.legend = c.make("div", { className: "legend" });
    its.canvas = c.make("canvas");
    its.cursor = c.make("div", { className: "cursor", hidden: true });
    its.box = c.make("div", { className: "enlarged", tabIndex: 0, role: "group" }, c.make("div", { className: "zoomed" }, its.canvas, its.cursor));
    const larger = c.make("button", { type: "button", textContent: "+", "aria-label": "Enlarge the map further" });
    const smaller = c.make("button", { type: "button", textContent: "−", "aria-label": "Make the map smaller" });
    larger.addEventListener("click", () => zoom(its, 2));
    smaller.addEventListener("click", () => zoom(its, 0.5));
    zoom(its, 1);
    its.box.addEventListener("pointermove", (event) => c.pointCell(c.pixelAt(its.canvas, event)));
    its.box.addEventListener("pointerleave", () => c.pointCell(null));
    its.box.addEventListener("click", (event) => c.change({ cell: c.pixelAt(its.canvas, event) }));
    its.box.addEventListener("keydown", (event) => walk(its, event));
    return [c.make("div", { className: "row map-head" }, its.legend, smaller, larger), its.box];
  }

  /** Show the map larger or smaller, the selected cell in view. */
  function zoom(its, factor) {
    its.zoom = Math.max(1, Math.min(MOST, (its.zoom ?? 1) * factor));
    its.box.style.setProperty("--zoom", its.zoom);
    if (!its.cursor.hidden) its.cursor.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function buildNumbers(its, layer) {
    its.facts = c.make("dl", { className: "numbers" });
    its.table = c.make("details", {}, c.make("summary", { textContent: `All ${layer.shape[0]}×${layer.shape[1]} numbers` }));
    its.table.addEventListener("toggle", () => listNumbers(its));
    return [its.facts, its.table];
  }

  async function fill(its) {
    const { state } = its;
    const { layer, selection, opened, filter } = state;
    its.shown = selection.cell;
    const stage = state.stage === "pre" ? "pre-activation" : "post-activation";
    c.write(its.tensor, `${stage}${layer.activation ? ` (${layer.activation})` : ""} · ${layer.shape.join("×")} · ${[c.digitName(selection).replace("test ", ""), c.moveWords(selection.perturb)].filter(Boolean).join(", ")}${state.without ? " · some channels off" : ""}${state.differing && ` · ${state.differing}`}`);
    const fate = c.fate(layer, filter, opened, { stage: state.stage, off: state.isOff, differing: Boolean(state.differing), own: c.isOwn(selection) });
    c.write(its.fate, [c.fateWords(layer, fate), !state.maps && unitLeaves(state)].filter(Boolean).join(" "));
    its.note.hidden = !state.differing;
    if (state.differing) c.write(its.note, `Above is the ${state.differing}; below, each part is of ${c.digitName(selection)} alone.`);
    if (state.maps) paintMap(its);
    else c.write(its.value, `${state.differing && "difference of "}${layer.name}[${filter}] = ${c.exact(opened.values[filter])}`);
    c.sightOfSelected();
    c.afterFrame(() => its.parts.forEach((part) => fillPart(part, its, state)));
    if (!state.maps) return;
    try {
      const { data } = await state.shown();
      if (!state.current()) return;
      state.exact = data;
      summarise(its, data);
      showValue(its, selection.cell);
      if (its.table.open) listNumbers(its);
    } catch (problem) {
      if (state.current()) complain(problem);
    }
  }

  /** Say of a unit that it leaves the scale that is the same for all digits. */
  function unitLeaves({ selection, layer, opened, filter }) {
    const scale = c.fixedScale(selection, layer);
    const { sign, words } = c.leaving(scale, opened.values[filter], opened.values[filter]);
    return words && `${sign} Beyond the scale, ${c.round(scale.low)} to ${c.round(scale.high)}: ${words}.`;
  }

  /** Fill a part; what it shows of another digit is dimmed until then, and stays so where that fails. */
  async function fillPart(part, its, state) {
    try {
      if (!state.current()) return;
      part.section.ariaBusy = "true";
      await part.fill(state);
      if (state.current()) part.section.ariaBusy = null;
    } catch (problem) {
      if (state.current()) complain(problem);
    }
  }

  function complain(problem) {
    if (!(problem instanceof c.Problem)) throw problem;
    c.say(problem.message);
  }

  function paintMap(its) {
    const { layer, selection, opened, filter, differing } = its.state;
    const [rows, columns] = layer.shape;
    const { low, high, levels, count } = opened;
    const least = Math.min(...low);
    const fixed = c.fixedScale(selection, layer);
    const own = selection.scale === "map" || selection.scale === "grey";
    const scale = fixed ?? (own ? c.ownScale(selection, layer, low[filter], high[filter], least) : c.scale(least, Math.max(...high), c.kindOf(selection, layer, least)));
    const { sign, words } = c.leaving(fixed, low[filter], high[filter]);
    const beyond = words && `beyond, ${words}`;
    const constant = low[filter] === high[filter] ? `everywhere ${c.exact(low[filter])}` : "";
    const colours = c.levelColours(scale, low[filter], high[filter], count);
    const size = rows * columns;
    Object.assign(its.canvas, { width: columns, height: rows });
    const image = its.canvas.getContext("2d").createImageData(columns, rows);
    const pixels = new Uint32Array(image.data.buffer);
    for (let at = 0; at < size; at++) pixels[at] = colours[levels[filter * size + at]];
    its.canvas.getContext("2d").putImageData(image, 0, 0);
    c.legend(its.legend, constant && c.isFlat(scale) ? null : scale, [beyond && `${sign} ${beyond}`, constant, differing && "difference"].filter(Boolean).join(" · "));
    c.write(its.table.firstElementChild, `All ${rows}×${columns} ${differing ? "differences" : "numbers"}`);
    its.scale = scale;
    its.box.setAttribute("aria-label", `${[`${layer.name} map ${filter}`, differing, c.tunedTo(layer, filter)].filter(Boolean).join(", ")}, enlarged, ${rows} rows, ${columns} columns${beyond && `, ${beyond}`}; arrow keys choose a cell`);
    placeCursor(its, selection.cell);
    showValue(its, selection.cell);
  }

  function walk(its, event) {
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    const step = steps[event.key];
    if (event.key === "+" || event.key === "-") zoom(its, event.key === "+" ? 2 : 0.5);
    if (!step) return;
    event.preventDefault();
    const from = its.state.selection.cell ?? [0, 0];
    c.change({ cell: from.map((place, axis) => Math.max(0, Math.min(its.state.layer.shape[axis] - 1, place + step[axis]))) }, "replace");
  }

  /** Show a cell of the enlarged map that is pointed at, or the selected one again: its value and all that explains it. No request. */
  c.pointCell = function (cell) {
    if (!frame?.state?.maps) return;
    const { state } = frame;
    const shown = cell ?? state.selection.cell;
    if (String(shown) === String(frame.shown)) return;
    frame.shown = shown;
    placeCursor(frame, shown);
    showValue(frame, shown);
    c.sight(shown ? state.layer : null, shown);
    for (const { point } of frame.parts) point?.({ ...state, cell: shown });
  };

  /** Keep a screen reader from hearing every cell while the kernel slides by itself. */
  c.hush = (hushed) => frame && (frame.value.ariaLive = hushed ? "off" : "polite");

  /** Follow the pointer over the small picture of the map that is selected. */
  c.pointMap = function (path, i, cell) {
    if (frame && frame.state?.selection.layer === path && frame.state.filter === i) c.pointCell(cell);
  };

  function placeCursor({ cursor, state }, cell) {
    cursor.hidden = !cell;
    if (!cell) return;
    const [rows, columns] = state.layer.shape;
    Object.assign(cursor.style, { left: `${(100 * cell[1]) / columns}%`, top: `${(100 * cell[0]) / rows}%`, width: `${100 / columns}%`, height: `${100 / rows}%` });
  }

  function showValue(its, cell) {
    const { layer, filter, exact, differing } = its.state;
    if (!cell) return c.write(its.value, "Point at a cell, or use the arrow keys.");
    const value = exact ? c.exact(exact[cell[0] * layer.shape[1] + cell[1]]) : "…";
    c.write(its.value, `${differing && "difference of "}${layer.name}[${cell[0]}, ${cell[1]}, ${filter}] = ${value}`);
  }

  function summarise(its, values) {
    const { differing } = its.state;
    const active = values.reduce((count, value) => count + Number(differing ? value !== 0 : value > 0), 0);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const share = c.percent(active / values.length, 0);
    const gone = values.reduce((count, value) => count + Math.abs(c.beyond(its.scale, value)), 0);
    tell(its, "active", differing ? `${share} of its map differ` : `${share} of its map is active`);
    c.list(its.facts, {
      smallest: c.exact(Math.min(...values)), largest: c.exact(Math.max(...values)), mean: c.round(mean),
      [differing ? "that differ" : "above zero"]: `${active} of ${values.length} cells (${share})`,
      ...(gone ? { "beyond the scale": `${gone} of ${values.length} cells` } : {}),
    });
  }

  /** Tell a screen reader what the selected filter is like, as far as it is known. */
  function tell(its, what, words) {
    its.told[what] = words;
    if (frame === its) c.write(document.getElementById("status"), [its.title, its.told.active, its.told.weight, its.told.tuning].filter(Boolean).map((words) => `${words}.`).join(" "));
  }

  function listNumbers({ table, state }) {
    if (!table.open || !state.exact) return;
    const [rows, columns] = state.layer.shape;
    const head = c.make("tr", {}, c.make("td"), ...Array.from({ length: columns }, (_, column) => c.make("th", { textContent: column, scope: "col" })));
    const lines = Array.from({ length: rows }, (_, row) =>
      c.make("tr", {}, c.make("th", { textContent: row, scope: "row" }), ...Array.from(state.exact.subarray(row * columns, (row + 1) * columns), (value) => c.make("td", { textContent: c.round(value), title: c.exact(value) }))),
    );
    const scroll = c.make("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "All numbers of this map" }, c.make("table", {}, c.make("thead", {}, head), c.make("tbody", {}, ...lines)));
    table.querySelector(".scroll")?.remove();
    table.append(scroll);
  }

  /** Return the scale that the enlarged map is painted with. */
  c.shownScale = () => frame.scale;

  /** Outline what the selected cell sees, if one is selected. */
  c.sightOfSelected = function () {
    const state = frame?.state;
    if (state?.selection.cell) c.sight(state.layer, state.selection.cell);
    else c.sight(state && !state.maps ? state.layer : null);
  };
})((window.convlens ??= {}));
