/* What the server wrote as HTML becomes part of the page: dashboard/markup.py says why it is no component of Dash. */
(function (c) {
  "use strict";

  /** Put the HTML that parts of an element hold into them; what is there already stays. */
  c.fill = function (element) {
    for (const part of element.querySelectorAll("[data-html]")) {
      if (part.dataset.html === part.filled) continue;
      part.filled = part.innerHTML = part.dataset.html;
      c.layOut(part);
      c.layOutCharts(part);
    }
  };

  /** Do so now and whenever Dash puts something else there, before it is painted. */
  c.fillIn = function (element) {
    new MutationObserver(() => c.fill(element)).observe(element, { attributes: true, attributeFilter: ["data-html"], childList: true, subtree: true });
    c.fill(element);
  };
})((window.convlens ??= {}));
