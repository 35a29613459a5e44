/** A page that is opened anew by itself, while nobody does anything with it, is as it was left. */

const KEY = "convlens-left";
const RESTED = 20_000; // milliseconds without a hand on it
const HANDS = ["pointermove", "pointerdown", "keydown", "wheel", "touchstart"];
const BUSY = "#pad[open], dialog[open], input:focus, textarea:focus"; // that the address does not say all of

export class Returning {
  constructor() {
    this.moved = performance.now();
    const moved = () => (this.moved = performance.now());
    for (const type of HANDS) addEventListener(type, moved, { passive: true, capture: true });
  }

  /** Return whether nobody would notice, or mind, that the page is opened anew. */
  isAlone() {
    if (document.querySelector(BUSY)) return false;
    return document.hidden || performance.now() - this.moved > RESTED;
  }

  /** Open the page anew, and come back to what has the focus and to where its parts are scrolled. */
  leave() {
    const scrolled = [...document.querySelectorAll("[id]")]
      .filter(({ scrollTop, scrollLeft }) => scrollTop || scrollLeft)
      .map(({ id, scrollTop, scrollLeft }) => [id, scrollTop, scrollLeft]);
    sessionStorage.setItem(KEY, JSON.stringify({ scrolled, focus: nameOf(document.activeElement) }));
    location.reload();
  }
}

/** Come back, once the page is painted; where it was not left so, nothing is done. */
export function comeBack() {
  const left = sessionStorage.getItem(KEY);
  if (!left) return;
  sessionStorage.removeItem(KEY);
  const { scrolled, focus } = JSON.parse(left);
  for (const [id, scrollTop, scrollLeft] of scrolled) {
    Object.assign(document.getElementById(id) ?? {}, { scrollTop, scrollLeft });
  }
  const element = focus && document.querySelector(focus);
  if (element instanceof HTMLElement) element.focus({ preventScroll: true });
}

/**
 * Return a selector of an element, "" where it has no name.
 * @param {Element | null} element
 */
function nameOf(element) {
  if (element?.id) return `#${CSS.escape(element.id)}`;
  const label = element?.getAttribute("aria-label");
  return label ? `${element?.localName}[aria-label="${CSS.escape(label)}"]` : "";
}
