"""What the page looks like before any digit is in it; computes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard.facts import draws_kernels
from dashboard.ids import Id
from dashboard.panels.comparison import name
from dashboard.picture import panels
from dashboard.selection import BOTH, CHANGED, CLASSES, DIGITS, NONE, only
from models.description import Layer
from models.registry import Entry

SCALES = {
    "layer": "scale: one per layer",
    "map": "scale: one per map",
    "data": "scale: whole test set",
    "grey": "scale: article's grey",
}
STAGES = {"post": "after activation", "pre": "before activation"}
READING = {
    "Conv2D": "One map per filter: strong where its input looks like the filter's weights, drawn below.",
    "MaxPooling2D": "Each cell keeps the largest of the 2×2 cells above it, so the maps halve.",
    "Dense": "One cell per unit: a weighted sum of everything in the layer before.",
}
WORDS = {
    "yellow box": "What a cell sees of the digit and of the maps before it; on its own maps, that cell.",
    "[12, 7, 21]": "Behind a layer's name: row 12, column 7 of map 21, counted from 0; [5] is unit 5.",
    "silent": "Zero everywhere on this digit. On another it may respond.",
    "dead": f"Zero on all {DIGITS:,} test digits.",
    "faint": "Its range is below a hundredth of its layer's; its own scale makes it look strong.",
    "margin": "How far the most probable class is ahead of the next, in probability.",
}
READING_TEMPLATES = (
    "One picture per unit: its weights over the 28×28 pixels. The bar under it is its value here."
)


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
            dcc.Store(id=Id.COMPARISON),
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
            _wall(entries),
            html.Section(
                [html.H2("What do they say?", className="question"), _off(), html.Div(id=Id.VERDICT)],
                className="verdict",
                **label("Verdict"),
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
            _glossary(),
            html.Div(
                [_column(entry, shown=place < 2) for place, entry in enumerate(entries)], className="networks"
            ),
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


def _column(entry: Entry, *, shown: bool) -> Component:
    """Return one network from input to output."""
    accuracy = f"{100 * entry.test.accuracy:.2f} % of the test digits right"
    return html.Article(
        [
            html.H3([html.Span(name(entry), className="hue"), f" {entry.title}"]),
            html.P(f"{entry.parameters:,} parameters · {accuracy}", className="facts"),
            html.Ol([_input_chip(), *(_chip(entry, layer) for layer in entry.layers)], className="diagram"),
            *(_panel(entry, layer) for layer in panels(entry.layers)),
        ],
        className="network",
        hidden=not shown,
        **_data(model=entry.key),
        **label(f"{name(entry)}, {entry.title}"),
    )


def _input_chip() -> Component:
    return html.Li([html.Span("input"), html.Small("28×28")])


def _chip(entry: Entry, layer: Layer) -> Component:
    """Return a layer's place in the diagram: name, shape, parameters, and a way to its panel."""
    words = [html.Span(layer.name), html.Small(shape_of(layer))]
    if layer.parameters:
        words.append(html.Small(f"{layer.parameters:,} parameters"))
    if layer.kind == "Flatten":
        return html.Li(words)
    return html.Li(html.A(words, href=f"#{panel_id(entry.key, layer.name)}"))


def _panel(entry: Entry, layer: Layer) -> Component:
    templates = layer.kind == "Dense" and draws_kernels(layer, entry.layers)
    return html.Section(
        [
            html.Div(
                [
                    html.H4(layer.name),
                    html.Span(className="tensor"),
                    html.Div(className="legend"),
                ],
                className="panel-head",
            ),
            html.P(READING_TEMPLATES if templates else READING.get(layer.kind, ""), className="reading"),
            html.Div(className="sheet maps"),
            html.Div(className="legend kernel-legend") if draws_kernels(layer, entry.layers) else None,
            html.Div(className="sheet kernels") if layer.kind == "Conv2D" else None,
        ],
        id=panel_id(entry.key, layer.name),
        className="panel",
        **_data(model=entry.key, layer=layer.name),
        **label(f"{name(entry)} {layer.name}"),
    )


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


def panel_id(key: str, layer: str) -> str:
    """Return the id of a layer's panel, to which the diagram links."""
    return f"panel-{key}-{layer}"


def shape_of(layer: Layer) -> str:
    """Return a layer's output shape as people write it: 26×26×32."""
    return "×".join(str(side) for side in layer.output_shape)


def label(text: str) -> dict[str, Any]:
    """Return the accessible name of a component, among its other properties."""
    return {"aria-label": text}


def _data(**values: str) -> dict[str, Any]:
    return {f"data-{what}": value for what, value in values.items()}


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
