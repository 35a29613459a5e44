/** The last layer of a network: its bars at the end of the lane, and what it says in the lane's title. */
import { find } from "../core/element.js";
import { hasNames } from "../core/image.js";
import { store } from "../core/store.js";
import { AnswerRows } from "../figures/answer_rows.js";
import { HEAD } from "./lane_column.js";
import { UnitPanel } from "./unit_panel.js";
import { sayAnswer } from "./verdicts.js";

/** @import { Selection } from "../core/selection.js" */

const WIDE = 160; // CSS pixels: with less a class has room for a number, and of its name for the beginning,
const HIGH = 30; // unless its row is so high that the name stands above

export class AnswerPanel extends UnitPanel {
  /** In the lane's title. */
  get said() {
    return find(/** @type {HTMLElement} */ (this.element.closest(".network")), ".said");
  }

  /**
   * @override
   * @param {HTMLElement} element
   */
  newSheet(element) {
    return /** @type {any} */ (new AnswerRows(element, this.form()));
  }

  /**
   * Take the rest of the lane; the rows share its height.
   * @param {{left: number, top: number, width: number, height: number}} place
   */
  stand({ left, top, width, height }) {
    Object.assign(this.element.style, {
      left: `${left}px`,
      top: `${top}px`,
      width: `${width}px`,
      height: `${height}px`,
    });
    const tight = hasNames && width < WIDE;
    this.element.classList.toggle("tight", tight);
    const sheet = /** @type {any} */ (this.sheet);
    sheet.fit(height - HEAD, tight);
    this.element.classList.toggle("stacked", tight && (height - HEAD) / sheet.rows.length >= HIGH);
    this.repaint();
  }

  /**
   * @override
   * @param {Selection} selection
   */
  paintSheet(selection) {
    const opened = this.picture.models[this.key];
    const label = store.labelOf(selection);
    if (this.fixed) this.markUnits();
    /** @type {any} */ (this.sheet).paint(opened, label);
    sayAnswer(this.said, opened, label);
  }
}
