/* What is done to the digit before the networks see it: a choice and a slider, one request at a time, and the words for it. */
(function (c) {
  "use strict";

  const WAYS = c.facts.perturbations;

  const DRAWN = /^(?:ink|raw|pixels):[\w-]+/;

  /** Return {ink, way, amount, done} of a text such as "rotation:15" or "ink:eNpj,rotation:15": what was drawn, "" for nothing; and the rest, the first way, which does nothing, where there is none. Done is the rest's text, "" where it does nothing. */
  c.readMove = function (text) {
    const [ink] = text.match(DRAWN) ?? [""];
    const rest = text.slice(ink && ink.length + 1);
    const [key, said] = rest.split(":");
    const way = WAYS.find((each) => each.key === key) ?? WAYS[0];
    const amount = rest ? Number(said) : way.neutral;
    return { ink, way, amount, done: amount === way.neutral ? "" : rest };
  };

  /** Return the text of a digit that was drawn, "" for none, with what another text does to it. */
  c.withInk = (ink, text) => [ink, text.replace(DRAWN, "").replace(",", "")].filter(Boolean).join();

  /** Return what an address says of what is done to the digit: "" for nothing. */
  c.moveQuery = function (text) {
    const { ink, done } = c.readMove(text);
    return ink || done ? `perturb=${c.withInk(ink, done)}` : "";
  };

  /** Return what is done to the digit in words: "" for nothing. */
  c.moveWords = function (text) {
    const { way, amount, done } = c.readMove(text);
    return done && way.words[Number(amount < way.neutral)].replaceAll("{}", Math.abs(amount));
  };

  const show = c.newest(async ([text, step]) => {
    const [perturb, more] = [await text()].flat();
    return c.move(perturb, step, more);
  });

  /** Show the digit as a text changes it: one request at a time, and after it the newest text; what returns it, or a promise of it, alone or in a list with what changes too, and whether Back undoes it by itself. */
  c.follow = (text, step = false) => show([text, step || Boolean(show.next?.[1])]);

  /** Return whether something newer is to be shown. */
  c.following = () => show.next !== null;

  /** The controls of what is done to the digit; as many as there are places for them show the same. */
  c.Moving = class {
    constructor(host) {
      const option = ({ key, title }) => c.make("option", { value: key, textContent: title });
      this.choice = c.make("select", { "aria-label": "How to change the digit" }, ...WAYS.map(option));
      this.slider = c.make("input", { type: "range" });
      this.words = c.make("p", { className: "done" });
      this.reset = c.make("button", { type: "button", textContent: "Reset" });
      this.choice.addEventListener("change", () => this.neutral());
      this.slider.addEventListener("input", () => this.follow(Number(Number(this.slider.value).toFixed(3))));
      this.reset.addEventListener("click", () => this.neutral());
      host.replaceChildren(c.make("div", { className: "row" }, this.choice, this.reset), this.slider, this.words);
    }

    /** Do nothing to the digit, in the chosen way. */
    neutral() {
      this.follow(WAYS.find(({ key }) => key === this.choice.value).neutral, true);
    }

    follow(amount, step) {
      const text = c.withInk(this.ink, `${this.choice.value}:${amount}`);
      this.shown = null;
      c.follow(() => text, step);
    }

    /** Show what is done to the digit; a slider that has gone further stays where it is. */
    show(text) {
      if (text === this.shown) return;
      this.shown = c.following() ? null : text;
      const { ink, way, amount } = c.readMove(text);
      const words = c.moveWords(text);
      this.ink = ink;
      if (!c.following()) {
        this.choice.value = way.key;
        if (this.slider.name !== way.key) Object.assign(this.slider, { name: way.key, min: way.low, max: way.high, step: way.step });
        this.slider.value = amount;
        this.slider.setAttribute("aria-label", `${way.title}, ${way.unit}`);
        this.slider.setAttribute("aria-valuetext", words || "unchanged");
      }
      this.reset.disabled = !words;
      c.write(this.words, words || `as it was ${ink ? "drawn" : "written"}`);
    }
  };
})((window.convlens ??= {}));
