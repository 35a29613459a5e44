/** What Dash draws charts with; nobody waits for it before Compare is opened. */
import { facts } from "../core/facts.js";

/** @type {Promise<unknown> | null} */
let loading = null; // once they are wanted

/** Fetch Plotly, all of it: what is not read to its end holds up who asks for it next. Dash runs it for its first chart: that takes a quarter of a second, in which nothing else moves. */
export const fetchPlotly = () =>
  fetch(facts.plotly, { priority: "low" }).then((answer) => answer.blob()).catch(() => {});

/** Return a promise that the components of Dash are there that Explore has no use for. */
export function loadComponents() {
  return (loading ??= Promise.all(facts.later.map(load)));
}

/**
 * @param {string} src
 */
const load = (src) =>
  new Promise((done, failed) => {
    const script = document.createElement("script");
    document.head.append(Object.assign(script, { src, onload: done, onerror: failed }));
  });
