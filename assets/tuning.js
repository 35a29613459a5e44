/* What a filter is tuned to: its answers to a bank of drawn strokes, direction by direction, and the word for what it prefers. */
(function (c) {
  "use strict";

  const GREY = { palette: "grey", low: 0, high: 1 };
  const RADIUS = 44; // of a ring, in its own units
  const MARGIN = 4; // around it
  const AXES = { bar: "how it lies", edge: "light side", tight: "open side", wide: "open side", end: "side of the end" };

  /** Say in a few words what a filter is tuned to, "" where that is not clear or was not measured. */
  c.tunedTo = ({ words }, filter) => (words?.[filter] ? `tuned to ${words[filter]}` : "");

  (c.parts ??= {}).tuning = {
    short: "tuning",
    question: "What is it tuned to?",
    fits: ({ kind }) => kind === "Conv2D",
    reading: () => "Its answers to a bank of drawn strokes, not to digits: how far each one raises or lowers it, before activation, from empty paper. Measured with nothing switched off.",
    build(body, { key, layer, filter }) {
      if (!layer.words) {
        body.append(c.make("p", {}, `Not measured on ${c.name(key)} yet: `, c.make("code", { textContent: `python -m models.analysis.tuning ${key}` }), " measures it."));
        return async () => {};
      }
      let done = false;
      return async (state) => {
        state.tell("tuning", layer.words[filter] ? `It is ${c.tunedTo(layer, filter)}` : "It has no clear tuning");
        if (done) return;
        const told = await c.json(`${state.base}/layers/${layer.name}/filters/${filter}/tuning`);
        done = true;
        body.replaceChildren(...content(told));
      };
    },
  };

  function content(told) {
    const most = largest(told);
    const rings = told.families.map((family) => ring(family, most, told));
    return [
      c.make("div", { className: "tuned" }, stroke(told.stimulus), c.make("div", {}, ...verdict(told))),
      c.make("p", { className: "reading", textContent: `Around each ring, the directions; outwards, how far a stroke raises it (filled) or lowers it (dashes): 0 in the middle, ${c.round(most)} at the rim of every ring. Under a ring, its selectivity, 1 where a single direction does it all, and in brackets what ${told.percentile} % of untrained filters stay below.` }),
      c.make("div", { className: "rings" }, ...rings),
      c.make("p", { className: "told", textContent: `Without a direction: ${told.plain.map(({ title, raised, lowered }) => `${title} ${signed(raised, lowered)}`).join(", ")}.` }),
      c.make("p", { className: "told", textContent: shares(told) }),
      numbers(told),
      c.make("details", {}, c.make("summary", { textContent: "How it is measured" }), c.make("p", { className: "reading", textContent: `${told.tensor} ${told.definition} ${told.source}.` })),
    ];
  }

  /** Return the most that any stroke with a direction raises or lowers the filter by. */
  const largest = ({ families }) => Math.max(1e-30, ...families.flatMap(({ raised, lowered }) => [...raised, ...lowered]));

  /** Return a stroke as a small picture that opens it. */
  function stroke({ levels, perturb, text }) {
    const pixels = levels.flat();
    const canvas = c.paintValues(c.make("canvas", { "aria-hidden": "true" }), 28, 28, (i) => pixels[i] / 255, GREY);
    const name = `Let the networks read the stroke: ${text}`;
    const button = c.make("button", { type: "button", className: "digit-button", title: name, "aria-label": name }, canvas);
    button.addEventListener("click", () => c.change({ perturb, cell: null }));
    return button;
  }

  /** Say the word and its number, or that there is none; and what the stroke beside it does. */
  function verdict({ word, stimulus, strongest, families, paper, percentile, layer }) {
    const does = ({ raised, fired }) => (raised > 0 ? `raises it by ${c.round(raised)}, to ${c.round(raised + paper)}; after activation ${c.round(fired)}` : "does not raise it");
    const said = [c.make("p", { className: "word", textContent: word ? capital(word.text) : "No clear tuning" })];
    if (word) {
      const direction = word.degrees === null ? "" : `, direction ${Math.round(word.degrees)}°`;
      said.push(c.make("p", { className: "told", textContent: `Selectivity ${c.short(word.selectivity)}${direction}; ${percentile} % of untrained filters of ${layer} stay below ${c.short(word.threshold)}.` }));
      said.push(c.make("p", { className: "told", textContent: `The stroke shown ${does(stimulus)}.${stimulus.text === strongest.text && stimulus.degrees === strongest.degrees ? "" : ` Most of all, ${c.round(strongest.raised)}: ${strongest.text}.`}` }));
    } else if (stimulus.raised > 0) {
      const passing = families.filter(({ selectivity, threshold }) => selectivity > threshold).map(({ title }) => title);
      const reason = passing.length
        ? `More selective for ${passing.join(" and ")} than ${percentile} % of untrained filters, but the direction differs from place to place, or something else raises it clearly more.`
        : `No selectivity above what ${percentile} % of untrained filters stay below.`;
      said.push(c.make("p", { className: "told", textContent: reason }));
      said.push(c.make("p", { className: "told", textContent: `What raises it most of all, shown here: ${stimulus.text}. It ${does(stimulus)}.` }));
    } else {
      said.push(c.make("p", { className: "told", textContent: "Nothing in the bank raises it above what it is on empty paper." }));
    }
    return said;
  }

  const capital = (text) => text.replace(/^./, (first) => first.toUpperCase());
  const signed = (raised, lowered) => (raised && lowered ? `+${c.round(raised)} and −${c.round(lowered)}` : raised ? `+${c.round(raised)}` : lowered ? `−${c.round(lowered)}` : "0");
  const degreesOf = (degrees) => `${Number(degrees.toFixed(2))}°`;

  /** Say how many filters of the layer have a word, and of the same layer untrained. */
  function shares({ layer, layer_words: { trained, untrained } }) {
    const share = ({ words, filters }) => `${words} of ${filters.toLocaleString("en")} (${((100 * words) / filters).toFixed(0)} %)`;
    return `In ${layer} ${share(trained)} filters have a word; of the same layer with random weights, ${share(untrained)}.`;
  }

  /** Return a family's answers around a ring, 0° to the right and 90° up; of bars, which have two ends, twice around. */
  function ring(family, most, told) {
    const { key, title, turn, degrees, raised, lowered, selectivity, threshold } = family;
    const around = turn === 180 ? [...degrees, ...degrees.map((each) => each + 180)] : degrees;
    const size = 2 * (RADIUS + MARGIN);
    const at = (value, angle) => {
      const [right, up] = [Math.cos((Math.PI * angle) / 180), Math.sin((Math.PI * angle) / 180)].map((part) => (RADIUS * value * part) / most);
      return `${(size / 2 + right).toFixed(1)},${(size / 2 - up).toFixed(1)}`;
    };
    const outline = (values) => around.map((angle, i) => at(values[i % values.length], angle)).join(" ");
    const best = raised.indexOf(Math.max(...raised));
    const chosen = told.word?.kind === key;
    const does = raised.every((value) => value === raised[0]) ? `raised by ${c.round(raised[0])} in every direction` : `raised most, by ${c.round(raised[best])}, by ${family.texts[best]}, ${degreesOf(degrees[best])}`;
    const name = `${title}, ${AXES[key]}: ${does}; selectivity ${c.short(selectivity)}, of untrained filters below ${c.short(threshold)}`;
    const figure = c.make("figure", { className: chosen ? "ring chosen" : "ring" });
    figure.innerHTML = `<svg viewBox="0 0 ${size} ${size}" role="img"><circle cx="${size / 2}" cy="${size / 2}" r="${RADIUS}"/><path d="M${MARGIN} ${size / 2}H${size - MARGIN}M${size / 2} ${MARGIN}V${size - MARGIN}"/><polygon class="dashes" points="${outline(lowered)}"/><polygon points="${outline(raised)}"/></svg>`;
    const picture = figure.firstChild;
    picture.setAttribute("aria-label", name);
    picture.addEventListener("pointermove", (event) => c.tip(event, pointed(family, event)));
    picture.addEventListener("pointerleave", () => c.tip(null));
    figure.append(c.make("figcaption", {}, c.make("b", { textContent: capital(title) }), c.make("span", { textContent: AXES[key] }), c.make("span", { textContent: `${c.short(selectivity)} (${c.short(threshold)})` })));
    return figure;
  }

  /** Say the numbers of the direction that the pointer is in. */
  function pointed({ turn, degrees, texts, raised, lowered, fired }, { clientX, clientY, currentTarget }) {
    const box = currentTarget.getBoundingClientRect();
    const angle = (Math.atan2(box.top + box.height / 2 - clientY, clientX - box.left - box.width / 2) * 180) / Math.PI;
    const i = Math.round((((angle % turn) + turn) % turn) / (turn / degrees.length)) % degrees.length;
    return `${texts[i]}, ${degreesOf(degrees[i])}: raises it by ${c.round(raised[i])}, lowers it by ${c.round(lowered[i])}; after activation ${c.round(fired[i])} at most`;
  }

  /** Return all numbers as a table, for who cannot point at a ring. */
  function numbers({ families, plain }) {
    const head = ["stroke", "direction", "raised", "lowered", "after activation"].map((textContent) => c.make("th", { scope: "col", textContent }));
    const line = (name, degrees, ...values) => c.make("tr", {}, c.make("th", { scope: "row", textContent: name }), c.make("td", { textContent: degrees }), ...values.map((value) => c.make("td", { textContent: c.round(value), title: c.exact(Math.fround(value)) })));
    const lines = families.flatMap(({ degrees, texts, raised, lowered, fired }) => degrees.map((each, i) => line(texts[i], degreesOf(each), raised[i], lowered[i], fired[i])));
    const others = plain.map(({ title, raised, lowered, fired }) => line(title, "", raised, lowered, fired));
    const table = c.make("table", {}, c.make("thead", {}, c.make("tr", {}, ...head)), c.make("tbody", {}, ...lines, ...others));
    const scroll = c.make("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Answers to all strokes" }, table);
    return c.make("details", {}, c.make("summary", { textContent: `All ${lines.length + others.length} answers as numbers` }), scroll);
  }
})((window.convlens ??= {}));
