/* Take it away: pictures with their title and scale, the numbers, the lines of Keras that give them, and a link. */
(function (c) {
  "use strict";

  const WIDE = 32; // units side by side where they have no place on a map

  (c.parts ??= {}).taking = {
    short: "files",
    question: "Take it away",
    fits: () => true,
    reading: () => "Pictures with their scale; the numbers in full; and the few lines of Keras that print the selected number, of a map without one its first.",
    build(body, { layer }) {
      const files = c.make("dl", { className: "numbers files" });
      const share = button("link to this view", "", () => document.getElementById("share").click());
      const code = c.make("pre", { tabIndex: 0 });
      const lines = c.make("details", {}, c.make("summary", { textContent: "The same number from Keras" }), code);
      body.append(files, share, lines);
      return async (state) => {
        c.list(files, filesOf(state, layer));
        c.write(lines.firstElementChild, `${state.differs ? "This digit's own number" : "The same number"} from Keras${state.without ? ", with nothing switched off" : ""}`);
        lines.ontoggle = () => lines.open && snippet(state).then((words) => state.current() && c.write(code, words), (problem) => c.say(problem.message));
        lines.ontoggle();
      };
    },
  };

  async function snippet({ tensors, layer, filter, cell, stage, maps, move }) {
    const query = `filter=${filter}&stage=${stage}${maps ? `&cell=${(cell ?? [0, 0]).join(",")}` : ""}${move && `&${move}`}`;
    return new TextDecoder().decode(await c.bytes(`${tensors}/${layer.name}/keras.py?${query}`, c.wakingUp));
  }

  /** Return what can be taken away, by name: a span with a way to each file. */
  function filesOf(state, layer) {
    const { key, filter, stage, tensors, base, without, changes, maps, selection, differs, differing } = state;
    const own = `${key}-${layer.name}-${filter}`;
    const which = `${c.fileStem(selection)}${without && "-off"}`;
    const stem = `${own}-${which}`; // of what has no stage
    const standing = layer.activation ? `${stage}-activation` : "";
    const shown = [which, differs && `less-${selection.reference}`, standing].filter(Boolean).join("-");
    const title = `${c.name(key)} ${layer.name} ${maps ? "map" : "unit"} ${filter}`;
    const off = [c.moveWords(selection.perturb), without && `off: ${c.offWords(c.offOf(selection.off, key))}`].filter(Boolean);
    const onDigit = (what) => [`${title}, ${what}, ${c.digitName(selection)}`, ...off];
    const query = `filter=${filter}${changes}`;
    const found = {};
    const put = (name, stem, { png, csv, npy }) => {
      const ways = [
        png && button(".png", `${name} .png`, () => save(`${stem}.png`, async () => blob(c.poster(...(await png()))))),
        csv && button(".csv", `${name} .csv`, () => save(`${stem}.csv`, csv)),
        c.make("a", { href: npy, download: `${stem}.npy`, textContent: ".npy", "aria-label": `${name} .npy` }),
      ];
      found[name] = c.make("span", { className: "row" }, ...ways.filter(Boolean));
    };
    const [rows, columns] = layer.shape;
    if (maps) {
      put(differing ? "difference of the map" : "map", `${key}-${layer.name}-map-${filter}-${shown}`, {
        png: async () => picture([...onDigit(standing || "no activation function"), ...[differing].filter(Boolean)], { grid: [1, rows, columns], data: (await state.shown()).data }, c.shownScale()),
        csv: async () => table((await state.shown()).data, columns),
        npy: `${tensors}/${layer.name}.npy?stage=${stage}&${query}${differs}`,
      });
    } else {
      put(differing ? "difference of the layer" : "layer", `${key}-${layer.name}-units-${shown}`, {
        csv: async () => `unit,${differing ? "difference" : "value"}\n${Array.from((await state.shown()).data, (value, i) => `${i},${plain(value)}\n`).join("")}`,
        npy: `${tensors}/${layer.name}.npy?stage=${stage}${changes}${differs}`,
      });
    }
    if (layer.grid) {
      const weights = async () => ({ grid: layer.grid, data: (await state.weights()).data });
      put("weights", `${own}-weights`, {
        png: async () => picture([`${title}, weights`], await weights()),
        csv: async () => list(layer.grid, { weight: (await weights()).data }),
        npy: `${base}/layers/${layer.name}/kernel.npy?filter=${filter}`,
      });
    }
    if (layer.kind === "Conv2D") {
      const sums = async () => {
        const { shape, data } = await state.partial();
        return { grid: [shape[2], shape[0], shape[1]], data };
      };
      put("sums", `${stem}-sums-by-slice`, {
        png: async () => picture(onDigit("what each slice adds, before bias and activation"), await sums()),
        csv: async () => {
          const { grid, data } = await sums();
          return list(grid, { sum: data });
        },
        npy: `${tensors}/${layer.name}/partial.npy?${query}`,
      });
    }
    if (layer.kind === "Dense") {
      const { against } = selection;
      const lead = against === null ? "" : `, ${filter} and not ${against}`;
      put("terms", `${stem}-terms${against === null ? "" : `-not-${against}`}`, {
        png: async () => picture(onDigit(`value × weight${lead}`), { grid: layer.grid, data: (await c.unitTerms(state)).products }),
        csv: async () => {
          const { values, weights, products } = await c.unitTerms(state);
          return list(layer.grid, { value: values, [against === null ? "weight" : `weight ${filter} less ${against}`]: weights, product: products });
        },
        npy: `${tensors}/${layer.name}/terms.npy?filter=${filter}${against === null ? "" : `&against=${against}`}${changes}`,
      });
    }
    found["all weights"] = c.make("span", { className: "row" }, c.make("a", {
      href: `${base}/weights.npz`, download: `${key}-weights.npz`, textContent: ".npz", "aria-label": `all weights of ${c.name(key)} .npz`,
    }));
    return found;
  }

  /** Return what `c.poster` takes for numbers in the order row, column, slice. */
  function picture(lines, { grid: [slices, rows, columns], data }, scale = c.scaleFor(data, "diverging")) {
    const wide = rows === 1 ? Math.min(columns, WIDE) : columns;
    const cells = rows * columns;
    const fields = Array.from({ length: slices }, (_, slice) => ({
      rows: Math.ceil(cells / wide), columns: wide, name: `map ${slice}`, at: (i) => (i < cells ? data[i * slices + slice] : 0),
    }));
    return [lines, scale, fields];
  }

  const blob = (canvas) => new Promise((done) => canvas.toBlob(done, "image/png"));

  function button(textContent, name, act) {
    const element = c.make("button", { type: "button", textContent });
    if (name) element.ariaLabel = name;
    element.addEventListener("click", () => Promise.resolve(act()).catch((problem) => c.say(problem.message)));
    return element;
  }

  async function save(download, content) {
    const made = await content();
    const href = URL.createObjectURL(made instanceof Blob ? made : new Blob([made], { type: "text/csv" }));
    c.make("a", { href, download }).click();
    setTimeout(() => URL.revokeObjectURL(href), 10_000);
  }

  /** Return rows of numbers, each in the fewest digits that name its float32. */
  function table(data, columns) {
    const rows = Array.from({ length: data.length / columns }, (_, row) => Array.from(data.subarray(row * columns, (row + 1) * columns), plain).join(","));
    return `${rows.join("\n")}\n`;
  }

  const plain = (value) => c.exact(Math.fround(value)).replace("−", "-");

  /** Return one line per number in the order row, column, slice: where it is, and what each array has there. */
  function list([slices, , columns], arrays) {
    const [first] = Object.values(arrays);
    const rows = Array.from(first, (_, i) => [i % slices, Math.floor(i / slices / columns), Math.floor(i / slices) % columns, ...Object.values(arrays).map((array) => plain(array[i]))].join(","));
    return `slice,row,column,${Object.keys(arrays).join(",")}\n${rows.join("\n")}\n`;
  }
})((window.convlens ??= {}));
