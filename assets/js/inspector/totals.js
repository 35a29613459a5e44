/** Numbers under their names, as the parts of the inspector list them. */
import { fillList, make } from "../core/element.js";
import { inFull, round } from "../core/number.js";

/**
 * Return a number, in full where it is pointed at.
 * @param {number} value
 */
export const number = (value) =>
  make("span", { className: "number", textContent: round(value), title: inFull(Math.fround(value)) });

/**
 * Return the network's own value and how far this sum is from it.
 * @param {number} network
 * @param {number} result
 */
export const compared = (network, result) => ({
  "the network's own": number(network),
  difference: number(network - result),
});

/**
 * Return steps one after another: names, of which two may be the same, and numbers.
 * @param {[string, number][]} steps
 */
export const inOrder = (steps) =>
  make(
    "dl",
    { className: "numbers" },
    ...steps.flatMap(([name, value]) => [make("dt", { textContent: name }), make("dd", {}, number(value))]),
  );

/**
 * Return sums by their names.
 * @param {Record<string, Node | string>} sums
 */
export function totals(sums) {
  const list = make("dl", { className: "numbers" });
  fillList(list, sums);
  return list;
}
