"""Which targets are too small for a finger, as WCAG 2.2 counts (success criterion 2.5.8)."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser import at_rest

LEAST = 24  # screen pixels of a target's sides, or from its middle to that of the next

SMALL = """(least) => {
  const FIELDS = "a[href], button, input, select, summary, [role=application], [role=button], .enlarged";
  const targets = [...document.querySelectorAll(FIELDS)].filter(isThere)
    .map((element) => ({ element, box: shownBox(element) }))
    .filter(({ box }) => box.right - box.left > 1 && box.bottom - box.top > 1)
    .filter(({ element, box }) => !isUnderDock(element, box));
  /* A map or unit is also reached by the arrows of the dock: the exception for what has an equivalent. */
  const small = targets.filter(({ element, box }) =>
    isSmall(box) && !isInline(element) && !element.closest(".cells, .answer-row"));
  return small.filter(isCrowded).map(({ element, box }) => {
    const name = element.ariaLabel || element.textContent.trim() || element.id;
    const place = element.closest("section, details, [id]")?.id ?? "";
    const sides = [box.right - box.left, box.bottom - box.top].map((side) => side.toFixed(1));
    return `${place} ${element.tagName.toLowerCase()} "${name.slice(0, 40)}" ${sides.join("×")}`;
  });

  function isThere(element) {
    if (element.disabled || element.closest("[hidden]")) return false;
    return element.checkVisibility({ visibilityProperty: true });
  }

  /** On a telephone the dock is a sheet over the page: what it covers is out of sight. */
  function isUnderDock(element, box) {
    return !element.closest("#dock") && document.elementFromPoint(...middle(box))?.closest("#dock");
  }

  /** What of a target can be seen: a frame that scrolls hides the rest of it. */
  function shownBox(element) {
    let { left, top, right, bottom } = element.getBoundingClientRect();
    for (let frame = element.parentElement; frame; frame = frame.parentElement) {
      const { overflowX, overflowY, clipPath } = getComputedStyle(frame);
      const around = frame.getBoundingClientRect();
      if (clipPath !== "none") return { left: 0, top: 0, right: 0, bottom: 0 };
      if (frame === document.body || frame === document.documentElement) break;
      if (overflowX !== "visible") [left, right] = inside(left, right, around.left, around.right);
      if (overflowY !== "visible") [top, bottom] = inside(top, bottom, around.top, around.bottom);
    }
    return { left, top, right, bottom };
  }

  /** What is scrolled out of sight in part can be scrolled into it: all of it counts, or nothing. */
  function inside(from, to, first, last) {
    return to <= first || from >= last ? [0, 0] : [from, to];
  }

  function isSmall({ left, top, right, bottom }) {
    return right - left < least - 0.1 || bottom - top < least - 0.1;
  }

  /** A link or a word in a sentence is as high as the sentence's lines: the exception for what is inline. */
  function isInline(element) {
    if (!element.matches("a, .dotted") || getComputedStyle(element).display !== "inline") return false;
    const words = [...element.closest("p, li, dd, th, td, h4, figcaption, label, div").childNodes];
    return words.some((node) => !node.contains(element) && node.textContent.trim().length > 3);
  }

  /** Whether a circle around a small target's middle meets another target, or another small one's circle. */
  function isCrowded({ element, box }) {
    const [x, y] = middle(box);
    return targets.some((other) => {
      if (other.element.contains(element) || element.contains(other.element)) return false; // itself, too
      const { left, top, right, bottom } = other.box;
      const far = Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
      if (far < least / 2 - 0.1) return true;
      const [beside, below] = middle(other.box);
      return isSmall(other.box) && Math.hypot(beside - x, below - y) < least - 0.1;
    });
  }

  function middle({ left, top, right, bottom }) {
    return [(left + right) / 2, (top + bottom) / 2];
  }
}"""


def crowded(page: Page) -> list[str]:
    """Return the targets that are smaller than 24×24 and too near to others, in words.

    A link in a sentence, a target that is disabled and one that is out of sight do not count.
    """
    found: list[str] = at_rest.told(page, SMALL, LEAST)
    return found
