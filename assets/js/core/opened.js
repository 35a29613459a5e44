/**
 * What has been opened, the last on top: Escape closes that, and the focus goes back to what had it before.
 *
 * Whoever opens something says so by `opened(element, close)`, and by `closed(element)` when it is closed in another way, by a click or by Back; both may be said more often than needed. Sections and lists that open by themselves (details, popover) are told of here.
 */

/** @typedef {{element: HTMLElement, close: () => void, before: HTMLElement | null}} Opened before: what had the focus */

/** @type {Opened[]} */
const stack = [];

/**
 * Let Escape close something, before all that was opened earlier.
 * @param {HTMLElement} element
 * @param {() => void} close
 * @param {HTMLElement | null} [before] where the focus goes back to; by default to what has it now
 */
export function opened(element, close, before) {
  const known = take(element);
  const now = hasFocus(element) ? known?.before : /** @type {HTMLElement} */ (document.activeElement);
  stack.push({ element, close, before: before ?? now ?? null });
}

/**
 * Let Escape have nothing to do with something any more.
 * @param {HTMLElement} element
 */
export function closed(element) {
  const known = take(element);
  if (known && element.contains(document.activeElement)) goBack(known);
}

/** Close what can be seen and was opened last; return whether there was anything. */
export function closeLast() {
  const last = stack.findLast(({ element }) => element.isConnected && element.checkVisibility());
  if (!last) return false;
  const focused = hasFocus(last.element);
  take(last.element);
  last.close();
  if (focused) goBack(last);
  return true;
}

/** Listen to Escape, to sections that open and close by themselves, and to what leaves a list that lies over the page. */
export function watchEscape() {
  for (const kind of ["pointerdown", "focusin"]) document.addEventListener(kind, closeLeft);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !event.isComposing && closeLast()) {
      event.preventDefault();
    }
  });
  document.addEventListener("toggle", (event) => {
    const { target } = event;
    if (target instanceof HTMLDetailsElement) follow(target);
    else if (target instanceof HTMLElement && target.popover) followList(target, event);
  }, true); // it does not bubble
}

/**
 * Close what lies over the page once somebody is elsewhere.
 * @param {Event} event
 */
function closeLeft({ target }) {
  for (const { element, close } of [...stack]) {
    if (element.matches(".over") && !element.contains(/** @type {Node} */ (target))) close();
  }
}

/**
 * Follow a list that opens over the page; the focus goes back to its button.
 * @param {HTMLElement} list
 * @param {Event & {newState?: string}} event
 */
function followList(list, { newState }) {
  const button = document.querySelector(`[popovertarget="${list.id}"]`);
  if (newState === "open") opened(list, () => list.hidePopover(), /** @type {HTMLElement} */ (button));
  else closed(list);
}

/**
 * Follow a section that opens by itself; the focus goes back to its heading.
 * @param {HTMLDetailsElement} details
 */
function follow(details) {
  if (details.open) opened(details, () => (details.open = false), details.querySelector("summary"));
  else closed(details);
}

/**
 * Return whether the focus is in an element, or nowhere.
 * @param {HTMLElement} element
 */
function hasFocus(element) {
  const { activeElement, body } = document;
  return !activeElement || activeElement === body || element.contains(activeElement);
}

/**
 * Return an element's place in the stack, taken out of it.
 * @param {HTMLElement} element
 */
function take(element) {
  const place = stack.findIndex((each) => each.element === element);
  return place < 0 ? null : stack.splice(place, 1)[0];
}

/**
 * Move the focus to where it was before, as far as that is still there; the page does not move.
 * @param {Opened} known
 */
function goBack({ before }) {
  if (before?.isConnected) before.focus({ preventScroll: true });
}
