"""What axe, the checker of accessibility, complains of."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser import at_rest

MOST_NAMED = 5  # elements per rule in a complaint
THERE = "() => 'axe' in window"
RUN = """async ([context, options]) => {
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
    return [(rule, nodes[:MOST_NAMED]) for rule, nodes in at_rest.told(page, RUN, [context, options])]
