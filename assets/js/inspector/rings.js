/** The answers to strokes, direction by direction, as rings and as numbers. */
import { find, make } from "../core/element.js";
import { inFull, round, twoDecimals } from "../core/number.js";
import { showTip } from "../core/tip.js";

const RADIUS = 44; // of a ring, in its own units
const MARGIN = 4; // around it

/** @type {Record<string, string>} */
const AXES = {
  bar: "how it lies",
  edge: "light side",
  tight: "open side",
  wide: "open side",
  end: "side of the end",
};

/**
 * Return a text with a capital.
 * @param {string} text
 */
export const capital = (text) => text.replace(/^./, (first) => first.toUpperCase());

/**
 * Return an angle.
 * @param {number} degrees
 */
export const degreesOf = (degrees) => `${Number(degrees.toFixed(2))}°`;

/**
 * Return a family's answers around a ring, 0° to the right and 90° up; of bars, which have two ends, twice around.
 * @param {any} family
 * @param {number} most
 * @param {any} told
 */
export function ring(family, most, told) {
  const { key, title, turn, degrees, raised, lowered, selectivity, threshold } = family;
  const around = turn === 180
    ? [...degrees, ...degrees.map((/** @type {number} */ each) => each + 180)]
    : degrees;
  const size = 2 * (RADIUS + MARGIN);
  /** @type {(value: number, angle: number) => string} */
  const at = (value, angle) => {
    const [right, up] = [Math.cos((Math.PI * angle) / 180), Math.sin((Math.PI * angle) / 180)].map((part) =>
      (RADIUS * value * part) / most
    );
    return `${(size / 2 + right).toFixed(1)},${(size / 2 - up).toFixed(1)}`;
  };
  /** @param {number[]} values */
  const outline = (values) =>
    around.map((/** @type {number} */ angle, /** @type {number} */ i) => at(values[i % values.length], angle))
      .join(" ");
  const chosen = told.word?.kind === key;
  const figure = make("figure", { className: chosen ? "ring chosen" : "ring" });
  figure.innerHTML = `<svg viewBox="0 0 ${size} ${size}" role="img"><circle cx="${size / 2}" cy="${
    size / 2
  }" r="${RADIUS}"/><path d="M${MARGIN} ${size / 2}H${size - MARGIN}M${size / 2} ${MARGIN}V${
    size - MARGIN
  }"/><polygon class="dashes" points="${outline(lowered)}"/><polygon points="${outline(raised)}"/></svg>`;
  const picture = find(figure, "svg");
  picture.setAttribute("aria-label", ringWords(family));
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

/**
 * Say what a family of strokes does most.
 * @param {any} family
 */
function ringWords({ key, title, texts, degrees, raised, selectivity, threshold }) {
  const best = raised.indexOf(Math.max(...raised));
  const same = raised.every((/** @type {number} */ value) => value === raised[0]);
  const does = same
    ? `raised by ${round(raised[0])} in every direction`
    : `raised most, by ${round(raised[best])}, by ${texts[best]}, ${degreesOf(degrees[best])}`;
  const below = `of untrained filters below ${twoDecimals(threshold)}`;
  return `${title}, ${AXES[key]}: ${does}; selectivity ${twoDecimals(selectivity)}, ${below}`;
}

/**
 * Say the numbers of the direction that the pointer is in.
 * @param {any} family
 * @param {any} event
 */
function pointed({ turn, degrees, texts, raised, lowered, fired }, { clientX, clientY, currentTarget }) {
  const box = currentTarget.getBoundingClientRect();
  const angle = (Math.atan2(box.top + box.height / 2 - clientY, clientX - box.left - box.width / 2) * 180) /
    Math.PI;
  const i = Math.round((((angle % turn) + turn) % turn) / (turn / degrees.length)) % degrees.length;
  return `${texts[i]}, ${degreesOf(degrees[i])}: raises it by ${round(raised[i])}, lowers it by ${
    round(lowered[i])
  }; after activation ${round(fired[i])} at most`;
}

/**
 * Return all numbers as a table, for who cannot point at a ring.
 * @param {any} told
 */
export function strokeTable({ families, plain }) {
  const head = ["stroke", "direction", "raised", "lowered", "after activation"].map((textContent) =>
    make("th", { scope: "col", textContent })
  );
  /** @type {(name: string, degrees: string, ...values: number[]) => HTMLElement} */
  const line = (name, degrees, ...values) =>
    make(
      "tr",
      {},
      make("th", { scope: "row", textContent: name }),
      make("td", { textContent: degrees }),
      ...values.map((value) => make("td", { textContent: round(value), title: inFull(Math.fround(value)) })),
    );
  const lines = families.flatMap((/** @type {any} */ { degrees, texts, raised, lowered, fired }) =>
    degrees.map((/** @type {number} */ each, /** @type {number} */ i) =>
      line(texts[i], degreesOf(each), raised[i], lowered[i], fired[i])
    )
  );
  const others = plain.map((/** @type {any} */ { title, raised, lowered, fired }) =>
    line(title, "", raised, lowered, fired)
  );
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
