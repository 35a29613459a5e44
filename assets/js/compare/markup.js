/** What the server wrote as HTML becomes part of the page: dashboard/markup.py says why it is no component of Dash. */

/**
 * Put the HTML that parts of an element hold into them; what is there already stays. Call `filled` with each part that was.
 * @param {HTMLElement} element
 * @param {(part: HTMLElement) => void} filled
 */
export function fillHtml(element, filled) {
  for (const part of /** @type {NodeListOf<any>} */ (element.querySelectorAll("[data-html]"))) {
    if (part.dataset.html === part.filled) continue;
    part.filled = part.innerHTML = part.dataset.html;
    filled(part);
  }
}

/**
 * Call `fill` whenever Dash puts something else into an element, before it is painted.
 * @param {HTMLElement} element
 * @param {(element: HTMLElement) => void} fill
 */
export function watchHtml(element, fill) {
  new MutationObserver(() => fill(element)).observe(element, {
    attributes: true,
    attributeFilter: ["data-html"],
    childList: true,
    subtree: true,
  });
}
