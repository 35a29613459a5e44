/** The one region for messages. */
import { closed, opened } from "./opened.js";

/**
 * Show a sentence near the top of the page; an empty one takes it away.
 * @param {string} sentence
 * @param {string} kind
 */
export function say(sentence, kind = "error") {
  const region = document.getElementById("message");
  if (!region) return;
  closed(region);
  region.replaceChildren();
  region.dataset.kind = kind;
  if (!sentence) return;
  opened(region, () => say(""));
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
  close.setAttribute("aria-label", "Close this message");
  close.addEventListener("click", () => say(""));
  region.append(Object.assign(document.createElement("span"), { textContent: sentence }), close);
}

/**
 * Take a sentence away, if it is the one that is shown.
 * @param {string | undefined} sentence
 */
export function unsay(sentence) {
  const shown = document.getElementById("message")?.firstElementChild?.textContent;
  if (sentence && shown === sentence) say("");
}

/**
 * Say that the networks are waking up; ask again.
 * @param {string} sentence
 */
export function wakingUp(sentence) {
  document.body.dataset.waking = "true";
  say(sentence, "news");
  return true;
}

/** Take that back. */
export function awake() {
  if (!document.body.dataset.waking) return;
  delete document.body.dataset.waking;
  say("");
}
