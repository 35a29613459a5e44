/** How a number comes about, step by step, from what the server tells of it; one function for each form. */
import { strongestOf } from "./arithmetic.js";

/** @import { Layer } from "./facts.js" */

/**
 * A name and what stands behind it.
 * @typedef {[string, number]} Step
 */

/** @type {Record<string, string>} */
const OPERATIONS = {
  sum: "sum",
  difference: "first − second",
  product: "product",
  mean: "mean",
  maximum: "largest",
  minimum: "smallest",
};

/**
 * Return a place as the page names it: conv1[3, 4, 2].
 * @param {{layer: string, at: number[] | null}} place
 */
export const placeName = ({ layer, at }) =>
  `${layer === "input" ? "image" : layer}[${(at ?? []).join(", ")}]`;

/** @type {Record<string, (told: any) => Step[]>} */
const STEPS = {
  sum: (told) => [
    [`sum of the ${countOf(told).toLocaleString("en")} products`, told.sum],
    ["bias", told.bias],
    ["sum + bias", told.result],
  ],
  window: ({ patch, result, winner }) => [
    [
      `${winner ? "largest" : "mean"} of the ${
        patch.flat().filter((/** @type {any} */ value) => value !== null).length
      } cells`,
      result,
    ],
  ],
  scale: ({ value, scale, shift, mean, variance, result }) => [
    ...(mean === null ? [] : /** @type {Step[]} */ ([["mean", mean], ["variance", variance]])),
    ["value", value],
    ["scale", scale],
    ["shift", shift],
    ["value × scale + shift", result],
  ],
  merge: ({ operation, inputs, result }) => [
    ...inputs.map((/** @type {any} */ input) => [placeName(input), input.value]),
    [OPERATIONS[operation], result],
  ],
  copy: ({ from, result }) => [[from.at ? placeName(from) : "zero that padding put in", result]],
  map: ({ value, function: name, result }) => [["value", value], [name, result]],
  share: ({ values, index, largest, exponentials, sum, result }) => [
    ["value", values[index]],
    [`− largest of the ${values.length}`, values[index] - largest],
    ["exp of that", exponentials[index]],
    [`÷ sum of all ${values.length}`, sum],
    ["share of the whole", result],
  ],
};

/**
 * Return the steps to a number: what it is made of, the number itself, and what follows.
 * @param {Layer["form"]} form
 * @param {any} told as the server tells it
 * @returns {Step[]}
 */
export function stepsOf(form, told) {
  const end = endOf(told);
  return [...STEPS[form](told), ...end, ["the network's own", told.network.pre], [
    "difference",
    -told.difference,
  ]];
}

/**
 * Return what the activation, or switching off, makes of a number.
 * @param {any} told
 * @returns {Step[]}
 */
function endOf({ off, activation, after }) {
  if (off) return [["switched off", 0]];
  return activation && after !== null && after !== undefined ? [[`after ${activation}`, after]] : [];
}

/**
 * Return how many products are summed.
 * @param {any} told
 */
const countOf = (
  { products, terms, rest },
) => (products ? products.flat(2).length : terms.length + rest.count);

/**
 * Return the slice of a patch that adds most, either way, as tables of rows: {slice, patch, weights, products}; null where nothing lies under it.
 * @param {any} told of a sum over a patch, [row][column][slice]
 */
export function heaviestSlice({ patch, weights, products, slices }) {
  const sums = (products[0]?.[0] ?? []).map((/** @type {number} */ _, /** @type {number} */ slice) =>
    products.flat().reduce((/** @type {number} */ sum, /** @type {number[]} */ each) => sum + each[slice], 0)
  );
  if (!sums.length) return null;
  const [at] = strongestOf(sums, 1);
  /** @param {number[][][]} rows */
  const of = (rows) => rows.map((row) => row.map((each) => each[at]));
  return { slice: slices?.[at] ?? at, patch: of(patch), weights: of(weights), products: of(products) };
}
