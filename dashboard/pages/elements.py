"""What pages are made of: buttons and lists of choices."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component
from markupsafe import Markup

from dashboard.ids import Id
from dashboard.markup import element, joined
from dashboard.pages.skeleton import Skeleton


def group(place: Id, kind: str, title: str) -> Markup:
    """Return the place of what assets/ put there, which belongs together."""
    return element("div", id=place, class_=kind, role="group", aria_label=title)


def button(text: str = "", **attributes: str) -> Markup:
    """Return a button, with a text and with attributes by name."""
    return element("button", text, type="button", **attributes)


def header(skeleton: Skeleton, pages: Iterable[Markup], *beside: Markup) -> Component:
    """Return the header of a page: the name, what stands beside it, and the links to all pages."""
    brand = element("h1", "ConvLens", class_="brand")
    nav = element("nav", *pages, aria_label="Pages")
    return html.Header(skeleton.plain(brand, *beside, nav), className="header")


def more(words: str) -> Markup:
    """Return the menu of what is seldom wanted, which opens below its button.

    Args:
        words: Where all words are explained.
    """
    listed = element(
        "div",
        element("a", "What the words mean", id=Id.HELP, href=words),
        button("Switch between dark and light", id=Id.THEME),
        id=Id.MORE,
        popover="auto",
        class_="listed",
    )
    return joined((button("More", popovertarget=Id.MORE, class_="more"), listed))


def label(text: str) -> dict[str, Any]:
    """Return the accessible name of a component, among its other properties."""
    return {"aria-label": text}


def select(
    place: Id,
    title: str,
    options: dict[str, str],
    value: str | None = None,
    *,
    later: Collection[str] = (),
    hidden: bool = False,
) -> Component:
    """Return a list of choices, the first of them chosen unless another is, with the name that is heard.

    Args:
        place: Its id.
        title: Its name.
        options: Words by value.
        value: The chosen one, None for the first.
        later: Values that cannot be chosen until assets/js/page/controls.js says so.
        hidden: Whether there is nothing to choose.
    """
    waiting = {each: {"disabled": True} for each in later}
    choices = [{"value": each, "label": text} | waiting.get(each, {}) for each, text in options.items()]
    field = dbc.Select(id=place, options=choices, value=value or next(iter(options)))
    return html.Label([html.Span(title, className="unseen"), field], hidden=hidden)


def uncounted(tree: Component) -> Component:
    """Return a tree of components in which Dash counts no clicks: each is a message to all others."""
    for part in (tree, *tree._traverse()):  # type: ignore[no-untyped-call]
        if "disable_n_clicks" in getattr(part, "available_properties", ()):
            part.disable_n_clicks = True  # each count takes Dash about as long as painting the picture
    return tree
