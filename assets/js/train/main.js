/** The page on which networks are trained: Dash does nearly all of it; here is what Dash does not know of. */
import { watchDashRequests } from "../core/dash_requests.js";
import { byId } from "../core/element.js";
import { watchEscape } from "../core/opened.js";
import { currentTheme, restoreTheme, turnTheme, whenThemed } from "../core/theme.js";
import { explain, watchWords } from "../core/words.js";

let turned = 0; // how often the button for that was pressed

/** What Dash gives to the page. @returns {any} */
const dash = () => /** @type {any} */ (globalThis).dash_clientside;

/** What Dash calls: dashboard/pages/train_callbacks.py. */
const called = {
  /**
   * Return the paper that charts are drawn on, turned if its button was pressed.
   * @param {number | undefined} clicks
   */
  theme(clicks) {
    if ((clicks ?? 0) > turned) {
      turned = clicks ?? 0;
      turnTheme();
    }
    return currentTheme();
  },
};

restoreTheme();
watchDashRequests();
watchEscape();
/** @type {any} */ (globalThis).dash_clientside = { ...dash(), convlens: called };
whenThemed(() => dash().set_props?.("theme", { data: currentTheme() }));
document.body.dataset.page = "train";

/* Dash builds the page in one step: its words are dotted when it stands. */
new MutationObserver((_, observer) => {
  if (!byId("order-said")) return;
  observer.disconnect();
  for (const section of document.querySelectorAll("section")) {
    explain(section, section.querySelectorAll(".reading, .order-group .name"));
  }
  watchWords();
}).observe(document.body, { childList: true, subtree: true });
