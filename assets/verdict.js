/* The verdict: what each network says, for all ten classes, in probabilities and logits. */
(function (c) {
  "use strict";

  const percent = (c.percent = (share) => (share > 0.9995 && share < 1 ? "> 99.9" : (100 * share).toFixed(1)) + " %");

  /** Return the classes, the one with the largest logit first: float32 probabilities saturate, and then tie. */
  c.ranked = ({ logits }) => Array.from(logits.keys()).sort((a, b) => logits[b] - logits[a]);

  function summary(opened, label) {
    const [first, second] = c.ranked(opened);
    const { exponentials, sum } = c.softmax(opened.logits);
    return {
      answer: first,
      judged: label === null ? "" : first === label ? "right" : "wrong",
      margin: (exponentials[first] - exponentials[second]) / sum,
      probability: opened.probabilities[first],
    };
  }

  /** Return what a network says: "5 with 92.6 %". */
  c.saying = function (opened) {
    const [first] = c.ranked(opened);
    return `${first} with ${percent(opened.probabilities[first])}`;
  };

  /** Return what both networks say, as a sentence for a screen reader. */
  c.sentence = function (selection, picture, label, keys) {
    const said = keys.map((key) => {
      const { answer, judged, probability } = summary(picture.models[key], label);
      return `${c.name(key)} says ${answer} with ${percent(probability)}${judged && `, ${judged}`}`;
    });
    return [c.digitWords(selection, label), ...said, c.differenceWords(selection).replace(/^d/, "All layers show the d")].filter(Boolean).join(". ") + ".";
  };

  /** Write the verdicts of the shown networks. */
  c.paintVerdict = function (element, picture, label, keys) {
    if (element.dataset.keys !== keys.join()) build(element, keys);
    for (const key of keys) {
      const opened = picture.models[key];
      const { answer, judged, margin, probability } = summary(opened, label);
      const { head, said, words, shares, logits } = element.places[key];
      head.dataset.judged = judged;
      c.write(said, String(answer));
      c.write(words, [percent(probability), judged, `margin ${percent(margin)}`].filter(Boolean).join(" · "));
      opened.probabilities.forEach((probability, digit) => {
        if (c.write(shares[digit], percent(probability))) shares[digit].style.setProperty("--share", probability);
        c.write(logits[digit], opened.logits[digit].toFixed(2).replace("-", "−"));
      });
    }
    element.picture = picture;
    element.rows.forEach((row, digit) => row.classList.toggle("label", digit === label));
  };

  /** Give a number its full value when the pointer comes upon it. */
  function explain(element, cell) {
    const opened = element.picture.models[cell.dataset.model];
    const digit = cell.parentElement.sectionRowIndex;
    cell.title = cell.className === "share" ? `probability ${c.exact(opened.probabilities[digit])}` : `logit ${c.exact(opened.logits[digit])}`;
  }

  /** Return where what a network says is written: looked up once. */
  function places(element, key) {
    const head = element.querySelector(`.said[data-model="${key}"]`);
    const cells = (kind) => element.querySelectorAll(`td.${kind}[data-model="${key}"]`);
    return { head, said: head.querySelector(".answer"), words: head.querySelector(".words"), shares: cells("share"), logits: cells("logit") };
  }

  function build(element, keys) {
    element.dataset.keys = keys.join();
    element.onpointerover = ({ target }) => target.matches("td") && explain(element, target);
    const heads = keys.map(
      (key) => `<p class="said" data-model="${key}"><span class="hue">${c.name(key)}</span> says <b class="answer"></b> <span class="words"></span></p>`,
    );
    const columns = keys.map((key) => `<th scope="col" data-model="${key}"><span class="hue">${c.name(key)}</span></th><th scope="col">logit</th>`);
    const cells = keys.map((key) => `<td class="share" data-model="${key}"></td><td class="logit" data-model="${key}"></td>`).join("");
    const rows = Array.from({ length: 10 }, (_, digit) => `<tr><th scope="row">${digit}</th>${cells}</tr>`);
    element.innerHTML =
      heads.join("") +
      `<table><caption class="unseen">Probability and logit of every class</caption><thead><tr><th scope="col">class</th>${columns.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
    element.rows = element.querySelectorAll("tbody tr");
    element.places = Object.fromEntries(keys.map((key) => [key, places(element, key)]));
  }
})((window.convlens ??= {}));
