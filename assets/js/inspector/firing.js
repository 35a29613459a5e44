/** What makes a filter fire: the test images that excite it most, and what the survey of all of them counted. */
import { classes, Member, member, members, nouns, SIDES } from "../core/image.js";
import { fateWords, rankedBy } from "../core/channel.js";
import { labelWords } from "../core/image_words.js";
import { fillList, make, write } from "../core/element.js";
import { facts } from "../core/facts.js";
import { chance, inFull, percent, round } from "../core/number.js";
import { boxOn, partOf } from "../core/receptive_field.js";
import { store } from "../core/store.js";
import { openingButton } from "../figures/image_button.js";

/** @import { Plan, State } from "./state.js" */

/** @type {import("./parts.js").Part} */
export const firingPart = {
  question: "What makes it fire?",
  fits: () => true,
  reading: ({ layer, maps, last }) => {
    const what = rankedBy(layer, last);
    const which = what ? `with the largest ${what}` : "on which it is strongest";
    const why = what
      ? `Ranked by ${what}, because many tie behind ${layer.activation}; all else is measured after activation,`
      : "Measured after activation,";
    return `The nine ${members} ${which}${
      maps ? ", with the place that its strongest cell sees" : ""
    }; and what it does over all ${
      facts.images.count.toLocaleString("en")
    }. ${why} with nothing switched off.`;
  },
  build(body, plan) {
    const nine = make("div", { className: "nine" });
    const note = make("p", { className: "reading" });
    const numbers = make("dl", { className: "numbers" });
    const classes = make("table", { className: "by-class" });
    const sort = make("button", {
      type: "button",
      textContent: rankedBy(plan.layer, plan.last)
        ? `Sort the wall by its ${rankedBy(plan.layer, plan.last)}`
        : "Sort the wall by how strongly it fires",
    });
    const { illustration } = plan.frame.inspector;
    body.append(nine, note, illustration.serve(plan), numbers, classes, sort);
    let done = false;
    const fill = async (/** @type {State} */ state) => {
      illustration.follow();
      sort.onclick = () =>
        store.change({
          wall: { ...state.selection.wall, sort: `${state.key}.${plan.layer.name}.${plan.filter}` },
        });
      if (done) return;
      const about = await state.about();
      done = true;
      const firing = about.strongest.filter((/** @type {any} */ { value }) =>
        about.ranked === "pre" || value !== 0
      );
      nine.replaceChildren(
        ...(firing.length
          ? firing.map((/** @type {any} */ each) => strong(each, state, rankedBy(plan.layer, plan.last)))
          : [make("p", { textContent: `No ${member} makes it fire.` })]),
      );
      write(note, ties(about.strongest));
      sort.hidden = !firing.length;
      fillList(numbers, told(about, state, plan));
      fillClasses(classes, about.by_class);
    };
    return { fill };
  },
};

/**
 * Say of images that are equally strong that others may be too: nine are known, of a dead channel none.
 * @param {any[]} strongest
 */
function ties(strongest) {
  const least = strongest.at(-1)?.value;
  const equal = strongest.filter(({ value }) => value === least).length;
  return equal > 1 && least !== 0
    ? `${
      equal === strongest.length ? "All" : `The last ${equal}`
    } are equally strong, and more ${nouns} may be: these are the first by number.`
    : "";
}

/**
 * Return an image that excites a channel most.
 * @param {any} digit
 * @param {State} state
 * @param {string} what they are ranked by
 */
function strong({ digit, label, row, column, value, probability }, { layer, maps }, what) {
  const cell = maps ? [row, column] : null;
  const share = probability === null ? "" : `probability ${chance(probability)}`;
  const name = [
    `${Member} ${digit}, ${labelWords(digit, label)}: ${what && `${what} `}${round(value)}${
      maps ? ` in cell ${row}, ${column}` : ""
    }`,
    share,
  ].filter(Boolean).join(", ");
  const button = openingButton(
    digit,
    name,
    { digit, cell },
    cell && boxOn(SIDES, partOf(layer, cell, "input", SIDES) ?? []),
  );
  const under = make("figcaption", { textContent: `${what === "logit" ? `${what} ` : ""}${round(value)}` });
  if (share) under.append(make("br"), chance(probability));
  return make("figure", {}, button, under);
}

/**
 * Return what the survey counted.
 * @param {any} about
 * @param {State} state
 * @param {Plan} plan
 */
function told(about, { layer, key, maps }, { last }) {
  /** @type {Record<string, string | HTMLElement>} */
  const numbers = { mean: round(about.mean), largest: round(about.largest) };
  if (maps) numbers["active cells"] = percent(about.active);
  if (!last) numbers[`${nouns} on which it fires`] = percent(about.firing); // a probability is never zero
  if (about.fate) numbers.verdict = fateWords(layer, about.fate);
  if (about.similar) {
    const open = make("button", { type: "button", textContent: `${layer.name} ${about.similar.filter}` });
    open.addEventListener(
      "click",
      () => store.change({ layer: `${key}.${layer.name}`, filter: about.similar.filter }),
    );
    numbers["weights nearest in direction"] = make(
      "span",
      {},
      open,
      ` cosine ${round(about.similar.cosine)}, the largest of this layer`,
    );
  }
  return numbers;
}

/**
 * Show the mean response for each label.
 * @param {HTMLElement} table
 * @param {number[] | null} means
 */
function fillClasses(table, means) {
  table.hidden = !means;
  if (!means) return;
  const most = Math.max(...means, 1e-30);
  const rows = means.map((mean, label) => {
    const bar = make("span", { className: "value-bar" });
    bar.style.width = `${(70 * Math.max(0, mean)) / most}%`;
    const cell = make("td", { className: "bar-cell", title: inFull(Math.fround(mean)) }, bar, round(mean));
    return make("tr", {}, make("th", { scope: "row", textContent: classes[label] }), cell);
  });
  table.replaceChildren(
    make("caption", { textContent: "Mean response per label" }),
    make("tbody", {}, ...rows),
  );
}
