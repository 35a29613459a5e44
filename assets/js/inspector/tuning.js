/** What a filter is tuned to: its answers to a bank of drawn strokes, direction by direction, and the word for what it prefers. */
import { paintValues } from "../core/canvas.js";
import { tunedTo } from "../core/channel.js";
import { find, make } from "../core/element.js";
import { nameOf } from "../core/facts.js";
import { getJson } from "../core/fetching.js";
import { inFull, round, twoDecimals } from "../core/number.js";
import { store } from "../core/store.js";
import { showTip } from "../core/tip.js";

const GREY = { palette: "grey", low: 0, high: 1 };
const RADIUS = 44; // of a ring, in its own units
const MARGIN = 4; // around it
const AXES = {
  bar: "how it lies",
  edge: "light side",
  tight: "open side",
  wide: "open side",
  end: "side of the end",
};

export const tuningPart = {
  short: "tuning",
  question: "What is it tuned to?",
  fits: ({ layer }) => layer.kind === "Conv2D",
  reading: () =>
    "Its answers to a bank of drawn strokes, not to digits: how far each one raises or lowers it, before activation, from empty paper. Measured with nothing switched off.",
  build(body, { key, layer, filter }) {
    if (!layer.words) {
      body.append(
        make(
          "p",
          {},
          `Not measured on ${nameOf(key)} yet: `,
          make("code", { textContent: `python -m models.analysis.tuning ${key}` }),
          " measures it.",
        ),
      );
      return { fill: async () => {} };
    }
    let done = false;
    const fill = async (state) => {
      state.tell(
        "tuning",
        layer.words[filter] ? `It is ${tunedTo(layer, filter)}` : "It has no clear tuning",
      );
      if (done) return;
      const told = await getJson(`${state.base}/layers/${layer.name}/filters/${filter}/tuning`);
      done = true;
      body.replaceChildren(...content(told));
    };
    return { fill };
  },
};

function content(told) {
  const most = largest(told);
  const rings = told.families.map((family) => ring(family, most, told));
  return [
    make("div", { className: "tuned" }, stroke(told.stimulus), make("div", {}, ...verdict(told))),
    make("p", {
      className: "reading",
      textContent:
        `Around each ring, the directions; outwards, how far a stroke raises it (filled) or lowers it (dashes): 0 in the middle, ${
          round(most)
        } at the rim of every ring. Under a ring, its selectivity, 1 where a single direction does it all, and in brackets what ${told.percentile} % of untrained filters stay below.`,
    }),
    make("div", { className: "rings" }, ...rings),
    make("p", {
      className: "told",
      textContent: `Without a direction: ${
        told.plain.map(({ title, raised, lowered }) => `${title} ${signed(raised, lowered)}`).join(", ")
      }.`,
    }),
    make("p", { className: "told", textContent: shares(told) }),
    numbers(told),
    make(
      "details",
      {},
      make("summary", { textContent: "How it is measured" }),
      make("p", { className: "reading", textContent: `${told.tensor} ${told.definition} ${told.source}.` }),
    ),
  ];
}

/** Return the most that any stroke with a direction raises or lowers the filter by. */
const largest = ({ families }) =>
  Math.max(1e-30, ...families.flatMap(({ raised, lowered }) => [...raised, ...lowered]));

/** Return a stroke as a small picture that opens it. */
function stroke({ levels, perturb, text }) {
  const pixels = levels.flat();
  const canvas = paintValues(make("canvas", { "aria-hidden": "true" }), 28, 28, (i) => pixels[i] / 255, GREY);
  const name = `Let the networks read the stroke: ${text}`;
  const button = make("button", {
    type: "button",
    className: "digit-button",
    title: name,
    "aria-label": name,
  }, canvas);
  button.addEventListener("click", () => store.change({ perturb, cell: null }));
  return button;
}

/** Say the word and its number, or that there is none; and what the stroke beside it does. */
function verdict(told) {
  const { word, stimulus } = told;
  const title = make("p", { className: "word", textContent: word ? capital(word.text) : "No clear tuning" });
  const sentences = word ? tuned(told) : stimulus.raised > 0 ? untuned(told) : [NOTHING];
  return [title, ...sentences.map((textContent) => make("p", { className: "told", textContent }))];
}

const NOTHING = "Nothing in the bank raises it above what it is on empty paper.";

function tuned({ word, stimulus, strongest, paper, percentile, layer }) {
  const direction = word.degrees === null ? "" : `, direction ${Math.round(word.degrees)}°`;
  const below = `${percentile} % of untrained filters of ${layer} stay below ${twoDecimals(word.threshold)}`;
  const same = stimulus.text === strongest.text && stimulus.degrees === strongest.degrees;
  const most = same ? "" : ` Most of all, ${round(strongest.raised)}: ${strongest.text}.`;
  return [
    `Selectivity ${twoDecimals(word.selectivity)}${direction}; ${below}.`,
    `The stroke shown ${does(stimulus, paper)}.${most}`,
  ];
}

function untuned({ stimulus, families, paper, percentile }) {
  const passing = families.filter(({ selectivity, threshold }) => selectivity > threshold);
  const titles = passing.map(({ title }) => title).join(" and ");
  const differs = "the direction differs from place to place, or something else raises it clearly more";
  return [
    titles
      ? `More selective for ${titles} than ${percentile} % of untrained filters, but ${differs}.`
      : `No selectivity above what ${percentile} % of untrained filters stay below.`,
    `What raises it most of all, shown here: ${stimulus.text}. It ${does(stimulus, paper)}.`,
  ];
}

