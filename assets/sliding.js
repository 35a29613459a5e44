/* The kernel slides over what it reads, and the map fills, cell by cell. */
(function (c) {
  "use strict";

  const PER_SECOND = 40; // cells

  (c.parts ??= {}).sliding = {
    short: "slide",
    question: "How does the kernel fill the map?",
    fits: (layer) => layer.kind === "Conv2D",
    reading: ({ layer, before }) =>
      `The same kernel, at every place: the window moves over ${before ? `${before.name}'s maps (one is shown)` : "the digit"}, and each place gives one cell.`,
    build(body, { layer }) {
      const [rows, columns] = layer.shape;
      const last = rows * columns - 1;
      const input = c.canvas("what the kernel is laid on");
      const window_ = c.make("div", { className: "cursor" });
      const output = c.canvas("the map as far as it is filled");
      const back = c.make("button", { type: "button", textContent: "‹", "aria-label": "One cell back" });
      const play = c.make("button", { type: "button", textContent: "Play" });
      const on = c.make("button", { type: "button", textContent: "›", "aria-label": "One cell on" });
      const range = c.make("input", { type: "range", min: 0, max: last, value: last, "aria-label": "Place of the kernel" });
      const words = c.make("p", { className: "where" });
      const legends = c.make("div", { className: "slice-legends" });
      const still = matchMedia("(prefers-reduced-motion: reduce)");
      body.append(
        legends,
        c.make("div", { className: "slide" }, c.make("div", { className: "slide-input" }, input, window_), c.make("span", { textContent: "→" }), output),
        c.make("div", { className: "slide-controls" }, back, play, on, range), words,
      );
      let shown = null;
      let timer = null;

      play.addEventListener("click", () => (timer ? pause() : start()));
      back.addEventListener("click", () => step(-1));
      on.addEventListener("click", () => step(1));
      range.addEventListener("input", () => (pause(), draw(true)));

      function start() {
        if (Number(range.value) >= last) range.value = 0;
        let then = performance.now();
        const from = Number(range.value);
        const advance = (now) => {
          if (!shown?.state.current()) return pause();
          range.value = Math.min(last, from + Math.floor(((now - then) / 1000) * PER_SECOND));
          draw(true);
          if (Number(range.value) >= last) return pause();
          timer = requestAnimationFrame(advance);
        };
        if (still.matches) return step(columns); // no motion: a row at a time
        play.textContent = "Pause";
        c.hush(true);
        timer = requestAnimationFrame((now) => ((then = now), advance(now)));
      }

      function pause() {
        cancelAnimationFrame(timer);
        timer = null;
        c.hush(false);
        play.textContent = still.matches ? "Next row" : "Play";
      }

      function step(by) {
        pause();
        range.value = Number(range.value) + by;
        draw(true);
      }

      /** Draw the kernel's place, and the map up to it; where a person put it there, explain that cell above. */
      function draw(chosen = false) {
        if (!shown) return;
        const { state, reads, pre, scales, slices, slice, axes } = shown;
        const place = Number(range.value);
        const cell = [Math.floor(place / columns), place % columns];
        c.paintValues(input, reads.shape[0], reads.shape[1], (i) => reads.data[i * slices + slice], scales.reads);
        c.paintValues(output, rows, columns, (i) => (i <= place ? pre.data[i] : NaN), scales.sums);
        const [top, left] = axes.map(({ start, step }, axis) => start + cell[axis] * step);
        const [high, wide] = axes.map(({ taps, dilation }) => (taps - 1) * dilation + 1);
        const part = (pixels, all) => `${(100 * pixels) / all}%`;
        Object.assign(window_.style, { top: part(top, reads.shape[0]), left: part(left, reads.shape[1]), height: part(high, reads.shape[0]), width: part(wide, reads.shape[1]) });
        range.setAttribute("aria-valuetext", `row ${cell[0]}, column ${cell[1]}`);
        c.write(words, `Row ${cell[0]}, column ${cell[1]}, before ${layer.activation ?? "activation"}: ${c.round(pre.data[place])}`);
        if (chosen) c.pointCell(cell);
      }

      return async (state) => {
        const [reads, pre] = await Promise.all([state.reads(), state.values("pre")]);
        if (!state.current()) return;
        const slices = layer.grid[0];
        const slice = state.selection.slice ?? (slices > 1 ? c.strongest(c.addedBySlice(await state.partial(), state.cell), 1)[0] : 0);
        if (!state.current()) return;
        shown = { state, reads, pre, slices, slice, axes: c.windowOf(layer, state.before), scales: { reads: c.scaleOfInput(state.before, reads.data), sums: c.scaleFor(pre.data, "diverging") } };
        const { scales } = shown;
        legends.replaceChildren(c.newLegend(scales.reads, state.before ? `${state.before.name} map ${slice}` : "digit"), c.newLegend(scales.sums, `${layer.name} before ${layer.activation ?? "activation"}`));
        c.readable(input, (row, column) => `${state.before ? `${state.before.name} map ${slice}, ` : ""}row ${row}, column ${column}: ${c.exact(reads.data[(row * reads.shape[1] + column) * slices + slice])}`);
        c.readable(output, (row, column) => row * columns + column <= Number(range.value) && `row ${row}, column ${column}: ${c.exact(pre.data[row * columns + column])}`);
        if (state.cell) range.value = state.cell[0] * columns + state.cell[1];
        pause();
        draw();
      };
    },
  };
})((window.convlens ??= {}));
