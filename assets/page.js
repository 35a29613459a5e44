/* The page: one selection, one picture, and the ways in which the first becomes the second. */
(function (c) {
  "use strict";

  const by = (id) => document.getElementById(id);
  const address = function ({ pair, digit, stage, off, perturb, reference }) {
    const query = [off && `off=${encodeURIComponent(off)}`, c.moveQuery(perturb), c.referenceQuery({ reference })].filter(Boolean).join("&");
    return `/pictures/${c.facts.version}/${pair}/${digit}/${stage}.bin${query && `?${query}`}`;
  };
  const LATE = 1000; // milliseconds without an answer, after which the page says that it waits
  const pictures = new WeakMap(); // bytes -> what they hold

  let selection = c.facts.selection; // what is on the screen
  let wanted = selection; // what was asked for last
  let picture = null;
  let trouble = false; // whether the page says that a change has not come about
  let wall, network, moving, pad, reference, reading;
  let note; // that stands under the digit where nothing is to be said of it
  let replacing = null; // the address that is about to be replaced: {timer, act}

  /* Ask for what the first view needs while Dash is still at work. */
  const verdicts = c.bytes(`/wall/${c.facts.version}/verdicts.bin`);
  verdicts.catch(() => {}); // said when the page stands
  if (selection.page === "compare") c.fetchPlotly();
  else for (const first of [`/wall/${c.facts.version}/${Math.floor(selection.digit / c.facts.block)}.bin`, address(selection)]) c.bytes(first).catch(() => {});

  /** Show a sentence near the top of the page; an empty one takes it away. */
  c.say = function (sentence, kind = "error") {
    const region = by("message");
    if (!region) return;
    region.replaceChildren();
    region.dataset.kind = kind;
    if (!sentence) return;
    const close = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
    close.setAttribute("aria-label", "Close this message");
    close.addEventListener("click", () => c.say(""));
    region.append(Object.assign(document.createElement("span"), { textContent: sentence }), close);
  };

  /** Say that the networks are waking up; ask again. */
  c.wakingUp = function (sentence) {
    document.body.dataset.waking = "true";
    c.say(sentence, "news");
    return true;
  };

  /** Take that back. */
  c.awake = function () {
    if (!document.body.dataset.waking) return;
    delete document.body.dataset.waking;
    c.say("");
  };

  /** Say why a change has not come about; the next one that does takes it back. */
  function complain(sentence) {
    trouble = true;
    c.say(sentence);
  }

  function content() {
    if (trouble) c.say("");
    trouble = false;
  }

  /**
   * Change the selection and show it. The last change wins; until its picture is there, the previous one stays.
   * @param history "push" for a step that Back undoes, "replace" for one on the way, "keep" for one that Back made.
   */
  c.change = async function (patch, history = "push") {
    const next = settle({ ...wanted, ...patch }, patch);
    if (history !== "keep" && c.link(next) === c.link(wanted) && picture) return;
    wanted = next;
    if (!wall.labels) return; // begin() shows it
    if (next.page === "compare") {
      show(next, picture, history);
      return paintCompare();
    }
    const late = setTimeout(() => wanted === next && !document.body.dataset.waking && complain(`The server has not answered yet; still waiting for ${c.digitName(next)}.`), LATE);
    try {
      const opened = await look(next);
      if (wanted !== next) return;
      content();
      show(next, opened, history);
    } catch (problem) {
      if (wanted !== next) return;
      if (!(problem instanceof c.Problem)) throw problem;
      complain(problem.message);
      if (next.page !== selection.page || !picture) show(next, picture, history);
      else {
        wanted = selection;
        showControls();
        moving.show(selection.perturb);
      }
    } finally {
      clearTimeout(late);
    }
  };

  /** Return a promise of the picture of a selection. */
  async function look(next) {
    const buffer = await c.bytes(address(next), (sentence) => wanted === next && c.wakingUp(sentence));
    if (!pictures.has(buffer)) pictures.set(buffer, c.openPicture(buffer, next));
    return pictures.get(buffer);
  }

  /** Do this to the digit, and change more with it: a step that Back undoes, if it is to be one or if nothing was done, or drawn, before. */
  c.move = function (perturb, step, more = {}) {
    const further = c.moveQuery(wanted.perturb) && c.isDrawn(wanted) === c.isDrawn({ perturb });
    return c.change({ perturb, ...more }, further && !step ? "replace" : "push");
  };

  /** Show the digit at hand on Compare: its line on the curves at once, and itself, where it is in view, when its picture is here. */
  async function paintCompare() {
    const next = selection;
    c.paintCurves(next);
    if (!c.seesMoved()) return;
    try {
      const [opened, written] = await Promise.all([look(next), wall.pixels(next.digit)]);
      if (next !== selection || next.page !== "compare") return;
      content();
      c.paintMoved(next, opened, opened.pixels ?? written, labelOf(next), c.shown(next));
    } catch (problem) {
      if (!(problem instanceof c.Problem)) throw problem;
      if (next === selection) complain(problem.message);
    }
  }

  /** Show the digit at hand on Compare for paper, at once, where it has not come into view. */
  function printCompare() {
    if (selection.page !== "compare" || !wall?.labels) return;
    const [opened, written] = [c.bytesNow(address(selection)), c.bytesNow(`/wall/${c.facts.version}/${Math.floor(selection.digit / c.facts.block)}.bin`)];
    if (!opened || !written) return;
    const shown = c.openPicture(opened, selection);
    const first = (selection.digit % c.facts.block) * 784;
    c.paintMoved(selection, shown, shown.pixels ?? new Uint8Array(written, first, 784), labelOf(selection), c.shown(selection));
  }

  /** Return what the digit at hand is said to be, null of one that somebody drew. */
  const labelOf = (selection) => (c.isDrawn(selection) ? null : wall.labels[selection.digit]);

  /** Drop what no longer exists: a layer of a network that is not shown, a slice of another filter, a drawing that a test digit was chosen after. */
  function settle(next, patch) {
    if ("digit" in patch && !("perturb" in patch)) next = { ...next, perturb: c.withInk("", next.perturb), reference: "reference" in patch ? patch.reference : c.follower(wanted, next) };
    if (String(next.pair) !== String(wanted.pair)) next = paired(next);
    if (!next.off && next.wall.wrong === "changed") next.wall = { ...next.wall, wrong: "" };
    const inspected = c.inspected(next);
    const nothing = { slice: null, against: null };
    if (next.layer && !(inspected && c.shown(next).includes(inspected[0]))) return { ...next, layer: "", filter: null, cell: null, ...nothing };
    if (next.layer !== wanted.layer || next.filter !== wanted.filter) return { ...next, ...nothing, ...patch };
    return next;
  }

  /** Put the networks of a new pair into the places of those that are gone, and drop what was a part of these. */
  function paired(next) {
    const { pair, wall } = next;
    const inPlace = (key) => (pair.includes(key) ? key : (pair[wanted.pair.indexOf(key)] ?? key));
    const gone = (part) => part.includes(".") && !pair.includes(part.split(".")[0]);
    return {
      ...next,
      model: inPlace(next.model),
      off: next.off.split(",").filter((part) => !gone(part)).join(),
      wall: { ...wall, by: inPlace(wall.by), wrong: wall.wrong.replace(/[^.]+$/, inPlace), sort: gone(wall.sort) ? "index" : inPlace(wall.sort), within: gone(wall.within) ? "" : wall.within },
    };
  }

  function show(next, opened, history) {
    const before = selection;
    selection = next;
    picture = opened;
    if (before.page !== next.page) turnTo(next.page);
    if (next.page === "explore") paint(anotherWall(before, next));
    const replaced = takeReplacing();
    if (history === "push") {
      replaced?.act(); // or Back would find what was there before
      c.afterFrame(() => remember(next, "push"));
    } else {
      const act = () => ((replacing = null), remember(next, history === "keep" ? "keep" : "replace"));
      replacing = { act, timer: setTimeout(act, 150) }; // walking steps fast
    }
    setTimeout(showControls);
    if (next.page === "compare") setTimeout(() => selection.page === "compare" && compare());
  }

  /** Show one of the two pages. */
  function turnTo(page) {
    document.body.dataset.page = page;
    by("explore").hidden = page !== "explore";
    by("compare").hidden = page !== "compare";
  }

  /** Return whether two selections show different digits, or marks, on the wall. */
  function anotherWall(before, next) {
    const chosen = ({ pair, wall: choice, off }) => JSON.stringify([pair, choice, choice.wrong === "changed" && off]);
    return (before.pair !== next.pair || before.wall !== next.wall || before.off !== next.off) && chosen(before) !== chosen(next);
  }

  /** Return the address that was about to be replaced, which is then replaced no more by itself; null where there is none. */
  function takeReplacing() {
    const taken = replacing;
    clearTimeout(taken?.timer);
    replacing = null;
    return taken;
  }

  function paint(wallChanged) {
    const keys = c.shown(selection);
    if (wallChanged) chooseWall();
    if (!picture) return;
    network.paint(selection, picture);
    const label = labelOf(selection);
    c.paintVerdict(by("verdict"), picture, label, keys);
    c.paintInspector(by("inspector"), selection, picture);
    paintOff();
    paintDigit(label);
    wall.mark(selection.digit);
    document.body.dataset.painted = selection.digit;
    const now = selection;
    const opened = picture;
    c.afterFrame(() => opened === picture && c.write(by("status"), c.sentence(now, opened, label, keys)));
    reading.show(now, opened);
    c.paintWhy(by("why"), selection, picture, keys);
    c.paintAdversary(by("adversary"), selection, keys);
  }

  /** Do what nobody sees once the picture is on the screen. */
  c.afterFrame = (act) => requestAnimationFrame(() => setTimeout(act));

  function paintDigit(label) {
    const now = selection;
    const words = c.digitWords(now, label);
    c.write(by("digit-title"), c.digitTitle(now, label));
    const dispute = label !== null && c.facts.disputed[now.digit];
    c.write(by("digit-note"), dispute ? `${dispute}.` : note);
    by("digit-canvas").setAttribute("aria-label", `${words}, 28×28 pixels`);
    moving.show(now.perturb);
    pad.show(now, picture);
    reference.show(now, picture, wall.labels).catch((problem) => c.say(problem.message));
    if (!c.moveQuery(now.perturb)) wall.pixels(now.digit).then((pixels) => now === selection && c.grey(by("digit-canvas"), pixels), () => {});
    else if (picture) c.grey(by("digit-canvas"), picture.pixels);
  }

  /** Say beside the verdict that it is not the whole network's. */
  function paintOff() {
    const note = by("off");
    note.hidden = !selection.off;
    if (selection.off) c.write(note.firstElementChild, `Switched off: ${c.offWords(selection.off)}`);
  }

  /** Show just these digits on the wall: those whose answer changes while something is off. */
  c.showOnWall = function (digits, off) {
    Object.assign(wall, { only: new Set(digits), onlyFor: off });
    c.change({ off, wall: { ...c.DEFAULTS.wall, wrong: "changed" } });
  };

  /** Fetch what an order or a choice of digits needs, then choose again; return whether that is to be waited for. */
  function awaitWall({ sort, wrong, within }, off) {
    const again = () => chooseWall();
    const fail = (problem) => c.say(problem.message);
    if (wrong !== "changed" || wall.onlyFor !== off) wall.only = null;
    if (sort !== "index" && !wall.orders[sort]) {
      const order = c.bytes(`/wall/${c.facts.version}/${sort.includes(".") ? "strength" : "unsure"}/${sort.replaceAll(".", "/")}.bin`, c.wakingUp);
      order.then((bytes) => ((wall.orders[sort] = new Uint16Array(bytes)), again()), fail);
      return true;
    }
    if (within && wall.insideOf !== within) {
      c.digitsWithin(within).then((digits) => (Object.assign(wall, { inside: new Set(digits), insideOf: within }), again()), fail);
      return true;
    }
    if (wrong === "changed" && !wall.only) {
      const wanted = () => selection.off === off && selection.wall.wrong === "changed";
      const go = (key, digits) => wanted() && (c.write(by("wall-count"), `Counting ${c.name(key)}'s answers: ${digits.toLocaleString("en")} digits`), true);
      const done = (digits) => digits && wanted() && (Object.assign(wall, { only: new Set(digits), onlyFor: off }), again());
      c.changedBy(off, go).then(done, fail);
      paintChip();
      return true;
    }
    return false;
  }

  function chooseWall() {
    if (awaitWall(selection.wall, selection.off)) return;
    wall.choose(selection.wall, selection.digit, selection.pair);
    by("wall-marks").innerHTML = selection.pair.map((key) => `<span data-model="${key}"><span class="hue">${c.name(key)}</span></span>`).join(", ");
    paintChip();
    const count = wall.list.length;
    c.write(by("wall-count"), count ? `${count.toLocaleString("en")} test digit${count === 1 ? "" : "s"}` : "No test digit is like that; choose otherwise above");
  }

  /** Say what is chosen in ways that no control shows; a click takes it back. */
  function paintChip() {
    const { answer, by: key } = selection.wall;
    const chip = by("wall-answer");
    const { sort, wrong, within } = selection.wall;
    const [network, layer, channel] = sort.split(".");
    const chosen = [
      answer === null ? "" : `that ${c.name(key)} takes for ${answer}`,
      channel === undefined ? "" : `${order(network, layer)} first for ${c.name(network)} ${layer} ${channel}`,
      wrong === "changed" ? "whose answer changes" : "",
      within ? c.withinWords(within, sort) : "",
    ].filter(Boolean).join(", ");
    chip.hidden = !chosen;
    if (chosen) c.write(chip, `${chosen} ×`);
  }

  /** Return which digits of a layer come first: the strongest, or those with the largest of what they are ranked by. */
  function order(key, name) {
    const { layers } = c.model(key);
    const layer = layers.find((each) => each.name === name);
    const what = c.ranking(layer, layer === layers.at(-1));
    return what ? `largest ${what}` : "strongest";
  }

  function remember(next, history) {
    const link = c.link(next);
    if (history === "push") window.history.pushState(next, "", link);
    if (history === "replace") window.history.replaceState(next, "", link);
    document.title = next.page === "compare" ? "Compare · ConvLens" : `${c.digitWords({ ...next, perturb: c.readMove(next.perturb).ink }, null)} · ConvLens`;
    for (const page of ["explore", "compare"]) {
      const tab = by(`nav-${page}`);
      tab.href = c.link({ ...next, page });
      if (page === next.page) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
  }

  /** Tell Dash what to compare, if it has not been told. */
  function compare() {
    const comparison = { pair: selection.pair, model: selection.model, theme: c.theme() };
    const known = JSON.stringify(comparison);
    if (known === compare.told) return;
    if (!compare.told) c.fetchPlotly();
    compare.told = known;
    window.dash_clientside.set_props("comparison", { "data-choice": comparison });
  }

  /** Step along the wall. */
  function step(by) {
    const digit = wall.beside(by);
    if (digit !== undefined) c.change({ digit });
  }

  function goTo(event) {
    if (event.key !== "Enter") return;
    const text = event.target.value.trim();
    const known = /^\d{1,5}$/.test(text) && Number(text) < c.facts.digits;
    c.refuse(event.target, known ? "" : `“${text.slice(0, 20)}” is no test digit. There are 0 to ${c.facts.digits - 1}.`);
    if (known) c.change({ digit: Number(text) });
  }

  async function share() {
    try {
      await navigator.clipboard.writeText(location.href);
      c.say("The link to this view is copied.", "news");
    } catch {
      c.say(`Copy this link: ${location.href}`, "news");
    }
  }

  /** Follow a link of ours without loading the page anew. */
  function follow(event) {
    const link = event.target.closest("a[href]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || link.hasAttribute("download")) return;
    const target = new URL(link.href);
    if (target.origin !== location.origin || !["/", "/compare"].includes(target.pathname)) return;
    event.preventDefault();
    if (target.hash) return goThere(target.hash.slice(1));
    if (link.id === "nav-explore" || link.id === "nav-compare") c.change({ page: link.id.slice(4) });
    else c.change(c.fromLink(target.searchParams));
    window.scrollTo(0, 0);
  }

  /** Bring a part of the page into view and into focus, without a step in the history. */
  function goThere(id) {
    by(id).tabIndex = -1;
    by(id).focus({ preventScroll: true });
    by(id).scrollIntoView({ block: "start" });
  }

  /** Return what one of our own links from Compare to Explore selects. */
  c.fromLink = function (query) {
    const number = (name) => (query.has(name) ? Number(query.get(name)) : null);
    const wallChoice = { ...c.DEFAULTS.wall, label: number("label"), answer: number("answer"), by: query.get("by") ?? "", wrong: query.get("wrong") ?? "", sort: query.get("sort") ?? "index" };
    return { page: "explore", digit: number("digit") ?? selection.digit, pair: query.get("pair")?.split(",") ?? c.DEFAULTS.pair, model: query.get("model") ?? selection.model, perturb: "", reference: null, wall: wallChoice };
  };

  function start() {
    c.fill(document.body);
    note = by("digit-note").textContent;
    wall = c.wall = new c.Wall(by("wall"), {
      pick: (digit, walked) => c.change({ digit }, walked ? "replace" : "push"),
      rest: (digit) => c.bytes(address(settle({ ...wanted, digit }, { digit }))).catch(() => {}),
    });
    const inspect = (layer, filter, cell) => c.change({ layer, filter, cell });
    const point = (where) => {
      c.point(where, selection);
      const { panel, kind, place: [i, ...cell] } = where;
      if (kind === "map" && panel.isMaps && cell.length) c.pointMap(panel.path, i, cell);
    };
    network = new c.Network(by("network"), { pick: inspect, point, leave: () => (c.unpoint(), c.pointCell(null)) });
    moving = new c.Moving(by("moving"));
    pad = new c.Pad(by("pad"), (digit) => wall.pixels(digit));
    reading = new c.Reading(by("reading"), (...heard) => pad.hear(...heard));
    reference = new c.Reference(by("reference"), by("differing"), (digit) => wall.pixels(digit));
    c.takeImages(by("digit"), { wanted: () => selection.page === "explore", send: (file) => pad.upload(file) });
    c.whenPrinted(printCompare);
    const comparing = (act) => () => selection.page === "compare" && wall.labels && act();
    c.watchMoved(by("compare-panels"), comparing(paintCompare), comparing(() => c.paintCurves(selection)));
    by("previous").addEventListener("click", () => step(-1));
    by("next").addEventListener("click", () => step(1));
    by("go-to").addEventListener("keydown", goTo);
    by("share").addEventListener("click", share);
    by("theme").addEventListener("click", () => (c.turnTheme(), selection.page === "compare" && compare()));
    by("wall-answer").addEventListener("click", () => c.change({ wall: { ...wanted.wall, answer: null, by: "", within: "", wrong: wanted.wall.wrong === "changed" ? "" : wanted.wall.wrong, sort: wanted.wall.sort.includes(".") ? "index" : wanted.wall.sort } }));
    by("off").lastElementChild.addEventListener("click", () => c.change({ off: "" }));
    document.addEventListener("click", follow);
    c.fillIn(by("compare-panels"));
    window.addEventListener("popstate", ({ state }) => {
      takeReplacing(); // the address that was to be replaced is not the one there now
      if (state) c.change({ ...c.DEFAULTS, ...state }, "keep");
    });
    if (c.facts.complaints.length) c.say(`${c.facts.complaints.join(" ")} The rest of the link is shown.`);
    new IntersectionObserver(([{ isIntersecting, target }]) => {
      target.inSight = isIntersecting;
      by("peek").hidden = isIntersecting || !selection.layer;
    }).observe(by("inspector"));
    named = c.DEFAULTS.pair;
    said = CONTROLS.map(([, read]) => read(c.DEFAULTS));
    showControls();
    if (selection.page === "explore") network.arrange(c.shown(selection), selection.pair); // while the picture is on its way
    verdicts.then(begin, (problem) => c.say(problem.message));
  }

  function begin(buffer) {
    wall.learn(buffer);
    turnTo(selection.page);
    chooseWall();
    paintDigit(labelOf(selection));
    document.body.dataset.wall = "ready";
    c.change({}, "replace");
  }

  const changeWall = (patch) => c.change({ wall: { ...wanted.wall, ...patch } });

  /** Put a network into a place of the pair; the one that is there already changes places with it. */
  function changePair(place, key) {
    const { pair } = wanted;
    const other = pair.indexOf(key);
    c.change({ pair: pair.map((each, i) => (i === place ? key : i === other ? pair[place] : each)) });
  }

  /* Dash's controls: the component, what it says of a selection, and what choosing a value in it means. */
  const CONTROLS = [
    ["first", (s) => s.pair[0], (key) => changePair(0, key)],
    ["second", (s) => s.pair.at(-1), (key) => changePair(1, key)],
    ["model", (s) => s.model, (model) => c.change({ model })],
    ["scale", (s) => s.scale, (scale) => c.change({ scale })],
    ["stage", (s) => s.stage, (stage) => c.change({ stage })],
    ["wall-label", (s) => String(s.wall.label ?? "any"), (value) => changeWall({ label: value === "any" ? null : Number(value) })],
    ["wall-wrong", (s) => s.wall.wrong || "any", (value) => changeWall({ wrong: value === "any" ? "" : value })],
    ["wall-sort", (s) => (s.wall.sort.includes(".") ? "filter" : s.wall.sort), (sort) => (sort === "filter" ? sortByFilter() : changeWall({ sort }))],
  ];
  const NAMING = ["model", "wall-wrong", "wall-sort"]; // whose choices name the networks of the pair
  let said; // by each of them, as far as is known here; what dashboard/layout.py gave them is the default
  let named; // the pair that their choices name
  let ranked = false; // whether what is called "by index" is called "nearest first"

  /** Let the controls say what is wanted; one that says it already is left alone, for somebody may be at it. */
  function showControls() {
    if (ranked !== c.isNear(wanted.wall.within)) nameOrder(c.isNear(wanted.wall.within));
    if (String(named) !== String(wanted.pair)) nameNetworks(wanted.pair);
    CONTROLS.forEach(([id, read], i) => {
      const value = read(wanted);
      if (value === said[i]) return;
      said[i] = value;
      window.dash_clientside.set_props(id, { value });
    });
  }

  /** Put the networks of a pair, and what each is called, into the places that those named before have among the choices. */
  function nameNetworks(pair) {
    for (const id of NAMING) {
      const options = window.dash_component_api.getLayout(id).props.options.map(({ value, label }) => {
        const key = value.split(".").at(-1);
        const now = pair[named.indexOf(key)] ?? key;
        return { value: value.replace(key, now), label: label.replace(c.name(key), c.name(now)) };
      });
      window.dash_clientside.set_props(id, { options });
    }
    named = pair;
  }

  /** Say what the order is that is no choice: by index, but of neighbours nearest first. */
  function nameOrder(near) {
    const { options } = window.dash_component_api.getLayout("wall-sort").props;
    window.dash_clientside.set_props("wall-sort", { options: options.map((each) => (each.value === "index" ? { ...each, label: near ? "nearest first" : "by index" } : each)) });
    ranked = near;
  }

  function sortByFilter() {
    if (wanted.layer) return changeWall({ sort: `${wanted.layer}.${wanted.filter}` });
    c.say("Select a map or a unit first; the wall can then be sorted by how strongly it fires.");
    showControls();
  }

  window.dash_clientside = Object.assign(window.dash_clientside ?? {}, {
    convlens: {
      /** Take what somebody chose: what a control says now and has not been told to say. */
      choose: (...values) =>
        CONTROLS.forEach(([, , choose], i) => {
          if (values[i] === said[i]) return;
          said[i] = values[i];
          choose(values[i]);
        }),
    },
  });

  /* Dash builds the page in one step; begin when it stands. */
  new MutationObserver((_, observer) => {
    if (!by("comparison")) return;
    observer.disconnect();
    start();
  }).observe(document.body, { childList: true, subtree: true });
})((window.convlens ??= {}));