/** Say what a stroke does to the filter. */
function does({ raised, fired }, paper) {
  if (!(raised > 0)) return "does not raise it";
  return `raises it by ${round(raised)}, to ${round(raised + paper)}; after activation ${round(fired)}`;
}

const capital = (text) => text.replace(/^./, (first) => first.toUpperCase());
const signed = (
  raised,
  lowered,
) => (raised && lowered
  ? `+${round(raised)} and −${round(lowered)}`
  : raised
  ? `+${round(raised)}`
  : lowered
  ? `−${round(lowered)}`
  : "0");
const degreesOf = (degrees) => `${Number(degrees.toFixed(2))}°`;

/** Say how many filters of the layer have a word, and of the same layer untrained. */
function shares({ layer, layer_words: { trained, untrained } }) {
  const share = ({ words, filters }) =>
    `${words} of ${filters.toLocaleString("en")} (${((100 * words) / filters).toFixed(0)} %)`;
  return `In ${layer} ${share(trained)} filters have a word; of the same layer with random weights, ${
    share(untrained)
  }.`;
}

/** Return a family's answers around a ring, 0° to the right and 90° up; of bars, which have two ends, twice around. */
function ring(family, most, told) {
  const { key, title, turn, degrees, raised, lowered, selectivity, threshold } = family;
  const around = turn === 180 ? [...degrees, ...degrees.map((each) => each + 180)] : degrees;
  const size = 2 * (RADIUS + MARGIN);
  const at = (value, angle) => {
    const [right, up] = [Math.cos((Math.PI * angle) / 180), Math.sin((Math.PI * angle) / 180)].map((part) =>
      (RADIUS * value * part) / most
    );
    return `${(size / 2 + right).toFixed(1)},${(size / 2 - up).toFixed(1)}`;
  };
  const outline = (values) => around.map((angle, i) => at(values[i % values.length], angle)).join(" ");
  const best = raised.indexOf(Math.max(...raised));
  const chosen = told.word?.kind === key;
  const does = raised.every((value) => value === raised[0])
    ? `raised by ${round(raised[0])} in every direction`
    : `raised most, by ${round(raised[best])}, by ${family.texts[best]}, ${degreesOf(degrees[best])}`;
  const name = `${title}, ${AXES[key]}: ${does}; selectivity ${
    twoDecimals(selectivity)
  }, of untrained filters below ${twoDecimals(threshold)}`;
  const figure = make("figure", { className: chosen ? "ring chosen" : "ring" });
  figure.innerHTML = `<svg viewBox="0 0 ${size} ${size}" role="img"><circle cx="${size / 2}" cy="${
    size / 2
  }" r="${RADIUS}"/><path d="M${MARGIN} ${size / 2}H${size - MARGIN}M${size / 2} ${MARGIN}V${
    size - MARGIN
  }"/><polygon class="dashes" points="${outline(lowered)}"/><polygon points="${outline(raised)}"/></svg>`;
  const picture = find(figure, "svg");
  picture.setAttribute("aria-label", name);
  picture.addEventListener("pointermove", (event) => showTip(event, pointed(family, event)));
  picture.addEventListener("pointerleave", () => showTip(null));
  figure.append(
    make(
      "figcaption",
      {},
      make("b", { textContent: capital(title) }),
      make("span", { textContent: AXES[key] }),
      make("span", { textContent: `${twoDecimals(selectivity)} (${twoDecimals(threshold)})` }),
    ),
  );
  return figure;
}

/** Say the numbers of the direction that the pointer is in. */
function pointed({ turn, degrees, texts, raised, lowered, fired }, { clientX, clientY, currentTarget }) {
  const box = currentTarget.getBoundingClientRect();
  const angle = (Math.atan2(box.top + box.height / 2 - clientY, clientX - box.left - box.width / 2) * 180) /
    Math.PI;
  const i = Math.round((((angle % turn) + turn) % turn) / (turn / degrees.length)) % degrees.length;
  return `${texts[i]}, ${degreesOf(degrees[i])}: raises it by ${round(raised[i])}, lowers it by ${
    round(lowered[i])
  }; after activation ${round(fired[i])} at most`;
}

/** Return all numbers as a table, for who cannot point at a ring. */
function numbers({ families, plain }) {
  const head = ["stroke", "direction", "raised", "lowered", "after activation"].map((textContent) =>
    make("th", { scope: "col", textContent })
  );
  const line = (name, degrees, ...values) =>
    make(
      "tr",
      {},
      make("th", { scope: "row", textContent: name }),
      make("td", { textContent: degrees }),
      ...values.map((value) => make("td", { textContent: round(value), title: inFull(Math.fround(value)) })),
    );
  const lines = families.flatMap(({ degrees, texts, raised, lowered, fired }) =>
    degrees.map((each, i) => line(texts[i], degreesOf(each), raised[i], lowered[i], fired[i]))
  );
  const others = plain.map(({ title, raised, lowered, fired }) => line(title, "", raised, lowered, fired));
  const table = make(
    "table",
    {},
    make("thead", {}, make("tr", {}, ...head)),
    make("tbody", {}, ...lines, ...others),
  );
  const scroll = make("div", {
    className: "scroll",
    tabIndex: 0,
    role: "region",
    "aria-label": "Answers to all strokes",
  }, table);
  return make(
    "details",
    {},
    make("summary", { textContent: `All ${lines.length + others.length} answers as numbers` }),
    scroll,
  );
}
