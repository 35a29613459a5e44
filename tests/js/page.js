/** What the server says in the page, made up: import it before anything that reads it. */

/** @type {(size: number, step: number, start?: number) => any} */
const sight = (size, step, start = 0) => ({ size, step, start });
/** @type {(taps: number, step: number) => any} */
const tap = (taps, step) => ({ taps, step, start: 0, dilation: 1 });
/** @type {(size: number, step: number) => any[]} */
const both = (size, step) => [sight(size, step), sight(size, step)];

/**
 * Three small networks: a convolution, a pooling layer, and units; and twice units alone.
 * @type {any}
 */
export const FACTS = {
  version: "v1",
  opened: false,
  images: {
    count: 12,
    rows: 28,
    columns: 28,
    channels: 1,
    low: 0,
    high: 1,
    said: "28×28",
    noun: "digit",
    nouns: "digits",
    a_noun: "a digit",
    member: "test digit",
    members: "test digits",
    a_member: "a test digit",
    classes: Array.from({ length: 10 }, (_, i) => String(i)),
    named: false,
    drawn: true,
    labelled: true,
  },
  asked: { why: "gradient", mind: "nearest" },
  block: 4,
  part: 8,
  levels: { post: 5, pre: 5, kernels: 5 },
  complaints: [],
  disputed: { 3: "some say 5" },
  sequential: ["#000000", "#ffffff"],
  diverging: ["#0000ff", "#ffffff", "#ff0000"],
  diverging_on_dark: ["#8080ff", "#101010", "#ff8080"],
  perturbations: [
    { key: "none", title: "as it is", neutral: 0, words: ["", ""] },
    { key: "rotation", title: "turned", neutral: 0, words: ["turned left by {}°", "turned right by {}°"] },
  ],
  models: [
    {
      key: "fcn",
      name: "FCN",
      correct: 10,
      moments: [
        moment("0", 0, 1),
        moment("step4", 0.1, 4),
        moment("1", 1, 8),
        moment("2", 2, 9),
        moment("3", 3, 10),
      ],
      blocks: [{ layers: ["dense"], shown: "dense" }, { layers: ["output"], shown: "output" }],
      layers: [
        layer("dense", "Dense", [6], { activation: "relu", reads: ["input"] }),
        layer("output", "Dense", [3], { activation: "softmax", saturates: true }),
      ],
    },
    {
      key: "cnn-small",
      name: "CNN small",
      correct: 11,
      moments: [moment("0", 0, 2), moment("step4", 0.2, 6), moment("1", 1, 9)],
      blocks: [{ layers: ["conv", "pool"], shown: "pool" }, { layers: ["output"], shown: "output" }],
      layers: [
        layer("conv", "Conv2D", [26, 26, 4], {
          activation: "relu",
          grid: [1, 3, 3],
          convolves: true,
          windows: [tap(3, 1), tap(3, 1)],
          sights: { input: both(3, 1) },
        }),
        layer("pool", "MaxPooling2D", [13, 13, 4], {
          reads: ["conv"],
          form: "window",
          has_kernel: false,
          takes: "largest",
          windows: [tap(2, 2), tap(2, 2)],
          sights: { input: both(4, 2), conv: both(2, 2) },
        }),
        layer("output", "Dense", [3], { activation: "softmax", saturates: true }),
      ],
    },
    {
      key: "other",
      correct: null,
      moments: [],
      blocks: [],
      layers: [layer("output", "Dense", [3], { activation: "softmax" })],
    },
  ],
};

/** @type {(key: string, when: number, correct: number) => any} */
function moment(key, when, correct) {
  const then = { ranges: { pre: [-1, when], post: [0, when] }, dead: [correct % 4], always_on: [] };
  const layers = Object.fromEntries(["dense", "conv", "pool", "output"].map((name) => [name, then]));
  return { key, step: 10 * when, epoch: key.startsWith("step") ? null : when, when, correct, layers };
}

/** @type {(name: string, kind: string, shape: number[], more: Record<string, unknown>) => any} */
function layer(name, kind, shape, more) {
  const ranges = { pre: [-2, 2], post: [0, 2] };
  const facts = {
    form: "sum",
    has_kernel: true,
    convolves: false,
    groups: 1,
    takes: null,
    windows: null,
    notes: [],
  };
  const picture = shape.length === 3 ? "maps" : "units";
  const told = { ranges, dead: [], always_on: [], sights: {}, activation: null, reads: ["input"] };
  return { name, kind, shape, picture, ...facts, ...told, ...more };
}

/**
 * A selection with all at its default but what is given.
 * @param {Record<string, unknown>} more
 * @returns {any}
 */
export const selected = (more = {}) => ({ ...FACTS.selection, ...more });

FACTS.selection = {
  page: "explore",
  digit: 7,
  pair: ["fcn", "cnn-small"],
  model: "both",
  layer: "",
  filter: null,
  cell: null,
  slice: null,
  against: null,
  part: "",
  flip: "",
  show: "",
  scale: "layer",
  stage: "post",
  off: "",
  perturb: "",
  reference: null,
  epoch: "",
  since: "",
  why: "",
  mind: "",
  wall: { label: null, answer: null, by: "", wrong: "", sort: "index", within: "", changed: "" },
  table: { layer: "", fate: "", find: "", sort: "" },
};

globalThis.document = /** @type {any} */ ({
  body: { dataset: {} },
  documentElement: { dataset: {} },
  getElementById: (
    /** @type {string} */ id,
  ) => (id === "facts" ? { textContent: JSON.stringify(FACTS) } : null),
});
