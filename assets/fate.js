/* What is the matter with a channel: one word or none, decided here for the sheets, for hover and for the inspector. What holds for all test digits is known from the survey (models/analysis/channel_statistics.py). */
(function (c) {
  "use strict";

  const FAINT = 0.01; // a map whose range is below this part of its layer's is called faint

  const after = ({ activation }) => (activation ? ` after ${activation}` : "");
  const all = () => `all ${c.facts.digits.toLocaleString("en")} test digits`;

  /** What each word means of a channel of a layer; in this order the first that fits is said, and no other. */
  c.FATES = {
    off: (layer) => `Switched off: zero${after(layer)}, whatever it reads.`,
    same: () => "Same: nothing differs.",
    dead: (layer) => `Dead: zero on ${all()}${after(layer)}.`,
    silent: (layer) => `Silent: zero on this digit${after(layer)}.`,
    constant: () => "Constant: one value everywhere on this digit.",
    faint: () => "Faint: its range is below a hundredth of its layer's.",
    "always on": (layer) => `Always on: above zero everywhere on ${all()}${after(layer)}.`,
  };

  /**
   * Return the word that fits channel i of a layer, "" where none does.
   * @param opened What the picture has of the layer: {low, high} of every map, or {values} of units.
   * @param seen {stage, off, differing, own}: of which stage that is, whether the channel is switched off, whether differences are shown, and whether each map has its own scale.
   */
  c.fate = function (layer, i, opened, { stage, off = false, differing = false, own = false }) {
    const [low, high] = opened.values ? [opened.values[i], opened.values[i]] : [opened.low[i], opened.high[i]];
    if (off) return "off";
    if (differing) return low === 0 && high === 0 ? "same" : "";
    if (layer.dead.includes(i)) return "dead";
    if (isZero(layer, stage, low) && isZero(layer, stage, high)) return "silent";
    if (own && !opened.values && high === low) return "constant";
    if (own && !opened.values && high - low < FAINT * span(opened)) return "faint";
    return layer.always_on.includes(i) ? "always on" : "";
  };

  /** Return what a word means, "" for none. */
  c.fateWords = (layer, fate) => c.FATES[fate]?.(layer) ?? "";

  /** Return whether a value is zero after the layer's activation, which keeps the order of values; of a softmax none is. */
  const isZero = (layer, stage, value) => (stage === "pre" && layer.activation ? c.activate(layer, value) : value) === 0;

  /** Return the range of all of a layer's maps. */
  const span = (opened) => (opened.span ??= Math.max(...opened.high) - Math.min(...opened.low));
})((window.convlens ??= {}));
