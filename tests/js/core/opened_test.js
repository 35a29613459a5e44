import assert from "node:assert/strict";
import "../page.js";
import { closed, closeLast, opened } from "../../../assets/js/core/opened.js";

/** @type {(name: string, seen?: boolean) => any} */
const element = (name, seen = true) => ({
  name,
  isConnected: true,
  checkVisibility: () => seen,
  contains: () => false,
});

Deno.test("what was opened last is closed first, and only once", () => {
  /** @type {string[]} */
  const done = [];
  const [message, section, hidden] = [element("message"), element("section"), element("hidden", false)];
  for (const each of [message, section, hidden]) opened(each, () => done.push(each.name));
  opened(message, () => done.push("message again"));

  assert.deepEqual([closeLast(), closeLast(), closeLast()], [true, true, false]);
  assert.deepEqual(done, ["message again", "section"]);
  closed(hidden);
});

Deno.test("what was closed in another way is not closed again", () => {
  const section = element("section");
  opened(section, () => assert.fail());
  closed(section);

  assert.equal(closeLast(), false);
});
