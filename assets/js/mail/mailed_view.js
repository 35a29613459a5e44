/** The one view of a page to mail: painted as Explore paints it; what would need a server is refused in a sentence. */
import { offWords } from "../core/ablation.js";
import { byId, write } from "../core/element.js";
import { facts, nameOf, readPath } from "../core/facts.js";
import { isDifference } from "../core/selection.js";
import { store } from "../core/store.js";
import { showImageNow } from "../explore/image_now.js";
import { differingSentence } from "../explore/reference.js";
import { Stage } from "../explore/stage.js";

/** @import { Selection } from "../core/selection.js" */

export class MailedView {
  constructor() {
    this.stage = new Stage(() => {});
    store.refusal = refusalOf;
    const { selection } = store;
    const differs = isDifference(selection);
    byId("differing").hidden = !differs;
    if (differs) write(byId("differing"), differingSentence(selection));
    byId("off").hidden = !selection.off;
    if (selection.off) write(byId("off"), `Switched off: ${offWords(selection.off)}`);
    this.stage.arrange(selection);
  }

  /** Show what is selected now. */
  shown() {
    const { selection, picture } = store;
    const label = store.labelOf(selection);
    if (picture) this.stage.paint(selection, picture, label);
    showImageNow(label, "");
    document.body.dataset.painted = String(selection.digit);
  }
}

/**
 * Say why a change is not made: the page does not hold how these numbers come about. "" where it does.
 * @param {Selection} next
 */
function refusalOf({ layer, filter }) {
  const explained = facts.mailed?.explained[layer];
  if (!layer || explained === true || explained?.includes(Number(filter))) return "";
  const [key, name] = readPath(layer);
  return `How the numbers of ${
    nameOf(key)
  } ${name} ${filter} come about is not in this page, which was made to be mailed: open the view in ConvLens.`;
}
