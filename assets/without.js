/* Without it: filters and units switched off, what that does to this digit at once, and to all of them on request. */
(function (c) {
  "use strict";

  const SHOWN = 12; // digits, and spans of channels
  const points = (change) => (change === 0 ? "as with it" : `${change > 0 ? "+" : "−"}${Math.abs(change).toFixed(2)} percentage points`);

  /** Return what a text such as "cnn.conv2:3.5,fcn.dense1:17" switches off: Map of "network.layer" to channels. */
  c.readOff = (text) => new Map((text ? text.split(",") : []).map((part) => [part.split(":")[0], part.split(":")[1].split(".").map(Number)]));

  /** Return that text again, in the networks' own order, for what is left of it. */
  c.writeOff = function (off) {
    const paths = c.facts.models.flatMap(({ key, layers }) => layers.map(({ name }) => `${key}.${name}`));
    const parts = paths.filter((path) => off.get(path)?.length).map((path) => `${path}:${[...new Set(off.get(path))].sort((a, b) => a - b).join(".")}`);
    return parts.join(",");
  };

  /** Return the text with one channel switched off, or on again. */
  c.toggled = function (text, path, channel) {
    const off = c.readOff(text);
    const channels = off.get(path) ?? [];
    off.set(path, channels.includes(channel) ? channels.filter((each) => each !== channel) : [...channels, channel]);
    return c.writeOff(off);
  };

  (c.parts ??= {}).without = {
    short: "without",
    question: "What would happen without it?",
    fits: (_, { last }) => !last,
    reading: () => "Switched off, it is zero everywhere, and all that follows is computed anew: this page's verdicts and maps at once. Accuracy counts all test digits.",
    build(body, { key, layer, filter, maps }) {
      const path = `${key}.${layer.name}`;
      const word = maps ? "map" : "unit";
      const turn = c.make("button", { type: "button" });
      const restore = c.make("button", { type: "button", textContent: "Restore the network" });
      const off = c.make("p", { className: "off-list" });
      const here = c.make("p");
      const alone = c.make("div");
      const set = c.make("div");
      restore.addEventListener("click", () => c.change({ off: "" }));
      body.append(c.make("div", { className: "row" }, turn, restore), off, here, alone, set);
      let done = false;
      let measured = "";
      return async (state) => {
        const text = state.selection.off;
        const isOff = c.readOff(text).get(path)?.includes(filter) ?? false;
        c.write(turn, isOff ? `Switch ${word} ${filter} on again` : `Switch ${word} ${filter} off`);
        turn.onclick = () => c.change({ off: c.toggled(text, path, filter) });
        restore.hidden = !text;
        c.write(off, text ? `Off now: ${c.offWords(text)}` : "");
        const mine = c.offOf(text, key);
        if (mine !== measured) set.replaceChildren(...(mine ? [measuring(key, mine)] : []));
        measured = mine;
        const [whole, about] = await Promise.all([mine ? state.whole() : null, done ? null : state.about()]);
        if (state.current()) c.write(here, whole ? `This digit: ${c.saying(state.verdict)} now, ${c.saying(whole)} with nothing off.` : "");
        if (done) return;
        const { without } = about;
        done = true;
        if (without) alone.replaceChildren(...single(without, `Without ${layer.name} ${word} ${filter} alone`, `${path}:${filter}`));
      };
    },
  };

  /** Return an off text in words: "CNN conv2 3, 5–8 · FCN dense1 all 512". */
  c.offWords = (text) => Array.from(c.readOff(text), ([path, channels]) => {
    const [key, layer] = c.inspected({ layer: path });
    return `${c.name(key)} ${layer.name} ${spans(channels, layer.shape.at(-1))}`;
  }).join(" · ");

  /** Return ascending channels in words, neighbours as spans; of many spans the first. */
  function spans(channels, all) {
    if (channels.length === all) return `all ${all}`;
    const found = [];
    for (const channel of channels) {
      if (found.at(-1)?.[1] === channel - 1) found.at(-1)[1] = channel;
      else found.push([channel, channel]);
    }
    const words = found.slice(0, SHOWN).map(([first, last]) => (first === last ? first : `${first}–${last}`)).join(", ");
    const rest = found.slice(SHOWN).reduce((count, [first, last]) => count + last - first + 1, 0);
    return rest ? `${words} and ${rest} more` : words;
  }

  function single({ accuracy, change, changed }, words, off) {
    return [c.make("p", { textContent: `${words}: ${c.percent(accuracy, 2)} right (${points(change)}); ${answers(changed.length)}` }), digits(changed, off)];
  }

  const answers = (count) => (count === 0 ? "no answer changes." : count === 1 ? "one answer changes:" : `${count.toLocaleString("en")} answers change:`);

  function digits(changed, off) {
    const few = changed.slice(0, SHOWN).map(({ digit, label, before, after }) => {
      const name = `Test digit ${digit}, ${c.labelWords(digit, label)}: ${before} becomes ${after}`;
      return c.make("figure", {}, c.digitButton(digit, name, { digit }), c.make("figcaption", { textContent: `${before}→${after}` }));
    });
    const element = c.make("div", { className: "nine" }, ...few);
    if (changed.length) {
      const all = c.make("button", { type: "button", textContent: changed.length > SHOWN ? `All ${changed.length.toLocaleString("en")} on the wall` : "On the wall" });
      all.addEventListener("click", () => c.showOnWall(changed.map(({ digit }) => digit), off));
      element.append(all);
    }
    return element;
  }

  /** Return the part that counts the right answers of a set, block by block, as long as nobody cancels. */
  function measuring(key, off) {
    const begin = c.make("button", { type: "button", textContent: `Count ${c.name(key)}'s answers without all of these` });
    const progress = c.make("progress", { max: c.facts.digits, value: 0, hidden: true, "aria-label": "Digits counted" });
    const result = c.make("div", { role: "status" });
    let run = null;
    const end = () => {
      run = null;
      progress.hidden = true;
      begin.textContent = `Count ${c.name(key)}'s answers without all of these`;
    };
    begin.addEventListener("click", async () => {
      if (run) return end();
      const mine = (run = {});
      progress.hidden = false;
      begin.textContent = "Cancel";
      try {
        const found = await count(key, off, (digits) => run === mine && begin.isConnected && ((progress.value = digits), true));
        if (found) result.replaceChildren(...single(found, "Without all of these", off));
      } catch (problem) {
        if (!(problem instanceof c.Problem)) throw problem;
        c.say(problem.message);
      } finally {
        if (run === mine) end();
      }
    });
    return c.make("div", {}, begin, progress, result);
  }

  /** Return a promise of the digits whose answer changes in any network; of null once `go(key, digits)` says no. */
  c.changedBy = async function (off, go) {
    const found = [];
    for (const { key } of c.facts.models.filter(({ key }) => c.offOf(off, key))) {
      const counted = await count(key, c.offOf(off, key), (digits) => go(key, digits));
      if (!counted) return null;
      found.push(...counted.changed.map(({ digit }) => digit));
    }
    return found;
  };

  /** Ask for the answers to all digits, a block at a time; null once `go(digits)` says no. */
  async function count(key, off, go) {
    const { labels, answers } = c.wall;
    const changed = [];
    let right = 0;
    let before = 0;
    for (let start = 0; start < c.facts.digits; start += c.facts.block) {
      const bytes = new Uint8Array(await c.bytes(`/api/models/${key}/without/${start / c.facts.block}.bin?off=${encodeURIComponent(off)}`, c.wakingUp));
      bytes.forEach((after, i) => {
        const digit = start + i;
        right += after === labels[digit];
        before += answers[key][digit] === labels[digit];
        if (after !== answers[key][digit]) changed.push({ digit, label: labels[digit], before: answers[key][digit], after });
      });
      if (!go(start + bytes.length)) return null;
    }
    return { accuracy: right / c.facts.digits, change: (100 * (right - before)) / c.facts.digits, changed };
  }
})((window.convlens ??= {}));
