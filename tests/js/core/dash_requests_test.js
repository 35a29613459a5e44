import assert from "node:assert/strict";
import "../page.js";
import { watchDashRequests } from "../../../assets/js/core/dash_requests.js";

Deno.test("who asks again and again is told of each refusal, and of nothing else", async () => {
  const plain = globalThis.fetch;
  const statuses = [200, 404, 404, 200];
  globalThis.fetch = () =>
    Promise.resolve(new Response('{"error": {"message": "Gone."}}', { status: statuses.shift() }));
  try {
    let refused = 0;
    watchDashRequests(() => refused++);
    const counted = [];
    for (const address of ["_dash-update-component", "_dash-update-component", "api/x", "_dash-layout"]) {
      await fetch(address);
      counted.push(refused);
    }
    assert.deepEqual(counted, [0, 1, 1, 1]);
  } finally {
    globalThis.fetch = plain;
  }
});
