/* One cell of a map: the patch, the kernel, the products, their sum; or which of the pooled cells won. */
(function (c) {
  "use strict";

  let ready = null; // what the sums of the shown map are made of: {state, reads, kernel, bias, pre, body}

  (c.parts ??= {}).cell = {
    short: "number",
    question: "How does one number come about?",
    fits: ({ kind }) => ["Conv2D", "MaxPooling2D"].includes(kind),
    reading: ({ layer }) =>
      layer.kind === "Conv2D"
        ? "Lay the kernel on the patch, multiply what lies on top of each other, add up the products, add the bias." + (layer.activation === "relu" ? " What is below zero becomes zero." : "")
        : "The window takes the largest of the cells under it; the others leave no trace.",
    build(body, { layer, before }) {
      ready = null;
      const slices = layer.kind === "Conv2D" ? layer.grid[0] : 1;
      const choice = slices > 1 ? chooser(slices) : null;
      const shown = c.make("div");
      body.append(...(choice ? [c.make("label", {}, `Map of ${before.name} `, choice)] : []), shown);
      return async (state) => {
        const pooled = layer.kind !== "Conv2D";
        const [reads, kernel, bias, pre] = await Promise.all([state.reads(), pooled ? null : state.weights(), pooled ? null : state.bias(), state.values("pre")]);
        if (!state.current()) return;
        if (choice) choice.value = state.selection.slice ?? "";
        ready = { state, body: shown, reads, kernel, bias: bias?.data[state.filter], pre: pre.data };
        show(state.cell ?? topCell(ready));
      };
    },
    point({ cell }) {
      if (ready?.state.current()) show(cell ?? topCell(ready));
    },
  };

  /** Return the choice of the map before whose part in the sum is shown. */
  function chooser(slices) {
    const select = c.make("select", {}, c.make("option", { value: "", textContent: "that weighs most" }),
      ...Array.from({ length: slices }, (_, slice) => c.make("option", { value: String(slice), textContent: String(slice) })));
    select.addEventListener("change", () => c.change({ slice: select.value === "" ? null : Number(select.value) }));
    return select;
  }

  /** Return the cell to explain where none is selected: the largest. */
  function topCell({ state, pre }) {
    const at = pre.reduce((best, value, i) => (value > pre[best] ? i : best), 0);
    return [Math.floor(at / state.layer.shape[1]), at % state.layer.shape[1]];
  }

  function show(cell) {
    const { state, body, pre } = ready;
    const words = `Row ${cell[0]}, column ${cell[1]}`;
    const value = pre[cell[0] * state.layer.shape[1] + cell[1]];
    body.replaceChildren(...(state.layer.kind === "Conv2D" ? convolution(cell, words, value) : pooling(cell, words, value)));
  }

  /** Return the sum of one cell of the convolution at hand, as tests and the page read it. */
  c.cellSum = function (cell) {
    const { state, reads, kernel, bias } = ready;
    const patch = c.patch(reads, c.windowOf(state.layer, state.before), cell);
    const { products, sum, result } = c.terms(patch, kernel.data, bias);
    return { patch, products, sum, result, bySlice: c.bySlice(products, state.layer.grid[0]) };
  };

  function convolution(cell, words, network) {
    const { state, kernel, bias } = ready;
    const { layer, before } = state;
    const [slices, rows, columns] = layer.grid;
    const { patch, products, sum, result, bySlice } = c.cellSum(cell);
    const slice = state.selection.slice ?? c.strongest(bySlice, 1)[0];
    const of = (numbers) => (row, column) => numbers[(row * columns + column) * slices + slice];
    const weights = c.scaleFor(kernel.data, "diverging");
    const seen = c.scaleOfInput(before, patch);
    const which = slices > 1 ? ` · on map ${slice} of ${before.name}` : "";
    const tables = c.make("div", { className: "sum" },
      c.numberTable(of(patch), rows, columns, seen, "patch"), c.make("span", { textContent: "×" }),
      c.numberTable(of(kernel.data), rows, columns, weights, "kernel"), c.make("span", { textContent: "=" }),
      c.numberTable(of(products), rows, columns, c.scaleFor(products, "diverging"), "products"),
    );
    const facts = slices > 1 ? { [`map ${slice} adds`]: number(bySlice[slice]), [`all ${slices} maps add`]: number(sum) } : { "sum of the products": number(sum) };
    return [
      c.make("p", { className: "where" }, words + which), tables,
      totals({ ...facts, "bias": number(bias), "sum + bias": number(result), ...after(state, result), ...compared(network, result) }),
      c.make("p", { className: "reading", textContent: "Tables show two decimals, sums three digits; point at a number for all of it." }),
    ];
  }

  /** Return the value after the activation; of what is switched off, that; nothing where the page does not know the function. */
  function after({ layer, isOff }, result) {
    const value = isOff ? 0 : c.activate(layer, result);
    return value === null ? {} : { [isOff ? "switched off" : `after ${layer.activation}`]: number(value) };
  }

  const number = (value) => c.make("span", { className: "number", textContent: c.round(value), title: c.exact(Math.fround(value)) });

  /** Return the network's own value and how far this sum is from it. */
  const compared = (network, result) => ({ "the network's own": number(network), difference: number(network - result) });

  function totals(facts) {
    const list = c.make("dl", { className: "numbers" });
    c.list(list, facts);
    return list;
  }

  function pooling(cell, words, network) {
    const { state, reads } = ready;
    const { layer, before, filter } = state;
    const axes = c.windowOf(layer, before);
    const { high, winner, tied } = c.largest(reads, axes, cell, filter);
    const patch = c.patch(reads, axes, cell);
    const slices = reads.shape[2];
    const scale = c.scaleOfInput(before, patch);
    const table = c.numberTable((row, column) => patch[(row * axes[1].taps + column) * slices + filter], axes[0].taps, axes[1].taps, scale, `${before.name} map ${filter}`);
    const first = axes.map(({ start, step }, axis) => start + cell[axis] * step);
    table.tBodies[0].rows[winner[0] - first[0]].cells[winner[1] - first[1]].classList.add("winner");
    const open = c.make("button", { type: "button", textContent: `row ${winner[0]}, column ${winner[1]} of ${before.name}` });
    open.addEventListener("click", () => c.change({ layer: `${state.key}.${before.name}`, cell: winner }));
    return [
      c.make("p", { className: "where", textContent: words }), c.make("div", { className: "sum" }, table),
      c.make("p", {}, tied > 1 ? `${tied} are equally large; the first counts: ` : "The largest is ", open), totals({ largest: number(high), ...(state.isOff ? { "switched off": number(0) } : compared(network, high)) }),
    ];
  }
})((window.convlens ??= {}));
