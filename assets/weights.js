/* The weights of one filter or unit: kernels with their numbers written in, larger fields as pictures. */
(function (c) {
  "use strict";

  /** Return a promise of {strongest, view}: a sentence, and the elements that show the weights and the bias. */
  c.weights = async function (key, layer, filter) {
    const base = `/api/models/${key}/layers/${layer.name}`;
    const [kernel, bias] = await Promise.all([c.tensor(`${base}/kernel.npy?filter=${filter}`, c.wakingUp), c.tensor(`${base}/bias.npy`, c.wakingUp)]);
    const convolution = layer.kind === "Conv2D";
    const [slices, rows, columns] = layer.grid;
    const low = kernel.data.reduce((least, value) => Math.min(least, value));
    const high = kernel.data.reduce((most, value) => Math.max(most, value));
    const scale = c.scale(low, high, "diverging");
    const legend = c.make("div", { className: "legend" });
    c.legend(legend, scale, "weights");
    const strongest = kernel.data.reduce((best, value, i) => (Math.abs(value) > Math.abs(kernel.data[best]) ? i : best), 0);
    const told = `Its strongest weight is ${c.round(kernel.data[strongest])}.`;
    const words = convolution
      ? `${slices === 1 ? "Laid on the digit as it stands" : `${slices} slices, one for each map of the layer before, summed`}. ${told}`
      : `Its ${kernel.data.length.toLocaleString("en")} weights over what it reads. ${told}`;
    const heading = c.make("h4", { textContent: convolution && slices > 1 ? "Filter" : convolution ? "Kernel" : "Weights" });
    const pictures = Array.from({ length: slices }, (_, slice) => weightPicture(kernel.data, slice, slices, rows, columns, scale, convolution));
    const added = c.make("p", { className: "bias", textContent: `bias = ${c.exact(bias.data[filter])}` });
    const view = [heading, c.make("p", { textContent: words }), added, legend, c.make("div", { className: convolution ? "slices" : "fields" }, ...pictures)];
    return { strongest: told, view };
  };

  /** Return one slice: with its numbers where they can be read, as a picture where they are many. */
  function weightPicture(data, slice, slices, rows, columns, scale, convolution) {
    const at = (row, column) => data[(row * columns + column) * slices + slice];
    if (convolution) {
      const caption = c.make("caption", { textContent: slices > 1 ? `slice ${slice}` : "" });
      const lines = Array.from({ length: rows }, (_, row) =>
        c.make("tr", {}, ...Array.from({ length: columns }, (_, column) => numberCell(at(row, column), scale))),
      );
      return c.make("table", { className: "slice" }, caption, c.make("tbody", {}, ...lines));
    }
    const wide = rows === 1 ? Math.min(columns, 32) : columns;
    const high = Math.ceil((rows * columns) / wide);
    const canvas = c.make("canvas", { width: wide, height: high });
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
    const cell = c.make("td", { textContent: Math.abs(value) < 0.005 ? "0.00" : value.toFixed(2).replace("-", "−"), title: c.exact(value) });
    Object.assign(cell.style, { background: c.css(colour), color: c.ink(colour) });
    return cell;
  }
})((window.convlens ??= {}));
