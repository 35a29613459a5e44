"""The page on which networks are trained: a form, a list, and one training as it goes on."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component
from markupsafe import Markup

from dashboard.markup import element
from dashboard.pages.elements import header, label, more
from dashboard.pages.skeleton import Skeleton
from dashboard.pages.train_form import form
from dashboard.pages.train_view import NOBODY, graph
from dashboard.panels import history
from dashboard.runs.before import Became, Before
from dashboard.runs.runs import LONGEST, NOT_HERE
from models.datasets.dataset import Noun

QUESTION = "How did the kernels become what they are?"
READING = (
    "Choose a network and how it learns, and watch it: the curves grow while it does, and maps and kernels "
    "of the newest snapshot follow. It goes on when this page is closed; the address leads back to it."
)
CURVES = (
    "Thin is the mean over the batches since the point before, while the network learns; the markers are "
    "held-out images, which it never learns, at the end of each epoch."
)
MEANWHILE = (
    "Until then, what is drawn here is no training of yours: the curves were written down when the networks "
    "of Explore were trained, and the kernels are of a training like theirs."
)
STRIP = (
    "One test image, as a snapshot sees it, from random weights to the newest one. Weights are rounded to "
    "float16, and what is shown is the network with these."
)


def page(*, is_on: bool, before: Before | None) -> tuple[Component, Markup]:
    """Return the whole page.

    Args:
        is_on: Whether trainings can be begun here.
        before: How the networks of the other pages learned, None where there are none.

    Returns:
        The layout, and the HTML that belongs into the document.
    """
    skeleton = Skeleton()
    layout = html.Div(
        [
            html.A("Skip to the content", href="#main", className="skip"),
            _header(skeleton),
            html.Div(id="message", role="alert", className="message"),
            html.Main([_order(is_on=is_on), _run(before)], id="main", className="train"),
            dcc.Location(id="address", refresh="callback-nav"),
            html.Section(skeleton.plain(more("../words")), className="tools", **label("View")),
            dcc.Store(id="paper"),
            dcc.Store(id="seen"),
            dcc.Store(id="moment"),
            dcc.Interval(id="tick", interval=1000),
        ],
        className="page",
    )
    return layout, skeleton.templates()


def _header(skeleton: Skeleton) -> Component:
    known = (("Explore", "../"), ("Compare", "../compare"), ("Filters", "../filters"))
    pages = (
        *(element("a", name, href=href, data_name=name) for name, href in known),
        element("a", "Train", href="./", data_name="Train", aria_current="page"),
    )
    return header(skeleton, pages)


def _order(*, is_on: bool) -> Component:
    said = html.P(id="order-said", className="said", role="status")
    start = dbc.Button("Start", id="start", size="sm")
    parts = [form(), html.Div([said, start], className="order-end")]
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


def _run(before: Before | None) -> Component:
    return html.Section(
        [
            html.Div(_nothing(before), id="nothing", hidden=True),
            html.Div([*_head(), *_curves(), *_seen(), *_settings()], id="run", hidden=True),
        ],
        className="train-run",
        **label("The training that is chosen"),
    )


def _nothing(before: Before | None) -> list[Component]:
    """Return what stands where a training would: how the networks learned that are known, said to be that."""
    none = html.P("No training is chosen.", className="reading")
    if before is None or not before.names:
        return [none]
    _, reading = history.PANEL.said(before.collection.test.noun)
    return [
        html.P(f"No training is chosen. {MEANWHILE}", className="reading"),
        *(_became(before.became, before.collection.test.noun) if before.became else ()),
        html.H3(f"How {before.names} learned"),
        html.P(reading, className="reading"),
        html.Div(id="known", className="run-curves"),
    ]


def _became(became: Became, noun: Noun) -> list[Component]:
    """Return the place of kernels at moments of a training, and what they are."""
    scale = became.pictures[0]["scale"]
    told = noun.said(
        f"{became.count.capitalize()} kernels of {became.layer}, from {scale} each time, with how many "
        "{members} are named right then. Kept of a training by the same recipe and seed, in float16; each "
        "leads to its moment on Explore, whose slider goes through all."
    )
    return [
        html.H3(f"What the kernels of {became.name} became"),
        html.P(told, className="reading"),
        html.Div(id="became", className="strip-figures"),
        dcc.Store(id="kept", data=became.pictures),
    ]


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
                html.A("network as .keras", id="download", hidden=True),
                dbc.Button(id="measure", size="sm", color="secondary", outline=True),
                html.Button(
                    "Stop measuring",
                    id="stop",
                    type="button",
                    hidden=True,
                    className="btn btn-outline-secondary btn-sm",
                ),
                html.A("open in Explore", id="opened", hidden=True),
                html.A("open both in Explore", id="both", hidden=True),
            ],
            className="run-buttons",
        ),
    ]


def _curves() -> list[Component]:
    graphs = [
        html.Figure([html.Figcaption(caption), graph(name)])
        for name, caption in (("loss", "Loss"), ("accuracy", "Accuracy"))
    ]
    return [html.P(CURVES, className="reading"), html.Div(graphs, className="run-curves")]


def _seen() -> list[Component]:
    digit = dbc.Input(id="digit", type="number", min=0, step=1, debounce=True, size="sm")
    when = html.Span(id="when-place")  # whose slider follows the finger: assets/js/train/sight.js
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
