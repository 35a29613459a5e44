/** What the inspector shows of one channel: its elements, its parts, and the state they show. */
import { strongestOf } from "../core/arithmetic.js";
import { fateOf, fateWords, tunedTo } from "../core/channel.js";
import { imageName } from "../core/image_words.js";
import { byId, make, write } from "../core/element.js";
import { hasMaps, nameOf } from "../core/facts.js";
import { say } from "../core/message.js";
import { momentAt, momentWords } from "../core/moments.js";
import { inFull, round } from "../core/number.js";
import { moveWords } from "../core/perturbation.js";
import { Problem } from "../core/problem.js";
import { fixedScale, hasOwnScales, leavesScale } from "../core/scale.js";
import { afterFrame } from "../core/schedule.js";
import { Enlarged } from "./enlarged.js";
import { Numbers } from "./numbers.js";
import { partsOf } from "./parts.js";
import { layerBefore } from "./state.js";

/** @import { Layer } from "../core/facts.js" */
/** @import { Selection } from "../core/selection.js" */
/** @import { Inspector } from "./inspector.js" */
/** @import { Built } from "./parts.js" */
/** @import { State } from "./state.js" */

export class Frame {
  /**
   * @param {Inspector} inspector it is built in
   * @param {string} key
   * @param {Layer} layer
   * @param {Selection} selection
   * @param {string} name
   */
  constructor(inspector, key, layer, selection, name) {
    this.inspector = inspector;
    this.key = key;
    this.layer = layer;
    this.name = name;
    /** @type {Record<string, string>} */
    this.told = {}; // what a screen reader hears of it
    /** @type {any} */
    this.state = null;
    /** @type {number[] | null} */
    this.shown = null; // the cell that is explained
    const maps = hasMaps(layer);
    const word = maps ? "map" : "unit";
    const filter = Number(selection.filter);
    this.title = `${nameOf(key)} ${layer.name} ${word} ${filter}`;
    this.tensor = make("p", { className: "tensor" });
    this.fate = make("p", { className: "fate" });
    this.value = inspector.value;
    this.enlarged = maps ? new Enlarged(this, layer) : null;
    this.numbers = maps ? new Numbers(layer) : null;
    this.parts = partsOf({ frame: this, key, layer, filter, maps, before: layerBefore(key, layer) });
    this.tab = "";
    this.list = make("section", { className: "part part-numbers" }, ...(this.numbers?.elements ?? []));
    const channel = make("div", { className: "channel" }, ...(this.enlarged?.elements ?? []));
    channel.append(this.tensor, this.fate);
    inspector.element.replaceChildren(channel, this.list, ...this.parts.map(({ section }) => section));
  }

  /**
   * Show the parts of a tab, and no others.
   * @param {string} tab
   */
  turn(tab) {
    this.tab = tab;
    this.list.hidden = tab !== "files" || !this.numbers;
    for (const part of this.parts) part.section.hidden = part.tab !== tab;
  }

  /**
   * Return whether it shows a state.
   * @param {State} state
   */
  shows(state) {
    return this.inspector.frame === this && this.state === state;
  }

  /**
   * Show a state: at once what the picture has of it, then all that explains it, and its exact numbers.
   * @param {State} state
   */
  async show(state) {
    this.state = state;
    this.shown = state.cell;
    this.describe(state);
    if (this.numbers) this.numbers.state = null; // until they are here
    this.enlarged?.paint(state);
    this.showValue(state.cell);
    this.inspector.showSight();
    afterFrame(() => this.parts.forEach((part) => part.tab === this.tab && this.fill(part, state)));
    afterFrame(() => this.unlessGone(state, () => this.tellWeight(state)));
    if (state.maps) await this.unlessGone(state, () => this.showExactly(state));
  }

  /**
   * Show the exact numbers of the map.
   * @param {State} state
   */
  async showExactly(state) {
    const { data } = await state.shown();
    if (!this.shows(state)) return;
    state.exact = data;
    const active = this.numbers?.show(state, this.enlarged?.scale);
    this.tell("active", `${active} of its map ${state.differing ? "differ" : "is active"}`);
    this.showValue(state.cell);
  }

  /**
   * Tell a screen reader what its strongest weight is, and what it is tuned to.
   * @param {State} state
   */
  async tellWeight(state) {
    const { layer, now, filter } = state;
    if (now.words) {
      this.tell(
        "tuning",
        tunedTo(now, filter) ? `It is ${tunedTo(now, filter)}` : "It has no clear tuning",
      );
    }
    if (!layer.grid) return;
    const { data } = await state.weighing("kernel");
    if (!this.shows(state)) return;
    const which = state.change ? "The most that one of its weights changed by" : "Its strongest weight";
    this.tell("weight", `${which} is ${round(data[strongestOf(data, 1)[0]])}`);
  }

