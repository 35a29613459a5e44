/** Without it: filters and units switched off, what that does to this image at once, and to all of them on request. */
import { classes, Member, members, noun, Nouns } from "../core/image.js";
import { offOf, offWords, readOff, toggledOff } from "../core/ablation.js";
import { saying } from "../core/answer.js";
import { countAnswers } from "../core/counting.js";
import { labelWords } from "../core/image_words.js";
import { make, newButton, write } from "../core/element.js";
import { facts, nameOf } from "../core/facts.js";
import { say } from "../core/message.js";
import { percent } from "../core/number.js";
import { Problem } from "../core/problem.js";
import { DEFAULTS } from "../core/selection.js";
import { store } from "../core/store.js";
import { openingButton } from "../figures/image_button.js";
import { unmeasured } from "./measured.js";

/** @import { Plan, State } from "./state.js" */

const SHOWN = 12; // images
/**
 * Say how the accuracy changes.
 * @param {number} change
 */
const points = (
  change,
) => (change === 0
  ? "as with it"
  : `${change > 0 ? "+" : "−"}${Math.abs(change).toFixed(2)} percentage points`);

/** @type {import("./parts.js").Part} */
export const withoutPart = {
  question: "What would happen without it?",
  fits: ({ last }) => !last,
  reading: () =>
    `Switched off, it is zero everywhere, and all that follows is computed anew: this page's verdicts and maps at once. Accuracy counts all ${members}.`,
  build(body, { key, layer, filter, maps }) {
    const path = `${key}.${layer.name}`;
    const word = maps ? "map" : "unit";
    const turn = make("button", { type: "button" });
    const restore = make("button", { type: "button", textContent: "Restore the network" });
    const off = make("p", { className: "off-list" });
    const here = make("p");
    const alone = make("div");
    const set = make("div");
    restore.addEventListener("click", () => store.change({ off: "" }));
    body.append(make("div", { className: "row" }, turn, restore), off, here, alone, set);
    let done = false;
    let measured = "";
    const fill = async (/** @type {State} */ state) => {
      const text = state.selection.off;
      const isOff = readOff(text).get(path)?.includes(filter) ?? false;
      write(turn, isOff ? `Switch ${word} ${filter} on again` : `Switch ${word} ${filter} off`);
      turn.onclick = () => store.change({ off: toggledOff(text, path, filter) });
      restore.hidden = !text;
      write(off, text ? `Off now: ${offWords(text)}` : "");
      const mine = offOf(text, key);
      const sentence = unmeasured(state, `How many answers change, of all ${members}, was`);
      const wanted = sentence || mine;
      const counted = () => (sentence ? make("p", { textContent: sentence }) : measuring(key, mine));
      if (wanted !== measured) set.replaceChildren(...(wanted ? [counted()] : []));
      measured = wanted;
      alone.hidden = Boolean(sentence);
      const [whole, about] = await Promise.all([mine ? state.whole() : null, done ? null : state.about()]);
      if (state.current()) {
        write(
          here,
          whole ? `This ${noun}: ${saying(state.verdict)} now, ${saying(whole)} with nothing off.` : "",
        );
      }
      if (done) return;
      const { without } = about;
      done = true;
      if (without) {
        alone.replaceChildren(
          ...single(without, `Without ${layer.name} ${word} ${filter} alone`, `${path}:${filter}`),
        );
      }
    };
    return { fill };
  },
};

/**
 * Return what is found without something.
 * @param {any} found
 * @param {string} words
 * @param {string} off
 */
function single({ accuracy, change, changed }, words, off) {
  const right = accuracy === null ? "" : `${percent(accuracy, 2)} right (${points(change)}); `;
  return [
    make("p", { textContent: `${words}: ${right}${answers(changed.length)}` }),
    digits(changed, off),
  ];
}

/**
 * Say how many answers change.
 * @param {number} count
 */
const answers = (
  count,
) => (count === 0
  ? "no answer changes."
  : count === 1
  ? "one answer changes:"
  : `${count.toLocaleString("en")} answers change:`);

/**
 * Return the images whose answer changes, as far as there is room.
 * @param {any[]} changed
 * @param {string} off
 */
function digits(changed, off) {
  const few = changed.slice(0, SHOWN).map(({ digit, label, before, after }) => {
    const name = `${Member} ${digit}, ${labelWords(digit, label)}: ${classes[before]} becomes ${
      classes[after]
    }`;
    return make(
      "figure",
      {},
      openingButton(digit, name, { digit }),
      make("figcaption", { textContent: `${classes[before]}→${classes[after]}` }),
    );
  });
  const element = make("div", { className: "nine" }, ...few);
  if (changed.length) {
    const all = make("button", {
      type: "button",
      textContent: changed.length > SHOWN
        ? `All ${changed.length.toLocaleString("en")} on the wall`
        : "On the wall",
    });
    all.addEventListener("click", () => showOnWall(changed.map(({ digit }) => digit), off));
    element.append(all);
  }
  return element;
}

/**
 * Show just these images on the wall, in the order it has: those whose answer changes without something, which stays as it is.
 * @param {number[]} digits
 * @param {string} off
 */
function showOnWall(digits, off) {
  store.images.keepChanged(off, digits);
  store.change({ wall: { ...DEFAULTS.wall, sort: store.wanted.wall.sort, changed: off } });
}

/**
 * Return the part that counts the right answers of a set, block by block, as long as nobody cancels.
 * @param {string} key
 * @param {string} off
 */
function measuring(key, off) {
  const name = `Count ${nameOf(key)}'s answers without all of these`;
  const progress = make("progress", {
    max: facts.images.count,
    value: 0,
    hidden: true,
    "aria-label": `${Nouns} counted`,
  });
  const result = make("div", { role: "status" });
  /** @type {object | null} */
  let run = null; // the counting that is under way
  /** @param {object | null} next */
  const turn = (next) => {
    run = next;
    progress.hidden = !next;
    begin.textContent = next ? "Cancel" : name;
  };
  const begin = newButton(name, async () => {
    if (run) return turn(null);
    const mine = {};
    turn(mine);
    /** @param {number} digits */
    const go = (digits) => run === mine && begin.isConnected && ((progress.value = digits), true);
    try {
      const found = await countAnswers(store.images, key, off, go);
      if (found) result.replaceChildren(...single(found, "Without all of these", off));
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      say(problem.message);
    } finally {
      if (run === mine) turn(null);
    }
  });
  return make("div", {}, begin, progress, result);
}
