/** The last layer of a network: its bars at the end of the lane, and what it says in the lane's title. */
import { classes } from "../core/image.js";
import { summaryOf } from "../core/answer.js";
import { byId, find, write } from "../core/element.js";
import { store } from "../core/store.js";
import { AnswerRows } from "../figures/answer_rows.js";
import { HEAD } from "./lane_column.js";
import { UnitPanel } from "./unit_panel.js";

/** @import { Opened } from "../core/picture.js" */
/** @import { Selection } from "../core/selection.js" */

export class AnswerPanel extends UnitPanel {
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
    /** @type {any} */ (this.sheet).fit(height - HEAD);
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
    this.say(opened, label);
  }

  /**
   * Write into the lane's title, and beside the image where that is seen, what the network says: "says 4, 99.5 %, right".
   * @param {Opened} opened
   * @param {number | null} label
   */
  say(opened, label) {
    const { answer, judged, margin, probability } = summaryOf(opened, label);
    const lane = find(/** @type {HTMLElement} */ (this.element.closest(".network")), ".said");
    const brief = find(byId("verdicts"), `[data-model="${this.key}"]`); // where there is room for little
    for (const said of [lane, brief]) {
      said.dataset.judged = judged;
      write(find(said, ".answer"), classes[answer]);
      write(find(said, ".words"), [probability, judged].filter(Boolean).join(", "));
      said.title = `margin ${margin}`;
    }
  }
}
