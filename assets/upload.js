/* An image of a digit, chosen, pasted or dropped, becomes a drawing: the server finds the ink in it, and keeps nothing. */
(function (c) {
  "use strict";

  const TYPES = "image/png,image/jpeg"; // are offered; what a file is, the server sees in its bytes
  const WRITTEN = "input:not([type=range], [type=checkbox], [type=radio]), textarea"; // what is pasted there is text
  let refused = false; // whether the page says why an image could not be read
  let last = new AbortController(); // of the image that is on its way

  /** Return a button that lets somebody choose an image, or take one where there is a camera. */
  c.imageButton = function (send) {
    const chosen = c.make("input", { type: "file", accept: TYPES, hidden: true });
    const button = c.make("button", { type: "button", textContent: "Upload an image" });
    button.addEventListener("click", () => chosen.click());
    chosen.addEventListener("change", () => {
      if (chosen.files.length) send(chosen.files[0]);
      chosen.value = ""; // the same file may be chosen again
    });
    return c.make("span", {}, button, chosen);
  };

  /**
   * Send an image, and show its drawing; the last image wins, and until it is read nothing changes.
   * @param words Where it is said that it is on its way, and what was found in it.
   * @param show Shows a drawing, given its text.
   */
  c.upload = async function (file, words, show) {
    last.abort();
    const own = (last = new AbortController());
    const say = (text, of, busy = false) => {
      Object.assign(words, { hidden: !text, ariaBusy: busy, textContent: text });
      if (of) words.dataset.of = of;
      else delete words.dataset.of;
    };
    const before = words.hidden || !words.dataset.of ? [""] : [words.textContent, words.dataset.of];
    say("Reading the image …", "", true);
    if (refused) c.say("");
    refused = false;
    try {
      if (file.size > c.facts.image_bytes) throw new c.Problem(`An image may have ${c.facts.image_bytes >> 20} MiB. Make it smaller.`);
      const found = await c.post("/api/drawings", file, own.signal);
      if (own !== last) return;
      say(found.words, found.perturb.split(":")[1]);
      await show(found.perturb);
    } catch (problem) {
      if (own !== last) return;
      say(...before);
      if (!(problem instanceof c.Problem)) throw problem;
      refused = true;
      c.say(problem.message);
    }
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
