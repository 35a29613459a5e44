/** Links of ours: followed without loading the page anew, and shared. */
import { fromLink, isPage } from "../core/address.js";
import { byId } from "../core/element.js";
import { say } from "../core/message.js";
import { store } from "../core/store.js";

/**
 * Follow a link of ours without loading the page anew.
 * @param {any} event
 * @param {() => void} leave is called before the page goes to its top
 */
export function followLink(event, leave) {
  const link = event.target.closest("a[href]");
  const modified = event.button || event.ctrlKey || event.metaKey || event.shiftKey;
  if (!link || modified || event.defaultPrevented || link.hasAttribute("download")) return;
  const target = new URL(link.href);
  if (!isPage(target, location.href)) return;
  event.preventDefault();
  if (target.hash) return goThere(byId(target.hash.slice(1)));
  if (link.id.startsWith("nav-")) store.change({ page: link.id.slice(4) });
  else store.change(fromLink(target.searchParams, store.selection));
  leave();
  globalThis.scrollTo(0, 0);
}

/**
 * Bring a part of the page into view and into focus, without a step in the history.
 * @param {HTMLElement} part
 */
function goThere(part) {
  part.tabIndex = -1;
  part.focus({ preventScroll: true });
  part.scrollIntoView({ block: "start" });
}

/** Put the link to what is shown onto the clipboard. */
export async function shareLink() {
  try {
    await navigator.clipboard.writeText(location.href);
    say("The link to this view is copied.", "news");
  } catch {
    say(`Copy this link: ${location.href}`, "news");
  }
}
