/* What the server wrote as HTML becomes part of the page: dashboard/markup.py says why it is no component of Dash. */
(function (c) {
  "use strict";

  function fill(element) {
    element.innerHTML = element.dataset.html;
    c.layOut(element);
  }

  /** Fill what holds HTML within an element, now and whenever Dash puts something else there, before it is painted. */
  c.fillIn = function (element) {
    const all = () => element.querySelectorAll("[data-html]").forEach((each) => each.dataset.html !== each.filled && fill(Object.assign(each, { filled: each.dataset.html })));
    new MutationObserver(all).observe(element, { attributes: true, attributeFilter: ["data-html"], childList: true, subtree: true });
    all();
  };
})((window.convlens ??= {}));
