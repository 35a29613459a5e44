/* Dark or light: the system's choice, until a person makes another. */
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
