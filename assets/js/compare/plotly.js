/** Plotly, which is loaded when a chart is first to be drawn. */
import { facts } from "../core/facts.js";

/** @type {Promise<unknown> | null} */
let loading = null; // a promise, once it is wanted

/** Fetch Plotly, all of it: what is not read to its end holds up who asks for it next. To run it takes a quarter of a second, in which nothing else moves. */
export const fetchPlotly = () =>
  fetch(facts.plotly, { priority: "low" }).then((answer) => answer.blob()).catch(() => {});

/** Return a promise that Plotly is there. */
export function loadPlotly() {
  return (loading ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    document.head.append(Object.assign(script, { src: facts.plotly, onload: done, onerror: failed }));
  }));
}
