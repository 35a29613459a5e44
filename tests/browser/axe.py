"""What axe, the checker of accessibility, complains of."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser import at_rest

MOST_NAMED = 5  # elements per rule in a complaint


def complaints(page: Page, *rules: str, but: str | None = None) -> list[tuple[str, list[list[str]]]]:
    """Return the rules that the page breaks, once it is at rest, each with the first elements that do.

    What holds is not listed: to name every element that keeps a rule takes axe most of its time.

    Args:
        page: What is looked at.
        rules: The only ones that are asked; without any, all that axe asks of its own accord.
        but: CSS selector of what is not looked at.
    """
    options: dict[str, object] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    at_rest.wait(page)
    context = {"exclude": [[but]]} if but else None
    found = Axe().run(page, context=context, options=options).response["violations"]
    return [(each["id"], [node["target"] for node in each["nodes"]][:MOST_NAMED]) for each in found]
