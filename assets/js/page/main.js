/** The page: where its parts are made, and begin. */
import { Compare } from "../compare/compare.js";
import { fetchPlotly } from "../compare/plotly.js";
import { pictureAddress } from "../core/address.js";
import { byId } from "../core/element.js";
import { facts } from "../core/facts.js";
import { getBytes } from "../core/fetching.js";
import { blockAddress, verdictsAddress } from "../core/images.js";
import { say } from "../core/message.js";
import { watchPaper } from "../core/paper.js";
import { store } from "../core/store.js";
import { restoreTheme, turnTheme } from "../core/theme.js";
import { Explore } from "../explore/explore.js";
import { Controls } from "./controls.js";
import { watchDashRequests } from "./dash_requests.js";
import { History } from "./history.js";
import { followLink, shareLink } from "./links.js";

const controls = new Controls();
restoreTheme();
watchPaper();
watchDashRequests();

/* Ask for what the first view needs while Dash is still at work. */
const { selection } = store;
const verdicts = getBytes(verdictsAddress());
verdicts.catch(() => {}); // said when the page stands
if (selection.page === "compare") fetchPlotly();
else {for (const first of [blockAddress(selection.digit), pictureAddress(selection)]) {
    getBytes(first).catch(() => {});
  }}

/** Show one of the two pages. */
function turnTo(page) {
  document.body.dataset.page = page;
  byId("explore").hidden = page !== "explore";
  byId("compare").hidden = page !== "compare";
}

/** Make what the page consists of, once Dash has built the frame. */
function start() {
  const compare = new Compare();
  compare.fill(document.body);
  const explore = new Explore();
  const pages = { shown: (before) => before.page !== store.selection.page && turnTo(store.selection.page) };
  for (const follower of [pages, explore, new History(), controls, compare]) store.follow(follower);
  byId("share").addEventListener("click", shareLink);
  byId("theme").addEventListener("click", turnTheme);
  document.addEventListener("click", followLink);
  if (facts.complaints.length) say(`${facts.complaints.join(" ")} The rest of the link is shown.`);
  controls.show();
  explore.arrange(); // while the picture is on its way
  verdicts.then((buffer) => begin(buffer, explore), (problem) => say(problem.message));
}

function begin(buffer, explore) {
  store.images.learn(buffer);
  turnTo(store.selection.page);
  explore.begin();
  document.body.dataset.wall = "ready";
  store.begin();
}

globalThis.dash_clientside = Object.assign(globalThis.dash_clientside ?? {}, {
  /** What Dash calls, dashboard/callbacks.py: the only name that this script gives to the page. */
  convlens: { choose: (...values) => controls.choose(values) },
});

/* Dash builds the page in one step; begin when it stands. */
new MutationObserver((_, observer) => {
  if (!byId("comparison")) return;
  observer.disconnect();
  start();
}).observe(document.body, { childList: true, subtree: true });
