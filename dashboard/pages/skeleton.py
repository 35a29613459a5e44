"""The HTML of the page that is no component of Dash: it comes in the document, for places of the layout."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component
from markupsafe import Markup

from dashboard.markup import element, joined


class Skeleton:
    """Gathers the parts of one page while its layout is made."""

    def __init__(self) -> None:
        """Begin without any."""
        self._parts: list[Markup] = []

    def plain(self, *parts: Markup) -> Component:
        """Return the place of parts that are no components; they stand in it as if it were not there."""
        self._parts.append(joined(parts))
        return html.Div(id=_place(len(self._parts) - 1), className="plain")

    def templates(self) -> Markup:
        """Return all parts for the document; assets/js/core/skeleton.js puts each in its place."""
        return joined(
            element("template", part, data_place=_place(number)) for number, part in enumerate(self._parts)
        )


def _place(number: int) -> str:
    return f"plain-{number}"
