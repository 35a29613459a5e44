/* What is done to the digit before the networks see it: a choice and a slider, one request at a time, and the words for it. */
(function (c) {
  "use strict";

  const WAYS = c.facts.perturbations;

  /** Return {way, amount} of a text such as "rotation:15"; the first way, which does nothing, of an empty one. */
  c.readMove = function (text) {
    const [key, amount] = text.split(":");
    const way = WAYS.find((each) => each.key === key) ?? WAYS[0];
    return { way, amount: text ? Number(amount) : way.neutral };
  };

  /** Return what an address says of what is done to the digit: "" for nothing. */
  c.moveQuery = function (text) {
    const { way, amount } = c.readMove(text);
    return amount === way.neutral ? "" : `perturb=${text}`;
  };

  /** Return what is done to the digit in words: "" for nothing. */
  c.moveWords = function (text) {
    const { way, amount } = c.readMove(text);
    return amount === way.neutral ? "" : way.words[Number(amount < way.neutral)].replaceAll("{}", Math.abs(amount));
  };

  let next = null; // what is to be shown next: a text, and whether Back undoes it by itself
  let running = false;

  /** Show the digit as a text moves it: one request at a time, and after it the newest text. */
  async function follow(text, step = false) {
    next = [text, step || Boolean(next?.[1])];
    if (running) return;
    running = true;
    try {
      while (next !== null) {
        const now = next;
        next = null;
        await c.move(...now);
      }
    } finally {
      running = false;
    }
  }

  /** The controls of what is done to the digit; as many as there are places for them show the same. */
  c.Moving = class {
    constructor(host) {
      const option = ({ key, title }) => c.make("option", { value: key, textContent: title });
      this.choice = c.make("select", { "aria-label": "How to change the digit" }, ...WAYS.map(option));
      this.slider = c.make("input", { type: "range" });
      this.words = c.make("p", { className: "done" });
      this.reset = c.make("button", { type: "button", textContent: "Reset" });
      this.choice.addEventListener("change", () => this.neutral());
      this.slider.addEventListener("input", () => follow(`${this.choice.value}:${Number(Number(this.slider.value).toFixed(3))}`));
      this.reset.addEventListener("click", () => this.neutral());
      host.replaceChildren(c.make("div", { className: "row" }, this.choice, this.reset), this.slider, this.words);
    }

    /** Do nothing to the digit, in the chosen way. */
    neutral() {
      follow(`${this.choice.value}:${WAYS.find(({ key }) => key === this.choice.value).neutral}`, true);
    }

    /** Show what is done to the digit; a slider that has gone further stays where it is. */
    show(text) {
      const { way, amount } = c.readMove(text);
      const words = c.moveWords(text);
      if (next === null) {
        this.choice.value = way.key;
        if (this.slider.name !== way.key) Object.assign(this.slider, { name: way.key, min: way.low, max: way.high, step: way.step });
        this.slider.value = amount;
        this.slider.setAttribute("aria-label", `${way.title}, ${way.unit}`);
        this.slider.setAttribute("aria-valuetext", words || "unchanged");
      }
      this.reset.disabled = !words;
      c.write(this.words, words || "as it was written");
    }
  };
})((window.convlens ??= {}));
