/* The digit at hand on Compare, in front of the curves of what moves the networks: its picture, its verdicts, and its line on the curves. */
(function (c) {
  "use strict";

  let parts = null; // what the browser has put into the panel: {host, canvas, title, told, controls, verdict}

  const panel = () => document.getElementById("compare-moves");
  const graphOf = () => panel()?.querySelector(".js-plotly-plot");

  /**
   * Watch for the panel, which Dash draws, and for its curves.
   * @param paint Shows the digit at hand; called when the panel comes into view, and when its curves are there.
   * @param draw Draws the curves of what is done to it; called when Dash drew others.
   */
  c.watchMoved = function (root, paint, draw) {
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
      graph.on("plotly_afterplot", draw);
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
    const axis = graph.layout.meta[way.key];
    const drawn = graph.layout.xaxis.title.text === axis.title.text && graph.data.every((trace, i) => trace.visible === visible[i]);
    const { xaxis, shapes } = graph.layout;
    if (!drawn || shapes[1].x0 !== amount) {
      const layout = { ...graph.layout, xaxis: { ...xaxis, ...axis }, shapes: [at(shapes[0], way.neutral), at(shapes[1], amount)] };
      window.Plotly.react(graph, graph.data.map((trace, i) => ({ ...trace, visible: visible[i] })), layout); // Dash hears nothing of it, unlike of relayout
    }
    if (parts?.host.isConnected) c.write(parts.told, sharesAt(graph, way.key, amount));
  };

  const at = (line, amount) => ({ ...line, x0: amount, x1: amount });

  /** Say how many of all test digits each network names right when all are changed like this one. */
  function sharesAt(graph, key, amount) {
    const shares = graph.data.filter(({ meta }) => meta === key).map(({ name, x, y }) => {
      const right = Math.max(1, x.findIndex((each) => each >= amount));
      const part = (amount - x[right - 1]) / (x[right] - x[right - 1]);
      const share = y[right - 1] + part * (y[right] - y[right - 1]);
      return `${name.split(",")[0]} ${part === 0 || part === 1 ? "" : "about "}${c.percent(share)}`;
    });
    return shares.length ? `Of all test digits changed like this one, right: ${shares.join(", ")}` : "";
  }

  /** Show the digit as it is after what is done to it, and what the networks say of it. */
  c.paintMoved = function (selection, picture, pixels, label, keys) {
    if (!parts?.host.isConnected) return;
    const words = c.digitWords(selection, label);
    c.write(parts.title, c.digitTitle(selection, label));
    parts.canvas.setAttribute("aria-label", words);
    c.grey(parts.canvas, pixels);
    c.paintVerdict(parts.verdict, picture, label, keys);
    parts.host.dataset.painted = selection.perturb;
  };
})((window.convlens ??= {}));
