/* Take it away: the picture with its title and scale, the numbers, the lines of Keras that give them, and a link. */
(function (c) {
  "use strict";

  const ZOOM = 12;

  (c.parts ??= {}).taking = {
    question: "Take it away",
    fits: () => true,
    reading: () => "The picture as it is seen; the numbers in full; and the few lines of Keras that print the selected number, of a map without one its first.",
    build(body, { layer, maps }) {
      const links = c.make("p", { className: "files" });
      const code = c.make("pre", { tabIndex: 0 });
      const lines = c.make("details", {}, c.make("summary", { textContent: "The same number from Keras" }), code);
      body.append(links, lines);
      return async (state) => {
        links.replaceChildren(...separated(files(state, layer, maps)));
        c.write(lines.firstElementChild, `The same number from Keras${state.without ? ", with nothing switched off" : ""}`);
        lines.ontoggle = () => lines.open && snippet(state).then((words) => state.current() && c.write(code, words), (problem) => c.say(problem.message));
        lines.ontoggle();
      };
    },
  };

  const separated = (elements) => elements.flatMap((element, i) => (i ? [" · ", element] : [element]));

  async function snippet({ tensors, layer, filter, cell, stage }) {
    const query = `filter=${filter}&stage=${stage}${layer.shape.length === 3 ? `&cell=${(cell ?? [0, 0]).join(",")}` : ""}`;
    return new TextDecoder().decode(await c.bytes(`${tensors}/${layer.name}/keras.py?${query}`, c.wakingUp));
  }

  function files(state, layer, maps) {
    const { key, digit, filter, stage, tensors, base, without } = state;
    const stem = `${key}-${layer.name}-${filter}-digit-${digit}-${stage}${without && "-off"}`;
    const found = [];
    if (maps) {
      found.push(button("picture .png", () => save(`${stem}.png`, () => picture(state))));
      found.push(button("map .csv", () => save(`${stem}.csv`, async () => table((await state.values()).data, layer.shape[1]))));
    }
    found.push(link(`${tensors}/${layer.name}.npy?stage=${stage}${maps ? `&filter=${filter}` : ""}${without}`, `${stem}.npy`, maps ? "map .npy" : "layer .npy"));
    if (layer.grid) {
      found.push(button("weights .csv", () => save(`${key}-${layer.name}-${filter}-weights.csv`, async () => long(layer, (await state.weights()).data, "weight"))));
      found.push(link(`${base}/layers/${layer.name}/kernel.npy?filter=${filter}`, `${key}-${layer.name}-${filter}-weights.npy`, "weights .npy"));
    }
    if (layer.kind === "Conv2D") {
      found.push(button("sums .csv", () => save(`${stem}-sums.csv`, async () => sums(await state.partial()))));
      found.push(link(`${tensors}/${layer.name}/partial.npy?filter=${filter}${without}`, `${stem}-sums.npy`, "sums .npy"));
    }
    if (layer.kind === "Dense") {
      found.push(link(`${tensors}/${layer.name}/terms.npy?filter=${filter}${state.selection.against === null ? "" : `&against=${state.selection.against}`}${without}`, `${stem}-terms.npy`, "terms .npy"));
    }
    return [...found, button("link to this view", () => document.getElementById("share").click())];
  }

  const link = (href, download, textContent) => c.make("a", { href, download, textContent });

  function button(textContent, act) {
    const element = c.make("button", { type: "button", textContent });
    element.addEventListener("click", () => Promise.resolve(act()).catch((problem) => c.say(problem.message)));
    return element;
  }

  async function save(download, content) {
    const made = await content();
    const href = URL.createObjectURL(made instanceof Blob ? made : new Blob([made], { type: "text/csv" }));
    link(href, download, "").click();
    setTimeout(() => URL.revokeObjectURL(href), 10_000);
  }

  /** Return rows of numbers, each in the fewest digits that name its float32. */
  function table(data, columns) {
    const rows = Array.from({ length: data.length / columns }, (_, row) => Array.from(data.subarray(row * columns, (row + 1) * columns), plain).join(","));
    return `${rows.join("\n")}\n`;
  }

  const plain = (value) => c.exact(value).replace("−", "-");

  /** Return one line per weight: slice, row, column, weight. */
  function long({ grid: [slices, , columns] }, data, name) {
    const rows = Array.from(data, (value, i) => [i % slices, Math.floor(i / slices / columns), Math.floor(i / slices) % columns, plain(value)].join(","));
    return `slice,row,column,${name}\n${rows.join("\n")}\n`;
  }

  const sums = ({ shape, data }) => long({ grid: [shape[2], shape[0], shape[1]] }, data, "sum");

  /** Return the enlarged map with its title and its scale, as a PNG. */
  function picture(state) {
    const seen = document.querySelector(".enlarged canvas");
    const scale = c.shownScale();
    const [wide, high] = [seen.width * ZOOM, seen.height * ZOOM];
    const sheet = c.make("canvas", { width: Math.max(wide, 320), height: high + 56 });
    const pen = sheet.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, sheet.width, sheet.height);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(seen, 0, 26, wide, high);
    pen.fillStyle = "#000";
    pen.font = "13px sans-serif";
    const title = `${state.key.toUpperCase()} ${state.layer.name} map ${state.filter}, ${state.stage}-activation, test digit ${state.digit}${state.without && `, off: ${c.offWords(c.offOf(state.selection.off, state.key))}`}`;
    pen.fillText(title, 4, 17);
    for (let x = 0; x < 120; x++) {
      pen.fillStyle = c.css(c.colour(scale, scale.low + ((scale.high - scale.low) * x) / 119));
      pen.fillRect(80 + x, high + 34, 1, 12);
    }
    pen.fillStyle = "#000";
    pen.textAlign = "right";
    pen.fillText(c.round(scale.low), 76, high + 45);
    pen.textAlign = "left";
    pen.fillText(c.round(scale.high), 204, high + 45);
    return new Promise((done) => sheet.toBlob(done, "image/png"));
  }
})((window.convlens ??= {}));
