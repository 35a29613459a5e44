/** Take it away: pictures with their title and scale, the numbers, the lines of Keras that give them, and a link. */
import { noun } from "../core/image.js";
import { offOf, offWords } from "../core/ablation.js";
import { fileStem, imageName } from "../core/image_words.js";
import { mailAddress, weightsAddress } from "../core/address.js";
import { byId, fillList, make, write } from "../core/element.js";
import { nameOf } from "../core/facts.js";
import { getBytes } from "../core/fetching.js";
import { weighsAll } from "../core/forms.js";
import { say, wakingUp } from "../core/message.js";
import { moveWords } from "../core/perturbation.js";
import { at, momentFile, momentsFile, momentWords, standing } from "../core/moments.js";
import { scaleFor } from "../core/scale.js";
import { store } from "../core/store.js";
import { drawPoster } from "../figures/poster.js";
import { unitTerms } from "./terms.js";
import { numberList, numberRows, plainNumber } from "./written.js";

/** @import { Scale } from "../core/scale.js" */

/** @import { Plan, State } from "./state.js" */

const WIDE = 32; // units side by side where they have no place on a map

/** @type {import("./parts.js").Part} */
export const takingPart = {
  question: "Take it away",
  fits: () => true,
  reading: () =>
    "Pictures with their scale; the numbers in full; this view as a page to mail; and the few lines of Keras that print the selected number, of a map without one its first.",
  build(body, { frame }) {
    const files = make("dl", { className: "numbers files" });
    const share = button("link to this view", "", () => byId("share").click());
    const code = make("pre", { tabIndex: 0 });
    const summary = make("summary", { textContent: "The same number from Keras" });
    const lines = make("details", {}, summary, code);
    const mail = button("page to mail", "", () => saveMail(mail));
    mail.title = "This view in one file, which opens without a server";
    body.append(files, make("div", { className: "row" }, share, mail), lines);
    const fill = (/** @type {State} */ state) => {
      fillList(files, filesOf(state, () => frame.enlarged.scale));
      lines.hidden = Boolean(at(state.selection)); // they are of networks as they are
      const own = state.differs ? `This ${noun}'s own number` : "The same number";
      write(summary, `${own} from Keras${state.without ? ", with nothing switched off" : ""}`);
      const show = async () => {
        const words = lines.open && await snippet(state);
        if (words && state.current()) write(code, words);
      };
      lines.ontoggle = () => show().catch((problem) => say(problem.message));
      return show();
    };
    return { fill };
  },
};

/**
 * Save what is on the screen as one file that needs no server; the button says that it is being made.
 * @param {HTMLElement} pressed
 */
async function saveMail(pressed) {
  if (pressed.ariaBusy) return;
  const { selection } = store;
  pressed.ariaBusy = "true";
  write(pressed, "making the page…");
  try {
    const content = await getBytes(mailAddress(selection), wakingUp);
    const name = `${selection.pair.join("-")}-${fileStem(selection)}${momentsFile(selection)}`;
    await save(`convlens-${name}.html`, () => new Blob([content], { type: "text/html" }));
  } finally {
    pressed.ariaBusy = null;
    write(pressed, "page to mail");
  }
}

/**
 * Return a promise of the lines of Keras.
 * @param {State} state
 */
async function snippet({ tensors, layer, filter, cell, stage, maps, move }) {
  const query = `filter=${filter}&stage=${stage}${maps ? `&cell=${(cell ?? [0, 0]).join(",")}` : ""}${
    move && `&${move}`
  }`;
  return new TextDecoder().decode(await getBytes(`${tensors}/${layer.name}/keras.py?${query}`, wakingUp));
}

/**
 * Return what can be taken away, by name: a span with a way to each file.
 * @param {State} state
 * @param {() => Scale} scale of the enlarged map
 */
function filesOf(state, scale) {
  const { layer } = state;
  const names = namesOf(state);
  return {
    ...(state.maps ? mapFiles(state, names, scale) : unitFiles(state, names)),
    ...(layer.grid ? weightFiles(state, names) : {}),
    ...(layer.convolves ? sumFiles(state, names) : {}),
    ...(weighsAll(layer) ? termFiles(state, names) : {}),
    "all weights": allWeights(state),
  };
}

