/* The wall: all test digits in one scrolling list, of which only the visible part exists, painted on one canvas. */
(function (c) {
  "use strict";

  const SIDE = 28; // pixels of a digit, on the screen as in the data
  const CELL = 31; // screen pixels from one digit to the next
  const MARK = 4; // screen pixels at the foot of a digit that a network gets wrong
  const REST = 60; // milliseconds after which a pointer rests
  const DOUBT = ["#######", "##...##", "#.###.#", "#####.#", "###..##", "###.###", "#######", "###.###", "#######"]; // a question mark, dark on light, in the corner of a digit whose label is disputed
  const FOCUS = 100; // milliseconds after a click, at most, until the digit has the focus

  c.Wall = class {
    /** @param act {pick(digit, walked), rest(digit)}; pick returns a promise. */
    constructor(element, act) {
      const { clientHeight: height, clientWidth: width } = element; // before anything changes: the page is laid out once
      Object.assign(this, { element, act, top: 0, height, width, list: [], keys: [], only: null, places: new Map(), blocks: new Map(), here: new Map(), shown: new Map(), current: -1 });
      this.space = document.createElement("div");
      this.space.className = "wall-space";
      this.canvas = document.createElement("canvas");
      this.space.append(this.canvas);
      element.replaceChildren(this.space);
      element.addEventListener("scroll", () => this.scrolled(element.scrollTop), { passive: true });
      new ResizeObserver(() => this.fit()).observe(element);
      this.space.addEventListener("click", (event) => this.on(event, (digit, button) => this.clicked(digit, button)));
      this.space.addEventListener("mousedown", (event) => event.preventDefault()); // which would move the focus: clicked() does
      this.space.addEventListener("pointerdown", (event) => this.on(event, act.rest));
      this.space.addEventListener("pointerover", (event) => this.on(event, (digit) => this.resting(digit)));
      this.space.addEventListener("pointerleave", () => clearTimeout(this.timer));
      this.space.addEventListener("focusin", (event) => this.on(event, (digit) => this.resting(digit)));
      this.space.addEventListener("keydown", (event) => this.walk(event));
    }

    /** Take labels and answers as dashboard/wall.py packs them. */
    learn(buffer) {
      const { digits, models } = c.facts;
      this.labels = new Uint8Array(buffer, 0, digits);
      this.answers = {};
      this.orders = {};
      models.forEach(({ key }, i) => (this.answers[key] = new Uint8Array(buffer, digits * (1 + i), digits)));
    }

    wrong(key, digit) {
      return this.answers[key][digit] !== this.labels[digit];
    }

    /** Show the digits that a choice of dashboard/selection.py's Wall leaves, in its order, with the mistakes of the pair with these keys. */
    choose(choice, current, keys) {
      const only = choice.wrong.startsWith("only.") && choice.wrong.slice(5);
      const keep = (digit) =>
        (!this.only || this.only.has(digit)) &&
        (!choice.within || this.inside.has(digit)) &&
        (choice.label === null || this.labels[digit] === choice.label) &&
        (choice.answer === null || this.answers[choice.by][digit] === choice.answer) &&
        (choice.wrong === "" || choice.wrong === "changed" || (choice.wrong === "disputed" && digit in c.facts.disputed) ||
          (choice.wrong === "none" && !keys.some((key) => this.wrong(key, digit))) ||
          (only && keys.every((key) => this.wrong(key, digit) === (key === only))) ||
          (choice.wrong === "both" && keys.every((key) => this.wrong(key, digit))) ||
          (choice.wrong === "disagree" && keys.some((key) => this.answers[key][digit] !== this.answers[keys[0]][digit])) ||
          (keys.includes(choice.wrong) && this.wrong(choice.wrong, digit)));
      const given = choice.sort === "index" && c.isNear(choice.within) ? this.inside : null; // nearest first
      const order = given ?? this.orders[choice.sort] ?? Array.from({ length: c.facts.digits }, (_, digit) => digit);
      this.list = Array.from(order).filter(keep);
      this.places = new Map(this.list.map((digit, place) => [digit, place]));
      this.shown.forEach((button) => button.remove());
      this.shown.clear();
      this.painted = "";
      Object.assign(this, { current, keys });
      this.measure();
      this.reveal(this.places.get(current) ?? 0);
      this.draw();
    }

    measure() {
      this.across = Math.max(1, Math.floor((this.width - 4) / CELL));
      this.space.style.height = `${Math.ceil(this.list.length / this.across) * CELL}px`;
    }

    /** Lay out what is shown for the room there is; a hidden wall keeps its layout, and its place where the browser forgets it. */
    fit() {
      const { clientHeight: height, clientWidth: width, scrollTop: top } = this.element;
      if (!width) return;
      const moved = width !== this.width;
      Object.assign(this, { height, width });
      this.measure();
      this.shown.forEach((button, place) => this.put(button, place));
      if (top !== this.top) this.element.scrollTop = this.top;
      if (moved) this.reveal(this.places.get(this.current) ?? 0);
      this.draw();
    }

    put(button, place) {
      button.style.left = `${(place % this.across) * CELL}px`;
      button.style.top = `${Math.floor(place / this.across) * CELL}px`;
    }

    scrolled(top) {
      this.top = top;
      this.draw();
    }

    /** Make exist what is visible, with a margin, and nothing else. */
    draw() {
      const first = Math.max(0, Math.floor(this.top / CELL) - 2) * this.across;
      const last = Math.min(this.list.length, (Math.ceil((this.top + this.height) / CELL) + 2) * this.across);
      for (const [place, button] of this.shown) {
        if (place >= first && place < last) continue;
        if (button === document.activeElement) continue;
        button.remove();
        this.shown.delete(place);
      }
      const added = document.createDocumentFragment();
      for (let place = first; place < last; place++) {
        if (!this.shown.has(place)) added.append(this.thumb(place));
      }
      this.space.append(added);
      this.reachable();
      const range = [first, last, this.across].join();
      if (range !== this.painted) this.paint(first, last);
      this.painted = range;
    }

    /** Paint the digits at these places; those whose pixels are still on their way follow. */
    async paint(first, last) {
      const turn = (this.turn = (this.turn ?? 0) + 1);
      const { across, canvas, list } = this;
      const image = new ImageData(across * CELL, Math.max(1, Math.ceil((last - first) / across)) * CELL);
      const colours = new Uint32Array(image.data.buffer);
      const places = Array.from({ length: last - first }, (_, i) => first + i);
      const show = () => {
        if (turn !== this.turn) return;
        Object.assign(canvas, { width: image.width, height: image.height });
        canvas.style.top = `${Math.floor(first / across) * CELL}px`;
        canvas.getContext("2d").putImageData(image, 0, 0);
      };
      let late = false;
      const waits = places.map((place, i) => {
        const start = Math.floor(i / across) * CELL * image.width + (i % across) * CELL;
        const put = (pixels) => this.paintDigit(colours, start, image.width, list[place], pixels);
        const known = this.known(list[place]);
        if (known) return put(known);
        late = true;
        return this.pixels(list[place]).then(put, () => {});
      });
      show();
      if (!late) return;
      await Promise.all(waits);
      show();
    }

    /** Paint one digit, at its foot, in order, the hue of each network that gets it wrong, and in its corner whether its label is disputed. */
    paintDigit(colours, start, width, digit, pixels) {
      const share = SIDE / this.keys.length;
      const wrong = this.keys.map((key) => (this.wrong(key, digit) ? c.packed(c.model(key).hue) : 0));
      for (let row = 0; row < SIDE; row++) {
        for (let column = 0; column < SIDE; column++) {
          const mark = row >= SIDE - MARK && wrong[Math.floor(column / share)];
          colours[start + row * width + column] = mark || (255 << 24) | (pixels[row * SIDE + column] * 0x010101);
        }
      }
      if (digit in c.facts.disputed) this.paintDoubt(colours, start, width);
    }

    /** Paint the mark of a disputed label into the upper right corner of a digit. */
    paintDoubt(colours, start, width) {
      DOUBT.forEach((line, row) => {
        for (let column = 0; column < line.length; column++) {
          colours[start + row * width + SIDE - line.length + column] = (255 << 24) | (line[column] === "#" ? 0xffffff : 0);
        }
      });
    }

    thumb(place) {
      const digit = this.list[place];
      const button = document.createElement("button");
      button.type = "button";
      button.className = "thumb";
      button.tabIndex = -1;
      button.dataset.digit = digit;
      button.setAttribute("aria-label", `Test digit ${digit}, ${c.labelWords(digit, this.labels[digit])}`);
      if (digit in c.facts.disputed) button.title = button.ariaLabel;
      if (digit === this.current) this.markThumb(button);
      this.put(button, place);
      this.shown.set(place, button);
      return button;
    }

    /** Return a digit's pixels if they are here. */
    known(digit) {
      const bytes = this.here.get(Math.floor(digit / c.facts.block));
      const start = (digit % c.facts.block) * SIDE * SIDE;
      return bytes?.subarray(start, start + SIDE * SIDE);
    }

    /** Return a promise of a digit's 784 pixels, 0 to 255. */
    pixels(digit) {
      const block = Math.floor(digit / c.facts.block);
      if (!this.blocks.has(block)) {
        const answer = c.bytes(`/wall/${c.facts.version}/${block}.bin`).then((buffer) => {
          this.here.set(block, new Uint8Array(buffer));
          return this.here.get(block);
        });
        answer.catch((problem) => {
          this.blocks.delete(block);
          c.say(problem.message);
        });
        this.blocks.set(block, answer);
      }
      const start = (digit % c.facts.block) * 784;
      return this.blocks.get(block).then((bytes) => bytes.subarray(start, start + 784));
    }

    /** Mark the digit that the page shows, and bring it into view. */
    mark(digit) {
      this.current = digit;
      this.marked?.removeAttribute("aria-current");
      const place = this.places.get(digit);
      if (place === undefined) return;
      if (this.reveal(place)) this.draw();
      if (this.shown.has(place)) this.markThumb(this.shown.get(place));
      c.afterFrame(() => this.reachable());
    }

    markThumb(button) {
      button.setAttribute("aria-current", "true");
      this.marked = button;
    }

    /** Scroll a place into view; return whether that was needed. */
    reveal(place) {
      const top = Math.floor(place / this.across) * CELL;
      const hidden = top < this.top || top + CELL > this.top + this.height;
      if (hidden) this.element.scrollTop = this.top = Math.max(0, top - Math.floor(this.height / 2));
      return hidden;
    }

    /** Leave exactly one digit in the tab order: the current one, else the first that is visible. */
    reachable() {
      const visible = () => [...this.shown].find(([place]) => Math.floor(place / this.across) * CELL >= this.top)?.[1];
      const button = this.shown.get(this.places.get(this.current)) ?? visible();
      if (!button || button === this.tabbed) return;
      if (this.tabbed) this.tabbed.tabIndex = -1;
      button.tabIndex = 0;
      this.tabbed = button;
    }

    /** Return the digit `step` places after the current one, or undefined. */
    beside(step) {
      return this.list[(this.places.get(this.current) ?? (step > 0 ? -1 : this.list.length)) + step];
    }

    walk(event) {
      delete this.space.dataset.pressed;
      const page = this.across * Math.floor(this.height / CELL);
      const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.across, ArrowDown: this.across, PageUp: -page, PageDown: page };
      const from = this.places.get(Number(event.target.dataset.digit));
      let to = { Home: 0, End: this.list.length - 1 }[event.key] ?? from + steps[event.key];
      if (Number.isNaN(to)) return;
      event.preventDefault();
      to = Math.max(0, Math.min(this.list.length - 1, to));
      if (this.reveal(to)) this.draw();
      this.shown.get(to)?.focus({ preventScroll: true });
      this.act.pick(this.list[to], true);
    }

    on(event, act) {
      const button = event.target.closest(".thumb");
      if (button) act(Number(button.dataset.digit), button);
    }

    /** Show a digit, and then move the focus there: before, the browser would do that in the time in which it could ask and be answered. */
    async clicked(digit, button) {
      this.last = button;
      await Promise.race([this.act.pick(digit, false), new Promise((go) => setTimeout(go, FOCUS))]);
      if (button !== this.last) return;
      this.space.dataset.pressed = ""; // or the browser takes a focus that a script moves for one that needs a ring
      button.focus({ preventScroll: true });
    }

    resting(digit) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.act.rest(digit), REST);
    }
  };

  /** Say under a field why what stands in it is refused, until it is typed anew; an empty sentence takes it back. */
  c.refuse = function (field, sentence) {
    const place = document.getElementById(`${field.id}-error`);
    c.write(place, sentence);
    field.ariaInvalid = sentence ? "true" : null;
    field.setAttribute("aria-describedby", place.id);
    if (sentence) field.addEventListener("input", () => c.refuse(field, ""), { once: true });
  };

  /** Paint 784 grey pixels, 0 to 255. */
  c.grey = function (canvas, pixels) {
    const context = canvas.getContext("2d");
    const image = context.createImageData(28, 28);
    const colours = new Uint32Array(image.data.buffer);
    for (let i = 0; i < 784; i++) colours[i] = (255 << 24) | (pixels[i] * 0x010101);
    context.putImageData(image, 0, 0);
  };
})((window.convlens ??= {}));
