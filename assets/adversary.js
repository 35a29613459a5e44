/* What would change its mind: the smallest change found of the digit that makes a network say another class, of all other classes or of one. Asks for nothing until it is opened. */
(function (c) {
  "use strict";

  const GREY = { palette: "grey", low: 0, high: 1 };
  const WHITE = 255; // levels of grey above black
  const PICTURES = 6; // of the steps
  const NEAREST = "nearest"; // of all other classes
  const SECOND = "second"; // answer
  const SLOW = 400; // milliseconds, after which it is said that it takes longer

  let host = null; // the section, once there is a digit, with its list of classes, and what is said of the method: {target, words}
  let shown = null; // the digit at hand: {selection, keys}

  /** Seek what turns the networks' answers to the digit at hand, now if the section is open, else as soon as it is. */
  c.paintAdversary = function (details, selection, keys) {
    shown = { selection, keys };
    host ??= build(details);
    host.show(selection);
  };

  function build(details) {
    const section = new c.Asked(details, { part: "mind", question, ask, paint });
    const classes = Array.from({ length: 10 }, (_, digit) => [String(digit), String(digit)]);
    const target = section.choice("Class that the digit is to be taken for", [[NEAREST, "whatever is nearest"], [SECOND, "its second answer"], ...classes]);
    const words = c.make("p", { className: "reading" });
    const waiting = c.make("p", { className: "reading", role: "status" });
    section.fill(c.make("label", {}, "to be taken for ", target), words, waiting);
    return Object.assign(section, { target, words, waiting });
  }

  function question() {
    const { selection, keys } = shown;
    const { pair, digit, perturb, off } = selection;
    return { keys, pair, digit, off, move: c.moveQuery(perturb), target: host.target.value };
  }

  /** Return a promise of what is found of each network, and say how far that is while it takes long. */
  async function ask(asked) {
    const done = new Set();
    const tell = () => c.write(host.waiting, `Seeking the nearest picture for every other class: ${done.size} of ${asked.keys.length} networks done …`);
    const slow = setTimeout(tell, SLOW);
    const seeking = asked.keys.map((key) => seek(asked, key).then((found) => (done.add(key), host.waiting.textContent && tell(), found)));
    return Promise.all(seeking).finally(() => (clearTimeout(slow), c.write(host.waiting, "")));
  }

  const get = (address, ...query) => c.json(`${address}?${query.filter(Boolean).join("&")}`, c.wakingUp);

  /** Return a promise of what is found of one network, or of the sentence that says why there is nothing. */
  async function seek({ digit, move, target, pair }, key) {
    const verdict = (key, change) => get(`/api/models/${key}/digits/${digit}`, change);
    const { answer, logits } = await verdict(key, move);
    const wanted = target === NEAREST ? "" : target === SECOND ? String(second(logits)) : target;
    if (target === String(answer)) return { none: `${c.name(key)} takes this digit for a ${target} already: choose another class.` };
    let told;
    try {
      told = await get(`/api/models/${key}/digits/${digit}/adversary`, wanted && `target=${wanted}`, move);
    } catch (problem) {
      if (problem.status !== 404) throw problem;
      return { none: problem.message };
    }
    const other = pair.find((each) => each !== key);
    const both = other ? [move, `perturb=${told.perturb}`].map((change) => verdict(other, change)) : [];
    const [pixels, example, pictures, verdicts] = await Promise.all([
      c.tensor(`/api/digits/${digit}.npy?${move}`, c.wakingUp), read(told), Promise.all(places(told).map((step) => read(told.steps[step]))), Promise.all(both),
    ]);
    return { told, pixels, example, pictures, other, verdicts };
  }

  /** Return the class with the largest logit but one. */
  const second = (logits) => Array.from(logits.keys()).sort((a, b) => logits[b] - logits[a])[1];

  /** Return a promise of the picture that stands in an address. */
  async function read({ perturb }) {
    const levels = await c.readPixels(c.readMove(perturb).ink.split(":")[1]);
    return { shape: [28, 28], data: Float32Array.from(levels, (level) => level / WHITE) };
  }

  /** Return the steps that are shown as pictures: as far apart as can be. */
  const places = ({ steps }) => Array.from({ length: PICTURES }, (_, i) => Math.round((i * (steps.length - 1)) / (PICTURES - 1)));

  function paint({ keys, off }, found) {
    const all = found.filter(({ told }) => told);
    for (const each of all) each.change = { ...each.example, data: each.example.data.map((value, i) => value - each.pixels.data[i]) };
    const scale = all.length ? c.scaleFor(all.flatMap(({ change }) => [...change.data]), "diverging") : null;
    c.write(host.words, all.length ? `${all[0].told.definition} ${all[0].told.source}. Red is ink added, blue is ink taken away.${off ? " Of the whole networks: nothing is switched off here." : ""}` : "");
    host.body.replaceChildren(c.make("ul", { className: "told" }, ...keys.map((key, i) => c.make("li", { "data-model": key }, hue(key), ` ${far(key, found[i])}`))), ...keys.flatMap((key, i) => (found[i].told ? [block(key, found[i], scale)] : [])));
  }

  const hue = (key) => c.make("span", { className: "hue", textContent: c.name(key) });

  /** Say how far away the picture is, and whether another class is nearer; or why there is none. */
  function far(key, { none, told }) {
    if (none) return none;
    const { before, target, nearest, distances, l2, linf, levels, pixels } = told;
    const found = distances.filter((each) => each !== null).length;
    const tied = distances.flatMap((each, digit) => (each === l2 && digit !== target ? [digit] : []));
    const rank = target !== nearest ? `; ${nearest} is nearer, ${c.round(distances[nearest])}` : `, the nearest of ${found} classes${tied.length ? `, as near as ${tied.join(" and ")}` : ""}`;
    return `from ${before} to ${target}${rank}: ${c.round(l2)} away (L2, white is 1), no pixel by more than ${c.round(linf)} (L∞, ${Math.round(levels.linf)} of ${WHITE} levels), ${pixels} of 784 pixels changed`;
  }

  /** Return how far the nearest picture is that was found for each class, as bars. */
  function distances({ before, target, distances }) {
    const most = Math.max(...distances);
    const rows = distances.flatMap((length, digit) => {
      if (digit === before) return [];
      const bar = c.make("span", { className: "value-bar" });
      bar.style.width = `${(70 * (length ?? 0)) / most}%`;
      const cell = length === null ? c.make("td", { textContent: "none found" }) : c.make("td", { className: "bar-cell", title: c.exact(Math.fround(length)) }, bar, c.round(length));
      const row = c.make("tr", {}, c.make("th", { scope: "row", textContent: digit }), cell);
      if (digit === target) row.setAttribute("aria-current", "true");
      return [row];
    });
    return c.make("table", { className: "by-class" }, c.make("caption", { textContent: "Distance to the nearest picture found for each class (L2)" }), c.make("tbody", {}, ...rows));
  }

  function block(key, { told, pixels, change, example, pictures, other, verdicts }, scale) {
    const { before, target } = told;
    const name = c.name(key);
    const open = c.make("button", { type: "button", textContent: "Open in Explore", "aria-label": `Open in Explore what ${name} takes for a ${target}` });
    const { digit, perturb } = shown.selection;
    const written = c.moveQuery(perturb) ? {} : { reference: digit }; // against a digit that was changed before, more would show than this change
    open.addEventListener("click", () => c.move(told.perturb, true, written));
    const file = c.fileLink("picture as NPY", `/api/models/${key}/digits/${digit}/adversary.npy?${[`target=${target}`, c.moveQuery(perturb)].filter(Boolean).join("&")}`, `${key}-${c.fileStem(shown.selection)}-taken-for-${target}.npy`);
    return c.make("section", { "aria-label": `What would change its mind, ${name}`, "data-model": key },
      c.make("h3", {}, hue(key), ` from ${before} to ${target}`),
      c.make("div", { className: "asked-maps" },
        c.figure("the digit", pixels, GREY, `The digit that ${name} takes for a ${before}`),
        c.figure("difference", change, scale, `What is added to the digit for ${name}`),
        c.figure(`taken for a ${target}`, example, GREY, `The picture that ${name} takes for a ${target}`)),
      c.make("p", { className: "told", textContent: `An adversarial example: it shows where ${name}'s answer turns, here to ${c.saying(told)}, and not what a ${target} looks like to a person.${transfer(target, other, verdicts)}` }),
      distances(told), c.make("div", { className: "row" }, open), chart(told), steps(name, told, pictures), c.make("p", { className: "reading", textContent: "Some of the steps, and how far each is from the digit." }), file);
  }

  /** Say whether the other network is mistaken too. */
  function transfer(target, other, [then, now]) {
    if (!other) return "";
    if (then.answer === now.answer) return ` ${c.name(other)} says ${now.answer} to it, as to the digit.`;
    return ` ${c.name(other)} says ${now.answer} to it, and ${then.answer} to the digit: it ${now.answer === target ? "transfers" : "is mistaken otherwise"}.`;
  }

  /** Return the chart of both logits at every step. */
  function chart({ before, target, steps }) {
    const lines = [["before", "dashes"], ["target", ""]].map(([which, dash]) => ({ dash, values: steps.map((step) => step[`logit_${which}`]) }));
    return c.newChart(lines, `Logits of ${before} and ${target} at each step`, `logit of ${target} (line) and of ${before} (dashes) at each of ${steps.length} steps`, false);
  }

  /** Return some of the steps as pictures, each with its number and how far it is from the digit. */
  function steps(name, told, pictures) {
    const figure = (step, { data }) => {
      const words = `Step ${step + 1}, ${c.round(told.steps[step].l2)} from the digit`;
      const canvas = c.paintValues(c.canvas(`${words}, ${name}`), 28, 28, (i) => data[i], GREY);
      return c.make("figure", {}, canvas, c.make("figcaption", {}, `step ${step + 1}`, c.make("br"), c.round(told.steps[step].l2)));
    };
    return c.make("div", { className: "asked-steps", role: "group", "aria-label": `Steps, ${name}` }, ...places(told).map((step, i) => figure(step, pictures[i])));
  }
})((window.convlens ??= {}));
