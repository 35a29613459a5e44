/**
 * Dash says nothing when one of its own requests fails; this does. Its hook request_post is called for those answers alone
 * that are as they should be (dash-renderer of 4.4.1), so what asks is wrapped.
 */
import { sentenceIn } from "./fetching.js";
import { say } from "./message.js";

/** Say why a request of Dash's has failed; all others are those of core/fetching.js, which say it themselves. */
export function watchDashRequests() {
  const plain = globalThis.fetch;
  globalThis.fetch = async function (/** @type {any[]} */ ...request) {
    const own = String(request[0]?.url ?? request[0]).includes("_dash-");
    try {
      const response = await plain.apply(this, /** @type {any} */ (request));
      return own && response.status >= 400 ? await refused(response) : response;
    } catch (fault) {
      if (own) say("The server does not answer. Is it still running? Then try again.");
      throw fault;
    }
  };
}

/**
 * Say what a refusal says; Dash reads it once for each property that was to be filled, and a body can be read once.
 * @param {Response} response
 */
async function refused(response) {
  say(await sentenceIn(response.clone()));
  const body = await response.text();
  return Object.assign(response, { text: () => Promise.resolve(body) });
}
