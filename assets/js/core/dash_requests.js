/**
 * Dash says nothing when one of its own requests fails; this does. Its hook request_post is called for those answers alone
 * that are as they should be (dash-renderer of 4.4.1), so what asks is wrapped.
 */
import { sentenceIn, SILENT } from "./fetching.js";
import { say, unsay } from "./message.js";

/**
 * Say why a request of Dash's has failed, until the same one is answered; all others are those of core/fetching.js, which say it themselves.
 * @param {() => void} [failing] is told each time
 */
export function watchDashRequests(failing) {
  const plain = globalThis.fetch;
  /** @type {Map<string, string>} */
  const failed = new Map(); // by what was to be filled, what was said
  /**
   * @param {string} place
   * @param {string} sentence
   */
  const complain = (place, sentence) => {
    failed.set(place, sentence);
    say(sentence);
    failing?.();
  };
  globalThis.fetch = async function (/** @type {any[]} */ ...request) {
    const own = String(request[0]?.url ?? request[0]).includes("_dash-");
    try {
      const response = await plain.apply(this, /** @type {any} */ (request));
      if (own && response.status >= 400) {
        complain(placeOf(request), await sentenceIn(response.clone()));
        return await readAgain(response);
      }
      if (own && failed.size) {
        unsay(failed.get(placeOf(request)));
        failed.delete(placeOf(request));
      }
      return response;
    } catch (fault) {
      if (own) complain(placeOf(request), SILENT);
      throw fault;
    }
  };
}

/**
 * Return what a request of Dash's is to fill, "" where it asks for something else.
 * @param {any[]} request
 */
function placeOf([, options]) {
  return /"output":"([^"]*)"/.exec(String(options?.body ?? ""))?.[1] ?? "";
}

/**
 * Return a refusal whose body can be read more than once: Dash reads it for each property that was to be filled.
 * @param {Response} response
 */
async function readAgain(response) {
  const body = await response.text();
  return Object.assign(response, { text: () => Promise.resolve(body) });
}
