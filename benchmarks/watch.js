/* The same clock on every page: from the click to the end of the frame that follows body[data-painted]. */
(() => {
  let pressed, clicked;
  addEventListener("pointerdown", (event) => (pressed = event.timeStamp), true);
  addEventListener("click", (event) => (clicked = event.timeStamp), true);

  /** Return when the picture of a digit had come whole; it may have come before the click. */
  const answered = (digit) => {
    const its = ({ name }) => name.includes(`/${digit}/`) || name.endsWith(`/${digit}`);
    return performance.getEntriesByType("resource").findLast(its)?.responseEnd ?? 0; // long ago
  };
  const painted = () => {
    const digit = Number(document.body.dataset.painted);
    const told = { digit, pressed, clicked, painted: performance.now() };
    const say = () => {
      const framed = performance.now();
      console.debug(`painted ${JSON.stringify({ ...told, framed, answered: answered(digit) })}`);
      performance.clearResourceTimings();
    };
    requestAnimationFrame(() => scheduler.postTask(say, { priority: "user-blocking" })); // the first task after the frame
  };
  addEventListener("DOMContentLoaded", () => {
    new MutationObserver(painted).observe(document.body, { attributes: true, attributeFilter: ["data-painted"] });
  });
})();
