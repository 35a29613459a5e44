/** How far the page was scrolled at each step of the browser's history, so that Back and Forward lead to the same place. */

const KEPT = 200; // steps
const SETTLING = 3000; // milliseconds in which what comes late may still move the page
const MOVING = ["wheel", "touchstart", "pointerdown", "keydown"]; // what somebody does who wants to be elsewhere
const KEY = "places";

export class Places {
  constructor() {
    globalThis.history.scrollRestoration = "manual"; // the browser restores before the page has its height
    this.tops = read();
    this.step = globalThis.history.state?.step ?? this.name();
    /** @type {number | undefined} */
    this.wanted = this.tops.get(this.step); // where the page is to be, undefined where it may stay
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.settled = undefined;
    this.left = false; // whether the page has been left as it was, and may turn
    this.heights = new ResizeObserver(() => this.go());
    for (const type of MOVING) addEventListener(type, () => this.release(), { passive: true, capture: true });
    addEventListener("pagehide", () => (this.keep(), write(this.tops)));
  }

  /** Return a name that no step of this tab has. */
  name() {
    return `${Date.now().toString(36)}.${this.tops.size}`;
  }

  /** Remember where the page is, before it turns. */
  keep() {
    this.tops.delete(this.step); // so that the newest come last
    this.tops.set(this.step, this.wanted ?? globalThis.scrollY);
  }

  /** Remember where the page is, before a new step begins that may move it. */
  leave() {
    if (!this.left) this.keep();
    this.release();
    this.left = true;
  }

  /** Begin a new step, where the page is. */
  push() {
    if (!this.left) this.keep();
    this.release();
    this.step = this.name();
    write(this.tops);
  }

  /**
   * Come to a step that was there before.
   * @param {string} step
   */
  come(step) {
    this.keep();
    this.release();
    this.step = step;
    this.wanted = this.tops.get(step);
  }

  /** Bring the page to where it was, and hold it there until its parts have their heights. */
  restore() {
    if (this.wanted === undefined) return;
    this.go();
    clearTimeout(this.settled);
    this.settled = setTimeout(() => this.release(), SETTLING);
    this.heights.observe(document.body);
  }

  go() {
    if (this.wanted !== undefined) globalThis.scrollTo({ top: this.wanted, behavior: "instant" }); // the style sheet's is smooth
  }

  /** Let the page be wherever somebody brings it. */
  release() {
    this.wanted = undefined;
    this.left = false;
    clearTimeout(this.settled);
    this.heights.disconnect();
  }
}

/** @returns {Map<string, number>} */
function read() {
  try {
    return new Map(JSON.parse(sessionStorage.getItem(KEY) ?? "[]"));
  } catch {
    return new Map(); // the browser keeps nothing for us; this visit is remembered
  }
}

/** @param {Map<string, number>} tops */
function write(tops) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify([...tops].slice(-KEPT)));
  } catch {
    /* they hold until the page is loaded anew */
  }
}
