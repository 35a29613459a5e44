/** A page to mail: one view of Explore in one file, which asks no server. Its parts are made here, and begin. */
import { byId } from "../core/element.js";
import { facts } from "../core/facts.js";
import { unpack } from "../core/embedded.js";
import { watchEscape } from "../core/opened.js";
import { watchPaper } from "../core/paper.js";
import { store } from "../core/store.js";
import { restoreTheme, turnTheme } from "../core/theme.js";
import { watchWords } from "../core/words.js";
import { MailedView } from "./mailed_view.js";

const NARROW = "(max-width: 760px)"; // as in assets/style.css

restoreTheme();
watchPaper();
watchEscape();
watchWords();
byId("theme").addEventListener("click", turnTheme);
/** @type {HTMLDetailsElement} */ (byId("made")).open = !matchMedia(NARROW).matches;

unpack(JSON.parse(byId("bodies").textContent ?? "[]")).then(() => {
  if (facts.mailed) store.images.learnSome(facts.mailed.labels);
  const view = new MailedView();
  store.follow(view);
  store.begin();
});
