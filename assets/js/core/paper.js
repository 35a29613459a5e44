/** Paper, which is light: what is painted is made ready for it, and brought back to the screen. */

/** @type {[() => void, () => void][]} */
const printed = []; // [before, after] of what has something to do for paper
/** @type {{theme: string | undefined} | null} */
let chosen = null; // while it is printed: {theme}, as it was chosen here before

/**
 * Let what is painted be ready for paper: `before` is called when printing begins and must be done when it returns, `after` when the page is on the screen again.
 * @param {() => void} before
 * @param {() => void} after
 */
export const whenPrinted = (before, after = () => {}) => printed.push([before, after]);

/** Return whether the page is being printed. */
export const isPrinted = () => chosen !== null;

/** Call those who have something to do for paper when the browser prints. */
export function watchPaper() {
  const paper = globalThis.matchMedia("print");
  const back = () => paper.matches || onScreen();
  globalThis.addEventListener("beforeprint", printing);
  globalThis.addEventListener("afterprint", () => setTimeout(back)); // when it is the screen's turn again
  paper.addEventListener("change", ({ matches }) => (matches ? printing() : back()));
}

function printing() {
  if (chosen) return;
  const { dataset } = document.documentElement;
  chosen = { theme: dataset.theme };
  dataset.theme = "light";
  for (const [before] of printed) before();
}

function onScreen() {
  if (!chosen) return;
  const { dataset } = document.documentElement;
  if (chosen.theme) dataset.theme = chosen.theme;
  else delete dataset.theme;
  chosen = null;
  for (const [, after] of printed) after();
}
