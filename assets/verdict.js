/* The verdict: what each network says, for all ten classes, in probabilities and logits. */
(function (c) {
  "use strict";

  /** Return the classes, the one with the largest logit first: float32 probabilities saturate, and then tie. */
  c.ranked = ({ logits }) => Array.from(logits.keys()).sort((a, b) => logits[b] - logits[a]);

  /** Return the probabilities in float64, by the logits: the network's own are float32, of which many are 1. */
  function shares({ logits }) {
    const { exponentials, sum } = c.softmax(logits);
    return exponentials.map((each) => each / sum);
  }

  /** Return what is said first, whether that is right, and with which probability and margin; the logits rank. */
  function summary(opened, label) {
    const [first, second] = c.ranked(opened);
    const all = shares(opened);
    const margin = all[first] - all[second];
    return {
      answer: first,
      judged: label === null ? "" : first === label ? "right" : "wrong",
      margin: opened.logits[first] === opened.logits[second] ? c.percent(0) : c.chance(margin),
      probability: c.chance(all[first]),
    };
  }

  /** Return what a network says: "5 with 92.6 %". */
  c.saying = function (opened) {
    const { answer, probability } = summary(opened, null);
    return `${answer} with ${probability}`;
  };

  /** Return what both networks say, as a sentence for a screen reader. */
  c.sentence = function (selection, picture, label, keys) {
    const said = keys.map((key) => {
      const { answer, judged, probability } = summary(picture.models[key], label);
      return `${c.name(key)} says ${answer} with ${probability}${judged && `, ${judged}`}`;
    });
    return [c.digitWords(selection, label), ...said, c.differenceWords(selection).replace(/^d/, "All layers show the d")].filter(Boolean).join(". ") + ".";
  };

  /** Write the verdicts of the shown networks. */
  c.paintVerdict = function (element, picture, label, keys) {
    if (element.dataset.keys !== keys.join()) build(element, keys);
    for (const key of keys) {
      const opened = picture.models[key];
      const { answer, judged, margin, probability } = summary(opened, label);
      const { head, said, words, cells, logits } = element.places[key];
      head.dataset.judged = judged;
      c.write(said, String(answer));
      c.write(words, [probability, judged, `margin ${margin}`].filter(Boolean).join(" · "));
      shares(opened).forEach((probability, digit) => {
        if (c.write(cells[digit], c.chance(probability))) cells[digit].style.setProperty("--share", probability);
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
    cell.title = cell.className === "share" ? probability(opened, digit) : `logit ${c.exact(opened.logits[digit])}`;
  }

  /** Return a probability in full: what the network gave, as float32, and where that is 1 what the logits leave for the others. */
  function probability(opened, digit) {
    const own = opened.probabilities[digit];
    const { exponentials, sum } = c.softmax(opened.logits);
    const rest = exponentials.reduce((all, one, i) => (i === digit ? all : all + one), 0) / sum;
    return `probability ${own === 1 ? `1 − ${c.round(rest)} by the logits, as float32 ` : ""}${c.exact(own)}`;
  }

  /** Return where what a network says is written: looked up once. */
  function places(element, key) {
    const head = element.querySelector(`.said[data-model="${key}"]`);
    const cells = (kind) => element.querySelectorAll(`td.${kind}[data-model="${key}"]`);
    return { head, said: head.querySelector(".answer"), words: head.querySelector(".words"), cells: cells("share"), logits: cells("logit") };
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
