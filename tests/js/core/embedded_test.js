import assert from "node:assert/strict";
import "../page.js";
import { embedded, unpack } from "../../../assets/js/core/embedded.js";
import { getBytes, getBytesNow } from "../../../assets/js/core/fetching.js";

/** Return bodies by address as dashboard/mailed/letter.py packs them. */
async function parcel(/** @type {Record<string, number[]>} */ bodies) {
  const list = Object.entries(bodies).map(([address, body]) => [address, body.length]);
  const index = new TextEncoder().encode(JSON.stringify(list));
  const length = new Uint8Array(new Uint32Array([index.length]).buffer);
  const whole = new Blob([length, index, new Uint8Array(Object.values(bodies).flat())]);
  const stream = whole.stream().pipeThrough(new CompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}

/** @param {ArrayBuffer | null | undefined} body */
const numbers = (body) => body && [...new Uint8Array(body)];

Deno.test("a page that has a server asks it; one to mail answers from itself, and asks for nothing", async () => {
  assert.equal(embedded("/a.npy"), undefined);
  globalThis.fetch = () => assert.fail("It asked.");
  await unpack([
    await parcel({ "a.npy?off=cnn.conv1:4,fcn.d:1": [1, 2, 3], "empty": [] }),
    await parcel({ "b.bin": [9] }),
  ]);

  assert.deepEqual(numbers(embedded("/b.bin")), [9]);
  assert.deepEqual(numbers(embedded("b.bin")), [9]);
  assert.deepEqual(numbers(await getBytes("/a.npy?off=cnn.conv1%3A4%2Cfcn.d%3A1")), [1, 2, 3]);
  assert.deepEqual(numbers(getBytesNow("/empty")), []);
  assert.equal(getBytesNow("/c.bin"), null);
  await assert.rejects(getBytes("/c.bin"), /not in this page.*open the view in ConvLens\.$/);
});
