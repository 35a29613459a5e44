import assert from "node:assert/strict";
import { columnsOf, readsOf } from "../../../assets/js/explore/lane_graph.js";

/** @type {(name: string, ...reads: string[]) => any} */
const layer = (name, ...reads) => ({ name, reads });
/** @type {(...layers: string[]) => import("../../../assets/js/core/facts.js").Block} */
const block = (...layers) => ({ layers, shown: layers[layers.length - 1] });

const RESIDUAL = {
  layers: [
    layer("stem", "input"),
    layer("norm", "stem"),
    layer("relu", "norm"),
    layer("inner", "relu"),
    layer("add", "relu", "inner"),
    layer("wide", "add"),
    layer("pool", "add"),
    layer("both", "wide", "pool", "stem"),
    layer("answer", "both"),
  ],
  blocks: [
    block("stem", "norm", "relu"),
    block("inner"),
    block("add"),
    block("wide"),
    block("pool"),
    block("both"),
    block("answer"),
  ],
};

Deno.test("blocks read the blocks before them, whichever of their layers it is, each once", () => {
  assert.deepEqual(Object.fromEntries(readsOf(RESIDUAL)), {
    stem: [],
    inner: ["stem"],
    add: ["stem", "inner"],
    wide: ["add"],
    pool: ["add"],
    both: ["wide", "pool", "stem"],
    answer: ["both"],
  });
});

Deno.test("what goes around others stands behind them, and branches share a column", () => {
  const names = columnsOf(RESIDUAL).map((column) => column.map(({ layers }) => layers[0]));
  assert.deepEqual(names, [["stem"], ["inner"], ["add"], ["wide", "pool"], ["both"], ["answer"]]);
});
