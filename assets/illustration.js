/* What would raise a channel most: a picture climbed from noise, beside the strongest real digit. Asks for nothing until it is opened. */
(function (c) {
  "use strict";

  const GREY = { palette: "grey", low: 0, high: 1 };
  const WHOLE = [0, 0, 28, 28];
  const READING = "An illustration, not a digit: a picture climbed from noise. Another seed gives another one. The numbers are before activation.";

  let host = null; // one for all filters: open, it stays so from one to the next, and keeps its seed

  /** Return {element, follow}: the section, in the service of the channel of a plan. */
  c.illustration = function (plan) {
    host ??= build();
    host.plan = plan;
    return { element: host.details, follow: host.section.follow };
  };

  function build() {
    const details = c.make("details", { className: "asked illustration" }, c.make("summary", { textContent: "Illustration: what would raise it?" }), c.make("div"));
    const section = new c.Asked(details, { question, ask, paint });
    const another = button("Another seed", () => ((host.seed = (host.told.seed + 1) % host.told.seeds), section.follow()));
    const feed = button("Let the networks read it", () => section.asked === question() && c.change({ perturb: host.told.perturb, cell: host.told.cell, stage: "pre" }));
    const row = c.make("div", { className: "row", hidden: true }, another, feed);
    const pictures = c.make("div", { className: "asked-maps" });
    const words = c.make("p", { className: "told", ariaLive: "polite" });
    const recipe = c.make("p", { className: "reading" });
    const definition = c.make("p", { className: "reading" });
    section.fill(c.make("p", { className: "reading", textContent: READING }));
    section.body.append(pictures, words, row, recipe, c.make("details", {}, c.make("summary", { textContent: "How it is made" }), definition));
    return { details, section, feed, row, pictures, words, recipe, definition, seed: 7, plan: null, told: null };
  }

  const question = () => {
    const { plan: { key, layer, filter }, seed } = host;
    return `/api/models/${key}/layers/${layer.name}/filters/${filter}/illustration?seed=${seed}`;
  };

  /** Return a promise of what is told of an illustration, and of the pixels of the strongest test digit, null where that is unknown. */
  async function ask(address) {
    if (!host.told) c.write(host.words, "Climbing from noise…");
    const told = await c.json(address, c.wakingUp).finally(() => host.told || c.write(host.words, ""));
    const { digit } = told.strongest;
    return { told, pixels: digit === null ? null : await c.tensor(`/api/digits/${digit}.npy`) };
  }

  function paint(_, { told, pixels }) {
    const { plan, pictures, words, row, feed, recipe, definition } = host;
    const { total_variation: variation, squares } = told.regulariser;
    host.told = told;
    pictures.replaceChildren(...pair(told, pixels, plan));
    c.write(words, compared(told, plan));
    row.hidden = false;
    feed.hidden = !told.perturb;
    c.write(recipe, `Seed ${told.seed}, ${told.steps} steps; regulariser: total variation, weight ${variation}, and mean square, weight ${squares}.`);
    c.write(definition, `${told.definition} ${told.source}.`);
  }

  function pair({ levels, seed, sight, strongest, value }, pixels, { layer, filter, maps }) {
    const { digit, label, row, column } = strongest;
    const name = `${layer.name} ${maps ? "map" : "unit"} ${filter}`;
    const found = [];
    if (pixels) found.push(c.figure(`test digit ${digit}: ${c.round(strongest.value)}`, part(pixels.data, row === null ? WHOLE : seenBy(layer, [row, column])), GREY, `Test digit ${digit}, ${c.labelWords(digit, label)}, which raises ${name} most`));
    if (levels) found.push(c.figure(`illustration, seed ${seed}: ${c.round(value)}`, part(levels.flat().map((level) => level / 255), sight), GREY, `Illustration of ${name}, seed ${seed}`));
    return found;
  }

  /** Return a part of a picture, as `c.figure` takes it. */
  function part(pixels, [top, left, bottom, right]) {
    const shape = [bottom - top, right - left];
    return { shape, first: [top, left], data: Array.from({ length: shape[0] * shape[1] }, (_, i) => pixels[(top + Math.floor(i / shape[1])) * 28 + left + (i % shape[1])]) };
  }

  /** Return the pixels that a cell sees: [top, left, bottom, right]. */
  function seenBy(layer, cell) {
    const first = layer.sights.input.map(({ start, step }, axis) => start + cell[axis] * step);
    const sides = layer.sights.input.map(({ size }) => size);
    return [...first.map((at) => Math.max(0, at)), ...first.map((at, axis) => Math.min(28, at + sides[axis]))];
  }

  /** Say how far the climb went, beside the strongest test digit, and what is seen of the picture. */
  function compared({ seed, value, noise, cell, sight: [top, left, bottom, right], strongest }, { layer, filter }) {
    const number = `${layer.name}[${[...(cell ?? []), filter].join(", ")}]`;
    const digits = strongest.digit === null ? `at most ${c.round(strongest.value)} on a test digit` : `${c.round(strongest.value)} on the strongest test digit`;
    if (value === null) return `${number} does not respond to any step from seed ${seed}: it stays ${c.round(noise)}; ${digits}. Try another seed.`;
    const silent = layer.activation === "relu" && value <= 0 ? " Even this does not make it fire." : strongest.digit === null && value > 0 ? " No test digit makes it fire; this does." : "";
    const seen = cell ? ` Shown are the ${bottom - top}×${right - left} pixels that a cell sees; the rest of the illustration is black.` : "";
    return `${number} is ${c.round(value)} on the illustration; ${digits}; ${c.round(noise)} on the noise.${silent}${seen}`;
  }

  function button(textContent, act) {
    const element = c.make("button", { type: "button", textContent });
    element.addEventListener("click", act);
    return element;
  }
})((window.convlens ??= {}));
