/** A drawing of Compare, of which React makes elements: Dash's component of dashboard/pages/drawings.py. */

/**
 * What is in a cell of a table, a part of a sentence, or a line under an image; what it has not is left out.
 * @typedef {object} Cell
 * @property {string} [text]
 * @property {boolean} [header] whether it names its row or column
 * @property {string} [link] where it leads
 * @property {string} [label] what a screen reader says of it
 * @property {string} [shade] how strongly it is shaded, from 0 to 1
 * @property {string} [hue] the network that it stands for
 * @property {string} [kind]
 *
 * @typedef {{picture: string, link: string, label: string, under: Cell[]}} Thumb
 * @typedef {{text: string, href: string, download: string, label: string}} File
 */

/** @type {Record<string, (content: any, children: any) => any>} */
const KINDS = { chart, table, gallery, words, plane };

/**
 * @param {{kind: string, content: any, file: File, children?: any}} props
 */
export function Drawing({ kind, content, file, children }) {
  const { text, label, ...link } = file;
  return element(
    "div",
    { className: kind },
    KINDS[kind](content, children),
    element("p", { className: "files" }, element("a", { ...link, "aria-label": label }, text)),
  );
}

/**
 * Return an element, as React describes it.
 * @param {string} tag
 * @param {any} properties
 * @param {...any} children
 */
const element = (tag, properties, ...children) =>
  /** @type {any} */ (globalThis).React.createElement(tag, properties, ...children);

/**
 * Return a chart in a place that is as high before it is drawn.
 * @param {{caption: string, summary: string, height: number}} content
 * @param {any} children
 */
function chart({ caption, summary, height }, children) {
  return element(
    "figure",
    null,
    element("figcaption", null, caption),
    element("div", { className: "plot", style: { height } }, children),
    element("p", { className: "reading" }, summary),
  );
}

/**
 * @param {{caption: string, header: Cell[], rows: Cell[][]}} content
 */
function table({ caption, header, rows }) {
  /** @type {(cells: Cell[], scope: string) => any} */
  const row = (cells, scope) => element("tr", null, ...cells.map((cell) => cellOf(cell, scope)));
  return element(
    "div",
    { className: "scroll-x", tabIndex: 0, role: "region", "aria-label": caption },
    element(
      "table",
      null,
      element("caption", null, caption),
      element("thead", null, row(header, "col")),
      element("tbody", null, ...rows.map((cells) => row(cells, "row"))),
    ),
  );
}

/**
 * Return a cell: a link where it leads somewhere, shaded where it counts something.
 * @param {Cell} cell
 * @param {string} scope
 */
function cellOf(cell, scope) {
  const properties = {
    className: `cell ${cell.kind ?? ""}`.trim(),
    scope: cell.header ? scope : undefined,
    "data-model": cell.hue,
    style: cell.shade ? { "--shading": cell.shade } : undefined,
    "aria-label": cell.link ? undefined : cell.label,
  };
  return element(cell.header ? "th" : "td", properties, inside(cell));
}

/**
 * @param {Cell} cell
 */
function inside({ text, link, label, hue }) {
  if (link) return element("a", { href: link, "aria-label": label }, text);
  return hue ? element("span", { className: "hue" }, text) : text;
}

/**
 * @param {{caption: string, thumbs: Thumb[], rest?: Cell}} content
 */
function gallery({ caption, thumbs, rest }) {
  return element(
    "figure",
    null,
    element("figcaption", null, caption),
    element("ul", null, ...thumbs.map((each) => element("li", null, thumb(each)))),
    rest && element("p", null, inside(rest)),
  );
}

/**
 * @param {Thumb} thumb
 */
function thumb({ picture, link, label, under }) {
  const lines = under.flatMap((line) => [part(line), " "]).slice(0, -1); // apart, as in the label, which begins with them
  return element(
    "a",
    { href: link, "aria-label": label },
    element("img", { src: picture, alt: "" }),
    ...lines,
  );
}

/**
 * @param {{caption: string, sentences: Cell[][]}} content
 */
function words({ caption, sentences }) {
  return element(
    "figure",
    null,
    ...sentences.map((parts) => element("p", null, ...parts.map(part))),
    element("figcaption", { className: "reading" }, caption),
  );
}

/**
 * Return a part of a sentence, or a line under an image.
 * @param {Cell} cell
 */
function part(cell) {
  return element("span", { className: cell.kind, "data-model": cell.hue }, inside(cell));
}

/**
 * Return the place of a plane, another one for another plane; planes.js paints into it.
 * @param {{caption: string, summary: string, model: string, method: string, layer: string, address: string}} content
 */
function plane({ caption, summary, model, method, layer, address }) {
  const told = { "data-address": address, "data-method": method, "data-layer": layer };
  return element(
    "figure",
    { key: address, "data-model": model },
    element("figcaption", null, caption),
    element("div", { className: "points", ...told }),
    element("p", { className: "reading" }, summary),
  );
}
