/* Why this answer: the pixels that speak for it, by one of four explanations, and what these are worth. Asks for nothing until it is opened. */
(function (c) {
  "use strict";

  const METHODS = { gradient: "gradient", integrated: "integrated gradients", occlusion: "occlusion", gradcam: "Grad-CAM" };
  /* What is removed first, by the name of its order: in words, and the line of it; those without one are told in the table alone. */
  const ORDERS = {
    scores: { words: "what it names", dash: "" },
    brightest: { words: "the brightest ink", dash: "dashes" },
    untrained: { words: "what the untrained network names", dash: "dots" },
    random: { words: "ink at random", dash: "dash-dots" },
    thickest: { words: "the thickest ink, by the 5×5 around" },
    middle: { words: "the ink nearest to the middle" },
  };
  const SIDES = ["top", "bottom", "left", "right"];
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
    const [told, pixels] = await Promise.all([c.json(`${address}?${query}`, c.wakingUp), c.tensor(`/api/digits/${digit}.npy${move && `?${move}`}`, c.wakingUp)]);
    const [trained, untrained] = [told.values, told.untrained].map((rows) => ({ shape: [rows.length, rows[0].length], data: rows.flat() }));
    return { told, pixels, trained, untrained, file: `${address}.npy?${query}` };
  }

  function paint({ networks, off }, found) {
    const explained = found.filter(({ told }) => told);
    const scale = explained.length ? c.scaleFor(explained.flatMap(({ trained }) => trained.data), explained[0].told.method === "gradcam" ? "sequential" : "diverging") : null;
    const first = explained[0]?.told;
    c.write(host.words, first ? `${first.definition} ${first.source}.${off ? " Of the whole network: nothing is switched off here." : ""}` : "");
    host.body.replaceChildren(...networks.map(({ key }, i) => block(key, found[i], scale)));
  }

  function block(key, { none, told, pixels, trained, untrained, file }, scale) {
    const section = c.make("section", { "aria-label": `Why, ${c.name(key)}`, "data-model": key }, none ? c.make("p", { textContent: none }) : "");
    if (none) return section;
    const hue = c.make("span", { className: "hue", textContent: c.name(key) });
    const what = `why ${told.target}${told.against === null ? "" : ` and not ${told.against}`}`;
    const where = told.layer ? ` · ${told.layer}, ${trained.shape.join("×")}` : "";
    const own = c.scaleFor(untrained.data, scale.palette);
    section.append(
      c.make("h3", {}, hue, ` ${what}${where}`),
      c.make("div", { className: "asked-maps" },
        c.figure("the digit", pixels, { palette: "grey", low: 0, high: 1 }, `The digit that ${c.name(key)} sees`),
        c.figure("trained", trained, scale, `${c.name(key)}, ${METHODS[told.method]}, ${what}`),
        c.figure(`untrained, seed ${told.seed}`, untrained, own, `${c.name(key)} with random weights, ${METHODS[told.method]}, ${what}`)),
      c.make("p", { className: "told", textContent: sum(told) }), chart(told), orders(told), c.make("p", { className: "told worth", textContent: worth(told) }), c.make("p", { className: "reading", textContent: spread(told) }),
      c.fileLink("values as NPY", file, `${key}-${c.fileStem(shown.selection)}-why-${told.target}${told.against === null ? "" : `-not-${told.against}`}-${told.method}${told.layer ? `-${told.layer}` : ""}.npy`));
    return section;
  }

  /** Say what the logit is made of, and of integrated gradients how much of it their pixels miss. */
  function sum({ against, score, baseline, residual }) {
    const logit = `${against === null ? "Logit" : "Lead of the logit"} ${c.round(score)}, of a black picture ${c.round(baseline)}.`;
    if (residual === null) return logit;
    const added = score - baseline;
    return `${logit} All pixels add up to the difference, ${c.round(added)}, but for ${c.round(residual)}${added ? ` (${c.percent(Math.abs(residual / added), 2)})` : ""}.`;
  }

  const logitOf = ({ against }) => (against === null ? "logit" : "lead");

  /** Return the orders that are told of: of those from a side, that which goes down furthest. */
  function named({ deletion: { means } }) {
    const side = SIDES.reduce((best, each) => (means[each] < means[best] ? each : best));
    return { ...ORDERS, [side]: { words: `the ink nearest to the ${side}` } };
  }

  /** Return a curve by the name of its order; of the random ones their mean. */
  const curve = ({ deletion }, name) => (name === "random" ? deletion.scores.map((_, step) => mean(deletion.random.map((order) => order[step]))) : deletion[name]);
  const mean = (values) => values.reduce((total, value) => total + value, 0) / values.length;

  /** Return the chart of the logit while ink is removed, in four orders; their names stand in the table. */
  function chart(told) {
    const lines = Object.entries(ORDERS).filter(([, { dash }]) => dash !== undefined).map(([name, { dash }]) => ({ values: curve(told, name), dash }));
    return c.newChart(lines.reverse(), `${logitOf(told)} while ink is removed; in numbers below`, `${logitOf(told)} while ink is set to black, from none of it to all`);
  }

  /** Return what the lines of the chart are, and their numbers. */
  function orders(told) {
    const { deletion } = told;
    const half = deletion.removed.indexOf(0.5);
    const cells = (name) => [curve(told, name)[half], deletion.means[name]].map((value) => c.make("td", { textContent: c.round(value), title: c.exact(Math.fround(value)) }));
    const rows = Object.entries(named(told)).map(([name, { words, dash }]) => {
      const title = name === "random" ? `${words}, mean of ${deletion.random.length}` : words;
      const line = dash === undefined ? c.make("span", { className: "swatch" }) : c.swatch(dash);
      return c.make("tr", { className: `order-${name}` }, c.make("th", { scope: "row" }, c.make("span", { className: "named" }, line, title)), ...cells(name));
    });
    const head = ["removed first", "half way", "mean"].map((textContent) => c.make("th", { scope: "col", textContent }));
    return c.make("table", { className: "orders" }, c.make("caption", { className: "unseen", textContent: `The ${logitOf(told)} while ink is removed` }), c.make("thead", {}, c.make("tr", {}, ...head)), c.make("tbody", {}, ...rows));
  }

  /** Say whether its order lowers the logit further than orders do that cannot know what the network uses. */
  function worth(told) {
    const { means, lower_than: lower, random, p, passes } = told.deletion;
    const orders = named(told);
    const rivals = Object.keys(orders).filter((name) => name !== "scores" && name !== "random");
    const each = (names) => new Intl.ListFormat("en", { type: "disjunction" }).format(names.map((name) => `${orders[name].words.split(",")[0]} (${c.round(means[name])})`));
    const [beaten, others] = [true, false].map((is) => rivals.filter((name) => lower.includes(name) === is));
    const compared = [beaten.length && `further than ${each(beaten)}`, others.length && `no further than ${each(others)}`].filter(Boolean).join(", but ");
    const low = Math.round(p * (1 + random.length)) - 1;
    const chance = `${low || "none"} of ${random.length} random orders ${low > 1 ? "are" : "is"} as low (p = ${c.round(p)})`;
    const verdict = passes ? "On this digit it tells more than brightness, place, an untrained network or chance do." : "On this digit that is no sign of what the network uses.";
    return `Removing what it names first takes the ${logitOf(told)} to ${c.round(means.scores)} on average over the way: ${compared}; ${chance}. ${verdict}`;
  }

  /** Say which differences count. */
  const spread = ({ deletion }) => `A mean counts as further down only if it is so by more than ${c.round(deletion.spread)}, the standard deviation of the random orders' means.`;
})((window.convlens ??= {}));
