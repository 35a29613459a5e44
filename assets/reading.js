/* What the best network reads in a drawing: asked after the picture of the pair is painted, and said beside what these say. */
(function (c) {
  "use strict";

  /** Return the pair that shows a network: in the place of the one that is not shown, else of the second. */
  c.pairWith = function ({ pair, model }, key) {
    if (pair.includes(key)) return pair;
    return pair.length > 1 && model === pair[1] ? [key, pair[1]] : [pair[0], key];
  };

  /** Return who of the networks shown says something else than the reader: "CNN says otherwise.", "" where nobody does. */
  function dissent(reader, selection, picture) {
    const others = c.shown(selection).filter((key) => answer(picture.models[key]) !== reader.answer);
    if (!others.length) return "";
    return others.length > 1 ? "Both say otherwise." : `${c.name(others[0])} says otherwise.`;
  }

  /** Return how unlike anything in training a drawing is to the reader, which is named unless it has just been. */
  function unlikeness({ reader, novelty }, named) {
    if (!novelty) return "";
    const [it, sees] = named ? ["it", ""] : [c.name(reader.key), `, as ${c.name(reader.key)} sees it`];
    const { percentile, unlike, held_out } = novelty;
    const than = percentile < 1 ? `${Math.floor(1000 * percentile) / 10} % of the held-out digits` : `all ${held_out.toLocaleString("en")} held-out digits`;
    const farther = 100 * (1 - percentile);
    if (!unlike) return `Near what ${it} learned: ${farther.toFixed(farther < 9.95 ? 1 : 0)} % of the held-out digits are farther.`;
    return `Unlike anything in training${sees}: more so than ${than}.`;
  }

  const answer = ({ probabilities }) => probabilities.indexOf(Math.max(...probabilities));

  c.Reading = class {
    /**
     * @param host In the verdict; a screen reader hears it.
     * @param hear Is told what is said, sentence by sentence, and whether the last one warns.
     */
    constructor(host, hear) {
      this.name = c.make("span", { className: "hue" });
      this.said = c.make("span");
      this.otherwise = c.make("b");
      this.button = c.make("button", { type: "button", hidden: true }, this.name, this.said, this.otherwise);
      this.button.dataset.model = c.facts.reader;
      this.button.addEventListener("click", () => c.change({ pair: c.pairWith(this.shown[0], c.facts.reader), model: "both" }));
      this.unlike = c.make("p", { className: "unlike" });
      host.append(c.make("p", { className: "best" }, this.button), this.unlike);
      this.ask = c.newest((shown) => this.answer(...shown));
      Object.assign(this, { host, hear, shown: null, of: null });
    }

    /** Make room for what is read in a drawing, and ask for it once the picture is on the screen; of a test digit nothing is asked. */
    show(selection, picture) {
      const drawn = c.isDrawn(selection);
      this.shown = drawn ? [selection, picture] : null;
      this.host.dataset.drawn = drawn ? (c.shown(selection).includes(c.facts.reader) ? "shown" : "beside") : "";
      if (!drawn) return this.say(null);
      if (this.of === picture) return; // it is said already
      this.host.ariaBusy = "true";
      c.afterFrame(() => this.shown?.[1] === picture && this.ask(this.shown));
    }

    /** Say what is read in a drawing, unless a test digit is at hand by then; what was read in the one before stays until then. */
    async answer(selection, picture) {
      try {
        const found = await c.json(`/api/readings?${c.moveQuery(selection.perturb)}`);
        if (this.shown) this.say(found, selection, picture);
      } catch (problem) {
        if (!(problem instanceof c.Problem)) throw problem;
        if (this.shown) this.say(null), c.say(problem.message);
      }
    }

    say(found, selection, picture) {
      const beside = found && !c.shown(selection).includes(found.reader.key);
      const otherwise = beside ? dissent(found.reader, selection, picture) : "";
      this.button.hidden = !beside;
      if (beside) this.button.title = `Show ${c.name(found.reader.key)} beside ${c.name(c.pairWith(selection, found.reader.key).find((key) => key !== found.reader.key))}`;
      c.write(this.name, beside ? c.name(found.reader.key) : "");
      c.write(this.said, beside ? `, best on held-out digits, reads ${c.saying(found.reader)}. ` : "");
      c.write(this.otherwise, otherwise);
      this.button.dataset.differs = String(Boolean(otherwise));
      c.write(this.unlike, found ? unlikeness(found, beside) : "");
      this.unlike.title = found?.novelty ? `${found.novelty.definition}.` : "";
      this.host.parentElement.dataset.unlike = String(Boolean(found?.novelty?.unlike));
      this.of = found && picture;
      if (this.of === (this.shown?.[1] ?? null)) this.host.ariaBusy = null;
      this.hear([this.button.textContent.trim(), this.unlike.textContent].filter(Boolean), Boolean(found?.novelty?.unlike));
    }
  };
})((window.convlens ??= {}));
