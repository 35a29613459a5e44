/** How numbers are written for people, in one place; dashboard/panels/wording.py is the measure for shares, and a test holds the two together. */

/**
 * Return a number as it is shown: three significant digits, a true minus sign.
 * @param {number} value
 * @returns {string}
 */
export function round(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e5 || size < 1e-4
    ? size.toExponential(2).replace("-", "−")
    : String(Number(size.toPrecision(3)));
  return (value < 0 ? "−" : "") + text;
}

/**
 * Return a float32 in full: the fewest digits that name it and no other.
 * @param {number} value
 * @returns {string}
 */
export function inFull(value) {
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text)).replace("-", "−");
  }
  return value.toPrecision(9).replace("-", "−");
}

/**
 * Return a number as it stands in a small cell: two decimals.
 * @param {number} value
 * @returns {string}
 */
export const twoDecimals = (value) => (Math.abs(value) < 0.005 ? "0.00" : value.toFixed(2).replace("-", "−"));

/**
 * Return a number with one decimal, where there is no room for two.
 * @param {number} value
 * @returns {string}
 */
export const oneDecimal = (value) => (Math.abs(value) < 0.05 ? "0.0" : value.toFixed(1).replace("-", "−"));

/**
 * Return a share in percent; one that is not 1 is never written as all, one that is not 0 never as none.
 * @param {number} share
 * @param {number} decimals
 * @returns {string}
 */
export function percent(share, decimals = 1) {
  if (share === 0 || share === 1) return `${100 * share} %`; // nothing was rounded
  const step = 10 ** -decimals;
  const written = (100 * share).toFixed(decimals);
  if (Number(written) === 0) return `${share > 0 ? "< " : "> −"}${step.toFixed(decimals)} %`;
  if (Number(written) === 100) return `> ${share < 1 ? (100 - step).toFixed(decimals) : 100} %`;
  return `${written.replace("-", "−")} %`;
}

/**
 * Return a probability that a softmax gives, in percent: of finite logits it is neither 0 nor 1, however it was rounded.
 * @param {number} probability
 * @param {number} decimals
 * @returns {string}
 */
export const chance = (probability, decimals = 1) =>
  percent(Math.max(Number.MIN_VALUE, Math.min(1 - Number.EPSILON, probability)), decimals);