/**
 * Return what files are called, and what stands on a poster.
 * @param {State} state
 */
function namesOf({ key, layer, filter, stage, without, selection, differs, maps }) {
  const own = standing(key, selection);
  const which = `${fileStem(selection)}${momentFile(own.epoch)}${without && "-off"}`;
  const stands = layer.activation ? `${stage}-activation` : "";
  const title = `${nameOf(key)} ${layer.name} ${maps ? "map" : "unit"} ${filter}`;
  const off = without && `off: ${offWords(offOf(selection.off, key))}`;
  const when = own.epoch && momentWords(own.epoch);
  const done = [moveWords(selection.perturb), off, when].filter(Boolean);
  const stem = `${key}-${layer.name}-${filter}`;
  return {
    own: `${stem}${momentsFile(own)}`,
    when,
    stem: `${stem}${momentFile(own.epoch)}-${which}`, // of what has no stage
    layer: `${key}-${layer.name}`,
    shown: [which, differs && `less-${own.since || selection.reference}`, stands].filter(Boolean)
      .join("-"),
    standing: stands || "no activation function",
    title,
    onImage: (/** @type {string} */ what) => [`${title}, ${what}, ${imageName(selection)}`, ...done],
  };
}

/**
 * Return a way to each kind of file.
 * @param {string} name
 * @param {string} stem of the files' names
 * @param {{png?: () => Promise<HTMLCanvasElement>, csv?: () => Promise<string>, npy: string}} kinds a picture and numbers that are made here, and the address of the tensor
 */
function ways(name, stem, { png, csv, npy }) {
  const link = { href: npy, download: `${stem}.npy`, textContent: ".npy", "aria-label": `${name} .npy` };
  const row = make("span", { className: "row" });
  if (png) {
    row.append(button(".png", `${name} .png`, () => save(`${stem}.png`, async () => blob(await png()))));
  }
  if (csv) row.append(button(".csv", `${name} .csv`, () => save(`${stem}.csv`, csv)));
  row.append(make("a", link));
  return { [name]: row };
}

/**
 * Return the ways to a map.
 * @param {State} state
 * @param {ReturnType<typeof namesOf>} names
 * @param {() => Scale} scale
 */
function mapFiles(state, names, scale) {
  const { layer, filter, stage, tensors, changes, differs, differing } = state;
  const [rows, columns] = layer.shape;
  const numbers = async () => (await state.shown()).data;
  const lines = [...names.onImage(names.standing), differing].filter(Boolean);
  return ways(differing ? "difference of the map" : "map", `${names.layer}-map-${filter}-${names.shown}`, {
    png: async () => picture(lines, { grid: [1, rows, columns], data: await numbers() }, scale()),
    csv: async () => numberRows(await numbers(), columns),
    npy: `${tensors}/${layer.name}.npy?stage=${stage}&filter=${filter}${changes}${differs}`,
  });
}

/**
 * Return the ways to the units of a layer.
 * @param {State} state
 * @param {ReturnType<typeof namesOf>} names
 */
function unitFiles(state, names) {
  const { layer, stage, tensors, changes, differs, differing } = state;
  /** @type {(value: number, i: number) => string} */
  const line = (value, i) => `${i},${plainNumber(value)}\n`;
  const head = `unit,${differing ? "difference" : "value"}`;
  return ways(differing ? "difference of the layer" : "layer", `${names.layer}-units-${names.shown}`, {
    csv: async () => `${head}\n${Array.from((await state.shown()).data, line).join("")}`,
    npy: `${tensors}/${layer.name}.npy?stage=${stage}${changes}${differs}`,
  });
}

/**
 * Return the ways to the weights of a filter.
 * @param {State} state
 * @param {ReturnType<typeof namesOf>} names
 */
