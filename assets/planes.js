/* The test digits in the plane: painted on a canvas, found under the pointer, and chosen by a line around them. */
(function (c) {
  "use strict";

  const CELLS = 64; // along each side of a plane, in which points are looked for
  const NEAR = 14; // screen pixels within which a point is found
  const NEIGHBOURS = 50; // nearest in the layer itself, which a button puts on the wall
  const MOST = 40; // corners of a line around some digits
  const FINE = 1000; // steps along each side, in which these corners are written
  const FINEST = 3; // dots of paper to a screen pixel
  const DRAG = 6; // screen pixels that a pointer moves before it draws a line
  /* One colour per label, Tableau's ten; each label's number lies on its digits, so that none is told by colour alone. */
  const COLOURS = ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf"];

  const METHODS = { tsne: "t-SNE", pca: "PCA" };

  const planes = new Set(); // on the page now

  /** Make planes of what the server left room for within an element. */
  c.layOut = function (element) {
    for (const plane of planes) if (!plane.root.isConnected) planes.delete(plane);
    for (const root of element.querySelectorAll(".points:empty")) planes.add(new Plane(root));
  };

  /** Return whether a choice of digits, written as in an address, is of neighbours in a layer, which come nearest first. */
  c.isNear = (text) => /\.near:/.test(text);

  /** Say which digits such a choice leaves, in which order: those within a line in a picture, or the nearest ones in the layer. */
  c.withinWords = function (text, sort) {
    const [key, method, digit] = text.split(/[.:]/);
    if (!c.isNear(text)) return `within your line in the picture of ${c.name(key)}'s ${METHODS[method]}`;
    return `the ${NEIGHBOURS} nearest to digit ${digit} in ${c.name(key)}'s ${c.model(key).layers.at(-2).name}${sort === "index" ? ", nearest first" : ""}`;
  };

  /** Return a promise of the digits that such a choice leaves: neighbours nearest first, those within a line by index. */
  c.digitsWithin = async function (text) {
    const [path, corners] = text.split(":");
    const [key, method] = path.split(".");
    if (c.isNear(text)) return (await c.json(`/api/models/${key}/digits/${corners}/neighbours`)).neighbours;
    const { data } = await c.tensor(`/api/models/${key}/arrangement/${method}.npy`);
    const line = corners.split(".").map((number) => number / FINE);
    const inside = [];
    for (let digit = 0; digit < c.facts.digits; digit++) if (within(line, data[2 * digit], data[2 * digit + 1])) inside.push(digit);
    return inside;
  };

  /** Return whether a point lies within a closed line [x, y, x, y, …]: whether a ray to the right crosses it an odd number of times. */
  function within(line, x, y) {
    let inside = false;
    for (let i = 0, j = line.length - 2; i < line.length; j = i, i += 2) {
      const [ax, ay, bx, by] = [line[i], line[i + 1], line[j], line[j + 1]];
      if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside;
    }
    return inside;
  }

  class Plane {
    constructor(root) {
      const { address, method, layer } = root.dataset;
      const key = root.closest("[data-model]").dataset.model;
      const words = root.parentElement.querySelector("figcaption").textContent;
      Object.assign(this, { root, address, key, method, marked: -1, line: null });
      this.canvas = c.make("canvas", {});
      this.over = c.make("canvas", { tabIndex: 0, role: "application", "aria-label": `${words}. Arrow keys walk from digit to digit, Enter opens one.` });
      this.around = c.make("button", { type: "button", textContent: "Draw around some", "aria-pressed": "false" });
      this.neighbours = c.make("button", { type: "button", textContent: `Put its ${NEIGHBOURS} nearest in ${layer} on the wall`, disabled: true });
      root.append(c.make("div", { className: "plane-canvases" }, this.canvas, this.over), c.make("div", { className: "plane-buttons" }, this.around, this.neighbours));
      this.around.addEventListener("click", () => this.drawing(this.around.ariaPressed !== "true"));
      this.neighbours.addEventListener("click", () => this.put(`${this.key}.near:${this.marked}`, { digit: this.marked }));
      this.listen();
      new IntersectionObserver(([{ isIntersecting }], observer) => {
        if (!isIntersecting) return;
        observer.disconnect();
        this.fetch().catch((problem) => c.say(problem.message));
      }).observe(root);
    }

    async fetch() {
      this.take(await c.tensor(this.address));
      new ResizeObserver(() => this.paint()).observe(this.root.firstChild);
    }

    take({ data }) {
      this.data = data;
      this.cells = Array.from({ length: CELLS * CELLS }, () => []);
      for (let digit = 0; digit < data.length / 2; digit++) this.cells[cellOf(data[2 * digit + 1]) * CELLS + cellOf(data[2 * digit])].push(digit);
    }

    /** Paint it for paper, which is light, in fine points, whether it has come into view or not. */
    print() {
      if (!this.data) {
        const points = c.tensorNow(this.address);
        if (points) this.take(points);
      }
      this.paint();
    }

    /** Paint all points, those that are named wrong last, and every label's number among its own. */
    paint() {
      const side = this.root.firstChild.clientWidth;
      if (!this.data || !side) return;
      const sharp = sharpness();
      for (const canvas of [this.canvas, this.over]) Object.assign(canvas, { width: side * sharp, height: side * sharp });
      this.side = side;
      const pen = this.canvas.getContext("2d");
      pen.scale(sharp, sharp);
      const { labels, answers } = c.wall;
      const [wrong, right] = [[], []];
      labels.forEach((label, digit) => (answers[this.key][digit] === label ? right : wrong).push(digit));
      pen.globalAlpha = 0.65;
      for (const digit of right) {
        const [x, y] = this.at(digit);
        pen.fillStyle = COLOURS[labels[digit]];
        pen.fillRect(x - 1, y - 1, 2, 2);
      }
      pen.globalAlpha = 1;
      for (const digit of wrong) {
        const [x, y] = this.at(digit);
        const cross = new Path2D(`M${x - 3} ${y - 3}l6 6m0 -6l-6 6`);
        for (const [width, colour] of [[3, INKS.paper()], [1.5, COLOURS[labels[digit]]]]) {
          Object.assign(pen, { lineWidth: width, strokeStyle: colour });
          pen.stroke(cross);
        }
      }
      this.number(pen, labels);
      this.mark(this.marked);
      this.root.dataset.painted = "true";
    }

    number(pen, labels) {
      Object.assign(pen, { font: "600 15px system-ui, sans-serif", textAlign: "center", textBaseline: "middle", lineWidth: 4, lineJoin: "round", strokeStyle: INKS.paper(), fillStyle: INKS.ink() });
      for (let label = 0; label < 10; label++) {
        const own = Array.from(labels.keys()).filter((digit) => labels[digit] === label).map((digit) => this.at(digit));
        const [x, y] = [0, 1].map((axis) => middle(own.map((place) => place[axis])));
        pen.strokeText(label, x, y);
        pen.fillText(label, x, y);
      }
    }

    /** Return where on the screen a digit lies, from the left and the top of the plane. */
    at(digit) {
      const room = this.side - 16;
      return [8 + this.data[2 * digit] * room, 8 + this.data[2 * digit + 1] * room];
    }

    /** Return where in the plane, in [0, 1], something on the screen lies. */
    place(event) {
      const box = this.over.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top].map((offset) => Math.max(0, Math.min(1, (offset - 8) / (this.side - 16))));
    }

    /** Return the digits in order of their distance, those within `reach`, all in [0, 1]. */
    near(x, y, reach) {
      const found = [];
      const [left, right, top, bottom] = [x - reach, x + reach, y - reach, y + reach].map(cellOf);
      for (let row = top; row <= bottom; row++) {
        for (let column = left; column <= right; column++) {
          for (const digit of this.cells[row * CELLS + column]) {
            const far = Math.hypot(this.data[2 * digit] - x, this.data[2 * digit + 1] - y);
            if (far <= reach) found.push([far, digit]);
          }
        }
      }
      return found.sort(([one], [other]) => one - other);
    }

    nearest(x, y) {
      return this.near(x, y, NEAR / this.side)[0]?.[1] ?? -1;
    }

    /** Ring a digit, and the same one in the other planes; say and show which it is. */
    mark(digit, event) {
      const pen = this.over.getContext("2d");
      const sharp = sharpness();
      pen.setTransform(sharp, 0, 0, sharp, 0, 0);
      pen.clearRect(0, 0, this.side, this.side);
      this.marked = digit;
      this.neighbours.disabled = digit < 0;
      if (this.line) {
        const room = this.side - 16;
        const path = new Path2D(`M${this.line.map(([x, y]) => `${8 + x * room} ${8 + y * room}`).join("L")}`);
        Object.assign(pen, { lineWidth: 1.5, strokeStyle: INKS.ink() });
        pen.stroke(path);
      }
      if (digit >= 0 && this.data) {
        for (const [width, colour] of [[4, INKS.paper()], [2, INKS.ink()]]) {
          Object.assign(pen, { lineWidth: width, strokeStyle: colour });
          pen.stroke(new Path2D(`M${this.at(digit).map((value, axis) => value - (axis ? 0 : 7)).join(" ")}a7 7 0 1 0 14 0a7 7 0 1 0 -14 0`));
        }
      }
      if (event) {
        for (const plane of planes) if (plane !== this && plane.data && plane.side) plane.mark(digit);
        show(digit, event);
      }
    }

    drawing(on) {
      this.around.ariaPressed = String(on);
      this.over.classList.toggle("drawing", on);
    }

    listen() {
      let from = null; // where a pointer went down
      this.over.addEventListener("pointerdown", (event) => {
        if (!this.data || event.button || (event.pointerType !== "mouse" && this.around.ariaPressed !== "true")) return;
        from = [event.clientX, event.clientY];
        this.over.setPointerCapture(event.pointerId);
      });
      this.over.addEventListener("pointermove", (event) => {
        if (!this.data) return;
        if (from && (this.line || Math.hypot(event.clientX - from[0], event.clientY - from[1]) > DRAG)) {
          this.line = [...(this.line ?? [this.place({ clientX: from[0], clientY: from[1] })]), this.place(event)];
          return this.mark(-1, event);
        }
        this.mark(this.nearest(...this.place(event)), event);
      });
      this.over.addEventListener("pointerup", () => {
        const line = this.line;
        [from, this.line] = [null, null];
        if (!line) return;
        this.drawn = true;
        this.drawing(false);
        this.choose(line);
      });
      this.over.addEventListener("pointercancel", () => ([from, this.line] = [null, null]));
      this.over.addEventListener("pointerleave", (event) => this.data && !from && (this.mark(this.marked), show(-1, event)));
      this.over.addEventListener("click", (event) => {
        if (this.drawn) return (this.drawn = false);
        const digit = this.data ? this.nearest(...this.place(event)) : -1;
        if (digit >= 0) c.change({ page: "explore", digit });
      });
      this.over.addEventListener("keydown", (event) => this.data && this.walk(event));
      this.over.addEventListener("blur", (event) => show(-1, event));
    }

    walk(event) {
      const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
      if (event.key === "Enter" && this.marked >= 0) return c.change({ page: "explore", digit: this.marked });
      const step = steps[event.key];
      if (!step) return;
      event.preventDefault();
      const next = this.marked < 0 ? this.near(0.5, 0.5, 1)[0][1] : this.towards(this.marked, step);
      const box = this.over.getBoundingClientRect();
      const [x, y] = this.at(next);
      this.mark(next, { clientX: box.left + x, clientY: box.top + y });
      c.write(document.getElementById("status"), told(next));
    }

    /** Return the nearest digit that lies more in a direction than beside it, the same one where there is none. */
    towards(digit, [right, down]) {
      const [x, y] = [this.data[2 * digit], this.data[2 * digit + 1]];
      for (const reach of [0.02, 0.1, 1]) {
        for (const [, other] of this.near(x, y, reach)) {
          const [dx, dy] = [this.data[2 * other] - x, this.data[2 * other + 1] - y];
          const along = dx * right + dy * down;
          if (along > 0 && along >= Math.abs(dx * down + dy * right)) return other;
        }
      }
      return digit;
    }

    /** Put the digits within a line on the wall. */
    choose(line) {
      const every = Math.max(1, Math.ceil(line.length / MOST));
      const corners = line.filter((_, i) => i % every === 0).flat().map((share) => Math.round(FINE * Math.max(0, Math.min(1, share))));
      if (corners.length < 6) return this.mark(-1);
      this.put(`${this.key}.${this.method}:${corners.join(".")}`);
    }

    /** Show the digits that a choice leaves, and more that is to be shown with them. */
    put(within, more = {}) {
      c.change({ page: "explore", ...more, wall: { ...c.DEFAULTS.wall, within } });
    }
  }

  /* Another paper wants other inks. */
  const repaint = () => planes.forEach((plane) => plane.paint());
  new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  for (const paper of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) matchMedia(paper).addEventListener("change", repaint);
  c.whenPrinted(() => planes.forEach((plane) => plane.print()), repaint);

  const sharpness = () => (c.isPrinted() ? FINEST : window.devicePixelRatio || 1);
  const cellOf = (share) => Math.max(0, Math.min(CELLS - 1, Math.floor(share * CELLS)));
  const INKS = { ink: () => getComputedStyle(document.body).color, paper: () => getComputedStyle(document.body).backgroundColor };

  function middle(values) {
    return values.sort((one, other) => one - other)[values.length >> 1];
  }

  /** Return a sentence on a digit. */
  function told(digit) {
    const { answers, labels } = c.wall;
    const said = Object.entries(answers).filter(([key]) => [...planes].some((plane) => plane.key === key)).map(([key, all]) => `${c.name(key)} says ${all[digit]}`);
    return `Test digit ${digit}, ${c.labelWords(digit, labels[digit])}: ${said.join(", ")}`;
  }

  let card = null;
  /** Show a digit beside the pointer; -1 for none. */
  function show(digit, event) {
    if (!card) {
      card = c.make("div", { className: "tip plane-tip", hidden: true }, c.make("canvas", { width: 28, height: 28 }), c.make("span", {}));
      document.body.append(card);
      for (let first = 0; first < c.facts.digits; first += c.facts.block) c.wall.pixels(first).catch(() => {}); // so that each is there at once
    }
    card.hidden = digit < 0;
    if (digit < 0) return;
    const put = (pixels) => card.digit === digit && c.grey(card.firstChild, pixels);
    card.digit = digit;
    const known = c.wall.known(digit);
    if (known) put(known);
    else c.wall.pixels(digit).then(put, () => {});
    c.write(card.lastChild, told(digit));
    const left = Math.min(event.clientX + 14, window.innerWidth - card.offsetWidth - 8);
    const top = event.clientY + 18 + card.offsetHeight > window.innerHeight ? event.clientY - card.offsetHeight - 10 : event.clientY + 18;
    card.style.transform = `translate(${Math.max(4, left)}px, ${top}px)`;
  }
})((window.convlens ??= {}));
