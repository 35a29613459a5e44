/** What was measured meanwhile, taken in while the page stands: of the same networks and images, nothing else differs. */
import { facts } from "../core/facts.js";

/** @import { Facts } from "../core/facts.js" */

const MEASURED = ["version", "words"]; // which another measurement changes, and nothing that stands on the page
const VISIT = ["selection", "complaints"]; // what an address says

/**
 * Return what may not differ if new facts are to take the place of those at hand.
 * @param {object} facts
 */
const lasting = (facts) =>
  JSON.stringify(facts, (key, value) => MEASURED.includes(key) || VISIT.includes(key) ? undefined : value);

/**
 * Take new facts in; return whether they could be: where there are other images than before, much of the page would be wrong.
 * @param {Facts} fresh
 * @param {Facts} old that become the new ones
 */
export function takenIn(fresh, old = facts) {
  if (lasting(fresh) !== lasting(old)) return false;
  old.version = fresh.version;
  old.models.forEach(({ layers }, network) =>
    layers.forEach((layer, place) => {
      const { words } = fresh.models[network].layers[place];
      if ("words" in layer) layer.words = words;
    })
  );
  return true;
}

/**
 * Return the facts of the page as the server has it by now.
 * @returns {Promise<Facts>}
 */
export async function freshFacts() {
  const text = await (await fetch(location.href)).text();
  const page = new DOMParser().parseFromString(text, "text/html");
  return JSON.parse(page.getElementById("facts")?.textContent ?? "{}");
}
