/* The charts of Compare: first those in view, then the others, each when the browser has nothing else to do. */
(function (c) {
  "use strict";

  const NEAR = "200px"; // beyond the screen that still counts as in view
  const LATEST = 500; // milliseconds; a busy machine is never idle
  const waiting = new Set(); // places whose chart is not drawn yet, in reading order
  const drawn = new Set();
  const idle = (act) => (window.requestIdleCallback ? requestIdleCallback(act, { timeout: LATEST }) : setTimeout(act));
  const seen = new IntersectionObserver((places) => places.forEach(({ isIntersecting, target }) => isIntersecting && draw(target)), { rootMargin: NEAR });
  const sized = new ResizeObserver((places) => places.forEach(({ target }) => fit(target)));

  let beginning = false;

  /** Draw the charts that the server left room for within an element, once its words are on the screen. */
  c.layOutCharts = function (element) {
    forgetGone();
    for (const place of element.querySelectorAll(".plot:empty")) waiting.add(place);
    if (beginning || !waiting.size) return;
    beginning = true;
    c.afterFrame(() => c.loadPlotly().then(begin, () => c.say("The charts could not be loaded. Reload the page.")).finally(() => (beginning = false)));
  };

  function begin() {
    for (const place of waiting) seen.observe(place);
    idle(drawNext);
  }

  function drawNext() {
    const place = [...waiting].find(isShown);
    if (place) draw(place).then(() => idle(drawNext));
  }

  /* On paper: as wide as a page, in the inks of light paper. Their place there scales with the page, so they fit any. */
  const WIDE = 680; // screen pixels

  c.whenPrinted(
    () => {
      if (window.Plotly) for (const place of waiting) draw(place);
      for (const place of drawn) if (isShown(place) && place.layout) print(place);
    },
    () => {
      for (const place of drawn) if (place.onScreen) unprint(place);
    },
  );

  function print(place) {
    const { data, layout } = place;
    place.onScreen = { data, layout };
    window.Plotly.react(place, inked(data), { ...inked(layout), width: WIDE });
    for (const picture of place.querySelectorAll(".main-svg")) picture.setAttribute("viewBox", `0 0 ${WIDE} ${layout.height}`);
    place.style.setProperty("--ratio", WIDE / layout.height);
  }

  function unprint(place) {
    const { data, layout } = place.onScreen;
    place.onScreen = null;
    for (const picture of place.querySelectorAll(".main-svg")) picture.removeAttribute("viewBox");
    window.Plotly.react(place, data, layout);
  }

  /** Return a part of a figure with the colours of dark paper exchanged for those of light paper. */
  function inked(part) {
    if (typeof part === "string") return c.facts.inks[part] ?? part;
    if (Array.isArray(part)) return typeof part[0] === "number" ? part : part.map(inked);
    if (part === null || Object.getPrototypeOf(part) !== Object.prototype) return part;
    return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, inked(value)]));
  }

  async function draw(place) {
    if (!waiting.delete(place)) return;
    seen.unobserve(place);
    if (!place.isConnected) return;
    const { data, layout, config } = JSON.parse(place.dataset.figure);
    place.drawnWidth = place.clientWidth;
    drawn.add(place);
    await window.Plotly.newPlot(place, data, layout, config);
    sized.observe(place);
  }

  function fit(place) {
    if (c.isPrinted() || !isShown(place) || place.clientWidth === place.drawnWidth) return;
    place.drawnWidth = place.clientWidth;
    window.Plotly.Plots.resize(place);
  }

  const isShown = (place) => place.isConnected && place.offsetParent;

  function forgetGone() {
    for (const place of waiting) if (!place.isConnected) waiting.delete(place), seen.unobserve(place);
    for (const place of drawn) if (!place.isConnected) drawn.delete(place), sized.unobserve(place), window.Plotly.purge(place);
  }
})((window.convlens ??= {}));
