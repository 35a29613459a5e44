/* The arithmetic behind one number, in the browser for what is pointed at; models/analysis/arithmetic.py is the measure, and a test holds the two together. */
(function (c) {
  "use strict";

  /** Return where the window of a convolution or pooling layer lies on what it reads: per axis {taps, step, start, dilation}. */
  c.windowOf = function (layer, before) {
    const axes = layer.sights[before ? before.name : "input"];
    return axes.map(({ size, step, start }, axis) => {
      const taps = layer.kind === "Conv2D" ? layer.grid[1 + axis] : size;
      return { taps, step, start, dilation: taps > 1 ? (size - 1) / (taps - 1) : 1 };
    });
  };

  /** Return the row or column of the input under tap `tap` of cell `cell`, -1 where there is only padding. */
  const under = ({ step, start, dilation }, cell, tap, length) => {
    const place = start + cell * step + tap * dilation;
    return place < length ? place : -1;
  };

  /** Return the values under a window: Float32Array in the order row, column, slice; zeros where nothing is. */
  c.patch = function ({ shape, data }, [rows, columns], [row, column]) {
    const [high, wide, slices = 1] = shape;
    const found = new Float32Array(rows.taps * columns.taps * slices);
    let to = 0;
    for (let r = 0; r < rows.taps; r++) {
      const y = under(rows, row, r, high);
      for (let k = 0; k < columns.taps; k++, to += slices) {
        const x = under(columns, column, k, wide);
        if (y < 0 || x < 0) continue;
        found.set(data.subarray((y * wide + x) * slices, (y * wide + x + 1) * slices), to);
      }
    }
    return found;
  };

  /** Return {products, sum, result} of values × weights; products and their sum in float64, with the bias as float32. */
  c.terms = function (values, weights, bias) {
    const products = Float64Array.from(values, (value, i) => value * weights[i]);
    const sum = products.reduce((all, one) => all + one, 0);
    return { products, sum, result: Math.fround(sum + bias) };
  };

  /** Return what each slice adds to one cell, from its products in the order row, column, slice. */
  c.bySlice = function (products, slices) {
    const added = new Float64Array(slices);
    for (let i = 0; i < products.length; i++) added[i % slices] += products[i];
    return added;
  };

  /** Return {high, winner, tied}: the largest value under a pooling window in one map, row and column of the first such, and how many there are. */
  c.largest = function ({ shape, data }, [rows, columns], [row, column], channel) {
    let high = -Infinity;
    let winner = null;
    let tied = 0;
    for (let r = 0; r < rows.taps; r++) {
      for (let k = 0; k < columns.taps; k++) {
        const [y, x] = [under(rows, row, r, shape[0]), under(columns, column, k, shape[1])];
        const value = y < 0 || x < 0 ? -Infinity : data[(y * shape[1] + x) * shape[2] + channel];
        if (value > high) [high, winner, tied] = [value, [y, x], 0];
        if (value === high) tied++;
      }
    }
    return { high, winner, tied };
  };

  const ACTIVATIONS = { relu: (value) => Math.max(0, value), tanh: Math.tanh, sigmoid: (value) => 0.5 * (1 + Math.tanh(value / 2)) };

  /** Return the value after a layer's activation function, null where there is none or it takes more than one value. */
  c.activate = (layer, value) => ACTIVATIONS[layer.activation]?.(value) ?? null;

  /** Return {exponentials, sum}: of the logits after the largest is taken from each, which changes no share. */
  c.softmax = function (logits) {
    const most = Math.max(...logits);
    const exponentials = Float64Array.from(logits, (logit) => Math.exp(logit - most));
    return { exponentials, sum: exponentials.reduce((all, one) => all + one, 0) };
  };

  /** Return the places of the `count` numbers that are farthest from zero, farthest first. */
  c.strongest = function (numbers, count) {
    return Array.from(numbers.keys()).sort((a, b) => Math.abs(numbers[b]) - Math.abs(numbers[a])).slice(0, count);
  };
})((window.convlens ??= {}));
