/* The difference view: what stands in its words, its addresses and its scales. */
(function (c) {
  "use strict";

  /** Return whether a selection shows differences and not values. */
  c.differs = ({ reference }) => reference !== null;

  /** Return which difference is shown, "" where values are. */
  c.differenceWords = (selection) => (c.differs(selection) ? `difference to test digit ${selection.reference}` : "");

  /** Return what an address says of the digit that is compared with: "" for none. */
  c.referenceQuery = (selection) => (c.differs(selection) ? `reference=${selection.reference}` : "");

  /** Return whether each map and filter has its own scale. */
  c.isOwn = ({ scale }) => scale === "map" || scale === "grey";

  /** Return the kind of scale of a layer's values, of which `least` is the smallest; that of differences always has zero in its middle. */
  c.kindOf = function (selection, layer, least = 0) {
    if (c.differs(selection)) return "diverging";
    if (selection.scale === "grey") return "grey";
    return Math.min(least, layer.ranges[selection.stage][0]) < 0 ? "diverging" : "sequential";
  };

  /** Return a map's own scale, in a layer whose smallest value is `least`; that of a constant map has no width, or the faintest constant would look strong. */
  c.ownScale = function (selection, layer, low, high, least) {
    const palette = c.kindOf(selection, layer, least);
    return low === high ? { palette, low, high } : c.scale(low, high, palette);
  };

  /** Return the scale of a layer that is the same for all digits, null where another one is selected. Values may leave it: of digits that are changed or drawn, or without some channels. */
  c.fixedScale = (selection, layer) => (selection.scale === "data" ? c.scale(...c.rangeOf(selection, layer), c.kindOf(selection, layer)) : null);

  /** Return the ends of a layer's values over all test digits, or of the differences between any two. */
  c.rangeOf = function (selection, layer) {
    const [low, high] = layer.ranges[selection.stage];
    return c.differs(selection) ? [low - high, high - low] : [low, high];
  };

  /** Return what the next digit is compared with: itself where the one before was, moved; nothing where that was drawn; else the same. */
  c.follower = function (wanted, next) {
    const itself = wanted.reference === wanted.digit && c.moveQuery(wanted.perturb);
    return itself ? (c.isDrawn(wanted) ? null : next.digit) : next.reference;
  };
})((window.convlens ??= {}));
