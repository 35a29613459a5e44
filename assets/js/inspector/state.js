/** What the parts of the inspector need: what is selected, and promises of the numbers behind it. */
import { offOf, readOff } from "../core/ablation.js";
import { changesQuery, networkAddress, referenceQuery, weightsAddress } from "../core/address.js";
import { differenceWords } from "../core/image_words.js";
import { hasMaps, modelOf } from "../core/facts.js";
import { getJson, getTensor } from "../core/fetching.js";
import { wakingUp } from "../core/message.js";
import { changeWords, layerAt } from "../core/moments.js";
import { moveQuery } from "../core/perturbation.js";
import { isDifference } from "../core/selection.js";

/** @import { Layer } from "../core/facts.js" */
/** @import { Tensor } from "../core/npy.js" */
/** @import { Opened, Picture } from "../core/picture.js" */
/** @import { Selection } from "../core/selection.js" */

/**
 * The channel that a frame is of, as its parts are built for it; the layer before is null where it reads the image, undefined where it reads several layers, or one that is not shown.
 * @typedef {{frame: any, key: string, layer: Layer, filter: number, maps: boolean, before: Layer | null | undefined, last: boolean}} Plan
 *
 * What is shown of it, and what fetches the numbers behind that.
 * @typedef {object} State
 * @property {string} key
 * @property {Layer} layer
 * @property {Layer} now the same as it was at the moment that is shown
 * @property {Layer | null | undefined} before
 * @property {Selection} selection
 * @property {number} digit
 * @property {number} filter
 * @property {"pre" | "post"} stage
 * @property {boolean} maps
 * @property {number[] | null} cell
 * @property {string} base address of the network
 * @property {string} tensors address of its layers on this image
 * @property {string} changes what an address says of what is off, and done to the image
 * @property {string} move what it says of the last alone
 * @property {string} differs what it says of the image that is compared with
 * @property {string} differing the same in words
 * @property {string} change between which two moments, where these are compared; else ""
 * @property {string} without what is off in this network
 * @property {boolean} isOff whether this channel is
 * @property {any} opened what the picture has of the layer
 * @property {Opened} verdict what it has of the network
 * @property {Float32Array} [exact] what is shown, once that is here
 * @property {() => boolean} current whether it is still shown
 * @property {(what: string, words: string) => void} tell
 * @property {(stage?: string) => Promise<Tensor>} values
 * @property {() => Promise<Tensor>} shown values, or differences
 * @property {() => Promise<Tensor>} reads what the layer reads
 * @property {(channel?: number) => Promise<Tensor>} weights
 * @property {() => Promise<Tensor>} bias of all channels
 * @property {(which: "kernel" | "bias") => Promise<Tensor>} weighing the same two as they are shown: where moments are compared, what they changed by
 * @property {(cell?: number[] | null) => Promise<any>} steps by which the number of a cell, or of the unit, comes about
 * @property {() => Promise<Tensor>} partial what each slice adds to each cell
 * @property {() => Promise<any>} whole what the network says with nothing off
 * @property {(layer?: string, channel?: number) => Promise<any>} about what the survey says of a channel
 */

/**
 * Return the layer that a layer reads, null where it reads the image, undefined where it reads several, or one that is not shown.
 * @param {string} key
 * @param {Layer} layer
 * @returns {Layer | null | undefined}
 */
export function layerBefore(key, { reads }) {
  const [read, ...others] = reads;
  if (others.length) return undefined;
  return read === "input" ? null : modelOf(key).layers.find(({ name }) => name === read);
}

/**
 * Return all that the parts of a frame need.
 * @param {string} key
 * @param {Layer} layer
 * @param {Selection} selection
 * @param {Picture} picture
 * @param {any} frame
 * @returns {State}
 */
export function stateOf(key, layer, selection, picture, frame) {
  const { off, perturb, digit, filter, stage } = selection;
  const base = networkAddress(selection, key);
  /** @type {any} */
  const state = {
    ...{ key, layer, selection, digit, filter, stage, base },
    now: layerAt(key, layer, selection.epoch),
    before: layerBefore(key, layer),
    tensors: `${base}/images/${digit}/layers`,
    changes: changesQuery(selection, key),
    move: moveQuery(perturb),
    without: offOf(off, key),
    isOff: readOff(off).get(selection.layer)?.includes(Number(filter)) ?? false,
    maps: hasMaps(layer),
    differs: isDifference(selection) ? `&${referenceQuery(selection)}` : "",
    cell: selection.cell,
    opened: picture.models[key].layers[layer.name],
    differing: differenceWords(selection),
    change: changeWords(key, selection),
    verdict: picture.models[key],
    current: () => frame.shows(state),
    tell: (/** @type {string} */ what, /** @type {string} */ words) => frame.tell(what, words),
  };
  return Object.assign(state, numbersOf(state));
}

/**
 * Return what fetches the numbers behind a state.
 * @param {any} state
 */
function numbersOf(state) {
  const { base, tensors, layer, digit, filter, stage, cell, changes, differs, move } = state;
  const own = `${tensors}/${layer.name}`;
  const one = state.maps ? `&filter=${filter}` : "";
  /** @param {string} address */
  const get = (address) => getTensor(address, (sentence) => state.current() && wakingUp(sentence));
  const [read] = layer.reads;
  const input = read === "input"
    ? `api/images/${digit}.npy${move && `?${move}`}`
    : `${tensors}/${read}.npy?stage=post${changes}`;
  return {
    values: (wanted = stage) => get(`${own}.npy?stage=${wanted}${one}${changes}`),
    shown: () => get(`${own}.npy?stage=${stage}${one}${changes}${differs}`),
    reads: () => get(input),
    weights: (channel = filter) => get(`${base}/layers/${layer.name}/kernel.npy?filter=${channel}`),
    bias: () => get(`${base}/layers/${layer.name}/bias.npy`),
    weighing: (/** @type {"kernel" | "bias"} */ which) =>
      get(
        weightsAddress(
          state.selection,
          state.key,
          layer.name,
          which === "kernel" ? filter : undefined,
          which,
        ),
      ),
    steps: (at = cell) =>
      getJson(`${own}/cell?filter=${filter}${state.maps ? `&cell=${at}` : ""}${changes}`, wakingUp),
    partial: () => get(`${own}/partial.npy?filter=${filter}${changes}`),
    whole: () => getJson(`${base}/images/${digit}${move && `?${move}`}`, wakingUp),
    about: (name = layer.name, channel = filter) =>
      getJson(`api/models/${state.key}/layers/${name}/filters/${channel}`, wakingUp),
  };
}
