/** The lanes of the networks with what follows a pointer over them: lens, outlines, dock. */
import { verdictSentence } from "../core/answer.js";
import { repaintValues } from "../core/canvas.js";
import { byId, write } from "../core/element.js";
import { readPath } from "../core/facts.js";
import { whenPrinted } from "../core/paper.js";
import { afterFrame } from "../core/schedule.js";
import { shownKeys } from "../core/selection.js";
import { store } from "../core/store.js";
import { whenThemed } from "../core/theme.js";
import { Inspector } from "../inspector/inspector.js";
import { Hover } from "./hover.js";
import { Lens } from "./lens.js";
import { Network } from "./network.js";
import { Sight } from "./sight.js";
import { Verdicts } from "./verdicts.js";

/** @import { Picture } from "../core/picture.js" */
/** @import { Selection } from "../core/selection.js" */

export class Stage {
  /** @param {() => any} sighted is told when other layers have come into sight */
  constructor(sighted) {
    const recolour = () => this.recolour();
    whenThemed(recolour);
    whenPrinted(recolour, recolour); // before the maps are made ready for it
    this.told = ""; // what a screen reader has heard of the answers last
    this.network = new Network(byId("network"), {
      pick: (
        /** @type {string} */ layer,
        /** @type {number} */ filter,
        /** @type {number[] | null} */ cell,
      ) => store.change({ layer, filter, cell }),
      point: (/** @type {any} */ where) => this.point(where),
      leave: () => this.leave(),
      sighted,
      laid: () => (this.lens?.show(), this.bringIntoSight()),
    });
    this.verdicts = new Verdicts(byId("verdicts"));
    this.sight = new Sight(byId("sight"), this.network);
    this.lens = new Lens(
      byId("lens"),
      (name, sources) => this.sight.sources(this.lens.target, name, sources),
    );
    this.hover = new Hover(this.sight, this.lens);
    this.inspector = new Inspector(byId("inspector"), this.sight, () => this.bringIntoSight());
    document.addEventListener("keydown", (event) => this.key(event));
  }

  /**
   * Turn all layers over by a key.
   * @param {KeyboardEvent} event
   */
  key({ key, target, ctrlKey, metaKey, altKey }) {
    const typing = target instanceof Element && target.matches("input, select, textarea");
    if (typing || ctrlKey || metaKey || altKey || store.selection.page !== "explore") return;
    if (key === "k" || key === "K") this.network.flip();
  }

  /**
   * Make the columns of what is selected, before its picture is here.
   * @param {Selection} selection
   */
  arrange(selection) {
    this.network.arrange(shownKeys(selection));
    this.verdicts.arrange(selection);
  }

  /** Paint all values anew in the colours that the paper has now. */
  recolour() {
    this.network.repaint();
    this.inspector.repaint();
    repaintValues();
  }

  /**
   * Paint a picture.
   * @param {Selection} selection
   * @param {Picture} picture
   * @param {number | null} label
   */
  paint(selection, picture, label) {
    this.network.paint(selection, picture);
    this.verdicts.paint(selection, picture, label);
    this.inspector.paint(selection, picture);
    afterFrame(() =>
      this.lens.show(
        this.network.inspected(selection) ?? this.network.standing(this.lens.target) ?? this.network.first(),
      )
    );
    const sentence = () => verdictSentence(selection, picture, label, shownKeys(selection));
    afterFrame(() => store.picture === picture && this.tell(sentence()));
  }

  /**
   * Tell a screen reader what the networks say, unless it has just heard it: of a tab or a cell the inspector tells.
   * @param {string} sentence
   */
  tell(sentence) {
    if (sentence !== this.told) write(byId("status"), sentence);
    this.told = sentence;
  }

  /** Keep in sight the lane that the dock explains, which may have taken the room under it; of one that scrolls the layer, and of one that is higher than what is left what is explained. */
  bringIntoSight() {
    const [key, name] = readPath(store.selection.layer);
    const panel = this.network.panelOf(key, name)?.element;
    const lane = panel?.closest(".network");
    const explained = panel?.querySelector("[aria-pressed=true]:not(.layer-name)");
    for (const sought of lane?.matches(".wide") ? [panel, lane, explained] : [lane, explained]) {
      sought?.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
    }
  }

  /**
   * Say and show what is pointed at.
   * @param {any} where
   */
  point(where) {
    if (where.panel.selection) this.hover.point(where, store.selection); // before the first picture there is nothing to say
    const { panel, kind, place: [i, ...cell] } = where;
    if (kind === "map" && panel.isMaps && cell.length) this.inspector.pointMap(panel.path, i, cell);
  }

  leave() {
    this.hover.leave();
    this.inspector.showSight();
    this.inspector.pointCell(null);
  }
}
