/* When, by the machine's clock, a page that opens can be used: window.opened = {wall, thumb, painted}, in milliseconds. */
(() => {
  const opened = (window.opened = {});
  const note = (what) => (opened[what] ??= Date.now());
  const put = CanvasRenderingContext2D.prototype.putImageData;
  CanvasRenderingContext2D.prototype.putImageData = function (image, ...place) {
    put.call(this, image, ...place);
    const seen = document.getElementById("wall")?.contains(this.canvas) && image.data.some((level, i) => i % 4 < 3 && level > 0);
    if (seen) requestAnimationFrame(() => note("thumb"));
  };
  addEventListener("DOMContentLoaded", () => {
    new MutationObserver(() => {
      if (document.body.dataset.wall === "ready") note("wall");
      if (document.body.dataset.painted) note("painted");
    }).observe(document.body, { attributes: true });
  });
})();
