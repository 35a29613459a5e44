/** Words of the field, dotted where they stand: a sentence explains each on hover and focus, and after a tap. */
import { make } from "./element.js";
import { dropTip, keepTip } from "./tip.js";

/**
 * A word: the id of its sentence in the document, and all forms in which it stands in texts, in small letters.
 * @typedef {{id: string, forms: string[]}} Word
 *
 * @typedef {{find: RegExp, byForm: Map<string, string>}} Finder
 */

/** @type {Finder | null} */
let finder = null; // once it is needed

/**
 * Return what finds words in texts, the longer one of two that begin alike.
 * @param {Word[]} words
 * @returns {Finder}
 */
export function finderOf(words) {
  const byForm = new Map(words.flatMap(({ id, forms }) => forms.map((form) => [form.toLowerCase(), id])));
  const longest = [...byForm.keys()].sort((one, other) => other.length - one.length);
  const any = longest.map((form) => form.replace(/[^\w ]/g, "\\$&")).join("|") || "(?!)"; // of no word: nothing
  return { find: new RegExp(`(?<![\\w-])(?:${any})(?![\\w-])`, "gi"), byForm };
}

/**
 * Return a text in parts, with the id of the word that each is, or null: dashboard/words/glossary.py does the same.
 * @param {string} text
 * @param {Finder} by
 * @param {Set<string>} seen ids of those that stood before in the same section; those found are added
 * @returns {[string, string | null][]}
 */
export function partsOf(text, { find, byForm }, seen) {
  /** @type {[string, string | null][]} */
  const parts = [];
  let end = 0;
  for (const { 0: form, index } of text.matchAll(find)) {
    const id = byForm.get(form.toLowerCase()) ?? "";
    if (seen.has(id)) continue;
    seen.add(id);
    if (index > end) parts.push([text.slice(end, index), null]);
    parts.push([form, id]);
    end = index + form.length;
  }
  if (end < text.length) parts.push([text.slice(end), null]);
  return parts;
}

/** Return the words that the document explains. */
function listed() {
  const terms = document.querySelectorAll("#words > dt");
  return finderOf(Array.from(terms, (term) => ({
    id: term.nextElementSibling?.id ?? "",
    forms: (term.textContent ?? "").split("|"),
  })));
}

/**
 * Return a text in which words are dotted and explained, each where it stands first. The first word of a section is a stop of the tab key; arrows lead to the others.
 * @param {string} text
 * @param {Set<string>} seen ids of those that stood before in the same section; those found are added
 * @returns {(Node | string)[]}
 */
export function explained(text, seen = new Set()) {
  finder ??= listed();
  return partsOf(text, finder, seen).map(([part, id]) => {
    if (!id) return part;
    const tabIndex = seen.values().next().value === id ? 0 : -1;
    return make("span", {
      className: "dotted",
      textContent: part,
      role: "button",
      tabIndex,
      "aria-describedby": id,
    });
  });
}

/**
 * Dot the words of elements that hold nothing but text, one section after what is dotted in it before.
 * @param {ParentNode} section
 * @param {Iterable<Element>} elements
 */
export function explain(section, elements) {
  const before = section.querySelectorAll(".dotted");
  const seen = new Set(Array.from(before, (word) => word.getAttribute("aria-describedby") ?? ""));
  for (const element of elements) {
    if (!element.childElementCount) element.replaceChildren(...explained(element.textContent ?? "", seen));
  }
}

/** @type {HTMLElement | null} */
let told = null; // the word whose sentence is shown

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
const wordAt = (target) =>
  target instanceof HTMLElement && target.classList.contains("dotted") ? target : null;

/**
 * Show the sentence of a word, or none.
 * @param {HTMLElement | null} word
 */
function tell(word) {
  if (!word && !told) return;
  told = word;
  const sentence = word && document.getElementById(word.getAttribute("aria-describedby") ?? "");
  if (word && sentence) keepTip(word, sentence.textContent ?? "");
  else dropTip();
}

const LEAVING = 200; // milliseconds in which the pointer may go from a word to its sentence

/** Explain the words of the page, wherever they stand: to the pointer, the focus and the finger. */
export function watchWords() {
  /** @type {ReturnType<typeof setTimeout>} */
  let leaving;
  document.addEventListener("pointerover", ({ target, pointerType }) => {
    const word = pointerType === "touch" ? null : wordAt(target);
    if (!word && !told) return;
    clearTimeout(leaving);
    if (word) return tell(word);
    const onTip = target instanceof Element && target.closest(".tip");
    if (!onTip && pointerType !== "touch") {
      leaving = setTimeout(() => tell(wordAt(document.activeElement)), LEAVING);
    }
  });
  document.addEventListener("focusin", ({ target }) => tell(wordAt(target)));
  document.addEventListener("focusout", ({ target }) => target === told && tell(null));
  document.addEventListener("click", ({ target }) => wordAt(target) && tell(wordAt(target)));
  document.addEventListener("pointerdown", ({ target }) => {
    if (!wordAt(target) && !(target instanceof Element && target.closest(".tip"))) tell(null);
  });
  document.addEventListener("scroll", () => tell(told), { capture: true, passive: true });
  document.addEventListener("keydown", press, { capture: true });
}

const STEPS = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowRight: 1 });

/**
 * Esc takes the sentence away, and nothing else; arrows go from word to word of a section; Enter shows what Esc took away.
 * @param {KeyboardEvent} event
 */
function press(event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const word = wordAt(event.target);
  if (event.key === "Escape" && told) tell(null);
  else if (word && STEPS[event.key]) walk(word, STEPS[event.key]);
  else if (word && (event.key === "Enter" || event.key === " ")) tell(word);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/**
 * Go to the next word of a section that can be seen; it becomes the section's stop of the tab key.
 * @param {HTMLElement} word
 * @param {number} step
 */
function walk(word, step) {
  const section = word.closest(".network") ?? word.closest("section") ?? document.body;
  const words = /** @type {HTMLElement[]} */ ([...section.querySelectorAll(".dotted")]);
  const shown = words.filter((each) => each.checkVisibility());
  const next = shown[shown.indexOf(word) + step];
  if (!next) return;
  for (const each of words) each.tabIndex = each === next ? 0 : -1;
  next.focus();
}
