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

/** @typedef {"dark" | "light"} Theme */

/** @returns {Theme} */
const system = () => (dark?.matches ? "dark" : "light");

const root = () => document.documentElement;

/**
 * Return the theme that the page has now.
 * @returns {Theme}
 */
export const currentTheme = () =>
  forced?.matches ? system() : (/** @type {Theme | undefined} */ (root().dataset.theme) ?? system());

/**
 * Return a colour of CSS that is one on light paper and another on dark. A browser that does not know such colours keeps what a style was before.
 * @param {string} light
 * @param {string} dark
 */
export const byTheme = (light, dark) => (light === dark ? light : `light-dark(${light}, ${dark})`);

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
