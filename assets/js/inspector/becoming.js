/** How a filter or unit became what it is: its weights, their norm, and how often it fires, at every moment that was kept. */
import { newCanvas, paintValues } from "../core/canvas.js";
import { make, write } from "../core/element.js";
import { getJson, getTensor } from "../core/fetching.js";
import { facts } from "../core/facts.js";
import { wakingUp } from "../core/message.js";
import { isKept, momentName, momentWords } from "../core/moments.js";
import { percent, round } from "../core/number.js";
import { scaleFor } from "../core/scale.js";
import { store } from "../core/store.js";
import { newChart } from "../figures/small_chart.js";
import { paintLegend } from "../figures/legend.js";

/** @import { Plan, State } from "./state.js" */

/** @typedef {{key: string, step: number, active: number, low: number, high: number, norm: number | null}} Then what it was at a moment, as the server tells it */

const SIDE = 54; // CSS pixels of a picture of weights

/** @type {import("./parts.js").Part} */
export const becomingPart = {
  question: "How did it become so?",
  fits: ({ key }) => isKept(key),
  reading: () =>
    `Its weights at every moment that was kept of a training like its network's, all on one scale; the length of all of them together (norm), and the share of cells that are above zero over all ${facts.images.members}. A click shows that moment.`,
  build(body, plan) {
    const words = make("p", { className: "told" });
    const legend = make("div", { className: "legend" });
    const row = make("div", { className: "moments" });
    const charts = make("div", { className: "charts" });
    body.append(make("div", { className: "life" }, words, legend, charts), row);
    let done = false;
    const fill = async (/** @type {State} */ state) => {
      for (const button of row.children) {
        button.setAttribute("aria-pressed", String(button.id === `moment-${state.selection.epoch}`));
      }
      if (done) return;
      const { key, layer, filter } = plan;
      const own = `api/models/${key}/layers/${layer.name}`;
      const { moments } = await getJson(`${own}/filters/${filter}/history`, wakingUp);
      const weights = layer.grid
        ? await Promise.all(
          moments.map((/** @type {Then} */ { key: moment }) =>
            getTensor(`at/${moment}/${own}/kernel.npy?filter=${filter}`, wakingUp)
          ),
        )
        : [];
      done = true;
      write(words, lifeWords(moments, plan));
      charts.replaceChildren(...chartsOf(moments));
      const scale = scaleFor(weights.flatMap(({ data }) => Array.from(data)), "diverging");
      if (weights.length) paintLegend(legend, scale, "weights");
      row.replaceChildren(
        ...moments.map((/** @type {Then} */ each, /** @type {number} */ i) =>
          picture(each, weights[i]?.data, plan, scale)
        ),
      );
      const now = row.querySelector(`#moment-${state.selection.epoch}`);
      now?.setAttribute("aria-pressed", "true");
    };
    return { fill };
  },
};

/**
 * Say when it died, or that it lives.
 * @param {{key: string, low: number, high: number}[]} moments
 * @param {{maps: boolean}} plan
 */
export function lifeWords(moments, { maps }) {
  const word = maps ? "map" : "unit";
  const dead = moments.map(({ low, high }) => low === 0 && high === 0);
  const since = dead.lastIndexOf(false) + 1;
  if (since >= moments.length) {
    const once = dead.findIndex(Boolean);
    return once < 0
      ? `This ${word} was alive at all of these moments.`
      : `This ${word} was dead ${momentWords(moments[once].key)}, and came back.`;
  }
  const zero = `zero on every ${facts.images.member}`;
  return since === 0
    ? `This ${word} was dead from the start: ${zero}.`
    : `This ${word} died: ${zero} from ${momentName(moments[since].key)} on.`;
}

/**
 * Return the charts of norm and of share active.
 * @param {Then[]} moments
 */
function chartsOf(moments) {
  const last = /** @type {Then} */ (moments.at(-1));
  const active = moments.map((each) => each.active);
  const charts = [
    newChart(
      [{ values: active, dash: "" }],
      "share of cells above zero",
      `active: ${percent(last.active)} at the end`,
      true,
      percent,
    ),
  ];
  if (last.norm !== null) {
    const norms = moments.map(({ norm }) => Number(norm));
    charts.unshift(
      newChart([{ values: norms, dash: "" }], "norm of its weights", `norm: ${round(last.norm)} at the end`),
    );
  }
  return charts;
}

/**
 * Return the weights of a moment, which shows it when it is clicked.
 * @param {Then} then
 * @param {Float32Array | undefined} data
 * @param {Plan} plan
 * @param {import("../core/scale.js").Scale} scale
 */
function picture({ key, active, norm }, data, { layer }, scale) {
  const name = momentName(key);
  const numbers = [norm !== null && `norm ${round(norm)}`, `${percent(active)} active`].filter(Boolean).join(
    ", ",
  );
  const button = make("button", { type: "button", id: `moment-${key}`, title: `${name}: ${numbers}` });
  button.ariaLabel = `${name}: ${numbers}`;
  if (data) button.append(drawn(data, layer, scale));
  button.append(make("span", { textContent: name.replace(" weights", "") }));
  button.addEventListener("click", () => store.change({ epoch: key }));
  return button;
}

/**
 * Return a picture of weights, all slices side by side.
 * @param {Float32Array} data in the order row, column, slice
 * @param {any} layer
 * @param {import("../core/scale.js").Scale} scale
 */
function drawn(data, { grid: [slices, rows, columns] }, scale) {
  const cells = rows * columns;
  const alone = rows === 1;
  const wide = alone
    ? Math.ceil(Math.sqrt(slices * cells))
    : Math.ceil(Math.sqrt(slices)) * (columns + 1) - 1;
  const across = Math.ceil(Math.sqrt(slices));
  const high = alone ? Math.ceil((slices * cells) / wide) : Math.ceil(slices / across) * (rows + 1) - 1;
  const canvas = newCanvas(`${slices * cells} weights`);
  const at = (/** @type {number} */ i) => {
    if (alone) return data[i] ?? 0;
    const [y, x] = [Math.floor(i / wide), i % wide];
    const slice = Math.floor(y / (rows + 1)) * across + Math.floor(x / (columns + 1));
    const [row, column] = [y % (rows + 1), x % (columns + 1)];
    return slice < slices && row < rows && column < columns
      ? data[(row * columns + column) * slices + slice]
      : 0;
  };
  paintValues(canvas, high, wide, at, scale);
  canvas.style.width = `${SIDE}px`;
  return canvas;
}
