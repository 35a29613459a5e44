/* The weights of one filter or unit: kernels with their numbers written in, larger fields as pictures. */
(function (c) {
  "use strict";

  (c.parts ??= {}).weights = {
    question: "What does it look for?",
    fits: (layer) => Boolean(layer.grid),
    reading: ({ layer }) => {
      const [slices] = layer.grid;
      if (layer.kind !== "Conv2D") return "Its weights over what it reads: red adds, blue takes away.";
      return slices === 1 ? "Its kernel, laid on the digit as it stands: red adds, blue takes away." : `Its ${slices} slices, one for each map of the layer before; all of them are summed.`;
    },
    build(body, { layer, filter }) {
      const told = c.make("p", { className: "told" });
      const added = c.make("p", { className: "bias" });
      const legend = c.make("div", { className: "legend" });
      const convolution = layer.kind === "Conv2D";
      const pictures = c.make("div", { className: convolution ? "slices" : "fields" });
      body.append(told, added, legend, pictures);
      let done = false;
      return async (state) => {
        if (done) return;
        const [kernel, bias] = await Promise.all([state.weights(), state.bias()]);
        done = true;
        const [slices] = layer.grid;
        const scale = c.scaleFor(kernel.data, "diverging");
        c.legend(legend, scale, "weights");
        const strongest = kernel.data[c.strongest(kernel.data, 1)[0]];
        const words = `Its strongest weight is ${c.round(strongest)}`;
        c.write(told, `${words}, of ${kernel.data.length.toLocaleString("en")}.`);
        state.tell("weight", words);
        c.write(added, `bias = ${c.exact(bias.data[filter])}`);
        pictures.replaceChildren(...Array.from({ length: slices }, (_, slice) => weightPicture(kernel.data, slice, layer, scale)));
      };
    },
  };

  /** Return one slice: with its numbers where they can be read, as a picture where they are many. */
  function weightPicture(data, slice, layer, scale) {
    const [slices, rows, columns] = layer.grid;
    const at = (row, column) => data[(row * columns + column) * slices + slice];
    if (layer.kind === "Conv2D") return c.numberTable(at, rows, columns, scale, slices > 1 ? `slice ${slice}` : "");
    const wide = rows === 1 ? Math.min(columns, 32) : columns;
    const high = Math.ceil((rows * columns) / wide);
    const canvas = c.canvas(slices > 1 ? `weights on map ${slice}` : "weights");
    c.paintValues(canvas, high, wide, (i) => (i < rows * columns ? data[i * slices + slice] : 0), scale);
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
})((window.convlens ??= {}));
