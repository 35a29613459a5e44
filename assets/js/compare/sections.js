/** The sections of Compare: Dash draws each when it comes into view, and the others, one at a time, when nothing else is to be done. */
import { byId } from "../core/element.js";

const NEAR = "200px"; // beyond the screen that still counts as in view
const LATEST = 100; // milliseconds; a busy machine is never idle

export class Sections {
  /**
   * @param {HTMLElement} root
   * @param {(id: string) => void} ask has Dash draw what is chosen in a section
   */
  constructor(root, ask) {
    this.ask = ask;
    this.ids = Array.from(root.children, ({ id }) => id); // in reading order
    /** @type {Set<string>} */
    this.waiting = new Set(); // what is to be asked for
    /** @type {Set<string>} */
    this.asked = new Set(); // what is on its way
    /** @type {Set<string>} */
    this.seen = new Set();
    const observer = new IntersectionObserver((entries) => entries.forEach((each) => this.see(each)), {
      rootMargin: NEAR,
    });
    for (const section of root.children) observer.observe(section);
  }

  /** Draw all anew. */
  begin() {
    this.asked.clear();
    this.waiting = new Set(this.ids);
    for (const id of this.ids) byId(id).ariaBusy = "true";
    for (const id of this.seen) this.draw(id);
    for (const id of this.waiting) byId(id).classList.add("stale"); // what is there of another choice is not to be seen
    this.goOn();
  }

  /**
   * Take note of a section that has come into view, or has left it.
   * @param {IntersectionObserverEntry} entry
   */
  see({ target, isIntersecting }) {
    if (!isIntersecting) return void this.seen.delete(target.id);
    this.seen.add(target.id);
    this.draw(target.id);
  }

  /**
   * Draw a section, unless that was asked for.
   * @param {string} id
   */
  draw(id) {
    if (!this.waiting.delete(id)) return;
    this.asked.add(id);
    this.ask(id);
  }

  /**
   * Go on with the others when a section has been drawn.
   * @param {string} id
   */
  drawn(id) {
    this.asked.delete(id);
    byId(id).ariaBusy = null;
    byId(id).classList.remove("stale");
    this.goOn();
  }

  goOn() {
    idle(() => {
      const [next] = this.waiting;
      if (next && !this.asked.size) this.draw(next);
    });
  }
}

/**
 * Act when the browser has nothing else to do.
 * @param {() => void} act
 */
const idle = (act) =>
  "requestIdleCallback" in globalThis ? requestIdleCallback(act, { timeout: LATEST }) : setTimeout(act);
