/* How shares are written for people, in one place; dashboard/panels/wording.py is the measure, and a test holds the two together. */
(function (c) {
  "use strict";

  /** Return a share in percent; one that is not 1 is never written as all, one that is not 0 never as none. */
  c.percent = function (share, decimals = 1) {
    if (share === 0 || share === 1) return `${100 * share} %`; // nothing was rounded
    const step = 10 ** -decimals;
    const written = (100 * share).toFixed(decimals);
    if (Number(written) === 0) return `${share > 0 ? "< " : "> −"}${step.toFixed(decimals)} %`;
    if (Number(written) === 100) return `> ${share < 1 ? (100 - step).toFixed(decimals) : 100} %`;
    return `${written.replace("-", "−")} %`;
  };

  /** Return a probability that a softmax gives, in percent: of finite logits it is neither 0 nor 1, however it was rounded. */
  c.chance = (probability, decimals = 1) => c.percent(Math.max(Number.MIN_VALUE, Math.min(1 - Number.EPSILON, probability)), decimals);
})((window.convlens ??= {}));
