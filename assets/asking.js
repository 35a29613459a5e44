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

  /** A section of the page that asks for nothing until it is opened, and then follows what is asked. */
  c.Asked = class {
    /**
     * @param question Returns what is asked now, in plain values.
     * @param ask Returns a promise of what is found.
     * @param paint Shows, in `body`, what was asked and found.
     */
    constructor(details, { question, ask, paint }) {
      Object.assign(this, { details, question, ask, paint, asked: null, body: c.make("div") });
      const newest = c.newest(() => this.answer());
      this.follow = () => newest(true);
      details.addEventListener("toggle", this.follow);
    }

    /** Put what it is asked with above its body. */
    fill(...controls) {
      this.details.lastElementChild.replaceChildren(...controls, this.body);
    }

    /** Return a list of choices, pairs of a value and its words; a choice asks anew. */
    choice(name, options) {
      const select = c.make("select", { "aria-label": name }, ...options.map(([value, textContent]) => c.make("option", { value, textContent })));
      select.addEventListener("change", this.follow);
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
