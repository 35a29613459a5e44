/** The networks: a lane for each, in it a sheet of maps or units for every layer, painted from the picture at hand. */
import { byId, find, write } from "../core/element.js";
import { blockOf, hasMaps, lastLayer, modelOf, readPath } from "../core/facts.js";
import { accuracyWords } from "../core/moments.js";
import { whenPrinted } from "../core/paper.js";
import { afterFrame } from "../core/schedule.js";
import { flipped, isDifference, isFlipped, seenOf, showing, shownKeys } from "../core/selection.js";
import { store } from "../core/store.js";
import { sighted } from "../core/view.js";
import { AnswerPanel } from "./answer_panel.js";
import { Lanes } from "./lanes.js";
import { MapPanel } from "./map_panel.js";
import { UnitPanel } from "./unit_panel.js";

/** @import { Picture } from "../core/picture.js" */
/** @import { Selection } from "../core/selection.js" */
/** @import { Panel } from "./panel.js" */

const STILL = 60; // milliseconds without another layer that comes into sight or leaves it

/** What is painted where; made once the page stands. `act` is {pick(path, filter, cell), point(where), leave(), sighted(), laid()}. */
export class Network {
  /**
   * @param {HTMLElement} root
   * @param {any} act {pick(path, filter, cell), point(where), leave(), sighted(), laid()}
   */
  constructor(root, act) {
    /** @type {any} */
    this.still = null; // a timer
    this.order = ""; // which columns are shown
    this.root = root;
    this.act = {
      ...act,
      panelOf: this.panelOf.bind(this),
      flip: this.flip.bind(this),
      show: this.show.bind(this),
    };
    /** @type {(AnswerPanel | MapPanel | UnitPanel)[]} */
    this.panels = []; // of the networks that were shown so far, for what is outlined over them too
    /** @type {Map<string, any>} */
    this.columns = new Map(
      Array.from(
        root.querySelectorAll(".network"),
        (/** @type {any} */ column) => [column.dataset.model, column],
      ),
    );
    this.inSight = new Set(); // elements of panels
    /** @type {any[] | null} */
    this.asked = null; // the selection and the picture that were to be painted last
    this.waiting = new Set(); // panels out of sight that are not painted yet
    this.seen = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) this.inSight.add(target);
        else this.inSight.delete(target);
        const { model, layer } = /** @type {HTMLElement} */ (target).dataset;
        sighted(`${model}.${layer}`, isIntersecting);
      }
      clearTimeout(this.still);
      this.still = setTimeout(act.sighted, STILL);
    });
    this.lanes = new Lanes(find(root, ".lanes"), () => act.laid());
    whenPrinted(() => this.print(), () => this.panels.forEach((panel) => panel.unprint()));
  }

  /**
   * Show the columns of these networks, and no others, in the order of their pair; what is shown for the first time is built.
   * @param {string[]} keys
   */
  arrange(keys) {
    if (this.order === String(keys)) return;
    this.order = String(keys);
    this.columns.forEach((column, key) => (column.hidden = !keys.includes(key)));
    for (const key of keys) if (!this.panels.some((panel) => panel.key === key)) this.build(key);
    this.lanes.show(keys.map((key) => this.panels.filter((panel) => panel.key === key)));
  }

  /**
   * Make the panels of a network.
   * @param {string} key
   */
  build(key) {
    const model = modelOf(key);
    const built = model.layers.map((layer) => {
      const kind = layer === lastLayer(model) ? AnswerPanel : hasMaps(layer) ? MapPanel : UnitPanel;
      return new kind(byId(`panel-${key}-${layer.name}`), key, layer, this.act);
    });
    built.forEach(({ element }) => this.seen.observe(element));
    this.panels.push(...built);
  }

  /**
   * Return the panel of a layer, undefined where there is none.
   * @param {string} key
   * @param {string} name
   */
  panelOf(key, name) {
    return this.panels.find((panel) => panel.key === key && panel.layer.name === name);
  }

  /**
   * Turn a layer over, or all that are shown, between its maps and its weights.
   * @param {string} [path] "network.layer"; all without it
   */
  flip(path) {
    const { wanted } = store;
    const keys = shownKeys(wanted);
    const all = this.panels.filter(({ key, canFlip }) => canFlip && keys.includes(key)).map(({ path }) =>
      path
    );
    const none = all.some((each) => isFlipped(wanted, each));
    store.change({ flip: path ? flipped(wanted, path, all) : none ? "" : "all" }, "replace");
  }

  /**
   * Show another layer of a block in its place.
   * @param {string} path "network.layer"
   */
  async show(path) {
    await store.change(showing(store.wanted, path), "replace");
    const [key, name] = readPath(path);
    this.panelOf(key, name)?.head.focusNext();
  }

  /**
   * Show of every block the one layer that is selected of it; return the panels that come into sight so.
   * @param {Selection} selection
   * @param {string[]} keys
   */
  turn(selection, keys) {
    const came = new Set();
    for (const key of keys) {
      for (const block of modelOf(key).blocks.filter(({ layers }) => layers.length > 1)) {
        const seen = seenOf(selection, key, block, (name) => Boolean(this.panelOf(key, name)?.canFlip));
        for (const name of block.layers) {
          const panel = this.panelOf(key, name);
          if (!panel || panel.element.hidden === (name !== seen)) continue;
          panel.element.hidden = name !== seen;
          if (name === seen) came.add(panel);
        }
      }
    }
    return came;
  }

  /**
   * Return what is selected, for the lens; null where nothing is.
   * @param {Selection} selection
   */
  inspected({ layer, filter, cell }) {
    const panel = this.panels.find(({ path }) => path === layer);
    return panel ? { panel, i: filter ?? 0, cell } : null;
  }

  /**
   * Return what the lens goes on with: where a block shows another layer by now, the same channel of that.
   * @param {import("./lens.js").Target | null} target
   */
  standing(target) {
    if (!target?.panel.element.hidden) return target;
    const { key, layer } = target.panel;
    const panels = blockOf(modelOf(key), layer.name)?.layers.map((name) => this.panelOf(key, name));
    const panel = panels?.find((each) => each && !each.element.hidden);
    return panel ? { ...target, panel } : null;
  }

  /** Return what the lens begins with: the map with the largest value of the first layer of the first lane. */
  first() {
    const article = this.root.querySelector(".network:not([hidden])");
    const panel = this.panels.find(({ element }) =>
      !element.hidden && element.closest(".network") === article
    );
    const highest = panel?.opened?.high ?? panel?.opened?.values;
    return panel && highest ? { panel, i: highest.indexOf(Math.max(...highest)), cell: null } : null;
  }

  /**
   * Paint a picture as a selection wants it: what is in sight at once, the rest when that is on the screen; what is hidden waits until it is shown.
   * @param {Selection} selection
   * @param {Picture} picture
   */
  paint(selection, picture) {
    const keys = shownKeys(selection);
    this.arrange(keys);
    const shown = this.panels.filter(({ key }) => keys.includes(key));
    for (const key of keys) {
      write(find(this.columns.get(key), ".accuracy"), accuracyWords(key, selection));
    }
    if (this.asked && isDifference(this.asked[0]) !== isDifference(selection)) {
      afterFrame(() => this.lanes.fit()); // what says so takes room
    }
    const same = this.asked && shownKeys(this.asked[0]).join() === keys.join();
    const came = this.turn(selection, keys);
    /** @param {Panel} panel */
    const waits = (panel) => !this.inSight.has(panel.element) && !came.has(panel);
    this.waiting = new Set(same ? shown.filter(waits) : []);
    this.asked = [selection, picture];
    for (const panel of shown) if (!this.waiting.has(panel)) panel.paint(selection, picture);
    this.root.ariaBusy = this.waiting.size ? "true" : null;
    if (this.waiting.size) afterFrame(() => this.paintRest());
  }

  /** Paint all anew that is on the screen, in other colours than before. */
  repaint() {
    this.paintRest();
    for (const panel of this.panels) panel.repaint();
  }

  /** Paint for paper all that is shown, in sight or not. */
  print() {
    if (!this.asked) return;
    this.paintRest();
    const keys = shownKeys(this.asked[0]);
    for (const panel of this.panels) if (keys.includes(panel.key)) panel.print();
  }

  paintRest() {
    /** @type {any[]} */
    const asked = this.asked ?? [];
    for (const panel of this.waiting) panel.paint(asked[0], asked[1]);
    this.waiting.clear();
    this.root.ariaBusy = null;
  }
}
