/* The body of bytes that dashboard/picture.py packs, opened. */
(function (c) {
  "use strict";

  /**
   * Return what a selection's picture holds: {digit, pixels, models: {key: {logits, probabilities, layers: {name: panel}}}}; pixels, 0 to 255, are null of an unmoved digit. A panel of units is {values};
   * one of maps is {low, high, levels, count}, with level 0 at `low[map]` and the last of `count` at `high[map]`, map by map. Where digits are compared, panels hold differences, and a model also {reference: {logits, probabilities}}, the other digit's.
   */
  c.openPicture = function (buffer, selection) {
    const form = c.differs(selection) ? "post" : selection.stage;
    const view = new DataView(buffer);
    let at = 4;
    const floats = (count) => {
      const part = new Float32Array(buffer, at, count);
      at += 4 * count;
      return part;
    };
    const models = {};
    const maps = [];
    for (const model of selection.pair.map(c.model)) {
      const classes = model.layers.at(-1).shape[0];
      const opened = { logits: floats(classes), probabilities: floats(classes), layers: {} };
      if (c.differs(selection)) opened.reference = { logits: floats(classes), probabilities: floats(classes) };
      for (const layer of model.layers) {
        const channels = layer.shape.at(-1);
        if (layer.shape.length === 3) {
          const panel = { low: floats(channels), high: floats(channels), levels: null, count: c.facts.levels[form] };
          maps.push([panel, layer.shape]);
          opened.layers[layer.name] = panel;
        } else {
          opened.layers[layer.name] = { values: floats(channels) };
        }
      }
      models[model.key] = opened;
    }
    for (const [panel, shape] of maps) {
      const cells = new Uint8Array(buffer, at, shape[0] * shape[1] * shape[2]);
      panel.levels = form === "pre" ? unsurprised(cells, shape) : cells;
      at += cells.length;
    }
    const pixels = at < buffer.byteLength ? new Uint8Array(buffer, at, 784) : null;
    return { digit: view.getUint32(0, true), pixels, models };
  };

  /** Return the levels, map by map, of which dashboard/picture.py gives the surprises. */
  function unsurprised(surprises, [rows, columns, maps]) {
    const levels = new Uint8Array(surprises.length); // counts modulo 256
    let at = 0;
    for (let map = 0; map < maps; map++) {
      for (let row = 0, from = map; row < rows; row++) {
        for (let column = 0; column < columns; column++, at++, from += maps) {
          const left = column ? levels[at - 1] : 0;
          const above = row ? levels[at - columns] : 0;
          const between = row && column ? levels[at - columns - 1] : 0;
          const [least, most] = left < above ? [left, above] : [above, left];
          levels[at] = surprises[from] + Math.max(least, Math.min(most, left + above - between));
        }
      }
    }
    return levels;
  }

  /** Return {low, high, levels} of the filters of a layer. */
  c.openKernels = function (buffer, filters) {
    return {
      low: new Float32Array(buffer, 0, filters),
      high: new Float32Array(buffer, 4 * filters, filters),
      levels: new Uint8Array(buffer, 8 * filters),
    };
  };
})((window.convlens ??= {}));
