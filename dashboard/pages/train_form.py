"""The form of what is to be trained: its fields, and an order from what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from dashboard.runs.wording import AUGMENTED, KINDS, OPTIMIZERS
from models.datasets.shipped import SOURCES
from models.training.order import MOST_SEEDS, NAMES, SEEDS, START, UNUSED, Bounds, Order, bounds, choices

FIELDS = tuple(each for name in NAMES for each in ((name, SEEDS) if name == "seed" else (name,)))
NETWORK = ("dataset", "architecture", "widths", "kernel", "units", "activation", "dropout")
LEARNING = tuple(name for name in FIELDS if name not in NETWORK)
WORDS = {
    "dataset": {key: source.title for key, source in SOURCES.items()},
    "architecture": KINDS,
    "optimizer": OPTIMIZERS,
    "augmentation": AUGMENTED,
}
PRESET = ("widths", "learning_rate", "batch", "epochs")  # that go with an architecture
HINTS = {
    "widths": "one to four layers: 32, 64",
    "dropout": "in front of the last layer",
    SEEDS: "as many trainings",
    "share": "of the images to learn from",
    "learning_rate": "falls along half a cosine",
}
MOST_LETTERS = 60  # of widths


def field_id(name: str) -> str:
    """Return the id of a field."""
    return f"order-{name.replace('_', '-')}"


def place_id(name: str) -> str:
    """Return the id of a field with its name."""
    return f"{field_id(name)}-place"


def form() -> Component:
    """Return the form, filled with what an order begins with."""
    groups = (("The network", NETWORK), ("How it learns", LEARNING))
    return html.Div(
        [
            html.Fieldset([html.Legend(title), *(_field(name) for name in names)], className="order-group")
            for title, names in groups
        ],
        className="order",
    )


def _field(name: str) -> Component:
    default: Any = 1 if name == SEEDS else Order.model_fields[name].default
    hidden = name in UNUSED.get(str(Order.model_fields["architecture"].default), ())
    control: Component
    if name == "widths":
        text = written(default)
        control = dbc.Input(id=field_id(name), type="text", value=text, maxlength=MOST_LETTERS, size="sm")
    elif isinstance(default, str):
        words = WORDS.get(name, {})
        options = [{"value": each, "label": words.get(each, each)} for each in choices(name)]
        control = dbc.Select(id=field_id(name), options=options, value=default, size="sm")
    else:
        least, most = Bounds(1, MOST_SEEDS) if name == SEEDS else bounds(name)
        step: Any = 1 if isinstance(default, int) else "any"
        control = dbc.Input(
            id=field_id(name), type="number", value=default, min=least, max=most, step=step, size="sm"
        )
    hint = html.Small(HINTS[name], className="hint") if name in HINTS else None
    return html.Label(
        [html.Span([html.Span(NAMES.get(name, "Seeds"), className="name"), hint]), control],
        id=place_id(name),
        hidden=hidden,
    )


def written(widths: Sequence[int]) -> str:
    """Return widths as they stand in their field.

    >>> written((32, 64))
    '32, 64'
    """
    return ", ".join(map(str, widths))


def settings_of(values: Sequence[Any]) -> dict[str, Any]:
    """Return what stands in the fields as `seeded` takes it; what is no number is left for it to refuse.

    Args:
        values: In the order of `FIELDS`.
    """
    settings = dict(zip(FIELDS, values, strict=True))
    text = settings["widths"]
    if isinstance(text, str) and len(text) <= MOST_LETTERS:
        parts = text.replace(",", " ").split()
        settings["widths"] = [int(part) if part.isascii() and part.isdigit() else part for part in parts]
    unused = UNUSED.get(str(settings["architecture"]), ())
    return {name: value for name, value in settings.items() if name not in unused}


def preset(architecture: Any) -> list[Any]:
    """Return what the fields of `PRESET` begin with, and which of the others are hidden: kernel, then units.

    Of an architecture that there is not, what an order begins with.
    """
    known = architecture if architecture in tuple(START) else Order.model_fields["architecture"].default
    start, unused = START[known], UNUSED.get(known, ())
    values = [written(start[name]) if name == "widths" else start[name] for name in PRESET]
    return [*values, "kernel" in unused, "units" in unused]
