"""What Filters looks like before any row is in its table: what is asked, and the fields to choose by."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component
from markupsafe import Markup

from dashboard.filter_table import FATES, LONGEST
from dashboard.ids import Id
from dashboard.markup import element
from dashboard.pages.elements import button
from dashboard.pages.skeleton import Skeleton
from models.datasets.dataset import Dataset

QUESTION = "What does every filter do, and what is the network without it?"
READING = (
    "Every map and unit of the networks shown, over all {count} {members} and with nothing switched off. "
    "A column's name sorts by it; a filter's name opens it on Explore. A dash is what was not measured."
)


def filters(skeleton: Skeleton, test: Dataset) -> Component:
    """Return the page of the table, whose rows the browser fetches when it is opened."""
    return html.Div(
        skeleton.plain(
            element("h2", QUESTION),
            element("p", test.noun.said(READING, count=f"{len(test):,}"), class_="reading"),
            _controls(),
            element("p", id=Id.FILTERS_COUNT, role="status", class_="filters-count"),
            element("div", id=Id.FILTERS_TABLE),
        ),
        id=Id.FILTERS,
        className="filters",
        hidden=True,
    )


def _controls() -> Markup:
    fates = {"": "any fate"} | {fate.replace(" ", "-"): fate for fate in FATES}
    options = (element("option", text, value=value) for value, text in fates.items())
    find = element(
        "input",
        id=Id.FILTERS_FIND,
        type="search",
        maxlength=str(LONGEST),
        placeholder="layer, number, word",
    )
    return element(
        "div",
        _labelled("Which layer", element("select", id=Id.FILTERS_LAYER)),
        _labelled("Which fate", element("select", *options, id=Id.FILTERS_FATE)),
        _labelled("Find by layer, number or word", find),
        button("Show all", id=Id.FILTERS_ALL),
        element("div", id=Id.FILTERS_FILES, class_="files"),
        class_="filters-controls",
        role="group",
        aria_label="Which filters are shown",
    )


def _labelled(name: str, field: Markup) -> Markup:
    return element("label", element("span", name, class_="unseen"), field)
