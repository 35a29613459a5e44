/* One thing at a time, and after it the newest; and the sections that ask so, once they are opened. */
(function (c) {
  "use strict";

  /** Return a function that acts on what it is given: one at a time, and after it on the newest, which waits as its `next`. */
  c.newest = function (act) {
    let running = false;
    const run = async function (given) {
      run.next = given;
      if (running) return;
      running = true;
      try {
        while (run.next !== null) {
          const newest = run.next;
          run.next = null;
          await act(newest);
        }
      } finally {
        running = false;
      }
    };
    run.next = null;
    return run;
  };

  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  /** A section of the page that asks for nothing until it is opened, and then follows what is asked. Whether it is open, and what is chosen in it, is a part of the selection. */
  c.Asked = class {
    /**
     * @param part Of the selection: what is chosen, between colons; "" while it is closed.
     * @param question Returns what is asked now, in plain values.
     * @param ask Returns a promise of what is found.
     * @param paint Shows, in `body`, what was asked and found.
     */
    constructor(details, { part, question, ask, paint }) {
      Object.assign(this, { details, part, question, ask, paint, asked: null, choices: [], shown: "", body: c.make("div") });
      const newest = c.newest(() => this.answer());
      this.follow = () => newest(true);
      details.addEventListener("toggle", () => (part ? this.choose() : this.follow()));
    }

    /** Let the selection say what is chosen now. */
    choose() {
      const chosen = this.choices.map(({ value }) => value).join(":").replace(/:+$/, "");
      const text = this.details.open ? chosen : "";
      if (text !== this.shown) c.change({ [this.part]: text });
    }

    /** Show what a selection says, and follow it. */
    show(selection) {
      this.shown = selection[this.part];
      const chosen = this.shown.split(":");
      if (this.shown) this.choices.forEach((choice, i) => (choice.value = chosen[i] ?? ""));
      this.details.open = Boolean(this.shown);
      this.follow();
    }

    /** Put what it is asked with above its body. */
    fill(...controls) {
      this.details.lastElementChild.replaceChildren(...controls, this.body);
    }

    /** Return a list of choices, pairs of a value and its words; a choice asks anew. */
    choice(name, options) {
      const select = c.make("select", { "aria-label": name }, ...options.map(([value, textContent]) => c.make("option", { value, textContent })));
      select.addEventListener("change", () => this.choose());
      this.choices.push(select);
      return select;
    }

    async answer() {
      if (!this.details.open) return;
      const asked = this.question();
      if (same(asked, this.asked)) return;
      this.body.ariaBusy = "true";
      try {
        const found = await this.ask(asked);
        if (same(asked, this.question())) this.paint((this.asked = asked), found);
      } catch (problem) {
        if (!(problem instanceof c.Problem)) throw problem;
        c.say(problem.message);
      } finally {
        this.body.ariaBusy = null;
      }
    }
  };
})((window.convlens ??= {}));