  /**
   * Fill a part; what it shows of another image is dimmed until then, and stays so where that fails.
   * @param {Built & {section: HTMLElement}} part
   * @param {State} state
   */
  fill(part, state) {
    return this.unlessGone(state, async () => {
      if (!this.shows(state)) return;
      part.section.ariaBusy = "true";
      await part.fill(state);
      if (this.shows(state)) part.section.ariaBusy = null;
    });
  }

  /**
   * Do something for a state; say what is wrong unless another one is shown by then.
   * @param {State} state
   * @param {() => any} act
   */
  async unlessGone(state, act) {
    try {
      await act();
    } catch (problem) {
      if (!this.shows(state)) return;
      if (!(problem instanceof Problem)) throw problem;
      say(problem.message);
    }
  }

  /**
   * Say what is shown.
   * @param {State} state
   */
  describe(state) {
    const { now, selection, filter, differing } = state;
    for (const { tab, say } of this.parts) say(differing && ofWords(state, tab));
    this.tensor.title = tensorWords(state);
    write(this.tensor, this.tensor.title);
    const fate = fateOf(now, filter, state.opened, {
      stage: state.stage,
      off: state.isOff,
      differing: Boolean(differing),
      own: hasOwnScales(selection),
    });
    const leaves = !state.maps && unitLeaves(state);
    write(this.fate, [fateWords(now, fate), leaves].filter(Boolean).join(" "));
  }

  /**
   * Write the value of a cell, or of the unit.
   * @param {number[] | null} cell
   */
  showValue(cell) {
    const { layer, filter, exact, opened, maps, differing } = this.state;
    const difference = differing && "Δ ";
    this.value.title = differing ? "Δ: a difference, as the pictures show it" : "";
    if (!maps) {
      write(this.value, `${difference}${layer.name}[${filter}] = ${inFull(opened.values[filter])}`);
    } else if (!cell) {
      write(this.value, "Point at a cell, or use the arrow keys.");
    } else {
      const value = exact ? inFull(exact[cell[0] * layer.shape[1] + cell[1]]) : "…";
      write(this.value, `${difference}${layer.name}[${cell[0]}, ${cell[1]}, ${filter}] = ${value}`);
    }
  }

  /**
   * Show a cell of the enlarged map that is pointed at, or the selected one again: its value and all that explains it. No request.
   * @param {number[] | null} cell
   */
  pointCell(cell) {
    const { state } = this;
    if (!state?.maps) return;
    const shown = cell ?? state.cell;
    if (String(shown) === String(this.shown)) return;
    this.shown = shown;
    this.enlarged?.placeCursor(shown);
    this.showValue(shown);
    this.inspector.sight.show(shown ? state.layer : null, shown);
    for (const { point } of this.parts) point?.({ ...state, cell: shown });
  }

  /**
   * Keep a screen reader from hearing every cell while the kernel slides by itself.
   * @param {boolean} hushed
   */
  hush(hushed) {
    this.value.ariaLive = hushed ? "off" : "polite";
  }

  /**
   * Tell a screen reader what the selected filter is like, as far as it is known.
   * @param {string} what
   * @param {string} words
   */
  tell(what, words) {
    this.told[what] = words;
    if (this.inspector.frame !== this) return;
    const { active, weight, tuning } = this.told;
    const sentences = [this.title, active, weight, tuning].filter(Boolean).map((words) => `${words}.`);
    write(byId("status"), sentences.join(" "));
  }
}

/**
 * Say which tensor that is.
 * @param {State} state
 */
function tensorWords({ stage, layer, selection, without, differing }) {
  const standing = `${stage}-activation${layer.activation ? ` (${layer.activation})` : ""}`;
  const digit = [imageName(selection).replace("test ", ""), moveWords(selection.perturb)].filter(Boolean);
  const words = [
    standing,
    layer.shape.join("×"),
    digit.join(", "),
    without && "some channels off",
    selection.epoch && momentWords(selection.epoch),
    differing,
  ];
  return words.filter(Boolean).join(" · ");
}

/**
 * Say what a part is of, while differences are shown: of two moments as the map is, or of one moment, or image, alone.
 * @param {State} state
 * @param {string} tab that it is in
 */
function ofWords({ key, selection, change }, tab) {
  if (tab === "training" || (tab === "weights" && !change)) return ""; // of all moments; of no image
  if (!change) return `of ${imageName(selection)} alone`;
  if (tab === "weights" || tab === "files") return change;
  return `of the network ${momentWords(momentAt(key, selection.epoch)?.key ?? "")} alone`;
}

/**
 * Say of a unit that it leaves the scale that is the same for all images.
 * @param {State} state
 */
function unitLeaves({ selection, now, opened, filter }) {
  const scale = fixedScale(selection, now);
  const { sign, words } = leavesScale(scale, opened.values[filter], opened.values[filter]);
  return scale && words && `${sign} Beyond the scale, ${round(scale.low)} to ${round(scale.high)}: ${words}.`;
}
