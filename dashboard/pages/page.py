"""What the page looks like before any image is in it: a header, messages, a place for each of the pages."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component
from markupsafe import Markup

from dashboard.ids import Id
from dashboard.markup import element, joined
from dashboard.pages import explore
from dashboard.pages.compare import section
from dashboard.pages.elements import button, header, label, more, select, uncounted
from dashboard.pages.filters import filters
from dashboard.pages.network import words_of
from dashboard.pages.skeleton import Skeleton
from dashboard.panels.compare import PANELS
from dashboard.panels.wording import percent
from dashboard.selection import BOTH
from dashboard.words.view import SCALES, STAGES
from models.datasets.dataset import Dataset, Noun
from models.store.entry import Entry

ALONE = Markup("")  # of a page beside which there is no other exhibit


def page(
    entries: Sequence[Entry], test: Dataset, exhibits: Markup = ALONE, train: str = ""
) -> tuple[Component, Markup]:
    """Return the whole page, the first two networks shown, a column for every one; Dash counts no clicks.

    A component is what Dash reads or writes, and what holds one; all else is HTML, for the reason that
    dashboard/markup.py gives.

    Args:
        entries: The networks.
        test: The images that they are asked about.
        exhibits: The list of what else is shown.
        train: Where networks are trained, "" for nowhere.

    Returns:
        The layout, and the HTML that belongs into the document.
    """
    skeleton = Skeleton()
    layout = uncounted(_page(skeleton, entries, test, (exhibits, train)))
    return layout, joined((skeleton.templates(), words_of(entries, test)))


def _page(
    skeleton: Skeleton, entries: Sequence[Entry], test: Dataset, beside: tuple[Markup, str]
) -> Component:
    parts = (
        explore.stage(skeleton, entries, test),
        explore.dock(skeleton),
        explore.rail(skeleton, entries, test),
    )
    return html.Div(
        [
            html.A("Skip to the content", href=f"#{Id.MAIN}", className="skip"),
            _header(skeleton, *beside),
            skeleton.plain(
                element("div", id=Id.MESSAGE, role="alert", class_="message"),
                element("div", id=Id.STATUS, role="status", class_="unseen"),
                element("section", id=Id.OPENED, class_="opened", hidden="", aria_label="What is measured"),
            ),
            html.Main(
                [
                    html.Div([*parts], id=Id.EXPLORE, className="explore"),
                    _compare(test.noun),
                    filters(skeleton, test),
                ],
                id=Id.MAIN,
            ),
            _tools(skeleton, entries),
        ],
        className="page",
    )


def _header(skeleton: Skeleton, exhibits: Markup, train: str) -> Component:
    known = (
        ("Explore", "./", Id.NAV_EXPLORE),
        ("Compare", "compare", Id.NAV_COMPARE),
        ("Filters", "filters", Id.NAV_FILTERS),
    )
    pages = (
        *(element("a", name, href=href, id=id_, data_name=name) for name, href, id_ in known),
        element("a", "Train", href=train) if train else ALONE,
    )
    return header(skeleton, pages, exhibits)


def _tools(skeleton: Skeleton, entries: Sequence[Entry]) -> Component:
    """Return what is chosen for a whole page: beside the header, and reached by keys after the page."""
    view = [select(Id.STAGE, "Stage", STAGES), select(Id.SCALE, "Scale of the colours", SCALES)]
    return html.Section(
        [
            _networks(entries),
            html.Div(view, className="view"),
            skeleton.plain(
                more("words"),
                button("Share", id=Id.SHARE, title="Copy a link to exactly this view"),
            ),
        ],
        className="tools",
        **label("View"),
    )


def _networks(entries: Sequence[Entry]) -> Component:
    """Return what says which networks are shown, and opens the lists in which others are chosen."""
    models = {BOTH: "both"} | {entry.key: f"{entry.name} alone" for entry in entries[:2]}
    names = html.Span(", ".join(entry.name for entry in entries[:2]), id=Id.NETWORKS)
    return html.Details(
        [
            html.Summary([html.Span("Networks: ", className="unseen"), names]),
            html.Div([*_pair(entries), select(Id.MODEL, "Networks shown", models)], className="choices"),
        ],
        className="networks over",
        hidden=len(entries) < 2,
    )


def _pair(entries: Sequence[Entry]) -> list[Component]:
    """Return a list of all networks for each place of the pair, hidden where there is nothing to choose."""
    networks = {
        entry.key: f"{entry.name} · {percent(entry.test.accuracy)}" if entry.test else entry.name
        for entry in entries
    }
    places = ((Id.FIRST, "First network", entries[0]), (Id.SECOND, "Second network", entries[:2][-1]))
    return [
        select(place, title, networks, entry.key, hidden=len(entries) < 3) for place, title, entry in places
    ]


def _compare(noun: Noun) -> Component:
    return html.Div(
        html.Div([section(panel, noun) for panel in PANELS], id=Id.COMPARE_PANELS, className="panels"),
        id=Id.COMPARE,
        className="compare",
        hidden=True,
    )
