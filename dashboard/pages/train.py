"""The page on which networks are trained: a form, a list, and one training as it goes on."""

from __future__ import annotations

from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard.figures.frame import config
from dashboard.figures.learning import HEIGHT
from dashboard.pages.elements import label
from dashboard.pages.train_form import form
from dashboard.pages.train_view import NOBODY
from dashboard.runs.runs import LONGEST, NOT_HERE

QUESTION = "How did the kernels become what they are?"
READING = (
    "Choose a network and how it learns, and watch it: the curves grow while it does, and maps and kernels "
    "of the newest snapshot follow. It goes on when this page is closed; the address leads back to it."
)
CURVES = (
    "Thin is the mean over the batches since the point before, while the network learns; the markers are "
    "held-out images, which it never learns, at the end of each epoch."
)
STRIP = (
    "One test image, as a snapshot sees it, from random weights to the newest one. Weights are rounded to "
    "float16, and what is shown is the network with these."
)


def page(*, is_on: bool) -> Component:
    """Return the whole page.

    Args:
        is_on: Whether trainings can be begun here.
    """
    return html.Div(
        [
            html.A("Skip to the content", href="#main", className="skip"),
            _header(),
            html.Div(id="message", role="alert", className="message"),
            html.Main([_order(is_on=is_on), _run()], id="main", className="train"),
            dcc.Location(id="address", refresh="callback-nav"),
            dcc.Store(id="theme"),
            dcc.Store(id="seen"),
            dcc.Store(id="moment"),
            dcc.Interval(id="tick", interval=1000),
        ],
        className="page",
    )


def _header() -> Component:
    pages = (("Explore", "../"), ("Compare", "../compare"), ("Filters", "../filters"))
    here: dict[str, Any] = {"aria-current": "page"}
    links = [*(html.A(name, href=href) for name, href in pages), html.A("Train", href="./", **here)]
    meaning, turn = label("? What the words mean"), label("Switch between dark and light")
    return html.Header(
        [
            html.H1("ConvLens", className="brand"),
            html.Nav(links, **label("Pages")),
            html.A("?", href="../words", title="What the words mean", **meaning),
            html.Button("◐", id="theme-button", title="Dark or light", **turn),
        ],
        className="header",
    )


def _order(*, is_on: bool) -> Component:
    parts = [
        form(),
        html.P(id="order-said", className="said", role="status"),
        dbc.Button("Start", id="start", size="sm"),
    ]
    return html.Section(
        [
            html.H2(QUESTION),
            html.P(READING, className="reading"),
            html.H3("A new training"),
            html.P(NOT_HERE, className="said", hidden=is_on),
            html.Div(parts, hidden=not is_on),
            html.H3("Your trainings"),
            html.Div(id="runs", className="runs"),
        ],
        className="train-order",
        **label("What is trained"),
    )


def _run() -> Component:
    return html.Section(
        [
            html.P("No training is chosen.", id="nothing", className="reading"),
            html.Div([*_head(), *_curves(), *_seen(), *_settings()], id="run", hidden=True),
        ],
        className="train-run",
        **label("The training that is chosen"),
    )


def _head() -> list[Component]:
    names = (("pause", "Pause"), ("go-on", "Go on"), ("cancel", "Cancel"), ("delete", "Delete"))
    buttons = [dbc.Button(text, id=name, size="sm", color="secondary", outline=True) for name, text in names]
    name = dbc.Input(id="name", type="text", maxlength=LONGEST, debounce=True, size="sm")
    state = html.P(id="state", role="status", className="state")
    return [
        html.Div([_named("Name", name), state], className="run-head"),
        html.Div(
            [
                *buttons,
                html.A("network as .keras", id="download"),
                dbc.Button(id="measure", size="sm", color="secondary", outline=True),
                html.A("open in Explore", id="opened", hidden=True),
            ],
            className="run-buttons",
        ),
    ]


def _curves() -> list[Component]:
    graphs = [
        html.Figure([html.Figcaption(caption), _graph(name)])
        for name, caption in (("loss", "Loss"), ("accuracy", "Accuracy"))
    ]
    return [html.P(CURVES, className="reading"), html.Div(graphs, className="run-curves")]


def _graph(name: str) -> Component:
    shown: Any = config(f"convlens-{name}")
    return dcc.Graph(id=name, config=shown, style={"height": HEIGHT})


def _seen() -> list[Component]:
    digit = dbc.Input(id="digit", type="number", min=0, step=1, debounce=True, size="sm")
    when = dbc.Input(id="when", type="range", min=0, max=0, value=0, step=1, class_name="when")
    controls = [_named("Test image", digit), _named("Snapshot, at the right the newest", when)]
    return [
        html.Div([html.H3("What it sees"), *controls], className="run-head"),
        html.P(STRIP, className="reading"),
        html.Div(id="strip", className="strip"),
    ]


def _settings() -> list[Component]:
    other = dbc.Select(id="with", options=[], value=NOBODY, size="sm")
    return [
        html.Div([html.H3("Settings"), _named("Compare with", other)], className="run-head"),
        html.Div(id="settings", className="settings"),
        html.P("The same again, to the last bit on the same machine:", className="reading"),
        html.Pre(id="command", tabIndex="0", **label("Command that repeats this training")),
    ]


def _named(name: str, control: Component) -> Component:
    return html.Label([html.Span(name), control])
