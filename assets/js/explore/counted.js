/** What is said of all channels of a layer together. */
import { leavesScale } from "../core/scale.js";

/** @import { Panel } from "./panel.js" */

/**
 * Return of how many channels something holds.
 * @param {Panel} panel
 * @param {(i: number) => unknown} holds
 */
function countOf({ count }, holds) {
  let found = 0;
  for (let i = 0; i < count; i++) if (holds(i)) found++;
  return found;
}

/**
 * Say how many channels are silent here, and dead: of those without room for a word it is said here alone.
 * @param {Panel} panel
 */
export function silentWords(panel) {
  const { count, isSmall, isMaps, selection: { stage }, now: { activation, dead } } = panel;
  const silent = isSmall ? countOf(panel, (i) => panel.fate(i) === "silent") : 0;
  const said = silent || (!isMaps && activation === "relu");
  return [
    said && `${silent} of ${count} silent ${stage === "pre" ? "after relu" : "here"}`,
    dead.length && `${dead.length} dead${isSmall ? " (×)" : ""}`,
  ].filter(Boolean).join(", ");
}

/**
 * Say how many maps or units leave the fixed scale, and how far; "" where none does.
 * @param {Panel} panel
 * @param {number} least of all their values
 * @param {number} most
 */
export function leavingWords(panel, least, most) {
  const { sign, words } = leavesScale(panel.fixed, least, most);
  if (!words) return "";
  const gone = countOf(panel, (i) => panel.leaving(i).words);
  return `${sign} ${gone} of ${panel.count} ${panel.word}s ${gone === 1 ? "goes" : "go"} beyond, ${words}`;
}
