from typing import Any

import numpy as np
import pytest

from dashboard.colours import HUES
from dashboard.figures.intervals import Intervals, draw, lowest


def network(name: Any, shares: Any, low: Any, high: Any) -> Any:
    return Intervals(name.upper(), HUES[name], shares, low, high, [f"{name} {share}" for share in shares])


FCN = network("fcn", [0.95, 0.9], [0.93, 0.875], [0.97, 0.92])
CNN = network("cnn", [0.99, 1.0], [0.98, 0.96], [0.995, 1.0])


def test_points_and_bars_are_the_numbers() -> None:
    """The marker is the share; the bars reach exactly to both ends, each on its own side."""
    trace = draw([FCN], ["all", "0"], "label", "light").data[0]

    assert list(trace.y) == [0.95, 0.9]
    assert np.subtract(trace.y, trace.error_y.arrayminus) == pytest.approx([0.93, 0.875])
    assert np.add(trace.y, trace.error_y.array) == pytest.approx([0.97, 0.92])
    assert trace.error_y.symmetric is False
    assert list(trace.hovertext) == ["fcn 0.95", "fcn 0.9"]


def test_networks_stand_next_to_each_other_around_their_place() -> None:
    """Two networks are shifted left and right by the same; one alone stands on its place."""
    both = draw([FCN, CNN], ["all", "0"], "label", "light").data
    alone = draw([CNN], ["all", "0"], "label", "light").data

    assert np.add(both[0].x, both[1].x) / 2 == pytest.approx([0, 1])
    assert both[0].x[0] < both[1].x[0] < both[0].x[1]
    assert list(alone[0].x) == [0, 1]


def test_the_axis_begins_at_the_whole_percent_below_all_bars() -> None:
    """87.5 % is the lowest end: the axis begins at 87 % and shows 100 %."""
    figure = draw([FCN, CNN], ["all", "0"], "label", "light")

    assert lowest([FCN, CNN]) == 0.87
    begin, end = figure.layout.yaxis.range
    assert begin == 0.87
    assert end > 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_networks_have_their_colour_and_their_marker(theme: Any) -> None:
    """Each has its hue of that theme and its own symbol, and is named in the legend."""
    figure = draw([FCN, CNN], ["all", "0"], "label", theme)

    assert [trace.marker.color for trace in figure.data] == [HUES[key].on(theme) for key in ("fcn", "cnn")]
    assert len({trace.marker.symbol for trace in figure.data}) == 2
    assert [trace.name for trace in figure.data] == ["FCN", "CNN"]
    assert list(figure.layout.xaxis.ticktext) == ["all", "0"]
