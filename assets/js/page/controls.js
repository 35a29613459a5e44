/** Dash's controls: they say what is wanted, and a choice in one of them changes the selection. */
import { nameOf } from "../core/facts.js";
import { DEFAULTS } from "../core/selection.js";
import { store } from "../core/store.js";
import { isNear } from "../core/within.js";

/** @import { Selection } from "../core/selection.js" */

const NAMING = ["model", "wall-wrong", "wall-sort"]; // whose choices name the networks of the pair

/* The component, what it says of a selection, and what choosing a value in it means; in the order of dashboard/callbacks.py. */
/** @type {[string, (selection: any) => string, (value: string) => any][]} */
const CONTROLS = [
  ["first", (s) => s.pair[0], (key) => changePair(0, key)],
  ["second", (s) => s.pair.at(-1), (key) => changePair(1, key)],
  ["model", (s) => s.model, (model) => store.change({ model })],
  ["scale", (s) => s.scale, (scale) => store.change({ scale })],
  ["stage", (s) => s.stage, (stage) => store.change({ stage: stage === "pre" ? "pre" : "post" })],
  [
    "wall-label",
    (s) => String(s.wall.label ?? "any"),
    (value) => changeWall({ label: value === "any" ? null : Number(value) }),
  ],
  [
    "wall-wrong",
    (s) => s.wall.wrong || "any",
    (value) => changeWall({ wrong: value === "any" ? "" : value }),
  ],
  ["wall-sort", (s) => (s.wall.sort.includes(".") ? "filter" : s.wall.sort), (sort) => changeSort(sort)],
];

/* Choices that something has to be there for, by the component and the value. */
/** @type {[string, string, (selection: Selection) => boolean][]} */
const CONDITIONS = [
  ["wall-wrong", "changed", (s) => Boolean(s.off)],
  ["wall-sort", "filter", (s) => Boolean(s.layer) || s.wall.sort.includes(".")],
];

export class Controls {
  constructor() {
    this.offered = CONDITIONS.map(() => false); // whether each can be chosen
    this.said = CONTROLS.map(([, read]) => read(DEFAULTS)); // as far as is known here; what dashboard/pages/ gave them is the default
    this.named = DEFAULTS.pair; // the pair that their choices name
    this.headed = wordsOf(DEFAULTS); // what the list of the networks is headed by
    this.ranked = false; // whether what is called "by index" is called "nearest first"
  }

  shown() {
    setTimeout(() => this.show());
  }

  takenBack() {
    this.show();
  }

  /**
   * Take what somebody chose: what a control says now and has not been told to say.
   * @param {string[]} values
   */
  choose(values) {
    CONTROLS.forEach(([, , choose], i) => {
      if (values[i] === this.said[i]) return;
      this.said[i] = values[i];
      if (choose(values[i]) === null) this.show();
    });
  }

  /** Let the controls say what is wanted; one that says it already is left alone, for somebody may be at it. */
  show() {
    const { wanted } = store;
    if (this.ranked !== isNear(wanted.wall.within)) this.nameOrder(isNear(wanted.wall.within));
    if (String(this.named) !== String(wanted.pair)) this.nameNetworks(wanted.pair);
    CONDITIONS.forEach(([id, value, holds], i) => {
      const offered = holds(wanted);
      if (offered !== this.offered[i]) this.offer(id, value, offered);
      this.offered[i] = offered;
    });
    if (wordsOf(wanted) !== this.headed) setProps("networks", { children: this.headed = wordsOf(wanted) });
    CONTROLS.forEach(([id, read], i) => {
      const value = read(wanted);
      if (value === this.said[i]) return;
      this.said[i] = value;
      setProps(id, { value });
    });
  }

  /**
   * Put the networks of a pair, and what each is called, into the places that those named before have among the choices.
   * @param {string[]} pair
   */
  nameNetworks(pair) {
    for (const id of NAMING) {
      const options = optionsOf(id).map(({ value, label, ...more }) => {
        const key = value.split(".").at(-1) ?? "";
        const now = pair[this.named.indexOf(key)] ?? key;
        return { ...more, value: value.replace(key, now), label: label.replace(nameOf(key), nameOf(now)) };
      });
      setProps(id, { options });
    }
    this.named = pair;
  }

  /**
   * Let something be chosen, or not.
   * @param {string} id
   * @param {string} value
   * @param {boolean} offered
   */
  offer(id, value, offered) {
    const options = optionsOf(id).map((
      each,
    ) => (each.value === value ? { ...each, disabled: !offered } : each));
    setProps(id, { options });
  }

  /**
   * Say what the order is that is no choice: by index, but of neighbours nearest first.
   * @param {boolean} near
   */
  nameOrder(near) {
    const label = near ? "nearest first" : "by index";
    const options = optionsOf("wall-sort").map((
      each,
    ) => (each.value === "index" ? { ...each, label } : each));
    setProps("wall-sort", { options });
    this.ranked = near;
  }
}

/**
 * Say which networks are shown.
 * @param {Pick<Selection, "model" | "pair">} selection
 */
const wordsOf = ({ model, pair }) =>
  model === "both" ? pair.map(nameOf).join(", ") : `${nameOf(model)} alone`;

/** What Dash gives to the page. @returns {any} */
const dash = () => globalThis;

/**
 * Tell Dash what a component has now.
 * @param {string} id
 * @param {Record<string, any>} props
 */
export const setProps = (id, props) => dash().dash_clientside.set_props(id, props);

/**
 * Return the choices that a component of Dash has.
 * @param {string} id
 * @returns {{value: string, label: string, disabled?: boolean}[]}
 */
const optionsOf = (id) => dash().dash_component_api.getLayout(id).props.options;

/**
 * Choose other images for the wall.
 * @param {Partial<Selection["wall"]>} patch
 */
const changeWall = (patch) => store.change({ wall: { ...store.wanted.wall, ...patch } });

/**
 * Put a network into a place of the pair; the one that is there already changes places with it.
 * @param {number} place
 * @param {string} key
 */
function changePair(place, key) {
  const { pair } = store.wanted;
  const other = pair.indexOf(key);
  return store.change({
    pair: pair.map((each, i) => (i === place ? key : i === other ? pair[place] : each)),
  });
}

/**
 * Sort the wall; null where there is nothing to sort by.
 * @param {string} sort
 */
function changeSort(sort) {
  const { layer, filter } = store.wanted;
  if (sort !== "filter") return changeWall({ sort });
  return layer ? changeWall({ sort: `${layer}.${filter}` }) : null;
}
