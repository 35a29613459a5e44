/** Where the pointer is: one source of coordinates for what it points at and for what it clicks. */

/** @typedef {{clientX: number, clientY: number}} Spot in CSS pixels of the window */

/**
 * Return what tells where a click on an element was, as exactly as its pointer events say.
 *
 * Chromium writes a click in whole CSS pixels and a pointer's moves in fractions of them: read by itself, a click can mean the cell above or to the left of the one that is pointed at. A click that no pointer was near, such as a screen reader's, is where it says.
 * @param {HTMLElement} element
 * @returns {(click: Spot) => Spot}
 */
export function exactly(element) {
  /** @type {Spot | null} */
  let last = null;
  for (const type of /** @type {const} */ (["pointermove", "pointerdown"])) {
    element.addEventListener(type, (event) => (last = event), true);
  }
  return (click) => (last && isNear(last, click) ? last : click);
}

/**
 * Return whether two spots are one but for rounding.
 * @param {Spot} one
 * @param {Spot} other
 */
export const isNear = (one, other) =>
  Math.abs(one.clientX - other.clientX) <= 1 && Math.abs(one.clientY - other.clientY) <= 1;
