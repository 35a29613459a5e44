/* Ways in which somebody brings an image: it is chosen, pasted or dropped. */
(function (c) {
  "use strict";

  const WRITTEN = "input:not([type=range], [type=checkbox], [type=radio]), textarea"; // what is pasted there is text

  /** Return a button that lets somebody choose an image, or take one where there is a camera; what a file is, the server sees in its bytes. */
  c.imageButton = function (send) {
    const chosen = c.make("input", { type: "file", accept: c.facts.image_types, hidden: true });
    const button = c.make("button", { type: "button", textContent: "Upload an image" });
    button.addEventListener("click", () => chosen.click());
    chosen.addEventListener("change", () => {
      if (chosen.files.length) send(chosen.files[0]);
      chosen.value = ""; // the same file may be chosen again
    });
    return c.make("span", {}, button, chosen);
  };

  /**
   * Take files that are pasted or dropped anywhere on the page; those that are no images are refused with a sentence.
   * @param target Shows that one can be dropped.
   * @param taking {wanted, send}: whether images are wanted now, and what is done with a file.
   */
  c.takeImages = function (target, { wanted, send }) {
    const file = (items) => wanted() && [...(items ?? [])].find(({ kind }) => kind === "file");
    const mark = (shown) => (shown ? (target.dataset.drop = "image") : delete target.dataset.drop);
    document.addEventListener("paste", (event) => {
      const pasted = !event.target.closest?.(WRITTEN) && file(event.clipboardData?.items);
      if (!pasted) return;
      event.preventDefault();
      send(pasted.getAsFile());
    });
    for (const kind of ["dragenter", "dragover"]) {
      document.addEventListener(kind, (event) => {
        if (!file(event.dataTransfer?.items)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = "copy";
        mark(true);
      });
    }
    document.addEventListener("dragleave", (event) => !event.relatedTarget && mark(false));
    document.addEventListener("drop", (event) => {
      mark(false);
      const dropped = file(event.dataTransfer?.items);
      if (!dropped) return;
      event.preventDefault();
      send(dropped.getAsFile());
    });
  };
})((window.convlens ??= {}));
