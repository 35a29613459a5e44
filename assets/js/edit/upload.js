/** Ways in which somebody brings an image: it is chosen, pasted or dropped. */
import { make } from "../core/element.js";
import { facts } from "../core/facts.js";

const WRITTEN = "input:not([type=range], [type=checkbox], [type=radio]), textarea"; // what is pasted there is text

/**
 * Return a button that lets somebody choose an image, or take one where there is a camera; what a file is, the server sees in its bytes.
 * @param {(file: File) => void} send
 */
export function imageButton(send) {
  const chosen = make("input", { type: "file", accept: facts.image_types, hidden: true });
  const button = make("button", { type: "button", textContent: "Upload an image" });
  button.addEventListener("click", () => chosen.click());
  chosen.addEventListener("change", () => {
    if (chosen.files?.length) send(chosen.files[0]);
    chosen.value = ""; // the same file may be chosen again
  });
  return make("span", {}, button, chosen);
}

/**
 * Take files that are pasted or dropped anywhere on the page; those that are no images are refused with a sentence.
 * @param {HTMLElement} target shows that one can be dropped
 * @param {{wanted: () => boolean, send: (file: File) => void}} taking whether images are wanted now, and what is done with a file
 */
export function takeImages(target, { wanted, send }) {
  /** @param {DataTransferItemList | undefined} items */
  const file = (items) => wanted() && [...(items ?? [])].find(({ kind }) => kind === "file");
  /** @type {(shown: boolean) => any} */
  const mark = (shown) => (shown ? (target.dataset.drop = "image") : delete target.dataset.drop);
  /** @type {(event: Event, item: DataTransferItem | false | undefined) => void} */
  const take = (event, item) => {
    const taken = item ? item.getAsFile() : null;
    if (!taken) return;
    event.preventDefault();
    send(taken);
  };
  document.addEventListener("paste", (event) => {
    const pasted = !(event.target instanceof Element && event.target.closest(WRITTEN)) &&
      file(event.clipboardData?.items);
    take(event, pasted);
  });
  for (const kind of /** @type {const} */ (["dragenter", "dragover"])) {
    document.addEventListener(kind, (event) => {
      if (!event.dataTransfer || !file(event.dataTransfer.items)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      mark(true);
    });
  }
  document.addEventListener("dragleave", (event) => !event.relatedTarget && mark(false));
  document.addEventListener("drop", (event) => {
    mark(false);
    take(event, file(event.dataTransfer?.items));
  });
}
