/** From logits to probabilities, step by step. */
import { softmax } from "../core/arithmetic.js";
import { make } from "../core/element.js";
import { inFull, round } from "../core/number.js";

/**
 * Return a cell with a number.
 * @param {number} value
 */
export const plainCell = (value) =>
  make("td", { textContent: round(value), title: inFull(Math.fround(value)) });

/**
 * Show how logits become probabilities.
 * @param {HTMLElement} element
 * @param {Float32Array} logits
 */
export function showShares(element, logits) {
  const { exponentials, sum } = softmax(logits);
  const most = Math.max(...logits);
  const rows = Array.from(
    logits,
    (logit, digit) =>
      make(
        "tr",
        {},
        make("th", { scope: "row", textContent: digit }),
        plainCell(logit),
        plainCell(logit - most),
        plainCell(exponentials[digit]),
        plainCell(exponentials[digit] / sum),
      ),
  );
  const head = ["class", "logit", "− largest", "exp", "÷ sum"].map((textContent) =>
    make("th", { scope: "col", textContent })
  );
  const table = make(
    "table",
    { className: "terms" },
    make("thead", {}, make("tr", {}, ...head)),
    make("tbody", {}, ...rows),
  );
  element.querySelector("div")?.remove();
  element.append(
    make(
      "div",
      {},
      make("p", {
        className: "reading",
        textContent:
          `The largest logit is taken from each, which changes no share; the exponentials add up to ${
            round(sum)
          }.`,
      }),
      table,
    ),
  );
}
