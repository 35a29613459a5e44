/* Why this answer: the pixels that speak for it, by one of four explanations, and what these are worth. Asks for nothing until it is opened. */
(function (c) {
  "use strict";

  const METHODS = { gradient: "gradient", integrated: "integrated gradients", occlusion: "occlusion", gradcam: "Grad-CAM" };
  const convolutions = [...new Set(c.facts.models.flatMap(({ layers }) => layers.filter(({ kind }) => kind === "Conv2D").map(({ name }) => name)))];

  let host = null; // the section, once there is a digit, with its lists: {method, target, against}, and what is said of the method: words
  let shown = null; // the digit at hand: {selection, picture, keys}

  /** Explain what the networks say of the digit at hand, now if the section is open, else as soon as it is. */
  c.paintWhy = function (details, selection, picture, keys) {
    shown = { selection, picture, keys };
    host ??= build(details);
    host.show(selection);
  };

  function build(details) {
    const section = new c.Asked(details, { part: "why", question, ask, paint });
    const classes = Array.from({ length: 10 }, (_, digit) => [String(digit), String(digit)]);
    const methods = Object.entries(METHODS).flatMap(([key, words]) => (key === "gradcam" ? convolutions.map((name) => [`${key}.${name}`, `${words} of ${name}`]) : [[key, words]]));
    const method = section.choice("Explanation", methods);
    const target = section.choice("Class that is explained", [["", "its own answer"], ...classes]);
    const against = section.choice("Class that it is compared with", [["", "—"], ...classes]);
    const words = c.make("p", { className: "reading" });
    section.fill(method, c.make("div", { className: "row" }, c.make("label", {}, "why ", target), c.make("label", {}, "and not ", against)), words);
    return Object.assign(section, { method, target, against, words });
  }

  /** Return what is asked now: how, of which digit, and of each network why which class, and not which. */
  function question() {
    const { selection, picture, keys } = shown;
    const [method, layer] = host.method.value.split(".");
    const against = host.against.value;
    const networks = keys.map((key) => {
      const { logits } = picture.models[key];
      return { key, target: host.target.value || String(logits.indexOf(Math.max(...logits))), against };
    });
    return { method, layer, networks, digit: selection.digit, move: c.moveQuery(selection.perturb), off: selection.off };
  }

  const ask = (asked) => Promise.all(asked.networks.map((network) => explain(asked, network)));

  /** Return a promise of what is found of one network, or of the sentence that says why there is nothing. */
  async function explain({ method, layer, digit, move }, { key, target, against }) {
    const convolves = c.model(key).layers.some(({ kind, name }) => kind === "Conv2D" && name === layer);
    if (layer && !convolves) return { none: `Grad-CAM of ${layer} does not exist for ${c.name(key)}: it has no maps there.` };
    if (target === against) return { none: `${c.name(key)} is asked why ${target} and not ${against}: choose another class.` };
    const query = [`target=${target}`, against && `against=${against}`, layer && `layer=${layer}`, move].filter(Boolean).join("&");
    const address = `/api/models/${key}/digits/${digit}/why/${method}`;
    const [told, random, pixels] = await Promise.all([
      c.json(`${address}?${query}`, c.wakingUp), c.tensor(`${address}.npy?${query}&weights=random`, c.wakingUp), c.tensor(`/api/digits/${digit}.npy${move && `?${move}`}`, c.wakingUp),
    ]);
    return { told, pixels, trained: { shape: [told.values.length, told.values[0].length], data: told.values.flat() }, random, file: `${address}.npy?${query}` };
  }

  function paint({ networks, off }, found) {
    const explained = found.filter(({ told }) => told);
    const scale = explained.length ? c.scaleFor(explained.flatMap(({ trained }) => trained.data), explained[0].told.method === "gradcam" ? "sequential" : "diverging") : null;
    const first = explained[0]?.told;
    c.write(host.words, first ? `${first.definition} ${first.source}.${off ? " Of the whole network: nothing is switched off here." : ""}` : "");
    host.body.replaceChildren(...networks.map(({ key }, i) => block(key, found[i], scale)));
  }

  function block(key, { none, told, pixels, trained, random, file }, scale) {
    const section = c.make("section", { "aria-label": `Why, ${c.name(key)}`, "data-model": key }, none ? c.make("p", { textContent: none }) : "");
    if (none) return section;
    const hue = c.make("span", { className: "hue", textContent: c.name(key) });
    const what = `why ${told.target}${told.against === null ? "" : ` and not ${told.against}`}`;
    const where = told.layer ? ` · ${told.layer}, ${trained.shape.join("×")}` : "";
    const own = c.scaleFor(random.data, scale.palette);
    section.append(
      c.make("h3", {}, hue, ` ${what}${where}`),
      c.make("div", { className: "asked-maps" },
        c.figure("the digit", pixels, { palette: "grey", low: 0, high: 1 }, `The digit that ${c.name(key)} sees`),
        c.figure("trained", trained, scale, `${c.name(key)}, ${METHODS[told.method]}, ${what}`),
        c.figure(`untrained, seed ${told.seed}`, random, own, `${c.name(key)} with random weights, ${METHODS[told.method]}, ${what}`)),
      c.make("p", { className: "told", textContent: sum(told) }), chart(told), c.make("p", { className: "told", textContent: worth(told) }),
      c.fileLink("values as NPY", file, `convlens-${key}-${told.method}-${told.target}.npy`));
    return section;
  }

  /** Say what the logit is made of, and of integrated gradients how much of it their pixels miss. */
  function sum({ against, score, baseline, residual }) {
    const logit = `${against === null ? "Logit" : "Lead of the logit"} ${c.round(score)}, of a black picture ${c.round(baseline)}.`;
    if (residual === null) return logit;
    const added = score - baseline;
    return `${logit} All pixels add up to the difference, ${c.round(added)}, but for ${c.round(residual)} (${((100 * residual) / Math.abs(added || 1)).toFixed(2)} %).`;
  }

  const mean = (values) => values.reduce((total, value) => total + value, 0) / values.length;
  const means = ({ random, scores }) => scores.map((_, step) => mean(random.map((order) => order[step])));

  /** Say whether what is named is missed more than ink at random. */
  function worth({ deletion }) {
    const half = deletion.removed.indexOf(0.5);
    const all = deletion.random.length;
    const lower = deletion.random.filter((order) => mean(deletion.scores) < mean(order)).length;
    const verdict = lower === all ? ": it names what the network uses." : lower === 0 ? ": worse than chance here." : ".";
    return `Without the half of the ink that it names first: ${c.round(deletion.scores[half])}; without half of it at random: ${c.round(means(deletion)[half])}, mean of ${all} orders. On average lower than ${lower} of ${all} random orders${verdict}`;
  }

  /** Return the chart of the logit while ink is removed: most important first, and the mean of the random orders. */
  function chart({ deletion }) {
    const words = "logit while ink is set to black, from none to all: most important first (line), at random (dashes)";
    return c.newChart([means(deletion), deletion.scores], "Logit while ink is removed; in words below", words);
  }
})((window.convlens ??= {}));
