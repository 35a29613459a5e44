/** The page on which networks are trained: Dash does nearly all of it; here is what Dash does not know of. */
import { watchDashRequests } from "../core/dash_requests.js";
import { byId } from "../core/element.js";
import { watchMenu } from "../core/menu.js";
import { watchEscape } from "../core/opened.js";
import { fillPlaces } from "../core/skeleton.js";
import { currentTheme, restoreTheme, whenThemed } from "../core/theme.js";
import { explain, watchWords } from "../core/words.js";
import { showBecame } from "./became.js";
import { Sight } from "./sight.js";

const SELDOM = 3000; // milliseconds until what was refused, or not answered, is asked again

/** @type {Sight | null} */
let sight = null; // once Dash has made its place

/** What Dash gives to the page. @returns {any} */
const dash = () => /** @type {any} */ (globalThis).dash_clientside;

/** What Dash calls: dashboard/pages/train_callbacks.py. */
const called = {
  /** Return the paper that charts are drawn on when the page is opened. */
  paper: () => currentTheme(),
  /**
   * Show what the training that is chosen sees at one of its snapshots.
   * @param {import("./sight.js").Told | null} told
   */
  moment(told) {
    (sight ??= new Sight(rest)).show(told ?? null);
  },
  became: showBecame,
};

/**
 * Let the address name the snapshot at which the slider came to rest.
 * @param {number | null} step null for the newest
 */
function rest(step) {
  const query = new URLSearchParams(location.search);
  if (step === null) query.delete("step");
  else query.set("step", String(step));
  dash().set_props("address", { search: `?${query}` });
}

restoreTheme();
watchDashRequests(() => dash().set_props("tick", { interval: SELDOM })); // until an answer says when to look again
watchEscape();
/** @type {any} */ (globalThis).dash_clientside = { ...dash(), convlens: called };
whenThemed(() => dash().set_props?.("paper", { data: currentTheme() }));
document.body.dataset.page = "train";

/* Dash builds the page in one step: its words are dotted when it stands. */
new MutationObserver((_, observer) => {
  if (!byId("order-said")) return;
  observer.disconnect();
  fillPlaces();
  watchMenu();
  for (const section of document.querySelectorAll("section")) {
    explain(section, section.querySelectorAll(".reading, .order-group .name"));
  }
  watchWords();
}).observe(document.body, { childList: true, subtree: true });
