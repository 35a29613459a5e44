from typing import Any

import numpy as np
import pytest

from dashboard.colours import HUES
from dashboard.figures.reliabilities import Points, draw

FCN = Points("FCN", HUES["fcn"], [0.5, 0.95], [0.4, 0.9], [0.2, 0.88], [0.6, 0.93], ["low", "high"])
CNN = Points("CNN", HUES["cnn"], [0.99], [1.0], [0.97], [1.0], ["sure"])


def test_points_and_bars_are_the_numbers() -> None:
    """Accuracy over confidence; the bars reach exactly to both ends."""
    trace = draw([FCN], "light").data[1]

    assert (list(trace.x), list(trace.y)) == ([0.5, 0.95], [0.4, 0.9])
    assert np.subtract(trace.y, trace.error_y.arrayminus) == pytest.approx([0.2, 0.88])
    assert np.add(trace.y, trace.error_y.array) == pytest.approx([0.6, 0.93])
    assert list(trace.hovertext) == ["low", "high"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_diagonal_comes_first_and_everything_fits(theme: Any) -> None:
    """The line from 0, 0 to 1, 1, then each network in its hue; both axes show all of [0, 1]."""
    figure = draw([FCN, CNN], theme)

    diagonal, *networks = figure.data
    assert (list(diagonal.x), list(diagonal.y)) == ([0, 1], [0, 1])
    assert [trace.marker.color for trace in networks] == [HUES[key].on(theme) for key in ("fcn", "cnn")]
    for axis in (figure.layout.xaxis, figure.layout.yaxis):
        assert axis.range[0] == 0
        assert axis.range[1] >= 1
