import re

import numpy as np
import pytest

from dashboard.colours import PAPERS
from dashboard.palettes import DIVERGING, DIVERGING_ON_DARK, SEQUENTIAL, from_oklab, oklab

MIDDLE = len(DIVERGING) // 2


def paper(theme: str) -> float:
    """Return the lightness of the paper."""
    red, green, blue = (int(PAPERS[theme].background[at : at + 2], 16) for at in (1, 3, 5))  # type: ignore[index]
    return float(oklab([f"rgb({red},{green},{blue})"])[0, 0])


def test_lightness_is_that_of_oklab() -> None:
    """White is 1, black 0, pure red as Ottosson gives it; and each way is the other one back."""
    stops = ["rgb(255,255,255)", "rgb(0,0,0)", "rgb(255,0,0)", *DIVERGING]
    lab = oklab(stops)

    assert lab[:3] == pytest.approx(np.array([[1, 0, 0], [0, 0, 0], [0.628, 0.2249, 0.1258]]), abs=1e-3)
    assert from_oklab(lab) == [stop.replace(" ", "") for stop in stops]


def test_zero_is_like_the_paper_and_the_ends_are_not() -> None:
    """On each paper zero is the faintest colour, and a value stands out the more the larger it is."""
    for stops, theme in ((DIVERGING, "light"), (DIVERGING_ON_DARK, "dark")):
        apart = np.abs(oklab(stops)[:, 0] - paper(theme))
        assert apart.argmin() == MIDDLE
        assert apart[MIDDLE] < 0.035
        assert (np.diff(apart[MIDDLE:]) > 0).all()
        assert (np.diff(apart[: MIDDLE + 1]) < 0).all()


def test_both_papers_have_the_same_steps() -> None:
    """Neighbours differ alike on either, to a tenth."""
    steps = [
        np.linalg.norm(np.diff(oklab(stops), axis=0), axis=1) for stops in (DIVERGING, DIVERGING_ON_DARK)
    ]

    assert np.abs(steps[1] / steps[0] - 1).max() < 0.1


def test_blue_is_below_zero_and_red_above() -> None:
    """On dark paper each side has one hue: light's blue and red, to 3 degrees, 15 where a screen ends."""
    hues = np.degrees(np.arctan2(*oklab(DIVERGING_ON_DARK)[:, :0:-1].T))
    blue, red = np.degrees(np.arctan2(*oklab(["rgb(33,102,172)", "rgb(178,24,43)"])[:, :0:-1].T))

    apart = np.abs([*hues[:MIDDLE] - blue, *hues[MIDDLE + 1 :] - red])
    assert apart[1:-1].max() < 3
    assert apart.max() < 15


def test_stops_are_colours_of_css() -> None:
    """The browser reads both ways in which they are written."""
    written = re.compile(r"#[0-9a-f]{6}|rgb\(\d+,\d+,\d+\)")

    assert all(written.fullmatch(stop) for stop in [*SEQUENTIAL, *DIVERGING, *DIVERGING_ON_DARK])
