/** What the server wrote as HTML becomes part of the page: dashboard/markup.py says why it is no component of Dash. */

/**
 * Put the HTML that parts of an element hold into them; what is there already stays.
 * @param {HTMLElement} element
 */
export function fillHtml(element) {
  for (const part of /** @type {NodeListOf<any>} */ (element.querySelectorAll("[data-html]"))) {
    if (part.dataset.html === part.filled) continue;
    part.filled = part.innerHTML = part.dataset.html;
  }
}
