/* What makes a filter fire: the test digits that excite it most, and what the survey of all of them counted. */
(function (c) {
  "use strict";

  /** Paint a test digit onto a canvas. */
  c.paintDigit = async function (canvas, digit) {
    const { data } = await c.tensor(`/api/digits/${digit}.npy`);
    c.paintValues(canvas, 28, 28, (i) => data[i], { palette: "grey", low: 0, high: 1 });
  };

  /** Return a button that shows a digit and opens it. */
  c.digitButton = function (digit, name, change, box) {
    const canvas = c.make("canvas", { width: 28, height: 28, "aria-hidden": "true" });
    const button = c.make("button", { type: "button", className: "digit-button", title: name, "aria-label": name }, canvas);
    if (box) button.append(c.make("span", { className: "sight" }));
    if (box) Object.assign(button.lastChild.style, box);
    button.addEventListener("click", () => c.change(change));
    c.paintDigit(canvas, digit).catch((problem) => c.say(problem.message));
    return button;
  };

  (c.parts ??= {}).firing = {
    short: "firing",
    question: "What makes it fire?",
    fits: () => true,
    reading: ({ layer, maps, last }) => {
      const what = ranking(layer, last);
      const which = what ? `with the largest ${what}` : "on which it is strongest";
      const why = what ? `Ranked by ${what}, because many tie behind ${layer.activation}; all else is measured after activation,` : "Measured after activation,";
      return `The nine test digits ${which}${maps ? ", with the place that its strongest cell sees" : ""}; and what it does over all ${c.facts.digits.toLocaleString("en")}. ${why} with nothing switched off.`;
    },
    build(body, plan) {
      const nine = c.make("div", { className: "nine" });
      const note = c.make("p", { className: "reading" });
      const facts = c.make("dl", { className: "numbers" });
      const classes = c.make("table", { className: "by-class" });
      const sort = c.make("button", { type: "button", textContent: ranking(plan.layer, plan.last) ? `Sort the wall by its ${ranking(plan.layer, plan.last)}` : "Sort the wall by how strongly it fires" });
      const illustration = c.illustration(plan);
      body.append(nine, note, illustration.element, facts, classes, sort);
      let done = false;
      return async (state) => {
        illustration.follow();
        sort.onclick = () => c.change({ wall: { ...state.selection.wall, sort: `${state.key}.${plan.layer.name}.${plan.filter}` } });
        if (done) return;
        const about = await state.about();
        done = true;
        const firing = about.strongest.filter(({ value }) => about.ranked === "pre" || value !== 0);
        nine.replaceChildren(...(firing.length ? firing.map((each) => strong(each, state, ranking(plan.layer, plan.last))) : [c.make("p", { textContent: "No test digit makes it fire." })]));
        c.write(note, ties(about.strongest));
        sort.hidden = !firing.length;
        c.list(facts, told(about, state, plan));
        fillClasses(classes, about.by_class);
      };
    },
  };

  /** Say of digits that are equally strong that others may be too: nine are known. */
  function ties(strongest) {
    const least = strongest.at(-1).value;
    const equal = strongest.filter(({ value }) => value === least).length;
    return equal > 1 && least !== 0 ? `${equal === strongest.length ? "All" : `The last ${equal}`} are equally strong, and more digits may be: these are the first by number.` : "";
  }

  /** Return what the digits are ranked by where that is not the value itself: the activation saturates, and before it they can be told apart. */
  const ranking = (c.ranking = (layer, last) => (layer.saturates ? (last ? "logit" : "pre-activation") : ""));

  function strong({ digit, label, row, column, value, probability }, { layer, maps }, what) {
    const cell = maps ? [row, column] : null;
    const share = probability === null ? "" : `probability ${c.chance(probability)}`;
    const name = [`Test digit ${digit}, ${c.labelWords(digit, label)}: ${what && `${what} `}${c.round(value)}${maps ? ` in cell ${row}, ${column}` : ""}`, share].filter(Boolean).join(", ");
    const button = c.digitButton(digit, name, { digit, cell }, maps ? c.fieldOnDigit(layer, cell) : null);
    const under = c.make("figcaption", { textContent: `${what === "logit" ? `${what} ` : ""}${c.round(value)}` });
    if (share) under.append(c.make("br"), c.chance(probability));
    return c.make("figure", {}, button, under);
  }

  function told(about, { layer, key, maps }, { last }) {
    const facts = { mean: c.round(about.mean), largest: c.round(about.largest) };
    if (maps) facts["active cells"] = c.percent(about.active);
    if (!last) facts["digits on which it fires"] = c.percent(about.firing); // a probability is never zero
    if (about.fate) facts.verdict = c.fateWords(layer, about.fate);
    if (about.similar) {
      const open = c.make("button", { type: "button", textContent: `${layer.name} ${about.similar.filter}` });
      open.addEventListener("click", () => c.change({ layer: `${key}.${layer.name}`, filter: about.similar.filter }));
      facts["weights nearest in direction"] = c.make("span", {}, open, ` cosine ${c.round(about.similar.cosine)}, the largest of this layer`);
    }
    return facts;
  }

  function fillClasses(table, means) {
    const most = Math.max(...means, 1e-30);
    const rows = means.map((mean, digit) => {
      const bar = c.make("td", { className: "bar-cell", title: c.exact(Math.fround(mean)) }, c.make("span", { className: "value-bar" }), c.round(mean));
      bar.firstChild.style.width = `${(70 * Math.max(0, mean)) / most}%`;
      return c.make("tr", {}, c.make("th", { scope: "row", textContent: digit }), bar);
    });
    table.replaceChildren(c.make("caption", { textContent: "Mean response per label" }), c.make("tbody", {}, ...rows));
  }
})((window.convlens ??= {}));
