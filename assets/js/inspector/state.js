/** What the parts of the inspector need: what is selected, and promises of the numbers behind it. */
import { offOf, readOff } from "../core/ablation.js";
import { changesQuery, referenceQuery } from "../core/address.js";
import { differenceWords } from "../core/digit_words.js";
import { modelOf } from "../core/facts.js";
import { getJson, getTensor } from "../core/fetching.js";
import { wakingUp } from "../core/message.js";
import { moveQuery } from "../core/perturbation.js";
import { isDifference } from "../core/selection.js";

/** Return the layer that a layer reads, null where it reads the digit. */
export function layerBefore(key, layer) {
  const { layers } = modelOf(key);
  return layers[layers.indexOf(layer) - 1] ?? null;
}

/** Return all that the parts of a frame need. */
export function stateOf(key, layer, selection, picture, frame) {
  const { off, perturb, digit, filter, stage } = selection;
  const base = `/api/models/${key}`;
  const state = {
    ...{ key, layer, selection, digit, filter, stage, base },
    before: layerBefore(key, layer),
    tensors: `${base}/digits/${digit}/layers`,
    changes: changesQuery(selection, key),
    move: moveQuery(perturb),
    without: offOf(off, key),
    isOff: readOff(off).get(selection.layer)?.includes(filter) ?? false,
    maps: layer.shape.length === 3,
    differs: isDifference(selection) ? `&${referenceQuery(selection)}` : "",
    cell: selection.cell,
    opened: picture.models[key].layers[layer.name],
    differing: differenceWords(selection),
    verdict: picture.models[key],
    current: () => frame.shows(state),
    tell: (what, words) => frame.tell(what, words),
  };
  return Object.assign(state, numbersOf(state));
}

/** Return what fetches the numbers behind a state. */
function numbersOf(state) {
  const { base, tensors, layer, before, digit, filter, stage, changes, differs, move } = state;
  const own = `${tensors}/${layer.name}`;
  const one = state.maps ? `&filter=${filter}` : "";
  const get = (address) => getTensor(address, (sentence) => state.current() && wakingUp(sentence));
  const input = before
    ? `${tensors}/${before.name}.npy?stage=post${changes}`
    : `/api/digits/${digit}.npy${move && `?${move}`}`;
  return {
    values: (wanted = stage) => get(`${own}.npy?stage=${wanted}${one}${changes}`),
    shown: () => get(`${own}.npy?stage=${stage}${one}${changes}${differs}`),
    reads: () => get(input),
    weights: (channel = filter) => get(`${base}/layers/${layer.name}/kernel.npy?filter=${channel}`),
    bias: () => get(`${base}/layers/${layer.name}/bias.npy`),
    partial: () => get(`${own}/partial.npy?filter=${filter}${changes}`),
    whole: () => getJson(`${base}/digits/${digit}${move && `?${move}`}`, wakingUp),
    about: (name = layer.name, channel = filter) =>
      getJson(`${base}/layers/${name}/filters/${channel}`, wakingUp),
  };
}
