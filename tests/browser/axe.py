"""What axe, the checker of accessibility, complains of."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser import at_rest

MOST_NAMED = 5  # elements per rule in a complaint
THERE = "() => 'axe' in window"
# Contrast is asked of a few of all words that look the same, on grounds that do, within the same: to ask
# it of every cell of a table takes axe most of its time. All other rules are asked of every element.
FEW, ASKED = 3, "data-contrast-asked"
MARK = """([few, asked]) => {
  const PARTS = ["color", "backgroundColor", "backgroundImage", "fontSize", "fontWeight", "opacity", "filter",
    "mixBlendMode", "textShadow", "visibility", "position", "zIndex", "webkitTextFillColor"];
  const numbers = new Map(), counts = new Map();
  const numberOf = (look) => numbers.get(look) ?? numbers.set(look, numbers.size).get(look);
  const says = (element) => element.matches("input, select") ||
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const mark = (element, around) => {
    const style = getComputedStyle(element);
    if (style.display === "none") return;
    const own = [element.localName, element.getAttribute("class"), ...PARTS.map((part) => style[part])];
    const look = numberOf([around, ...own].join());
    const count = says(element) ? (counts.get(look) ?? 0) : few;
    element.toggleAttribute(asked, count < few);
    if (count < few) counts.set(look, count + 1);
    for (const child of element.children) mark(child, look);
  };
  mark(document.documentElement, "");
}"""
RUN = """async ([context, options, asked]) => {
  axe.configure({ rules: [{ id: "color-contrast", selector: `[${asked}]` }] });
  const { violations } = await axe.run(context ?? document, options);
  return violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)]);
}"""


def complaints(
    page: Page, *asked: str, within: str | None = None, but: str | None = None
) -> list[tuple[str, list[list[str]]]]:
    """Return the rules that the page breaks, once it is at rest, each with the first elements that do.

    What holds is not listed: to name every element that keeps a rule takes axe most of its time.

    Args:
        page: What is looked at.
        asked: Rules that axe does not ask of its own accord.
        within: CSS selector of what is looked at, None for the whole page.
        but: Of what is not looked at.
    """
    rules = {rule: {"enabled": True} for rule in asked}
    options = {"resultTypes": ["violations"], "rules": rules}
    if not at_rest.told(page, THERE):
        page.evaluate(AXE_SCRIPT)
    parts = {"include": within, "exclude": but}
    context = {part: [[selector]] for part, selector in parts.items() if selector} or None
    page.evaluate(MARK, [FEW, ASKED])
    return [(rule, nodes[:MOST_NAMED]) for rule, nodes in at_rest.told(page, RUN, [context, options, ASKED])]
