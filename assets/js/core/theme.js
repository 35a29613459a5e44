/** Dark or light: the system's choice, until a person makes another. */

const dark = globalThis.matchMedia?.("(prefers-color-scheme: dark)");
const forced = globalThis.matchMedia?.("(forced-colors: active)"); // the system's colours, whatever was chosen here

function stored() {
  try {
    return localStorage.getItem("theme");
  } catch {
    return null; // the browser keeps nothing for us; the system's choice stands
  }
}

const system = () => (dark.matches ? "dark" : "light");

const root = () => document.documentElement;

/** Return the theme that the page has now. */
export const currentTheme = () => (forced.matches ? system() : (root().dataset.theme ?? system()));

/** Give the page the theme that was chosen at an earlier visit. */
export function restoreTheme() {
  const theme = stored();
  if (theme === "dark" || theme === "light") root().dataset.theme = theme;
}

/** Turn dark to light, or back. */
export function turnTheme() {
  const theme = currentTheme() === "dark" ? "light" : "dark";
  root().dataset.theme = theme;
  try {
    localStorage.setItem("theme", theme);
  } catch {
    /* it holds for this visit */
  }
  for (const act of followers) act();
}

/** @type {Set<() => void>} */
const followers = new Set();

/**
 * Act whenever the theme has become another one.
 * @param {() => void} act
 */
export function whenThemed(act) {
  followers.add(act);
  for (const paper of [dark, forced]) paper.addEventListener("change", act);
}
