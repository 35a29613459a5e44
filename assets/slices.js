/* A filter that reads many maps: what each slice adds, map by map, and how the sum grows to the pre-activation. */
(function (c) {
  "use strict";

  (c.parts ??= {}).slices = {
    short: "maps",
    question: "What does each of the maps before add?",
    fits: (layer) => layer.kind === "Conv2D" && layer.grid[0] > 1,
    reading: ({ layer, before }) =>
      `Every row: a map of ${before.name}, the slice laid on it, what that adds, and the sum so far. All ${layer.grid[0]} and the bias are the value before ${layer.activation ?? "activation"}. Click a row to see its arithmetic above; arrow keys walk.`,
    build(body, { layer }) {
      const [slices] = layer.grid;
      const order = c.make("select", { "aria-label": "Order of the slices" },
        c.make("option", { value: "strength", textContent: "heaviest first" }), c.make("option", { value: "index", textContent: "by index" }));
      const legends = c.make("div", { className: "slice-legends" });
      const rows = Array.from({ length: slices }, () => row());
      const adds = c.make("span", { className: "number" });
      const head = c.make("div", { className: "slice-row slice-head" }, adds, ...["map", "slice", "adds", "sum"].map((textContent) => c.make("span", { textContent })));
      const list = c.make("div", { className: "slice-rows" }, head, ...rows.map(({ element }) => element));
      const [biased, active] = [end(2), end(1)];
      const check = c.make("p", { className: "reading" });
      let shown = null;
      list.addEventListener("keydown", walk);
      list.addEventListener("focusin", ({ target }) => hold(target));
      hold(rows[0].element);
      order.addEventListener("change", () => shown && paint(shown));
      body.append(order, legends, list, biased.element, active.element, check);

      return async (state) => {
        const [reads, kernel, bias, partial, pre] = await Promise.all([state.reads(), state.weights(), state.bias(), state.partial(), state.values("pre")]);
        if (!state.current()) return;
        shown = { state, reads, kernel, bias: bias.data[state.filter], partial, pre };
        paint(shown);
      };

      /** Let the Tab key stop at one row alone. */
      function hold(element) {
        for (const row of rows) row.element.tabIndex = row.element === element ? 0 : -1;
      }

      function walk(event) {
        const to = { ArrowUp: "previousElementSibling", ArrowDown: "nextElementSibling" }[event.key];
        const next = to && event.target[to];
        if (!to) return;
        event.preventDefault();
        if (next?.matches("button")) next.focus();
      }

      function paint({ state, reads, kernel, bias, partial, pre }) {
        const [high, wide] = partial.shape;
        const added = c.addedBySlice(partial, state.cell);
        const places = order.value === "index" ? Array.from(added.keys()) : c.strongest(added, slices);
        const running = new Float64Array(high * wide);
        const scales = { reads: c.scaleOfInput(state.before, reads.data), kernel: c.scaleFor(kernel.data, "diverging"), sums: c.scaleFor(spanned(partial, places, pre), "diverging") };
        legends.replaceChildren(c.newLegend(scales.reads, state.before.name), c.newLegend(scales.kernel, "weights"), c.newLegend(scales.sums, "added, sum"));
        places.forEach((slice, place) => {
          const own = (i) => partial.data[i * slices + slice];
          for (let i = 0; i < running.length; i++) running[i] += own(i);
          const { element, canvases, words } = rows[place];
          c.paintValues(canvases[0], reads.shape[0], reads.shape[1], (i) => reads.data[i * slices + slice], scales.reads);
          c.paintValues(canvases[1], kernel.shape[0], kernel.shape[1], (i) => kernel.data[i * slices + slice], scales.kernel);
          c.paintValues(canvases[2], high, wide, own, scales.sums);
          c.paintValues(canvases[3], high, wide, (i) => running[i], scales.sums);
          name(canvases, slice, own, running.slice(), { state, reads, kernel });
          c.write(words, `${slice}: ${c.round(added[slice])}`);
          element.dataset.slice = slice;
          element.ariaPressed = String(slice === state.selection.slice);
          element.setAttribute("aria-label", `${words.textContent}, added by slice ${slice}`); // begins with what is seen, for who says it
        });
        c.write(adds, state.cell ? "adds in the cell" : "adds on average");
        finish(biased, `bias: ${c.round(bias)}`, [() => bias, (i) => running[i] + bias]);
        const after = (i) => (state.isOff ? 0 : c.activate(layer, Math.fround(running[i] + bias)));
        active.element.hidden = after(0) === null;
        if (after(0) !== null) finish(active, state.isOff ? "switched off: 0" : `${layer.activation}: ${c.round(state.cell ? after(state.cell[0] * wide + state.cell[1]) : mean(running.map((_, i) => after(i))))}`, [after]);

        function finish({ canvases, words }, text, fields) {
          c.write(words, text);
          fields.forEach((field, place) => {
            c.paintValues(canvases[place], high, wide, field, scales.sums);
            c.readable(canvases[place], (row, column) => `row ${row}, column ${column}: ${c.exact(Math.fround(field(row * wide + column)))}`);
          });
        }

        const most = running.reduce((worst, sum, i) => Math.max(worst, Math.abs(sum + bias - pre.data[i])), 0);
        const where = state.cell ? `in row ${state.cell[0]}, column ${state.cell[1]}` : "in a cell, on average";
        c.write(check, `The numbers: what a slice adds ${where}. The last sum and the network's pre-activation differ by at most ${c.round(most)}.`);
      }
    },
  };

  /** Return what each slice adds: to one cell, or to a cell on average. */
  c.addedBySlice = function ({ shape, data }, cell) {
    const [high, wide, slices] = shape;
    const added = new Float64Array(slices);
    if (cell) return added.map((_, slice) => data[(cell[0] * wide + cell[1]) * slices + slice]);
    for (let i = 0; i < data.length; i++) added[i % slices] += data[i] / (high * wide);
    return added;
  };

  /** Say what the pointer is on in a row's pictures: the map, the slice, what it adds, the sum so far. */
  function name(canvases, slice, own, sums, { state, reads, kernel }) {
    const slices = kernel.shape[2];
    const told = [
      [`${state.before.name} map ${slice}`, (i) => reads.data[i * slices + slice]], [`slice ${slice}`, (i) => kernel.data[i * slices + slice]],
      [`slice ${slice} adds`, own], ["the sum so far", (i) => Math.fround(sums[i])],
    ];
    told.forEach(([words, at], place) => {
      c.readable(canvases[place], (row, column) => `${words}, row ${row}, column ${column}: ${c.exact(at(row * canvases[place].width + column))}`);
    });
  }

  const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

  const extremes = (numbers) => [numbers.reduce((a, b) => Math.min(a, b)), numbers.reduce((a, b) => Math.max(a, b))];

  /** Return numbers between which everything lies that is shown: the parts, the sums on the way, and the last. */
  function spanned({ data }, places, pre) {
    const slices = places.length;
    const running = new Float64Array(data.length / slices);
    const ends = [...extremes(data), ...extremes(pre.data)];
    for (const slice of places) {
      for (let i = 0; i < running.length; i++) running[i] += data[i * slices + slice];
      ends.push(...extremes(running));
    }
    return ends;
  }

  const pictures = (count) => Array.from({ length: count }, () => c.make("canvas", { "aria-hidden": "true" }));

  /** Return a row below all slices, with its last pictures alone. */
  function end(count) {
    const canvases = pictures(count);
    const words = c.make("span", { className: "number" });
    return { element: c.make("div", { className: "slice-row" }, words, ...canvases), canvases, words };
  }

  function row() {
    const canvases = pictures(4);
    const words = c.make("span", { className: "number" });
    const element = c.make("button", { type: "button", className: "slice-row" }, words, ...canvases);
    element.addEventListener("click", () => c.change({ slice: Number(element.dataset.slice) }));
    return { element, canvases, words };
  }
})((window.convlens ??= {}));
