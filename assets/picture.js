/* The body of bytes that dashboard/picture.py packs, opened. */
(function (c) {
  "use strict";

  /**
   * Return {digit, models: {key: {logits, probabilities, layers: {name: panel}}}}. A panel of units is {values};
   * one of maps is {low, high, levels}, with level 0 at `low[map]` and the last one at `high[map]`, map by map.
   */
  c.openPicture = function (buffer) {
    const view = new DataView(buffer);
    let at = 4;
    const floats = (count) => {
      const part = new Float32Array(buffer, at, count);
      at += 4 * count;
      return part;
    };
    const models = {};
    const maps = [];
    for (const model of c.facts.models) {
      const classes = model.layers.at(-1).shape[0];
      const opened = { logits: floats(classes), probabilities: floats(classes), layers: {} };
      for (const layer of model.layers) {
        const channels = layer.shape.at(-1);
        if (layer.shape.length === 3) {
          const panel = { low: floats(channels), high: floats(channels), levels: null };
          maps.push([panel, layer.shape[0] * layer.shape[1] * channels]);
          opened.layers[layer.name] = panel;
        } else {
          opened.layers[layer.name] = { values: floats(channels) };
        }
      }
      models[model.key] = opened;
    }
    for (const [panel, cells] of maps) {
      panel.levels = new Uint8Array(buffer, at, cells);
      at += cells;
    }
    return { digit: view.getUint32(0, true), models };
  };

  /** Return {low, high, levels} of the filters of a layer. */
  c.openKernels = function (buffer, filters) {
    return {
      low: new Float32Array(buffer, 0, filters),
      high: new Float32Array(buffer, 4 * filters, filters),
      levels: new Uint8Array(buffer, 8 * filters),
    };
  };
})((window.convlens ??= {}));
