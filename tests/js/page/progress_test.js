import assert from "node:assert/strict";
import "../page.js";
import { fillsIn, lasting, told } from "../../../assets/js/page/progress.js";

/** @type {import("../../../assets/js/page/progress.js").State} */
const AT_REST = {
  opened: 10_000,
  count: 10_000,
  doing: "",
  share: null,
  left: null,
  changed: [],
  fault: "",
  cancelled: false,
  said: [],
  version: "v1",
};
/** @type {(state: Partial<import("../../../assets/js/page/progress.js").State>) => any} */
const of = (state) => told({ ...AT_REST, ...state }, "v1", "images");

Deno.test("nothing is said once all is measured", () => {
  assert.deepEqual(of({}), { sentence: "", action: "" });
});

Deno.test("what is done, how far it is, how long it takes, and how many images are open", () => {
  assert.deepEqual(of({ opened: 500, doing: "Measuring a.keras …", share: 0.349, left: 41 }), {
    sentence: "500 of 10,000 images are open. Measuring a.keras … 34 %, about 41 s left",
    action: "cancel",
  });
  assert.equal(of({ doing: "Measuring a.keras …" }).sentence, "Measuring a.keras …");
});

Deno.test("what came meanwhile is shown on request, and before what goes on", () => {
  assert.equal(of({ version: "v2", doing: "Measuring …" }).action, "reload");
});

Deno.test("a page is opened anew by itself once for each version", () => {
  /** @type {Map<string, string>} */
  const tab = new Map();
  /** @type {any} */
  const kept = { getItem: (/** @type {string} */ key) => tab.get(key) ?? null, setItem: tab.set.bind(tab) };
  assert.deepEqual(["v2", "v2", "v3"].map((version) => fillsIn(version, kept)), [true, false, true]);
});

Deno.test("a file that is another now, a fault, and what was cancelled can be tried again", () => {
  assert.deepEqual(of({ changed: ["a.keras", "b.h5"], version: "v2" }), {
    sentence: "a.keras and b.h5 have been written anew since they were opened.",
    action: "again",
  });
  assert.deepEqual(of({ fault: "It is full." }), { sentence: "It is full.", action: "again" });
  assert.match(of({ cancelled: true }).sentence, /kept/);
});

Deno.test("a time is rounded as far as it is known", () => {
  assert.deepEqual([0, 41.4, 89, 90, 5_399, 7_200].map(lasting), [
    "1 s",
    "41 s",
    "89 s",
    "2 min",
    "90 min",
    "2 h",
  ]);
});
