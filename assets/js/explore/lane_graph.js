/** How the blocks of a network follow each other, for the lanes: pure, a network's facts in, columns and lines out. */

/** @import { Block, Model } from "../core/facts.js" */

/**
 * Return what a network's blocks read: the names of the first layers of the blocks before, by those of the blocks; what reads the image alone reads nothing.
 * @param {Pick<Model, "layers" | "blocks">} model
 * @returns {Map<string, string[]>}
 */
export function readsOf({ layers, blocks }) {
  const first = new Map(blocks.flatMap((block) => block.layers.map((name) => [name, block.layers[0]])));
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  return new Map(blocks.map((block) => {
    const read = block.layers.flatMap((name) => byName.get(name)?.reads ?? []).map((name) => first.get(name));
    const others = read.filter((name) => name !== undefined && name !== block.layers[0]);
    return [block.layers[0], [.../** @type {Set<string>} */ (new Set(others))]];
  }));
}

/**
 * Return the blocks in columns, as the data flows: each as far along as its longest way from the image, branches in one column.
 * @param {Pick<Model, "layers" | "blocks">} model
 * @returns {Block[][]}
 */
export function columnsOf(model) {
  const reads = readsOf(model);
  /** @type {Map<string, number>} */
  const depths = new Map();
  /** @type {Block[][]} */
  const columns = [];
  for (const block of model.blocks) {
    const [name] = block.layers;
    const depth = Math.max(0, ...(reads.get(name) ?? []).map((before) => (depths.get(before) ?? -1) + 1));
    depths.set(name, depth);
    (columns[depth] ??= []).push(block);
  }
  return columns;
}
