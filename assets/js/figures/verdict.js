/** The verdict: what each network says, for all classes, in probabilities and logits. */
import { classes } from "../core/image.js";
import { probabilityInFull, sharesOf, summaryOf } from "../core/answer.js";
import { find, write } from "../core/element.js";
import { nameOf } from "../core/facts.js";
import { chance, inFull, twoDecimals } from "../core/number.js";
import { explain } from "../core/words.js";

/** @import { Opened, Picture } from "../core/picture.js" */

/**
 * Where what a network says is written: looked up once.
 * @typedef {object} Place
 * @property {HTMLElement} head
 * @property {HTMLElement} said
 * @property {HTMLElement} words
 * @property {HTMLElement[]} shares
 * @property {HTMLElement[]} logits
 */

export class Verdict {
  /** @param {HTMLElement} element where it is written */
  constructor(element) {
    this.element = element;
    this.built = ""; // for which networks, of how many classes
    /** @type {Picture | null} */
    this.picture = null;
    /** @type {Record<string, Place>} */
    this.places = {};
    /** @type {HTMLElement[]} */
    this.rows = []; // one for each class
    element.addEventListener("pointerover", ({ target }) => {
      if (target instanceof HTMLTableCellElement && target.matches("td")) this.explain(target);
    });
  }

  /**
   * Write the verdicts of networks.
   * @param {Picture} picture
   * @param {number | null} label
   * @param {string[]} keys
   */
  paint(picture, label, keys) {
    this.picture = picture;
    const count = picture.models[keys[0]].logits.length;
    if (this.built !== `${count} of ${keys}`) this.build(keys, count);
    for (const key of keys) writeVerdict(this.places[key], picture.models[key], label);
    this.rows.forEach((row, digit) => row.classList.toggle("label", digit === label));
  }

  /**
   * Give a number its full value when the pointer comes upon it.
   * @param {HTMLTableCellElement} cell
   */
  explain(cell) {
    const opened = this.picture?.models[cell.dataset.model ?? ""];
    if (!opened) return;
    const digit = /** @type {HTMLTableRowElement} */ (cell.parentElement).sectionRowIndex;
    const logit = `logit ${inFull(opened.logits[digit])}`;
    cell.title = cell.className === "share" ? probabilityInFull(opened, digit) : logit;
  }

  /**
   * Make room for what networks say.
   * @param {string[]} keys
   * @param {number} count of classes
   */
  build(keys, count) {
    this.built = `${count} of ${keys}`;
    const rows = Array.from({ length: count }, () => row(keys));
    const heads = keys.map((key) =>
      `<th scope="col" data-model="${key}">${hue(key)}</th><th scope="col">logit</th>`
    );
    this.element.innerHTML = keys.map(said).join("") +
      '<table><caption class="unseen">Probability and logit of every class</caption><thead><tr>' +
      `<th scope="col">class</th>${heads.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
    explain(this.element, all(this.element, "thead th"));
    this.rows = all(this.element, "tbody tr");
    this.rows.forEach((row, number) =>
      write(/** @type {HTMLElement} */ (row.firstElementChild), classes[number])
    );
    this.places = Object.fromEntries(keys.map((key) => [key, placeOf(this.element, key)]));
  }
}

/** @type {(element: ParentNode, selector: string) => HTMLElement[]} */
const all = (element, selector) => Array.from(element.querySelectorAll(selector));

/** @param {string} key */
const hue = (key) => `<span class="hue">${nameOf(key)}</span>`;

/** @param {string} key */
const said = (key) =>
  `<p class="said" data-model="${key}">${
    hue(key)
  } says <b class="answer"></b> <span class="words"></span></p>`;

/** @type {(keys: string[]) => string} */
function row(keys) {
  const cell = (/** @type {string} */ key) =>
    `<td class="share" data-model="${key}"></td><td class="logit" data-model="${key}"></td>`;
  return `<tr><th scope="row"></th>${keys.map(cell).join("")}</tr>`;
}

/** @type {(element: HTMLElement, key: string) => Place} */
function placeOf(element, key) {
  const head = find(element, `.said[data-model="${key}"]`);
  const cells = (/** @type {string} */ kind) => all(element, `td.${kind}[data-model="${key}"]`);
  const [answer, words] = [find(head, ".answer"), find(head, ".words")];
  return { head, said: answer, words, shares: cells("share"), logits: cells("logit") };
}

/**
 * Write what one network says.
 * @param {Place} place
 * @param {Opened} opened
 * @param {number | null} label
 */
function writeVerdict({ head, said, words, shares, logits }, opened, label) {
  const { answer, judged, margin, probability } = summaryOf(opened, label);
  head.dataset.judged = judged;
  write(said, classes[answer]);
  write(words, [probability, judged, `margin ${margin}`].filter(Boolean).join(" · "));
  sharesOf(opened).forEach((share, digit) => {
    if (write(shares[digit], chance(share))) shares[digit].style.setProperty("--share", String(share));
    write(logits[digit], twoDecimals(opened.logits[digit]));
  });
}
