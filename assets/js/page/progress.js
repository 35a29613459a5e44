/** How far it is with somebody's own networks and images, which are read and measured while the page is looked at. */
import { byId, make, write } from "../core/element.js";
import { facts } from "../core/facts.js";
import { forget, getFresh } from "../core/fetching.js";
import { say } from "../core/message.js";
import { afterFrame } from "../core/schedule.js";
import { store } from "../core/store.js";
import { freshFacts, takenIn } from "./renewal.js";
import { Returning } from "./returning.js";

/**
 * What the server says of it.
 * @typedef {object} State
 * @property {number} opened images that are open
 * @property {number} count images that there will be, 0 where these are all
 * @property {string} doing what is being done, "" for nothing
 * @property {number | null} share of that, from 0 to 1
 * @property {number | null} left seconds
 * @property {string[]} changed names of files that are others now
 * @property {string} fault why it could not be gone on with
 * @property {boolean} cancelled
 * @property {string[]} said how networks and images were read
 * @property {string} version of what can be looked at now
 */

const BUSY = 1_000; // milliseconds between two questions while something is done
const IDLE = 5_000;

/**
 * Return how long something will take, in words.
 * @param {number} seconds
 */
export function lasting(seconds) {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/**
 * Return the sentence on how far it is, and what can be done about it; "" where nothing is to be said.
 * @param {State} state
 * @param {string} shown the version that this page shows
 * @param {string} nouns what images are called
 * @returns {{sentence: string, action: "" | "cancel" | "again" | "reload"}}
 */
export function told(state, shown, nouns) {
  const [opened, count] = [state.opened, state.count].map((number) => number.toLocaleString("en"));
  const part = state.count > state.opened ? `${opened} of ${count} ${nouns} are open. ` : "";
  if (state.changed.length) {
    const were = state.changed.length > 1
      ? "have been written anew since they were"
      : "has been written anew since it was";
    return { sentence: `${state.changed.join(" and ")} ${were} opened.`, action: "again" };
  }
  if (state.version !== shown) {
    return { sentence: "There is more to see: more was measured.", action: "reload" };
  }
  if (state.fault) return { sentence: `${part}${state.fault}`, action: "again" };
  if (state.cancelled) return { sentence: `${part}Cancelled; what was measured is kept.`, action: "again" };
  if (!state.doing) return { sentence: "", action: "" };
  const far = state.share === null ? "" : ` ${Math.floor(100 * state.share)} %`;
  const left = state.left === null ? "" : `, about ${lasting(state.left)} left`;
  return { sentence: `${part}${state.doing}${far}${left}`, action: "cancel" };
}

const FILLED = "convlens-filled"; // under which a tab keeps the version that it was last filled with

/**
 * Return whether the page has not been opened anew by itself for a version yet: once for each is enough.
 * @param {string} version of what can be looked at now
 * @param {Pick<Storage, "getItem" | "setItem">} kept
 */
export function fillsIn(version, kept = sessionStorage) {
  if (kept.getItem(FILLED) === version) return false;
  kept.setItem(FILLED, version);
  return true;
}

const WORDS = { cancel: "Cancel", again: "Go on", reload: "Show it" };

/** The line under the header that says so. */
export class Progress {
  /** @param {() => void} renew shows what was measured meanwhile, where it is in sight */
  constructor(renew) {
    this.renew = renew;
    this.renewed = false; // whether there is more on other pages than when they were drawn
    this.refused = ""; // the version that cannot be taken in while the page stands
    this.returning = new Returning();
    this.line = byId("opened");
    this.text = make("span", { role: "status" });
    this.bar = make("progress", { max: 1, "aria-label": "How much of it is done" });
    this.button = make("button", { type: "button" });
    this.notes = make("ul");
    this.how = make("details", {}, make("summary", { textContent: "How they were read" }), this.notes);
    /** @type {ReturnType<typeof told>["action"]} */
    this.action = "";
    this.button.addEventListener("click", () => this.act());
    this.line.append(this.text, this.bar, this.button, this.how);
  }

  /** Ask, show, and ask again, as long as the page is open. */
  async follow() {
    let rest = IDLE;
    try {
      const state = /** @type {State} */ (await getFresh("api/opened"));
      this.show(state);
      if (state.doing) rest = BUSY;
    } catch {
      // the server is being stopped or started; whoever clicks is told
    }
    setTimeout(() => this.follow(), rest);
  }

  /** @param {State} state */
  show(state) {
    const { sentence, action } = told(state, facts.version, facts.images.nouns);
    if (action === "reload") this.fillIn(state.version);
    this.line.hidden = !sentence && !state.said.length;
    write(this.text, sentence);
    this.bar.hidden = action !== "cancel";
    if (state.share === null) this.bar.removeAttribute("value");
    else this.bar.value = state.share;
    this.action = action;
    this.button.hidden = !action;
    if (action) write(this.button, state.changed.length ? "Open it anew" : WORDS[action]);
    this.how.hidden = !state.said.length;
    if (this.notes.childElementCount !== state.said.length) {
      this.notes.replaceChildren(...state.said.map((textContent) => make("li", { textContent })));
    }
  }

  /**
   * Show what was measured meanwhile, if that disturbs nobody; else the button does.
   * @param {string} version
   */
  async fillIn(version) {
    const { page } = store.selection;
    if (page === "explore" && !store.picture && fillsIn(version)) return location.reload(); // which was asked for in vain
    if (page === "explore" && this.refused !== version) {
      const fresh = await freshFacts();
      if (fresh.version !== version) return; // another process of the server has not read it yet
      if (takenIn(fresh)) return this.taken();
      this.refused = version;
    }
    if (page === "explore" && !this.returning.isAlone()) return;
    if (fillsIn(version)) this.returning.leave();
  }

  /** Show what was taken in. */
  taken() {
    this.renewed = true;
    forget("api/");
    this.line.hidden = true; // until it is known what is done next
    this.renew();
  }

  /** Draw the other pages anew, which were drawn before there was more. */
  shown() {
    if (this.renewed && store.selection.page !== "explore") afterFrame(() => location.reload());
  }

  /** Do what the button says. */
  async act() {
    if (this.action === "reload") return location.reload();
    try {
      this.show(await getFresh(`api/opened/${this.action}`, { method: "POST" }));
      this.button.hidden = true; // until it is done
    } catch (problem) {
      say(/** @type {Error} */ (problem).message);
    }
  }
}
