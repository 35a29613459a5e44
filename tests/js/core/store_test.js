import assert from "node:assert/strict";
import { FACTS, selected } from "../page.js";
import { facts } from "../../../assets/js/core/facts.js";
import { Images } from "../../../assets/js/core/images.js";
import { Store } from "../../../assets/js/core/store.js";
import { sighted } from "../../../assets/js/core/view.js";

/** Return a body of a picture that holds nothing but a digit: there is no network. */
const bodyOf = (/** @type {number} */ digit) => new Uint32Array([digit]).buffer;

/** Answer every address when it is let go: {asked, answer(address), fail(address, status)}. */
function server() {
  const waiting = new Map();
  globalThis.fetch = (address) => new Promise((done) => waiting.set(address, done));
  /** @type {(address: string, response: Response) => Promise<void>} */
  const settle = async (address, response) => {
    waiting.get(address)(response);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };
  return {
    asked: () => [...waiting.keys()],
    answer: (/** @type {number} */ digit) => settle(addressOf(digit), new Response(bodyOf(digit))),
    fail: (/** @type {number} */ digit) =>
      settle(addressOf(digit), Response.json({ error: { message: "No." } }, { status: 400 })),
  };
}

let run = 0; // of the tests: answers are remembered by their address

const addressOf = (/** @type {number} */ digit) => `pictures/v1//${digit}/post.bin?perturb=rotation:${run}`;

/** Return a store of a page that shows nothing yet, and what its follower was told. */
function opened() {
  run++;
  /** @type {unknown[][]} */
  const told = [];
  const store = new Store(selected({ pair: [], perturb: `rotation:${run}` }), new Images());
  store.follow({
    shown: (before, history) => told.push([before.digit, store.selection.digit, history]),
    takenBack: () => told.push(["taken back", store.selection.digit]),
  });
  return { store, told };
}

const resting = { sanitizeOps: false, sanitizeResources: false };

Deno.test("nothing is asked before the page has begun", resting, async () => {
  const { asked } = server();
  const { store, told } = opened();
  await store.change({ digit: 3 });

  assert.deepEqual([asked(), told], [[], []]);
  assert.equal(store.wanted.digit, 3);
});

Deno.test(
  "the previous picture stays until the next one is here, and the last change wins",
  resting,
  async () => {
    const { answer } = server();
    const { store, told } = opened();
    const begun = store.begin();
    await answer(7);
    await begun;
    const [first, second] = [store.change({ digit: 3 }), store.change({ digit: 4 })];
    assert.equal(store.selection.digit, 7);
    await answer(4);
    await answer(3);
    await Promise.all([first, second]);

    assert.deepEqual(told, [[7, 7, "replace"], [7, 4, "push"]]);
    assert.equal(store.picture?.digit, 4);
  },
);

Deno.test(
  "where the next picture does not come the page shows what it did, and says so",
  resting,
  async () => {
    const { answer, fail } = server();
    const { store, told } = opened();
    const begun = store.begin();
    await answer(7);
    await begun;
    const change = store.change({ digit: 3 });
    await fail(3);
    await change;

    assert.deepEqual(told.at(-1), ["taken back", 7]);
    assert.equal(store.wanted.digit, 7);
    assert.ok(store.trouble);
  },
);

Deno.test("the same selection is asked for once", resting, async () => {
  const { answer, asked } = server();
  const { store, told } = opened();
  const begun = store.begin();
  await answer(7);
  await begun;
  await store.change({ digit: 7 });

  assert.deepEqual([asked().length, told.length], [1, 1]);
});

Deno.test(
  "maps that came into sight while a picture was on its way are asked for once it is here",
  resting,
  async () => {
    const [, { layers: [conv, , output] }] = FACTS.models;
    facts.models.push({
      key: "vast",
      name: "Vast",
      hue: "",
      large: true,
      layers: [conv, output],
      blocks: [],
      correct: null,
      moments: [],
    });
    const parts = 4 * (1 + 3 + 3 + 3); // digit, logits, probabilities, units
    /** @type {(extra: number) => Response} */
    const body = (extra) => new Response(new Uint8Array(parts + extra));
    /** @type {string[]} */
    const asked = [];
    globalThis.fetch = (address) => {
      asked.push(String(address));
      if (asked.length === 1) sighted("vast.conv", true);
      return Promise.resolve(body(asked.length === 1 ? 0 : 4 * (4 + 4) + 26 * 26 * 4));
    };
    const store = new Store(selected({ digit: 0, pair: ["vast"] }), new Images());

    await store.begin();
    for (let turn = 0; turn < 40; turn++) await Promise.resolve();

    assert.deepEqual(asked.map((address) => address.includes("layers=vast.conv")), [false, true]);
    assert.deepEqual(store.picture?.needed, ["vast.conv"]);
    sighted("vast.conv", false);
    facts.models.pop();
  },
);

Deno.test("a change that is refused is not made, and the page says why", resting, async () => {
  const { asked } = server();
  const { store } = opened();
  store.refusal = ({ digit }) => (digit === 3 ? "Not here." : "");
  await store.change({ digit: 3 });

  assert.equal(store.wanted.digit, 7);
  assert.equal(store.trouble, true);
  assert.deepEqual(asked(), []);
});
