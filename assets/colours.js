/* From a number to a colour: sequential, diverging around zero, or the article's grey. */
(function (c) {
  "use strict";

  const STEPS = 512;
  const STAYS = { sign: "", words: "" }; // what is said of values that leave no scale
  const palettes = {};

  /** Return the palettes as packed RGBA; made from the stops that the server names. */
  c.palette = function (name) {
    return (palettes[name] ??= blend(stops(name).map(parse)));
  };

  /** Return a palette's evenly spaced stops, as CSS writes colours. */
  const stops = (name) => c.facts[name] ?? ["rgb(0,0,0)", "rgb(255,255,255)"];

  function parse(stop) {
    if (stop.startsWith("#")) return [1, 3, 5].map((at) => parseInt(stop.slice(at, at + 2), 16));
    return stop.match(/\d+/g).map(Number);
  }

  function blend(stops) {
    const colours = new Uint32Array(STEPS);
    for (let step = 0; step < STEPS; step++) {
      const place = (step / (STEPS - 1)) * (stops.length - 1);
      const left = Math.min(Math.floor(place), stops.length - 2);
      const [red, green, blue] = stops[left].map((start, i) => Math.round(start + (stops[left + 1][i] - start) * (place - left)));
      colours[step] = (255 << 24) | (blue << 16) | (green << 8) | red;
    }
    return colours;
  }

  /**
   * A scale: a palette and the numbers at its ends.
   * Signed data is laid symmetrically around zero, other data begins at zero; grey goes from smallest to largest.
   */
  c.scale = function (low, high, kind) {
    if (kind === "diverging") {
      const most = Math.max(Math.abs(low), Math.abs(high));
      return { palette: "diverging", low: -most, high: most };
    }
    return { palette: kind, low: kind === "grey" ? low : 0, high };
  };

  /** Return what gives values their packed colours; where a scale has no width everything has its lowest colour. */
  c.colouring = function ({ palette, low, high }) {
    const colours = c.palette(palette);
    const width = high - low;
    if (!(width > 0)) return () => colours[palette === "diverging" ? STEPS / 2 : 0];
    return (value) => colours[Math.max(0, Math.min(STEPS - 1, Math.round(((value - low) / width) * (STEPS - 1))))];
  };

  /** Return the packed colour of one value. */
  c.colour = (scale, value) => c.colouring(scale)(value);

  /** Return one packed colour for each of `count` levels, from `low` to `high`. */
  c.levelColours = function (scale, low, high, count) {
    const width = scale.high - scale.low;
    if (!(width > 0) || !(high > low)) return new Uint32Array(count).fill(c.colour(scale, low));
    const all = c.palette(scale.palette);
    const first = ((low - scale.low) / width) * (STEPS - 1) + 0.5;
    const step = (((high - low) / width) * (STEPS - 1)) / (count - 1);
    const colours = new Uint32Array(count);
    for (let level = 0, place = first; level < count; level++, place += step) {
      colours[level] = all[place < 0 ? 0 : place > STEPS - 1 ? STEPS - 1 : place | 0];
    }
    return colours;
  };

  /** Return on which side of a scale a value lies: 1 above it, -1 below, 0 within; within half a step of colours of an end it still has its own colour. */
  c.beyond = function ({ low, high }, value) {
    const half = Math.max(0, high - low) / (STEPS - 1) / 2;
    return value > high + half ? 1 : value < low - half ? -1 : 0;
  };

  /** Return how values from `least` to `most` leave a scale: a sign, and how far they go in words; both "" where they do not, or there is no scale to leave. */
  c.leaving = function (scale, least, most) {
    if (!scale) return STAYS;
    const below = c.beyond(scale, least) < 0;
    const above = c.beyond(scale, most) > 0;
    const words = [below && `down to ${c.round(least)}`, above && `up to ${c.round(most)}`];
    return { sign: `${below ? "▼" : ""}${above ? "▲" : ""}`, words: words.filter(Boolean).join(" and ") };
  };

  /** Return whether a scale has no width, so that all that it shows is one number. */
  c.isFlat = ({ low, high }) => !(high > low);

  /** Return a colour of CSS's "#rrggbb", packed. */
  c.packed = function (css) {
    const [red, green, blue] = parse(css);
    return (255 << 24) | (blue << 16) | (green << 8) | red;
  };

  /** Return "#rrggbb" of a packed colour. */
  c.css = (packed) => "#" + [packed & 255, (packed >> 8) & 255, (packed >> 16) & 255].map((part) => part.toString(16).padStart(2, "0")).join("");

  /** Return whether black or white text is readable on a packed colour. */
  c.ink = function (packed) {
    const linear = [packed & 255, (packed >> 8) & 255, (packed >> 16) & 255].map((part) => (part / 255) ** 2.2);
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.18 ? "#000" : "#fff";
  };

  /** Draw a scale into its legend: its colours and the numbers at its ends; of one without width that number alone. */
  c.legend = function (element, scale, words = "") {
    if (!element.firstChild) {
      element.innerHTML = '<span class="low"></span><span class="bar"></span><span class="high"></span><span class="words"></span>';
    }
    const [low, bar, high, note] = element.children;
    const flat = scale && c.isFlat(scale);
    bar.hidden = !scale || flat;
    c.write(low, scale && !flat ? c.round(scale.low) : "");
    c.write(high, scale ? c.round(scale.high) : "");
    c.write(note, words);
    if (!scale || element.dataset.palette === scale.palette) return;
    element.dataset.palette = scale.palette;
    bar.style.background = `linear-gradient(90deg, ${stops(scale.palette).join()})`;
  };

  /** Return a number as it is shown: three significant digits, a true minus sign. */
  c.round = function (value) {
    if (value === 0) return "0";
    const size = Math.abs(value);
    const text = size >= 1e5 || size < 1e-4 ? size.toExponential(2).replace("-", "−") : String(Number(size.toPrecision(3)));
    return (value < 0 ? "−" : "") + text;
  };

  /** Return a float32 in full: the fewest digits that name it and no other. */
  c.exact = function (value) {
    for (let digits = 1; digits < 9; digits++) {
      const text = value.toPrecision(digits);
      if (Math.fround(Number(text)) === value) return String(Number(text)).replace("-", "−");
    }
    return value.toPrecision(9).replace("-", "−");
  };
})((window.convlens ??= {}));
