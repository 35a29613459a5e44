/* The digit at hand on Compare, in front of the curves of what moves the networks: its picture, its verdicts, and its line on the curves. */
(function (c) {
  "use strict";

  let parts = null; // what the browser has put into the panel: {host, canvas, title, told, controls, verdict}

  const panel = () => document.getElementById("compare-moves");
  const graphOf = () => panel()?.querySelector(".js-plotly-plot");

  /**
   * Watch for the panel, which Dash draws, and for its curves.
   * @param paint Shows the digit at hand; called when the panel comes into view, and when its curves were drawn anew.
   */
  c.watchMoved = function (root, paint) {
    const seen = new IntersectionObserver(([{ isIntersecting, target }]) => {
      target.inSight = isIntersecting;
      if (isIntersecting) paint();
    });
    new MutationObserver(() => {
      const host = panel()?.querySelector(".live");
      if (host && !host.firstChild) {
        build(host);
        seen.observe(host);
      }
      const graph = graphOf();
      if (!graph?.on || graph.watched) return;
      graph.watched = true;
      graph.on("plotly_afterplot", paint);
      paint();
    }).observe(root, { childList: true, subtree: true });
  };

  /** Return whether the digit at hand can be seen there. */
  c.seesMoved = () => Boolean(parts?.host.isConnected && parts.host.inSight);

  function build(host) {
    const moving = c.make("div", { className: "moving" });
    const canvas = Object.assign(c.canvas("The digit at hand"), { width: 28, height: 28 });
    const [title, told] = [c.make("p", { className: "digit-title" }), c.make("p", { className: "told" })];
    const verdict = c.make("div", { className: "verdict" });
    const picture = c.make("div", { className: "digit-now" }, c.make("div", { className: "digit-picture" }, canvas), c.make("div", { className: "digit-words" }, title));
    host.append(picture, moving, told, verdict);
    parts = { host, canvas, title, told, verdict, controls: new c.Moving(moving) };
  }

  /** Draw the curves of what is done to the digit, and its line on them: a move of the line draws nothing else. */
  c.paintCurves = function ({ perturb }) {
    if (parts?.host.isConnected) parts.controls.show(perturb);
    const graph = graphOf();
    if (!graph?.layout?.meta) return;
    const { way, amount } = c.readMove(perturb);
    const visible = graph.data.map(({ meta }) => meta === way.key);
    const drawn = graph.layout.xaxis.title.text === graph.layout.meta[way.key]["xaxis.title.text"] && graph.data.every((trace, i) => trace.visible === visible[i]);
    const line = { "shapes[1].x0": amount, "shapes[1].x1": amount };
    if (!drawn) window.Plotly.update(graph, { visible }, { ...graph.layout.meta[way.key], ...line });
    else if (graph.layout.shapes[1].x0 !== amount) window.Plotly.relayout(graph, line);
    if (parts?.host.isConnected) c.write(parts.told, sharesAt(graph, way.key, amount));
  };

  /** Say how many of all test digits each network names right when all are changed like this one. */
  function sharesAt(graph, key, amount) {
    const shares = graph.data.filter(({ meta }) => meta === key).map(({ name, x, y }) => {
      const right = Math.max(1, x.findIndex((each) => each >= amount));
      const part = (amount - x[right - 1]) / (x[right] - x[right - 1]);
      const share = 100 * (y[right - 1] + part * (y[right] - y[right - 1]));
      return `${name.split(",")[0]} ${part === 0 || part === 1 ? "" : "about "}${share.toFixed(1)} %`;
    });
    return shares.length ? `Of all test digits changed like this one, right: ${shares.join(", ")}` : "";
  }

  /** Show the digit as it is after what is done to it, and what the networks say of it. */
  c.paintMoved = function (selection, picture, pixels, label, keys) {
    if (!parts?.host.isConnected) return;
    const words = c.digitWords(selection, label);
    c.write(parts.title, words.replaceAll(", ", " · "));
    parts.canvas.setAttribute("aria-label", words);
    c.grey(parts.canvas, pixels);
    c.paintVerdict(parts.verdict, picture, label, keys);
    parts.host.dataset.painted = selection.perturb;
  };
})((window.convlens ??= {}));
