/**
 * What is selected, as an address. The server reads addresses (dashboard/selection.py); here they are only written.
 *
 * Every address is relative to the page's own: behind a proxy all of them lie under a prefix, which no code here knows.
 */
import { offOf } from "./ablation.js";
import { facts, readPath } from "./facts.js";
import { at } from "./moments.js";
import { moveQuery } from "./perturbation.js";
import { DEFAULTS, isDifference } from "./selection.js";
import { layersNeeded } from "./view.js";

const PAGES = ["./", "compare", "filters"];

/** @import { Compared, Selection, WallChoice } from "./selection.js" */

/**
 * Return the address of a selection; what is at its default is left out, but for the image.
 * @param {Selection} selection
 */
export function linkTo(selection) {
  /** @type {string[]} */
  const parts = [];
  /** @type {(name: string, value: unknown) => number} */
  const put = (name, value) => parts.push(`${name}=${value}`);
  if (selection.page === "explore" || selection.perturb) put("digit", selection.digit);
  if (String(selection.pair) !== String(DEFAULTS.pair)) put("pair", selection.pair.join());
  for (const name of /** @type {const} */ (["model", "scale", "stage"])) {
    if (selection[name] !== DEFAULTS[name]) put(name, selection[name]);
  }
  if (selection.perturb) put("perturb", selection.perturb);
  if (selection.page === "filters") putTable(selection, put);
  if (selection.page !== "explore") return `${selection.page}${parts.length ? `?${parts.join("&")}` : ""}`;
  if (selection.reference !== null) put("reference", selection.reference);
  for (const name of /** @type {const} */ (["epoch", "since"])) {
    if (selection[name]) put(name, selection[name]);
  }
  if (selection.layer) {
    const [model, layer] = readPath(selection.layer);
    put("layer", selection.model === model ? layer : selection.layer);
    if (selection.filter !== null) put("filter", selection.filter);
    if (selection.cell) put("cell", selection.cell.join(","));
    for (const name of /** @type {const} */ (["slice", "against"])) {
      if (selection[name] !== null) put(name, selection[name]);
    }
  }
  for (const name of /** @type {const} */ (["part", "flip", "show", "off", "why", "mind"])) {
    if (selection[name]) put(name, selection[name]);
  }
  for (const [name, value] of Object.entries(selection.wall)) {
    if (value !== DEFAULTS.wall[/** @type {keyof WallChoice} */ (name)]) put(name, value);
  }
  return `./?${parts.join("&")}`;
}

/**
 * Return whether an address leads to one of the pages that are this document.
 * @param {URL} target
 * @param {string} here address of the document
 */
export function isPage(target, here) {
  return PAGES.some((page) => {
    const { origin, pathname } = new URL(page, here);
    return target.origin === origin && target.pathname === pathname;
  });
}

/**
 * Put what is chosen in the table of filters into an address.
 * @param {Selection} selection
 * @param {(name: string, value: unknown) => void} put
 */
function putTable({ model, table }, put) {
  const { layer, fate, find, sort } = table;
  if (layer) put("layer", layer.startsWith(`${model}.`) ? layer.slice(model.length + 1) : layer);
  if (fate) put("fate", fate);
  if (find) put("find", encodeURIComponent(find));
  if (sort) put("sort", sort);
}

/**
 * Return what one of our own links from Compare to Explore selects.
 * @param {URLSearchParams} query
 * @param {Selection} selection that is shown
 * @returns {Partial<Selection>}
 */
export function fromLink(query, selection) {
  /** @param {string} name */
  const number = (name) => (query.has(name) ? Number(query.get(name)) : null);
  const wallChoice = {
    ...DEFAULTS.wall,
    label: number("label"),
    answer: number("answer"),
    by: query.get("by") ?? "",
    wrong: query.get("wrong") ?? "",
    sort: query.get("sort") ?? "index",
  };
  return {
    page: "explore",
    digit: number("digit") ?? selection.digit,
    pair: query.get("pair")?.split(",") ?? DEFAULTS.pair,
    model: query.get("model") ?? selection.model,
    perturb: "",
    reference: null,
    epoch: "",
    since: "",
    wall: wallChoice,
  };
}

/**
 * Return the address at which a view of Explore is made a page to mail.
 * @param {Selection} selection
 */
export function mailAddress(selection) {
  const layers = layersNeeded(selection);
  const query = linkTo(selection).replace(/^[^?]*\?/, "");
  return `api/page.html?${query}${layers.length ? `&layers=${layers.join(",")}` : ""}`;
}

/**
 * Return the address of the picture of a selection.
 * @param {Selection} selection
 * @param {string[]} layers of large networks whose maps it holds
 */
export function pictureAddress(selection, layers = layersNeeded(selection)) {
  const { pair, digit, stage, off, perturb } = selection;
  const query = [
    off && `off=${encodeURIComponent(off)}`,
    moveQuery(perturb),
    referenceQuery(selection),
    layers.length && `layers=${layers.join(",")}`,
  ].filter(Boolean).join("&");
  return `${at(selection)}pictures/${facts.version}/${pair}/${digit}/${stage}.bin${query && `?${query}`}`;
}

/**
 * Return what a tensor's address says of what is off in its network, and of what is done to the digit: "" or "&off=…&perturb=…".
 * @param {Pick<Selection, "off" | "perturb">} selection
 * @param {string} key
 */
export function changesQuery({ off, perturb }, key) {
  const [own, move] = [offOf(off, key), moveQuery(perturb)];
  return (own && `&off=${encodeURIComponent(own)}`) + (move && `&${move}`);
}

/**
 * Return what an address says of the image, or the moment, that is compared with: "" for none.
 * @param {Compared} selection
 */
export function referenceQuery(selection) {
  if (selection.since) return `since=${selection.since}`;
  return isDifference(selection) ? `reference=${selection.reference}` : "";
}

/**
 * Return the address of a part of a layer's weights as they are painted; of what they changed by where two moments are compared.
 * @param {Pick<Selection, "epoch" | "since">} selection
 * @param {string} key
 * @param {string} layer
 * @param {number} part
 */
export function kernelsAddress(selection, key, layer, part) {
  const address = `${at(selection)}kernels/${facts.version}/${key}/${layer}/${part}.bin`;
  return selection.since ? `${address}?since=${selection.since}` : address;
}

/**
 * Return the address of a layer's weights, of all or of one filter; of what they changed by where two moments are compared.
 * @param {Pick<Selection, "epoch" | "since">} selection
 * @param {string} key
 * @param {string} layer
 * @param {number} [filter]
 * @param {"kernel" | "bias"} [which]
 */
export function weightsAddress(selection, key, layer, filter, which = "kernel") {
  const { since } = selection;
  const query = [filter !== undefined && `filter=${filter}`, since && `since=${since}`].filter(Boolean);
  const address = `${networkAddress(selection, key)}/layers/${layer}/${which}.npy`;
  return query.length ? `${address}?${query.join("&")}` : address;
}

/**
 * Return the address below which a network is asked, at the moment at which it is shown.
 * @param {Pick<Selection, "epoch" | "since">} selection
 * @param {string} key
 */
export const networkAddress = (selection, key) => `${at(selection)}api/models/${key}`;
