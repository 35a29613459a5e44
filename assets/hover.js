/* Hover: what the pointer or the focus is on, in words beside it and as outlines on the digit and on the maps. */
(function (c) {
  "use strict";

  const DIGIT = [28, 28]; // rows and columns
  let frame = 0; // in which the outlines on the maps are drawn

  /**
   * Outline what a cell sees: on the digit at once, on the maps of its own layer and of those before it in the next frame.
   * A layer that sees all of the digit, or a map without a cell, outlines all of it and nothing on the maps; no layer outlines nothing.
   */
  c.sight = function (layer, cell) {
    sightOnDigit(layer, cell);
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      const network = cell && c.facts.models.find(({ layers }) => layers.includes(layer));
      for (const { key, layer: seen, isMaps, sheet } of c.panels) {
        if (isMaps) sheet.outline(key === network?.key ? partOf(layer, cell, seen.name, seen.shape) : null);
      }
    });
  };

  function sightOnDigit(layer, cell) {
    const box = document.getElementById("sight");
    box.hidden = !layer;
    if (!layer) return;
    const [top, left, bottom, right] = (cell && partOf(layer, cell, "input", DIGIT)) ?? [0, 0, ...DIGIT];
    const part = (pixels) => `${(100 * pixels) / 28}%`;
    Object.assign(box.style, { top: part(top), left: part(left), width: part(right - left), height: part(bottom - top) });
  }

  /** Return what a cell sees of something, [top, left, bottom, right] within its shape; of its own layer itself; null where that is nothing in particular. */
  function partOf(layer, cell, name, shape) {
    const own = { size: 1, step: 1, start: 0 };
    const fields = name === layer.name ? [own, own] : layer.sights[name];
    if (!fields) return null;
    const first = fields.map(({ step, start }, axis) => start + cell[axis] * step);
    const last = fields.map(({ size }, axis) => Math.min(shape[axis], first[axis] + size));
    return [...first.map((place) => Math.max(0, place)), ...last];
  }

  let tip = null;
  /** Show words beside the pointer, or beside what has the focus; nothing for no event. */
  c.tip = function (event, words = "") {
    tip ??= document.body.appendChild(Object.assign(document.createElement("div"), { className: "tip", hidden: true }));
    tip.hidden = !event;
    if (!event) return;
    c.write(tip, words);
    const box = event.target.getBoundingClientRect();
    const [x, y] = event.clientX === undefined ? [box.left, box.bottom] : [event.clientX, event.clientY];
    const left = Math.max(4, Math.min(x + 14, window.innerWidth - tip.offsetWidth - 8));
    const top = y + 18 + tip.offsetHeight > window.innerHeight ? y - tip.offsetHeight - 10 : y + 18;
    tip.style.transform = `translate(${left}px, ${top}px)`;
  };

  let pointed = 0;
  /** Say what the pointer is over: network, layer, channel, row, column and value. */
  c.point = function ({ panel, kind, place, event }, selection) {
    const turn = ++pointed;
    const [i, row, column] = place;
    const { layer } = panel;
    const head = `${c.name(panel.key)} ${layer.name}`;
    const overWeights = row !== undefined && (kind === "kernel" || (panel.templates && row < 28));
    const fetched = panel.weights && !Number.isNaN(panel.weights.low[i]);
    const weight = overWeights ? panel.weightAt(row, column) : null;
    const tuned = c.tunedTo(layer, i);
    if (kind === "kernel" && !(weight && fetched)) return c.tip(event, `${head} filter ${i}${tuned && `, ${tuned}`}`);
    if (weight && fetched) return pointWeight(panel, head, i, weight, event, turn);
    c.sight(layer, row === undefined || !panel.isMaps ? null : [row, column]);
    const fate = panel.fate(i);
    const differing = panel.differing && `, ${panel.differing}`;
    const leaves = panel.leaving(i).words;
    const sentences = [c.fateWords(layer, fate), leaves && `Beyond the scale, ${leaves}.`].filter(Boolean).join(" ");
    const told = sentences && `. ${sentences}`;
    if (row === undefined && panel.isMaps) {
      const { low, high } = panel.opened;
      const range = low[i] === high[i] ? `everywhere ${c.exact(low[i])}` : `${c.round(low[i])} to ${c.round(high[i])}`;
      return c.tip(event, `${head} map ${i}${differing}: ${range}${told}${tuned && `. It is ${tuned}`}`);
    }
    if (!panel.isMaps) return c.tip(event, `${head} unit ${i}${differing} = ${c.exact(panel.opened.values[i])}${told}`);
    const words = `${head} map ${i}${fate && ` (${fate})`}${differing}, row ${row}, column ${column}`;
    const [value, error] = panel.approximate(i, row, column);
    if (error === 0) return c.tip(event, `${words}: ${c.exact(Math.fround(value))}`);
    if (!c.known(panel.address(selection))) c.tip(event, `${words}: ${c.round(value)} ± ${c.round(error)}, half a level of the picture's ${panel.opened.count}`);
    c.tensor(panel.address(selection)).then(
      ({ shape, data }) => turn === pointed && c.tip(event, `${words}: ${c.exact(data[(row * shape[1] + column) * shape[2] + i])}`),
      () => {},
    );
  };

  /** Say a weight: exactly where the whole kernel is small, else as its picture has it, with the error of that. */
  function pointWeight(panel, head, i, [row, column, slice], event, turn) {
    const { layer, key, weights } = panel;
    const [slices, rows, columns] = layer.grid;
    const words = `${head} ${panel.templates ? "unit" : "filter"} ${i}${slices > 1 ? `, slice ${slice}` : ""}, row ${row}, column ${column}: weight`;
    const last = c.facts.levels.kernels - 1;
    const span = weights.high[i] - weights.low[i];
    const value = weights.low[i] + (span * weights.levels[((i * slices + slice) * rows + row) * columns + column]) / last;
    const address = `/api/models/${key}/layers/${layer.name}/kernel.npy`;
    if (panel.templates || !c.known(address)) c.tip(event, `${words} ${c.round(value)} ± ${c.round(span / last / 2)}, half a level of the picture's ${last + 1}`);
    if (panel.templates) return;
    c.tensor(address).then(
      ({ shape, data }) => turn === pointed && c.tip(event, `${words} ${c.exact(data[((row * shape[1] + column) * shape[2] + slice) * shape[3] + i])}`),
      () => {},
    );
  }

  /** Take away what `point` showed. */
  c.unpoint = function () {
    pointed++;
    c.tip(null);
    c.sightOfSelected();
  };
})((window.convlens ??= {}));
