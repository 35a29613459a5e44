"""What the page looks like before any digit is in it; computes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component
from markupsafe import Markup

from dashboard.ids import Id
from dashboard.markup import joined
from dashboard.network_layout import column
from dashboard.panels.comparison import name
from dashboard.selection import BOTH, CHANGED, CLASSES, DIGITS, NONE, only
from models.registry import Entry

SCALES = {
    "layer": "scale: one per layer",
    "map": "scale: one per map",
    "data": "scale: whole test set",
    "grey": "scale: article's grey",
}
STAGES = {"post": "after activation", "pre": "before activation"}
ASKED = {Id.WHY: "Why this answer?", Id.ADVERSARY: "What would change its mind?"}
DRAWING = "Draw a digit, edit its pixels, or upload an image"
WORDS = {
    "yellow box": "What a cell sees of the digit and of the maps before it; on its own maps, that cell.",
    "[12, 7, 21]": "Behind a layer's name: row 12, column 7 of map 21, counted from 0; [5] is unit 5.",
    "silent": "Zero everywhere on this digit. On another it may respond.",
    "dead": f"Zero on all {DIGITS:,} test digits.",
    "same": "Where digits are compared: nothing in this map differs.",
    "faint": "Its range is below a hundredth of its layer's; its own scale makes it look strong.",
    "margin": "How far the most probable class is ahead of the next, in probability.",
}


def page(entries: Sequence[Entry]) -> Component:
    """Return the whole page, the first two networks shown, a column for every one; Dash counts no clicks."""
    whole = _page(entries)
    for part in whole._traverse():  # type: ignore[no-untyped-call]
        if "disable_n_clicks" in getattr(part, "available_properties", ()):
            part.disable_n_clicks = True  # each count takes Dash about as long as painting the picture
    return whole


def _page(entries: Sequence[Entry]) -> Component:
    return html.Div(
        [
            html.A("Skip to the networks", href=f"#{Id.NETWORK}", className="skip"),
            _header(entries),
            html.Div(id=Id.MESSAGE, role="alert", className="message"),
            html.Div(id=Id.STATUS, role="status", className="unseen"),
            html.Main(
                [
                    html.Div(
                        [_digit(entries), _network(entries), _inspector()], id=Id.EXPLORE, className="explore"
                    ),
                    _compare(),
                    html.A(id=Id.PEEK, href=f"#{Id.INSPECTOR}", className="peek", hidden=True),
                ]
            ),
            html.Div(id=Id.COMPARISON, hidden=True),  # holds what is to be compared
        ],
        className="page",
    )


def _header(entries: Sequence[Entry]) -> Component:
    models = {entry.key: name(entry) for entry in entries[:2]} | {BOTH: "Both"}
    return html.Header(
        [
            html.H1("ConvLens", className="brand"),
            html.Nav(
                [
                    html.A("Explore", href="/", id=Id.NAV_EXPLORE),
                    html.A("Compare", href="/compare", id=Id.NAV_COMPARE),
                ],
                **label("Pages"),
            ),
            _pair(entries),
            _radio(Id.MODEL, "Networks shown", models, BOTH),
            html.Button("◐", id=Id.THEME, title="Dark or light", **label("Switch between dark and light")),
            html.Button("Share", id=Id.SHARE, title="Copy a link to exactly this view"),
        ],
        className="header",
    )


def _pair(entries: Sequence[Entry]) -> Component:
    """Return a list of all networks for each place of the pair, hidden where there is nothing to choose."""
    networks = {entry.key: f"{name(entry)} · {100 * entry.test.accuracy:.2f} %" for entry in entries}
    places = ((Id.FIRST, "First network", entries[0]), (Id.SECOND, "Second network", entries[:2][-1]))
    return html.Div(
        [_select(place, title, networks, entry.key) for place, title, entry in places],
        className="pair",
        hidden=len(entries) < 3,
    )


def _digit(entries: Sequence[Entry]) -> Component:
    return html.Section(
        [
            html.H2("What goes in?", className="question"),
            html.Div(
                [
                    html.Div(
                        [
                            html.Canvas(
                                id=Id.DIGIT_CANVAS, width=28, height=28, **label("The digit, 28×28 pixels")
                            ),
                            html.Div(id=Id.SIGHT, className="sight", hidden=True),
                        ],
                        className="digit-picture",
                    ),
                    html.Div(
                        [
                            html.P(id=Id.DIGIT_TITLE, className="digit-title"),
                            html.Div(
                                [
                                    html.Button("‹", id=Id.PREVIOUS, **label("Previous digit on the wall")),
                                    html.Button("›", id=Id.NEXT, **label("Next digit on the wall")),
                                    _named(
                                        "Go to digit",
                                        dbc.Input(
                                            id=Id.GO_TO,
                                            type="text",
                                            inputmode="numeric",
                                            placeholder="go to …",
                                        ),
                                    ),
                                ],
                                className="stepper",
                            ),
                            html.Div(
                                [
                                    html.P(id=Id.GO_TO_ERROR, role="alert", className="refusal"),
                                    html.P(
                                        "The yellow box is what the cell that you point at can see.",
                                        className="reading",
                                    ),
                                ],
                                className="under-stepper",
                            ),
                        ],
                        className="digit-words",
                    ),
                ],
                className="digit-now",
            ),
            html.Div(id=Id.MOVING, className="moving", role="group", **label("Change the digit")),
            html.Details(html.Summary(DRAWING), id=Id.PAD, className="pad"),
            html.Div(id=Id.REFERENCE, className="reference", role="group", **label("Compare the digit")),
            _wall(entries),
            html.Section(
                [html.H2("What do they say?", className="question"), _off(), html.Div(id=Id.VERDICT)],
                className="verdict",
                **label("Verdict"),
            ),
            *(
                html.Details([html.Summary(question), html.Div()], id=place, className="asked")
                for place, question in ASKED.items()
            ),
        ],
        id=Id.DIGIT,
        className="column-digit",
        **label("Digit"),
    )


def _off() -> Component:
    """Return what says that parts of a network are switched off, and switches them on again."""
    return html.Div(
        [html.Span(), html.Button("Restore the network")],
        id=Id.OFF,
        className="off-list",
        hidden=True,
    )


def _wall(entries: Sequence[Entry]) -> Component:
    everybody = {"any": "right or wrong"}
    wrong = {entry.key: f"{name(entry)} is wrong" for entry in entries[:2]}
    wrong |= {only(entry.key): f"only {name(entry)} is wrong" for entry in entries[:2]}
    together = {BOTH: "both are wrong", "disagree": "they disagree", NONE: "both are right"}
    together |= {CHANGED: "answer changes"}
    unsure = {entry.key: f"{name(entry)} least sure" for entry in entries[:2]}
    sort = {"index": "by index"} | unsure | {"filter": "what excites a filter"}
    labels = {"any": "any label"} | {str(digit): f"label {digit}" for digit in range(CLASSES)}
    return html.Div(
        [
            html.Div(
                [
                    _select(Id.WALL_LABEL, "Label of the digits", labels),
                    _select(Id.WALL_WRONG, "Who is wrong", everybody | wrong | together),
                    _select(Id.WALL_SORT, "Order of the digits", sort),
                ],
                className="wall-controls",
            ),
            html.P(
                [
                    html.Span(f"{DIGITS:,} test digits", id=Id.WALL_COUNT),
                    html.Button(id=Id.WALL_ANSWER, hidden=True),
                ],
                className="wall-count",
            ),
            html.Div(id=Id.WALL, className="wall", role="group", **label("Test digits")),
            html.P(["A bar under a digit: wrong by ", html.Span(id=Id.WALL_MARKS), "."], className="reading"),
        ],
        className="wall-frame",
    )


def _network(entries: Sequence[Entry]) -> Component:
    columns = (column(entry, shown=place < 2) for place, entry in enumerate(entries))
    return html.Section(
        [
            html.Div(
                [
                    html.H2("What do they make of it?", className="question"),
                    _radio(Id.STAGE, "Stage", STAGES, "post"),
                    _select(Id.SCALE, "Scale of the colours", SCALES),
                ],
                className="network-controls",
            ),
            html.P(id=Id.DIFFERING, className="differing", hidden=True),
            _glossary(),
            html.Div(className="networks", **filled(*columns)),
        ],
        id=Id.NETWORK,
        className="column-network",
        tabIndex="-1",
        **label("Networks"),
    )


def _glossary() -> Component:
    """Return what the short words on the page mean, in one line until it is opened."""
    meanings = [part for word, meaning in WORDS.items() for part in (html.Dt(word), html.Dd(meaning))]
    return html.Details([html.Summary("What the words mean"), html.Dl(meanings)], className="glossary")


def _inspector() -> Component:
    return html.Section(
        [
            html.H2("What exactly does one part do?", className="question"),
            html.Div(
                html.P("Select a map, a kernel or a unit to see it enlarged, with its numbers."),
                id=Id.INSPECTOR,
            ),
        ],
        className="column-inspector",
        **label("Inspector"),
    )


def _compare() -> Component:
    return html.Div(
        html.Div(
            html.P("The comparison is on its way …", className="reading"),
            id=Id.COMPARE_PANELS,
            className="panels",
        ),
        id=Id.COMPARE,
        className="compare",
        hidden=True,
    )


def label(text: str) -> dict[str, Any]:
    """Return the accessible name of a component, among its other properties."""
    return {"aria-label": text}


def filled(*content: Markup) -> dict[str, Any]:
    """Return what makes assets/markup.js put HTML into a component, among its other properties."""
    return {"data-html": str(joined(content))}


def _select(place: Id, title: str, options: dict[str, str], value: str | None = None) -> Component:
    """Return a list of choices, the first of them chosen unless another is."""
    choices = [{"value": each, "label": text} for each, text in options.items()]
    return _named(title, dbc.Select(id=place, options=choices, value=value or next(iter(options))))


def _named(title: str, field: Component) -> Component:
    """Give a field the name that a screen reader says."""
    return html.Label([html.Span(title, className="unseen"), field])


def _radio(place: Id, title: str, options: dict[str, str], value: str) -> Component:
    choices = [{"value": key, "label": text} for key, text in options.items()]
    return html.Div(
        dbc.RadioItems(id=place, options=choices, value=value, className="segmented"),
        role="radiogroup",
        **label(title),
    )
