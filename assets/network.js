/* The networks: for every layer a sheet of maps or units, and one of kernels, painted from the picture at hand. */
(function (c) {
  "use strict";

  const SMALL = 16; // cells; maps up to this side are drawn twice as large as others
  const UNIT = 22; // screen pixels of a unit without a picture of its weights: with the gap 24, which a finger can tell from the next
  const BAR = 4; // screen pixels of the value under a unit's weights
  const CAPTION = 15; // screen pixels for a range under a map

  const MARKED = new Set(["off", "same", "dead", "silent", "constant", "faint"]); // on a map; what is usual, such as always on, is said when it is pointed at

  /** What is painted where; made once the page stands. `act` is {pick(path, filter, cell), point(where), leave()}. */
  c.Network = class {
    constructor(root, act) {
      Object.assign(this, { root, act });
      this.panels = c.panels = []; // of the networks that were shown so far, for what is outlined over them too
      this.columns = new Map(Array.from(root.querySelectorAll(".network"), (column) => [column.dataset.model, column]));
      this.waiting = new Set(); // panels out of sight that are not painted yet
      this.seen = new IntersectionObserver((entries) => entries.forEach(({ target, isIntersecting }) => (target.inSight = isIntersecting)));
      c.whenPrinted(() => this.print(), () => this.panels.forEach((panel) => panel.unprint()));
    }

    /** Show the columns of these networks, and no others, in the order of their pair; what is shown for the first time is built. */
    arrange(keys, pair) {
      const order = `${keys} of ${pair}`;
      if (this.order === order) return;
      this.order = order;
      this.columns.forEach((column, key) => (column.hidden = !keys.includes(key)));
      for (const key of pair) this.columns.get(key).parentElement.append(this.columns.get(key));
      const first = keys.filter((key) => !this.panels.some((panel) => panel.key === key));
      const sheets = first.flatMap((key) => [...this.columns.get(key).querySelectorAll(".sheet")]);
      const widths = new Map(sheets.map((sheet) => [sheet, sheet.clientWidth])); // of all before any is built: the page is laid out once
      for (const key of first) {
        const built = c.model(key).layers.map((layer) => new Panel(document.getElementById(`panel-${key}-${layer.name}`), key, layer, this.act, widths));
        built.forEach(({ element }) => this.seen.observe(element));
        this.panels.push(...built);
      }
    }

    /** Paint a picture as a selection wants it: what is in sight at once, the rest when that is on the screen; what is hidden waits until it is shown. */
    paint(selection, picture) {
      const keys = c.shown(selection);
      this.arrange(keys, selection.pair);
      const shown = this.panels.filter(({ key }) => keys.includes(key));
      const same = this.asked && c.shown(this.asked[0]).join() === keys.join();
      this.waiting = new Set(same ? shown.filter(({ element }) => !element.inSight) : []);
      this.asked = [selection, picture];
      for (const panel of shown) if (!this.waiting.has(panel)) panel.paint(selection, picture);
      this.root.ariaBusy = this.waiting.size ? "true" : null;
      if (this.waiting.size) c.afterFrame(() => this.paintRest());
    }

    /** Paint for paper all that is shown, in sight or not. */
    print() {
      if (!this.asked) return;
      this.paintRest();
      const keys = c.shown(this.asked[0]);
      for (const panel of this.panels) if (keys.includes(panel.key)) panel.print();
    }

    paintRest() {
      for (const panel of this.waiting) panel.paint(...this.asked);
      this.waiting.clear();
      this.root.ariaBusy = null;
    }
  };

  class Panel {
    /** @param widths Of the sheets, by their elements. */
    constructor(element, key, layer, act, widths) {
      Object.assign(this, { element, key, layer, act, path: `${key}.${layer.name}`, differing: "" });
      this.title = element.querySelector(".tensor");
      this.legend = element.querySelector(".legend");
      this.isMaps = layer.shape.length === 3;
      this.zoom = this.isMaps && layer.shape[1] <= SMALL ? 4 : 2;
      this.templates = layer.kernels && !this.isMaps;
      this.isLast = layer === c.model(key).layers.at(-1);
      element.classList.toggle("units", !this.isMaps && !this.templates);
      element.classList.toggle("templates", this.templates);
      this.count = layer.shape.at(-1);
      const maps = element.querySelector(".maps");
      this.sheet = new c.Sheet(maps, this.form(), widths.get(maps));
      const kernels = element.querySelector(".kernels");
      if (kernels) this.kernelSheet = new c.Sheet(kernels, this.kernelForm(), widths.get(kernels));
      this.kernelLegend = element.querySelector(".kernel-legend");
      this.weights = null;
      if (layer.kernels) this.await(this.kernelSheet ?? this.sheet);
    }

    form() {
      const { layer, act, path } = this;
      const word = this.isMaps ? "map" : "unit";
      const sides = this.isMaps
        ? { rows: layer.shape[0], columns: layer.shape[1], zoom: this.zoom, gap: this.zoom }
        : this.templates
          ? { rows: 28 + 1 + BAR, columns: 28, zoom: 1, gap: 3 }
          : { rows: UNIT, columns: UNIT, zoom: 1, gap: 2 };
      return {
        ...sides, count: this.count, foot: this.isLast ? CAPTION : 0,
        name: (i) => `${layer.name} ${word} ${i}${this.differing && `, ${this.differing}`}`,
        about: (i) => c.tunedTo(layer, i),
        pick: (i, row, column) => act.pick(path, i, this.isMaps && row !== undefined ? [row, column] : null),
        point: (place, event) => act.point({ panel: this, kind: "map", place, event }),
        leave: act.leave,
        resized: () => this.repaint(),
      };
    }

    /** A convolution's filter is all its slices, side by side, un-flipped. */
    kernelForm() {
      const { layer, act, path } = this;
      const [slices, height, width] = layer.grid;
      this.slicesAcross = Math.ceil(Math.sqrt(slices));
      const down = Math.ceil(slices / this.slicesAcross);
      const gap = slices === 1 ? 0 : 1;
      const across = this.slicesAcross * (width + gap) - gap;
      const { columns, zoom: mapZoom, gap: mapGap } = this.sheet.form;
      const pitch = columns * mapZoom + mapGap; // each filter stands under its map, where it fits there
      const fits = (zoom) => pitch % zoom === 0 && across * zoom + 4 <= pitch;
      const zoom = [14, 12, 10, 9, 8, 7, 6, 5, 4, 3].find(fits) ?? 2;
      return {
        rows: down * (height + gap) - gap, columns: across, zoom,
        gap: Math.max(4, pitch - across * zoom), below: slices === 1 ? zoom : 4, count: this.count, foot: 0,
        limit: () => this.sheet.across,
        name: (i) => (slices === 1 ? `${layer.name} kernel ${i}` : `${layer.name} filter ${i}, ${slices} slices`),
        about: (i) => c.tunedTo(layer, i),
        pick: (i) => act.pick(path, i, null),
        point: (place, event) => act.point({ panel: this, kind: "kernel", place, event }),
        leave: act.leave,
        resized: () => this.repaint(),
      };
    }

    /** Return the weight's [row, column, slice] under a pixel of a filter's picture, or null between slices. */
    weightAt(row, column) {
      const [slices, height, width] = this.layer.grid;
      if (this.templates) return row < 28 ? [row, column, 0] : null;
      if (slices === 1) return [row, column, 0];
      const slice = Math.floor(row / (height + 1)) * this.slicesAcross + Math.floor(column / (width + 1));
      const inside = [row % (height + 1), column % (width + 1)];
      return slice < slices && inside[0] < height && inside[1] < width ? [...inside, slice] : null;
    }

    /** Fetch the weights part by part as they come into view. */
    await(sheet) {
      const asked = new Set();
      const watch = new IntersectionObserver(
        (entries) => {
          for (const { isIntersecting, target } of entries) {
            if (!isIntersecting) continue;
            const part = Math.floor(Array.prototype.indexOf.call(sheet.cells.children, target) / c.facts.part);
            if (!asked.has(part)) this.fetch(part).catch((problem) => (asked.delete(part), c.say(problem.message)));
            asked.add(part);
            watch.unobserve(target);
          }
        },
        { rootMargin: "150px" },
      );
      const step = Math.max(1, Math.floor(c.facts.part / 8));
      for (let i = 0; i < this.count; i += step) watch.observe(sheet.cells.children[i]);
    }

    async fetch(part) {
      this.take(part, await c.bytes(this.partAddress(part), c.wakingUp));
      if (this.selection) this.paintKernels(this.selection);
    }

    partAddress(part) {
      return `/kernels/${c.facts.version}/${this.key}/${this.layer.name}/${part}.bin`;
    }

    /** Take a part of the weights, whose bytes are here. */
    take(part, buffer) {
      const { layer } = this;
      const size = layer.grid[0] * layer.grid[1] * layer.grid[2];
      this.weights ??= { low: new Float32Array(this.count).fill(NaN), high: new Float32Array(this.count), levels: new Uint8Array(this.count * size) };
      const first = part * c.facts.part;
      const opened = c.openKernels(buffer, Math.min(c.facts.part, this.count - first));
      this.weights.low.set(opened.low, first);
      this.weights.high.set(opened.high, first);
      this.weights.levels.set(opened.levels, first * size);
      this.kernelScale = null;
    }

    /** Make ready for paper: fetch at once the weights that have not come into view, and give every picture a place of its own. */
    print() {
      if (this.layer.kernels) this.fetchRest();
      for (const sheet of [this.sheet, this.kernelSheet]) sheet?.spread();
    }

    fetchRest() {
      const parts = Math.ceil(this.count / c.facts.part);
      const missing = Array.from({ length: parts }, (_, part) => part).filter((part) => Number.isNaN(this.weights?.low[part * c.facts.part] ?? NaN));
      for (const part of missing) {
        const buffer = c.bytesNow(this.partAddress(part));
        if (buffer) this.take(part, buffer);
      }
      if (missing.length) this.paintKernels(this.selection);
    }

    unprint() {
      for (const sheet of [this.sheet, this.kernelSheet]) sheet?.gather();
    }

    /** Return the scale of all of the layer, whose smallest value is `least`. */
    scaleOf(selection, least, most) {
      return c.scale(least, most, c.kindOf(selection, this.layer, least));
    }

    paint(selection, picture) {
      const opened = picture.models[this.key].layers[this.layer.name];
      const restyled = this.selection?.scale !== selection.scale || this.selection?.off !== selection.off;
      this.off = c.readOff(selection.off).get(this.path) ?? [];
      Object.assign(this, { selection, picture, opened, fixed: c.fixedScale(selection, this.layer) });
      const compared = c.differenceWords(selection) !== this.differing;
      this.compare(c.differenceWords(selection));
      this.refoot(selection);
      const moved = this.sheet.fit();
      c.write(this.title, `${this.differing && "difference, "}${this.standing(selection)} · ${this.layer.shape.join("×")}`);
      if (this.isMaps) this.paintMaps(selection, opened);
      else this.paintUnits(selection, opened.values);
      if (!this.isMaps && (restyled || moved || compared || this.fixed)) this.markUnits(selection);
      if (restyled || ((moved || compared) && this.templates)) this.paintKernels(selection);
      const chosen = selection.layer === this.path ? selection.filter : -1;
      this.sheet.select(chosen);
      this.kernelSheet?.select(chosen);
    }

    /** Name the maps or units after what they show. */
    compare(differing) {
      if (differing === this.differing) return;
      this.differing = differing;
      this.sheet.rename();
    }

    /** Say where in the layer its values are read; one without an activation function has the same before and after it. */
    standing({ stage }) {
      const { activation, kind } = this.layer;
      if (activation) return `${stage === "pre" ? "before" : "after"} ${activation}`;
      if (!kind.endsWith("Pooling2D")) return "no activation function";
      return stage === "pre" ? "after pooling, which has no activation" : "after pooling";
    }

    /** Make room for a caption under each map where each has its own scale. */
    refoot(selection) {
      const sheets = [this.isMaps || this.templates ? this.sheet : null, this.kernelSheet].filter(Boolean);
      for (const { form } of sheets) form.foot = c.isOwn(selection) ? Math.ceil(CAPTION / form.zoom) : 0;
    }

    paintMaps(selection, { low, high, levels, count }) {
      const [rows, columns] = this.layer.shape;
      const least = Math.min(...low);
      const most = Math.max(...high);
      const own = c.isOwn(selection);
      const shared = own ? null : (this.fixed ?? this.scaleOf(selection, least, most));
      const words = { map: "each map has its own scale", grey: "each map from its smallest (black) to its largest (white)", data: "the same for all digits" };
      if (this.differing) words.grey = `${words.map}, a difference is not grey`;
      const everywhere = shared && c.isFlat(shared) && least === most ? "everywhere" : "";
      c.legend(this.legend, shared, [this.leavingWords(least, most), everywhere, words[selection.scale], this.differing].filter(Boolean).join(" · "));
      for (let i = 0; i < this.count; i++) {
        const scale = shared ?? c.ownScale(selection, this.layer, low[i], high[i], least);
        const colours = c.levelColours(scale, low[i], high[i], count);
        this.sheet.paintLevels(i, levels, i * rows * columns, rows, columns, colours);
        const fate = this.fate(i);
        this.mark(i, MARKED.has(fate) ? fate : "", own ? ends(scale, low[i], high[i]) : "");
      }
      this.sheet.flush();
    }

    /** Return the one word that fits channel i, as `c.fate` does. */
    fate(i) {
      const { selection, opened, layer } = this;
      return c.fate(layer, i, opened, { stage: selection.stage, off: this.off.includes(i), differing: c.differs(selection), own: c.isOwn(selection) });
    }

    /** Mark map or unit i with a word, and with a sign where it leaves the fixed scale; with a caption under it. */
    mark(i, word, caption) {
      const { sign, words } = this.leaving(i);
      this.sheet.mark(i, [sign, word].filter(Boolean).join(" "), caption, [word, words && `beyond the scale, ${words}`].filter(Boolean).join(", "));
    }

    /** Return how map or unit i leaves the fixed scale, as `c.leaving` says it. */
    leaving(i) {
      const { low, high, values } = this.opened;
      return c.leaving(this.fixed, (low ?? values)[i], (high ?? values)[i]);
    }

    /** Say how many maps or units leave the fixed scale, and how far; "" where none does. */
    leavingWords(least, most) {
      const { sign, words } = c.leaving(this.fixed, least, most);
      if (!words) return "";
      let gone = 0;
      for (let i = 0; i < this.count; i++) if (this.leaving(i).words) gone++;
      return `${sign} ${gone} of ${this.count} ${this.isMaps ? "maps" : "units"} ${gone === 1 ? "goes" : "go"} beyond, ${words}`;
    }

    paintUnits(selection, values) {
      const [least, most] = [Math.min(...values), Math.max(...values)];
      const scale = this.fixed ?? this.scaleOf(selection, least, most);
      let silent = 0;
      for (let i = 0; i < values.length; i++) if (this.fate(i) === "silent") silent++;
      const dead = this.layer.dead.length ? `, ${this.layer.dead.length} dead${this.templates ? "" : " (×)"}` : "";
      const after = selection.stage === "pre" ? "after relu" : "here";
      const words = this.layer.activation === "relu" ? `${silent} of ${this.count} silent ${after}${dead}` : "";
      const differ = `${values.filter(Boolean).length} of ${this.count} differ from test digit ${selection.reference}`;
      const everywhere = c.isFlat(scale) && least === most ? "everywhere" : "";
      const told = [this.leavingWords(least, most), everywhere, this.differing ? differ : words].filter(Boolean).join(" · ");
      c.legend(this.legend, scale, this.differing || !told ? told : `· ${told}`);
      const [top, rows, columns] = this.templates ? [29, BAR, 28] : [0, UNIT, UNIT];
      const colour = c.colouring(scale);
      for (let i = 0; i < values.length; i++) this.sheet.paintBlock(i, colour(values[i]), top, rows, columns);
      this.sheet.flush(top, rows);
      this.valueScale = scale;
    }

    /** Return why a unit gives nothing whatever the digit, "" for others: of those how many are silent is said above them. */
    lost(i) {
      const fate = this.fate(i);
      return fate === "off" || fate === "dead" ? fate : "";
    }

    /** Say which units are dead or off, and the scale or the class of each: no digit changes that, but a difference shows no dead ones. And which leave the fixed scale. */
    markUnits(selection) {
      for (let i = 0; i < this.count; i++) this.markUnit(selection, i);
    }

    markUnit(selection, i) {
      this.mark(i, this.lost(i), this.isLast ? String(i) : this.ownScale(selection, i));
    }

    /** Return the ends of the scale of filter i where each has its own, "" elsewhere. */
    ownScale(selection, i) {
      if (!c.isOwn(selection) || !this.weights || Number.isNaN(this.weights.low[i])) return "";
      return ends(this.weightScale(selection, i), this.weights.low[i], this.weights.high[i]);
    }

    /** Return the scale of filter i's own weights. */
    weightScale(selection, i) {
      return c.scale(this.weights.low[i], this.weights.high[i], selection.scale === "grey" ? "grey" : "diverging");
    }

    /** Weights do not depend on the digit, only on the kind of scale. */
    paintKernels(selection) {
      if (!this.weights) return;
      const { low, high, levels } = this.weights;
      const [slices, height, width] = this.layer.grid;
      const sheet = this.kernelSheet ?? this.sheet;
      sheet.fit();
      const own = c.isOwn(selection);
      const known = Array.from(low.keys()).filter((i) => !Number.isNaN(low[i]));
      const kind = selection.scale === "grey" ? "grey" : "diverging";
      const shared = own ? null : c.scale(Math.min(...known.map((i) => low[i])), Math.max(...known.map((i) => high[i])), kind);
      c.legend(this.kernelLegend, shared, own ? "weights: each filter has its own scale, to the ± number under it" : "weights");
      const size = slices * height * width;
      for (const i of known) {
        const colours = c.levelColours(shared ?? this.weightScale(selection, i), low[i], high[i], c.facts.levels.kernels);
        if (this.templates) this.markUnit(selection, i);
        else sheet.mark(i, "", this.ownScale(selection, i));
        for (let slice = 0; slice < slices; slice++) {
          const top = this.templates ? 0 : Math.floor(slice / this.slicesAcross) * (height + 1);
          const left = this.templates ? 0 : (slice % this.slicesAcross) * (width + 1);
          sheet.paintLevels(i, levels, i * size + slice * height * width, height, width, colours, top, left);
        }
      }
      sheet.flush();
    }

    /** Paint anew what lies elsewhere than before. */
    repaint() {
      if (!this.selection) return;
      this.paint(this.selection, this.picture);
      this.paintKernels(this.selection);
    }

    /** Return the address of this layer's values for a digit. */
    address(selection) {
      return `/api/models/${this.key}/digits/${selection.digit}/layers/${this.layer.name}.npy?stage=${selection.stage}${c.changes(selection, this.key)}${this.differing && `&${c.referenceQuery(selection)}`}`;
    }

    /** Return the value at a place as the picture has it: [value, largest error]. */
    approximate(i, row, column) {
      if (!this.isMaps) return [this.opened.values[i], 0];
      const { low, high, levels, count } = this.opened;
      const [rows, columns] = this.layer.shape;
      const last = count - 1;
      const level = levels[(i * rows + row) * columns + column];
      return [low[i] + ((high[i] - low[i]) * level) / last, (high[i] - low[i]) / last / 2];
    }
  }

  /** Return the ends of a map's own scale in few characters: the one that is not implied, or both; of a map that is constant, from `least` to `most`, that number. */
  function ends({ palette, low, high }, least, most) {
    const short = (value) => String(Number(value.toPrecision(2))).replace("-", "−");
    if (least === most) return `= ${short(least)}`;
    if (palette === "grey") return `${short(low)}…${short(high)}`;
    return palette === "diverging" ? `±${short(high)}` : short(high);
  }

  /** Write text only where it differs, into the node that is there: the browser then has little to lay out, or nothing. Return whether it differed. */
  c.write = function (element, text) {
    const node = element.firstChild;
    const own = node?.nodeType === Node.TEXT_NODE && !node.nextSibling;
    if ((own ? node.data : element.textContent) === text) return false;
    if (own) node.data = text;
    else element.textContent = text;
    return true;
  };
})((window.convlens ??= {}));
