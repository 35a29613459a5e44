/** The networks: for every layer a sheet of maps or units, and one of kernels, painted from the picture at hand. */
import { byId } from "../core/element.js";
import { hasMaps, modelOf } from "../core/facts.js";
import { whenPrinted } from "../core/paper.js";
import { afterFrame } from "../core/schedule.js";
import { shownKeys } from "../core/selection.js";
import { sighted } from "../core/view.js";
import { MapPanel } from "./map_panel.js";
import { UnitPanel } from "./unit_panel.js";

/** @import { Picture } from "../core/picture.js" */
/** @import { Selection } from "../core/selection.js" */

const STILL = 60; // milliseconds without another layer that comes into sight or leaves it

/** What is painted where; made once the page stands. `act` is {pick(path, filter, cell), point(where), leave(), sighted()}. */
export class Network {
  /**
   * @param {HTMLElement} root
   * @param {any} act {pick(path, filter, cell), point(where), leave(), sighted()}
   */
  constructor(root, act) {
    /** @type {any} */
    this.still = null; // a timer
    this.order = ""; // which columns are shown
    this.root = root;
    this.act = act;
    /** @type {(MapPanel | UnitPanel)[]} */
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
    whenPrinted(() => this.print(), () => this.panels.forEach((panel) => panel.unprint()));
  }

  /**
   * Show the columns of these networks, and no others, in the order of their pair; what is shown for the first time is built.
   * @param {string[]} keys
   * @param {string[]} pair
   */
  arrange(keys, pair) {
    const order = `${keys} of ${pair}`;
    if (this.order === order) return;
    this.order = order;
    this.columns.forEach((column, key) => (column.hidden = !keys.includes(key)));
    for (const key of pair) this.columns.get(key).parentElement.append(this.columns.get(key));
    const first = keys.filter((key) => !this.panels.some((panel) => panel.key === key));
    const sheets = first.flatMap((key) => [...this.columns.get(key).querySelectorAll(".sheet")]);
    const widths = new Map(sheets.map((sheet) => [sheet, sheet.clientWidth])); // of all before any is built: the page is laid out once
    for (const key of first) this.build(key, widths);
  }

  /**
   * Make the panels of a network.
   * @param {string} key
   * @param {Map<Element, number>} widths of the sheets
   */
  build(key, widths) {
    const built = modelOf(key).layers.map((layer) => {
      const kind = hasMaps(layer) ? MapPanel : UnitPanel;
      return new kind(byId(`panel-${key}-${layer.name}`), key, layer, this.act, widths);
    });
    built.forEach(({ element }) => this.seen.observe(element));
    this.panels.push(...built);
  }

  /**
   * Paint a picture as a selection wants it: what is in sight at once, the rest when that is on the screen; what is hidden waits until it is shown.
   * @param {Selection} selection
   * @param {Picture} picture
   */
  paint(selection, picture) {
    const keys = shownKeys(selection);
    this.arrange(keys, selection.pair);
    const shown = this.panels.filter(({ key }) => keys.includes(key));
    const same = this.asked && shownKeys(this.asked[0]).join() === keys.join();
    this.waiting = new Set(same ? shown.filter(({ element }) => !this.inSight.has(element)) : []);
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