function weightFiles(state, names) {
  const { layer, key, filter, change, selection } = state;
  const numbers = async () => (await state.weighing("kernel")).data;
  const title = [names.title, "weights", change || names.when];
  return ways(change ? "change of the weights" : "weights", `${names.own}-weights`, {
    png: async () => picture([title.filter(Boolean).join(", ")], { grid: layer.grid, data: await numbers() }),
    csv: async () => numberList(layer.grid, { [change ? "change" : "weight"]: await numbers() }),
    npy: weightsAddress(selection, key, layer.name, filter),
  });
}

/**
 * Return the ways to what each slice adds.
 * @param {State} state
 * @param {ReturnType<typeof namesOf>} names
 */
function sumFiles(state, names) {
  const { layer, tensors, filter, changes } = state;
  const sums = async () => {
    const { shape, data } = await state.partial();
    return { grid: [shape[2], shape[0], shape[1]], data };
  };
  const what = "what each slice adds, before bias and activation";
  return ways("sums", `${names.stem}-sums-by-slice`, {
    png: async () => picture(names.onImage(what), await sums()),
    csv: async () => {
      const { grid, data } = await sums();
      return numberList(grid, { sum: data });
    },
    npy: `${tensors}/${layer.name}/partial.npy?filter=${filter}${changes}`,
  });
}

/**
 * Return the ways to the terms of a unit.
 * @param {State} state
 * @param {ReturnType<typeof namesOf>} names
 */
function termFiles(state, names) {
  const { layer, tensors, filter, changes, selection: { against } } = state;
  const alone = against === null;
  const what = `value × weight${alone ? "" : `, ${filter} and not ${against}`}`;
  const weight = alone ? "weight" : `weight ${filter} less ${against}`;
  const query = `filter=${filter}${alone ? "" : `&against=${against}`}${changes}`;
  return ways("terms", `${names.stem}-terms${alone ? "" : `-not-${against}`}`, {
    png: async () => {
      const { products } = await unitTerms(state);
      return picture(names.onImage(what), { grid: layer.grid, data: products });
    },
    csv: async () => {
      const { values, weights, products } = await unitTerms(state);
      return numberList(layer.grid, { value: values, [weight]: weights, product: products });
    },
    npy: `${tensors}/${layer.name}/terms.npy?${query}`,
  });
}

/**
 * Return the way to all weights of a network.
 * @param {State} state
 */
function allWeights({ key, base }) {
  const name = `all weights of ${nameOf(key)} .npz`;
  const file = { href: `${base}/weights.npz`, download: `${key}-weights.npz`, textContent: ".npz" };
  return make("span", { className: "row" }, make("a", { ...file, "aria-label": name }));
}

/**
 * Return a poster of numbers in the order row, column, slice.
 * @param {string[]} lines
 * @param {{grid: number[], data: any}} numbers
 * @param {import("../core/scale.js").Scale} scale
 */
function picture(lines, { grid: [slices, rows, columns], data }, scale = scaleFor(data, "diverging")) {
  const wide = rows === 1 ? Math.min(columns, WIDE) : columns;
  const cells = rows * columns;
  const fields = Array.from({ length: slices }, (_, slice) => ({
    rows: Math.ceil(cells / wide),
    columns: wide,
    name: `map ${slice}`,
    at: (/** @type {number} */ i) => (i < cells ? data[i * slices + slice] : 0),
  }));
  return drawPoster(lines, scale, fields);
}

/**
 * Return a promise of a canvas as a PNG.
 * @param {HTMLCanvasElement} canvas
 * @returns {Promise<any>}
 */
const blob = (canvas) => new Promise((done) => canvas.toBlob(done, "image/png"));

/**
 * Return a button; what it does may fail.
 * @param {string} textContent
 * @param {string} name
 * @param {() => any} act
 */
function button(textContent, name, act) {
  const element = make("button", { type: "button", textContent });
  if (name) element.ariaLabel = name;
  element.addEventListener("click", () => Promise.resolve(act()).catch((problem) => say(problem.message)));
  return element;
}

/**
 * Let the browser keep what is made.
 * @param {string} download
 * @param {() => any} content
 */
async function save(download, content) {
  const made = await content();
  const href = URL.createObjectURL(made instanceof Blob ? made : new Blob([made], { type: "text/csv" }));
  make("a", { href, download }).click();
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}
