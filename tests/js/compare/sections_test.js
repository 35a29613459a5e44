import assert from "node:assert/strict";
import { Sections } from "../../../assets/js/compare/sections.js";

const sections = Object.fromEntries(["a", "b", "c", "d"].map((id) => [id, section(id)]));
/** @type {(() => void)[]} */
const put = []; // off until the browser is idle
const page = /** @type {any} */ (globalThis);
page.IntersectionObserver = class {
  observe() {}
};
page.document = { getElementById: (/** @type {string} */ id) => sections[id] };
page.requestIdleCallback = (/** @type {() => void} */ act) => put.push(act);

/** @param {string} id */
function section(id) {
  /** @type {Set<string>} */
  const classes = new Set();
  const classList = {
    add: (/** @type {string} */ name) => classes.add(name),
    remove: classes.delete.bind(classes),
  };
  return { id, classes, classList, ariaBusy: /** @type {string | null} */ (null) };
}

/** Return what is asked for, in order, and the sections, of which two are in view. */
function begun() {
  /** @type {string[]} */
  const asked = [];
  const root = /** @type {any} */ ({ children: Object.values(sections) });
  const made = new Sections(root, (id) => asked.push(id));
  for (const id of ["c", "b"]) made.see(entry(id, true));
  made.begin();
  return { asked, made };
}

/** @type {(id: string, isIntersecting: boolean) => any} */
const entry = (id, isIntersecting) => ({ target: sections[id], isIntersecting });

const rest = () => put.splice(0).forEach((act) => act());

Deno.test("what is in view is drawn at once, the others one at a time once that is there", () => {
  const { asked, made } = begun();
  assert.deepEqual(asked, ["c", "b"]);
  rest();
  made.drawn("c");
  rest();
  assert.deepEqual(asked, ["c", "b"]);
  made.drawn("b");
  rest();
  assert.deepEqual(asked, ["c", "b", "a"]);
  made.drawn("a");
  rest();
  assert.deepEqual(asked, ["c", "b", "a", "d"]);
});

Deno.test("a section that comes into view is drawn at once, and once", () => {
  const { asked, made } = begun();
  made.see(entry("d", true));
  made.see(entry("d", false));
  made.see(entry("d", true));
  assert.deepEqual(asked, ["c", "b", "d"]);
});

Deno.test("what another choice left is not seen where it waits, but stays where it is looked at", () => {
  const { made } = begun();
  const all = Object.values(sections);
  assert.deepEqual(all.map(({ classes }) => classes.has("stale")), [true, false, false, true]);
  assert.deepEqual(all.map(({ ariaBusy }) => ariaBusy), ["true", "true", "true", "true"]);
  made.drawn("a");
  assert.equal(sections.a.ariaBusy, null);
  assert.deepEqual([...sections.a.classes], []);
});
