/** What was measured over all images, of networks as they are trained: at another moment a part says so, and tells what was counted then. */
import { fillList, make, newButton } from "../core/element.js";
import { getJson } from "../core/fetching.js";
import { wakingUp } from "../core/message.js";
import { momentAt, momentWords } from "../core/moments.js";
import { percent, round } from "../core/number.js";
import { store } from "../core/store.js";

/** @import { Part } from "./parts.js" */
/** @import { Plan, State } from "./state.js" */

/**
 * Return the sentence that something was not measured at the moment that is shown, "" where it is of the network as trained.
 * @param {State} state
 * @param {string} what "its answers were"
 */
export function unmeasured({ key, selection }, what) {
  const kept = momentAt(key, selection.epoch);
  return kept ? `${what} measured of the network as trained, not ${momentWords(kept.key)}.` : "";
}

/**
 * Return a part that is known of networks as trained alone.
 * @param {Part} part
 * @param {string} what is measured: "its answers were"
 * @param {boolean} [counted] whether something was counted at other moments
 * @returns {Part}
 */
export const ofTrained = (part, what, counted = false) => ({
  ...part,
  build(body, plan) {
    const built = part.build(body, plan);
    /** @type {ChildNode[] | null} */
    let own = null; // what it shows of the network as trained, while that is put away
    const fill = async (/** @type {State} */ state) => {
      const sentence = unmeasured(state, what);
      if (!sentence) {
        if (own) body.replaceChildren(...own);
        own = null;
        return built.fill(state);
      }
      own ??= [...body.childNodes];
      const numbers = counted ? [await countedThen(plan, state.selection.epoch)] : [];
      if (!state.current()) return;
      const back = newButton("Show the network as trained", () => store.change({ epoch: "" }));
      body.replaceChildren(make("p", { className: "told", textContent: sentence }), ...numbers, back);
    };
    return { ...built, fill };
  },
});

/**
 * Return a promise of what was counted of a channel at a moment, over all images.
 * @param {Plan} plan
 * @param {string} epoch
 */
async function countedThen({ key, layer, filter }, epoch) {
  const { moments } = await getJson(
    `api/models/${key}/layers/${layer.name}/filters/${filter}/history`,
    wakingUp,
  );
  const then = momentAt(key, epoch)?.key;
  const { active, low, high } = moments.find((/** @type {{key: string}} */ { key }) => key === then);
  const numbers = make("dl", { className: "numbers" });
  const when = momentWords(then ?? "");
  fillList(numbers, {
    [`smallest ${when}`]: round(low),
    [`largest ${when}`]: round(high),
    [`above zero ${when}`]: percent(active),
  });
  return numbers;
}
