import assert from "node:assert/strict";
import { Drawing } from "../../../assets/js/compare/drawing.js";

/** @type {(type: string, properties: any, ...children: any[]) => any} */
const createElement = (type, properties, ...children) => ({ type, ...properties, children: children.flat() });
/** @type {any} */ (globalThis).React = { createElement };

const file = { text: "numbers as CSV", href: "data:,", download: "a.csv", label: "numbers as CSV: Counts" };

/**
 * Return all elements of a drawing, from the outside in.
 * @param {string} kind
 * @param {any} content
 * @param {any} children
 */
function elements(kind, content, children = null) {
  /** @type {(part: any) => any[]} */
  const all = (part) => (part?.type ? [part, ...part.children.flatMap(all)] : []);
  return all(Drawing({ kind, content: { caption: "Counts", ...content }, file, children }));
}

/** @type {(found: any[], type: string) => any[]} */
const of = (found, type) => found.filter((each) => each.type === type);

const row = [{ text: "1", header: true }, { text: "2", shade: "0.500", label: "2 of them", kind: "wrong" }];

Deno.test("each heading of a table says whether it is of a row or a column", () => {
  const found = elements("table", {
    header: [{ text: "n", header: true }, { text: "m", header: true }],
    rows: [row],
  });
  assert.deepEqual(of(found, "th").map(({ scope }) => scope), ["col", "col", "row"]);
  assert.equal(of(found, "caption")[0].children[0], "Counts");
});

Deno.test("what scrolls sideways can be reached by keys, and has a name", () => {
  const [frame] = elements("table", { header: [], rows: [] }).filter(({ role }) => role === "region");
  assert.deepEqual([frame.tabIndex, frame["aria-label"]], [0, "Counts"]);
});

Deno.test("a cell is shaded where it counts something, named where it leads nowhere", () => {
  const [cell] = of(elements("table", { header: [], rows: [row] }), "td");
  assert.deepEqual([cell.className, cell.style["--shading"], cell["aria-label"]], [
    "cell wrong",
    "0.500",
    "2 of them",
  ]);
});

Deno.test("a cell that leads somewhere is a link with the name", () => {
  const found = elements("table", {
    header: [],
    rows: [[{ text: "2", link: "./?digit=1", label: "2 digits" }]],
  });
  const [link] = of(found, "a");
  assert.deepEqual([link.href, link["aria-label"], link.children], ["./?digit=1", "2 digits", ["2"]]);
  assert.equal(of(found, "td")[0]["aria-label"], undefined);
});

Deno.test("a network's name is in its hue", () => {
  const [part, name] = of(elements("words", { sentences: [[{ text: "CNN", hue: "cnn" }]] }), "span");
  assert.deepEqual([part["data-model"], name.className, name.children], ["cnn", "hue", ["CNN"]]);
});

Deno.test("lines under an image stand apart", () => {
  const under = [{ text: "label 7" }, { text: "FCN 2", hue: "fcn", kind: "wrong" }];
  const [link, image] = elements("gallery", {
    thumbs: [{ picture: "/1.png", link: "/", label: "label 7 FCN 2", under }],
  })
    .filter(({ type }) => type === "a" || type === "img");
  assert.equal(link.children[2], " ");
  assert.equal(image.alt, "");
});

Deno.test("another plane has another place", () => {
  /** @type {(address: string) => string} */
  const key = (address) => of(elements("plane", { address, model: "cnn" }), "figure")[0].key;
  assert.notEqual(key("/a.npy"), key("/b.npy"));
});

Deno.test("a chart has its place before it is drawn, and its numbers in words; each drawing has its file", () => {
  const found = elements("chart", { summary: "All right.", height: 340 }, "curves");
  const [place] = found.filter(({ className }) => className === "plot");
  assert.deepEqual([place.style.height, place.children], [340, ["curves"]]);
  const link = of(found, "a").at(-1);
  assert.deepEqual([link.download, link["aria-label"], link.label], ["a.csv", file.label, undefined]);
});
