/* Dark or light: the system's choice, until a person makes another; and paper, which is light. */
(function (c) {
  "use strict";

  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const forced = window.matchMedia("(forced-colors: active)"); // the system's colours, whatever was chosen here
  const root = document.documentElement;

  function stored() {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // the browser keeps nothing for us; the system's choice stands
    }
  }

  const system = () => (dark.matches ? "dark" : "light");

  c.theme = () => (forced.matches ? system() : (root.dataset.theme ?? system()));

  c.turnTheme = function () {
    root.dataset.theme = c.theme() === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch {
      /* it holds for this visit */
    }
  };

  if (stored() === "dark" || stored() === "light") root.dataset.theme = stored();

  const paper = window.matchMedia("print");
  const printed = []; // [before, after] of what has something to do for paper
  let chosen = null; // while it is printed: {theme}, as it was chosen here before

  /** Let what is painted be ready for paper: `before` is called when printing begins and must be done when it returns, `after` when the page is on the screen again. */
  c.whenPrinted = (before, after = () => {}) => printed.push([before, after]);

  /** Return whether the page is being printed. */
  c.isPrinted = () => chosen !== null;

  function printing() {
    if (chosen) return;
    chosen = { theme: root.dataset.theme };
    root.dataset.theme = "light";
    for (const [before] of printed) before();
  }

  function onScreen() {
    if (!chosen || paper.matches) return;
    if (chosen.theme) root.dataset.theme = chosen.theme;
    else delete root.dataset.theme;
    chosen = null;
    for (const [, after] of printed) after();
  }

  window.addEventListener("beforeprint", printing);
  window.addEventListener("afterprint", () => setTimeout(onScreen)); // when it is the screen's turn again
  paper.addEventListener("change", ({ matches }) => (matches ? printing() : onScreen()));

  /** Fetch Plotly, all of it: what is not read to its end holds up who asks for it next. To run it takes a quarter of a second, in which nothing else moves. */
  c.fetchPlotly = () => fetch(c.facts.plotly, { priority: "low" }).then((answer) => answer.blob()).catch(() => {});

  /** Return a promise that Plotly is there; it is loaded when a chart is first to be drawn. */
  let plotly = null;
  c.loadPlotly = function () {
    return (plotly ??= new Promise((done, failed) => {
      const script = Object.assign(document.createElement("script"), { src: c.facts.plotly, onload: done, onerror: failed });
      document.head.append(script);
    }));
  };
})((window.convlens ??= {}));
