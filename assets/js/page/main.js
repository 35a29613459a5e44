/** The page: where its parts are made, and begin. */
import { Compare } from "../compare/compare.js";
import { Drawing } from "../compare/drawing.js";
import { fetchPlotly } from "../compare/scripts.js";
import { pictureAddress } from "../core/address.js";
import { watchDashRequests } from "../core/dash_requests.js";
import { byId } from "../core/element.js";
import { facts } from "../core/facts.js";
import { getBytes } from "../core/fetching.js";
import { blockAddress, verdictsAddress } from "../core/images.js";
import { watchMenu } from "../core/menu.js";
import { say } from "../core/message.js";
import { watchEscape } from "../core/opened.js";
import { watchPaper } from "../core/paper.js";
import { fillPlaces } from "../core/skeleton.js";
import { store } from "../core/store.js";
import { restoreTheme } from "../core/theme.js";
import { watchWords } from "../core/words.js";
import { Explore } from "../explore/explore.js";
import { Filters } from "../filters/filters.js";
import { Controls } from "./controls.js";

import { History } from "./history.js";
import { followLink, shareLink } from "./links.js";
import { Progress } from "./progress.js";
import { comeBack } from "./returning.js";

/** @import { Selection } from "../core/selection.js" */

const controls = new Controls();
/** @type {Compare | null} */
let compare = null; // once the page stands
restoreTheme();
watchPaper();
watchDashRequests();
watchEscape();

/* Ask for what the first view needs while Dash is still at work. */
const { selection } = store;
const verdicts = getBytes(verdictsAddress());
verdicts.catch(() => {}); // said when the page stands
if (selection.page === "compare") fetchPlotly();
if (selection.page === "explore") {
  for (const first of [blockAddress(selection.digit), pictureAddress(selection)]) {
    getBytes(first).catch(() => {});
  }
}

/**
 * Show one of the pages.
 * @param {string} page
 */
function turnTo(page) {
  document.body.dataset.page = page;
  for (const each of ["explore", "compare", "filters"]) byId(each).hidden = page !== each;
}

/** Make what the page consists of, once Dash has built the frame. */
function start() {
  fillPlaces();
  compare = new Compare();
  const explore = new Explore();
  const history = new History();
  const { places } = history;
  const pages = {
    shown: (/** @type {Selection} */ before, /** @type {string} */ step) => {
      if (step === "push") places.leave(); // before what is shown now moves it
      if (before.page === store.selection.page) return;
      turnTo(store.selection.page);
      if (step !== "keep") globalThis.scrollTo(0, 0);
    },
  };
  for (const follower of [pages, explore, history, controls, compare, new Filters()]) store.follow(follower);
  byId("share").addEventListener("click", shareLink);
  document.addEventListener("click", (event) => followLink(event, () => places.leave()));
  watchMenu();
  if (facts.opened) follow(explore);
  watchWords();
  if (facts.complaints.length) say(`${facts.complaints.join(" ")} The rest of the link is shown.`);
  controls.show();
  explore.arrange(); // while the picture is on its way
  verdicts.then((buffer) => begin(buffer, explore), (problem) => say(problem.message));
}

/**
 * Follow how far it is with somebody's own networks and images.
 * @param {Explore} explore
 */
function follow(explore) {
  const progress = new Progress(() => explore.renew());
  store.follow(progress);
  progress.follow();
}

/**
 * Show what is selected, now that it is known what there is.
 * @param {ArrayBuffer} buffer
 * @param {Explore} explore
 */
function begin(buffer, explore) {
  store.images.learn(buffer);
  turnTo(store.selection.page);
  explore.begin();
  document.body.dataset.wall = "ready";
  store.begin().then(comeBack);
}

/** What Dash calls: dashboard/callbacks.py. */
const called = {
  choose: (/** @type {string[]} */ ...values) => controls.choose(values),
  drawn: () => compare?.drawn(dash().callback_context.triggered_id.replace(/-drawings$/, "")),
};
/** What Dash gives to the page. @returns {any} */
const dash = () => /** @type {any} */ (globalThis).dash_clientside;
/** @type {any} */ (globalThis).dash_clientside = { ...dash(), convlens: called };
/** @type {any} */ (globalThis).convlens = { Drawing }; // which it draws: dashboard/pages/drawings.py

/*
 * Dash builds the page in one step; begin when it stands. Its own first callback comes later: the picture stood after
 * 1,276 and 1,199 ms instead of 1,059 and 1,186, each the median of nine first visits in turn, on a busy machine.
 */
new MutationObserver((_, observer) => {
  if (!byId("compare-panels")) return;
  observer.disconnect();
  start();
}).observe(document.body, { childList: true, subtree: true });
