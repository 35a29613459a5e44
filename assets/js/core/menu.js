/** The menu at the top of every page: what the words mean, and what turns the page dark or light. */
import { byId } from "./element.js";
import { turnTheme, whenThemed } from "./theme.js";

/** Let its button turn the page, and the page of all words, which has no script, be as dark or light as a person made this one. */
export function watchMenu() {
  byId("theme").addEventListener("click", turnTheme);
  const link = /** @type {HTMLAnchorElement} */ (byId("help"));
  const plain = link.getAttribute("href") ?? "";
  const name = () => {
    const { theme } = document.documentElement.dataset;
    link.href = theme ? `${plain}?theme=${theme}` : plain;
  };
  name();
  whenThemed(name);
}
