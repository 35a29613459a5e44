/* The same clock on every page: from the click to the end of the frame that follows body[data-painted]. */
(() => {
  let pressed, clicked;
  addEventListener("pointerdown", (event) => (pressed = event.timeStamp), true);
  addEventListener("click", (event) => (clicked = event.timeStamp), true);
  const painted = () => {
    const told = { digit: Number(document.body.dataset.painted), pressed, clicked, painted: performance.now() };
    const say = () => console.debug(`painted ${JSON.stringify({ ...told, framed: performance.now() })}`);
    requestAnimationFrame(() => scheduler.postTask(say, { priority: "user-blocking" })); // the first task after the frame
  };
  addEventListener("DOMContentLoaded", () => {
    new MutationObserver(painted).observe(document.body, { attributes: true, attributeFilter: ["data-painted"] });
  });
})();
