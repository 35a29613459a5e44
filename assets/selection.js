/* What is selected, as an address. The server reads addresses (dashboard/selection.py); here they are only written. */
(function (c) {
  "use strict";

  c.DEFAULTS = {
    page: "explore", pair: c.facts.models.slice(0, 2).map(({ key }) => key), model: "both", layer: "", filter: null, cell: null, slice: null, against: null, scale: "layer", stage: "post", off: "", perturb: "", reference: null, why: "", mind: "",
    wall: { label: null, answer: null, by: "", wrong: "", sort: "index", within: "" },
  };

  /** Return the address of a selection; what is at its default is left out, but for the digit. */
  c.link = function (selection) {
    const parts = [];
    const put = (name, value) => parts.push(`${name}=${value}`);
    if (selection.page === "explore" || selection.perturb) put("digit", selection.digit);
    if (String(selection.pair) !== String(c.DEFAULTS.pair)) put("pair", selection.pair.join());
    for (const name of ["model", "scale", "stage"]) {
      if (selection[name] !== c.DEFAULTS[name]) put(name, selection[name]);
    }
    if (selection.perturb) put("perturb", selection.perturb);
    if (selection.page === "compare") return "/compare" + (parts.length ? `?${parts.join("&")}` : "");
    if (c.differs(selection)) put("reference", selection.reference);
    if (selection.layer) {
      const [model, layer] = selection.layer.split(".");
      put("layer", selection.model === model ? layer : selection.layer);
      if (selection.filter !== null) put("filter", selection.filter);
      if (selection.cell) put("cell", selection.cell.join(","));
      for (const name of ["slice", "against"]) if (selection[name] !== null) put(name, selection[name]);
    }
    for (const name of ["off", "why", "mind"]) if (selection[name]) put(name, selection[name]);
    for (const [name, value] of Object.entries(selection.wall)) {
      if (value !== c.DEFAULTS.wall[name]) put(name, value);
    }
    return `/?${parts.join("&")}`;
  };

  /** Return the part of an off text that belongs to one network. */
  c.offOf = (text, key) => text.split(",").filter((part) => part.startsWith(`${key}.`)).join(",");

  /** Return what a tensor's address says of what is off in its network, and of what is done to the digit: "" or "&off=…&perturb=…". */
  c.changes = function ({ off, perturb }, key) {
    const [own, move] = [c.offOf(off, key), c.moveQuery(perturb)];
    return (own && `&off=${encodeURIComponent(own)}`) + (move && `&${move}`);
  };

  /** Return whether somebody drew the digit at hand. */
  c.isDrawn = ({ perturb }) => Boolean(c.readMove(perturb).ink);

  /** Return which digit it is: "test digit 4271", or "your digit". */
  c.digitName = (selection) => (c.isDrawn(selection) ? "your digit" : `test digit ${selection.digit}`);

  /** Return which digit it is in the name of a file: "digit-4271", "drawing-rotation-15". */
  c.fileStem = function (selection) {
    const { done } = c.readMove(selection.perturb);
    return `${c.isDrawn(selection) ? "drawing" : `digit-${selection.digit}`}${done && `-${done.replace(":", "-")}`}`;
  };

  /** Return a test digit's label in words, and who disputes it, if anybody does. */
  c.labelWords = (digit, label) => `label ${label}${c.facts.disputed[digit] ? `, disputed: ${c.facts.disputed[digit]}` : ""}`;

  const parts = (selection, label) => [c.digitName(selection).replace(/^./, (first) => first.toUpperCase()), label, c.moveWords(selection.perturb)].filter(Boolean);

  /** Return which digit it is, in words; the label of one that somebody drew is null. */
  c.digitWords = (selection, label) => parts(selection, label === null ? "" : c.labelWords(selection.digit, label)).join(", ");

  /** Return the same as a title, in which only a word says that the label is disputed. */
  c.digitTitle = (selection, label) => parts(selection, label === null ? "" : c.labelWords(selection.digit, label).split(":")[0]).join(" · ");

  /** Return the keys of the networks that a selection shows. */
  c.shown = ({ pair, model }) => (pair.includes(model) ? [model] : pair);

  /** Return what the facts say of a network. */
  c.model = (key) => c.facts.models.find((model) => model.key === key);

  /** Return what a network is called where there is little room: "CNN", "CNN augmented". */
  c.name = (key) => key.replace(/^[^-]+/, (kind) => kind.toUpperCase()).replaceAll("-", " ");

  /** Return [network key, layer facts] of what is inspected, null where nothing is. */
  c.inspected = function (selection) {
    if (!selection.layer) return null;
    const [key, name] = selection.layer.split(".");
    const layer = c.model(key)?.layers.find((each) => each.name === name);
    return layer ? [key, layer] : null;
  };
})((window.convlens ??= {}));
