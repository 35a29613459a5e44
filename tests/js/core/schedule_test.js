import assert from "node:assert/strict";
import { oneAtATime } from "../../../assets/js/core/schedule.js";

Deno.test("one is done at a time, and after it the newest; what came between is left out", async () => {
  /** @type {string[]} */
  const done = [];
  /** @type {(value?: unknown) => void} */
  let finish = () => {};
  const act = (/** @type {string} */ given) => new Promise((go) => (done.push(given), finish = go));
  const run = oneAtATime(act);
  const all = run("first");
  run("second");
  run("third");
  assert.deepEqual(done, ["first"]);

  finish();
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual(done, ["first", "third"]);
  finish();
  await all;
});

Deno.test("what fails does not hold up what comes after it", async () => {
  /** @type {string[]} */
  const done = [];
  const run = oneAtATime(async (given) => {
    await null;
    if (given === "bad") throw new Error(given);
    done.push(given);
  });

  await assert.rejects(run("bad"));
  await run("good");
  assert.deepEqual(done, ["good"]);
});
