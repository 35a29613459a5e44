from typing import Any

import numpy as np
import pytest

from dashboard.colours import HUES
from dashboard.figures.amounts import Axis, Curve, draw

AXES = [Axis("right", "Shift (pixels)", -4, 4, 0), Axis("scale", "Size (times)", 0.5, 1.5, 1)]


def curve(kind: Any, key: Any, shares: Any) -> Any:
    low, high = np.subtract(shares, 0.125).tolist(), np.add(shares, 0.0625).tolist()
    return Curve(kind, key.upper(), HUES[key], [1, 2, 3], shares, low, high, ["a", "b", "c"])


CURVES = [
    curve("right", "fcn", [0.5, 0.75, 0.5]),
    curve("right", "cnn", [0.5, 0.875, 0.5]),
    curve("scale", "cnn", [0.25, 0.75, 0.5]),
]


def test_points_and_bars_are_the_numbers() -> None:
    """Each share over its amount; the bars reach to both ends of its interval."""
    trace = draw(CURVES, AXES, "light").data[1]

    assert (list(trace.x), list(trace.y)) == ([1, 2, 3], [0.5, 0.875, 0.5])
    assert np.subtract(trace.y, trace.error_y.arrayminus) == pytest.approx([0.375, 0.75, 0.375])
    assert np.add(trace.y, trace.error_y.array) == pytest.approx([0.5625, 0.9375, 0.5625])
    assert list(trace.hovertext) == ["a", "b", "c"]


def test_one_kind_is_seen_at_a_time() -> None:
    """The first to begin with; every trace says of which it is."""
    figure = draw(CURVES, AXES, "light")

    assert [trace.visible for trace in figure.data] == [True, True, False]
    assert [trace.meta for trace in figure.data] == ["right", "right", "scale"]
    assert figure.layout.xaxis.title.text == "Shift (pixels)"
    assert list(figure.layout.xaxis.range) == [-4.2, 4.2]


def test_every_kind_says_what_the_axis_becomes() -> None:
    """Title, and room on both sides, for the browser to choose from."""
    meta = draw(CURVES, AXES, "light").layout.meta

    assert meta.keys() == {"right", "scale"}
    assert meta["scale"] == {"title": {"text": "Size (times)"}, "range": [0.475, 1.525]}


def test_both_lines_begin_where_nothing_is_changed() -> None:
    """A dotted one that stays, and one for the browser to move, from the bottom to the top."""
    shapes = draw([], AXES[1:], "dark").layout.shapes

    assert [(shape.x0, shape.x1, shape.yref) for shape in shapes] == [(1, 1, "y domain")] * 2
    assert [shape.line.dash for shape in shapes] == ["dot", None]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_networks_have_their_colour_and_their_marker(theme: Any) -> None:
    """Each its hue of that theme and its own symbol."""
    figure = draw(CURVES, AXES, theme)

    assert [trace.marker.color for trace in figure.data[:2]] == [
        HUES[key].on(theme) for key in ("fcn", "cnn")
    ]
    assert [trace.marker.symbol for trace in figure.data[:2]] == ["circle", "diamond"]
