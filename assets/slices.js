/* A filter that reads many maps: what each slice adds, map by map, and how the sum grows to the pre-activation. */
(function (c) {
  "use strict";

  (c.parts ??= {}).slices = {
    question: "What does each of the maps before add?",
    fits: (layer) => layer.kind === "Conv2D" && layer.grid[0] > 1,
    reading: ({ layer, before }) =>
      `Every row: a map of ${before.name}, the slice laid on it, what that adds, and the sum so far. All ${layer.grid[0]} together, plus the bias, are the pre-activation. Click a row to see its arithmetic above.`,
    build(body, { layer }) {
      const [slices] = layer.grid;
      const order = c.make("select", { "aria-label": "Order of the slices" },
        c.make("option", { value: "strength", textContent: "heaviest first" }), c.make("option", { value: "index", textContent: "by index" }));
      const legends = c.make("div", { className: "slice-legends" });
      const rows = Array.from({ length: slices }, () => row());
      const list = c.make("div", { className: "slice-rows" }, ...rows.map(({ element }) => element));
      const end = row();
      end.element.disabled = true;
      const check = c.make("p", { className: "reading" });
      let shown = null;
      order.addEventListener("change", () => shown && paint(shown));
      body.append(order, legends, list, end.element, check);

      return async (state) => {
        const [reads, kernel, bias, partial, pre] = await Promise.all([state.reads(), state.weights(), state.bias(), state.partial(), state.values("pre")]);
        if (!state.current()) return;
        shown = { state, reads, kernel, bias: bias.data[state.filter], partial, pre };
        paint(shown);
      };

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
          c.write(words, `${slice}: ${c.round(added[slice])}`);
          element.dataset.slice = slice;
          element.ariaPressed = String(slice === state.selection.slice);
          element.setAttribute("aria-label", `slice ${slice} adds ${c.round(added[slice])}`);
        });
        c.paintValues(end.canvases[2], high, wide, () => bias, scales.sums);
        c.paintValues(end.canvases[3], high, wide, (i) => running[i] + bias, scales.sums);
        c.write(end.words, `bias: ${c.round(bias)}`);
        end.element.setAttribute("aria-label", `the bias adds ${c.round(bias)}`);
        const most = running.reduce((worst, sum, i) => Math.max(worst, Math.abs(sum + bias - pre.data[i])), 0);
        const where = state.cell ? `in cell ${state.cell}` : "in a cell, on average";
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

  function row() {
    const canvases = Array.from({ length: 4 }, () => c.make("canvas", { "aria-hidden": "true" }));
    const words = c.make("span", { className: "number" });
    const element = c.make("button", { type: "button", className: "slice-row" }, words, ...canvases);
    element.addEventListener("click", () => c.change({ slice: Number(element.dataset.slice) }));
    return { element, canvases, words };
  }
})((window.convlens ??= {}));
