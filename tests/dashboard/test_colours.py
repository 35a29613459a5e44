import re
from typing import Any

import pytest

from dashboard.colours import HUES, OTHERS, PAPERS, hues, template


def luminance(colour: Any) -> Any:
    """WCAG 2.2, relative luminance of `#rrggbb`."""
    shares = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Any, other: Any) -> Any:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_the_one_of_wcag() -> None:
    """Black on white is 21:1, and #777777 just misses 4.5:1, as WCAG's own examples say."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_hue_can_be_read_as_text(theme: Any) -> None:
    """Every network's colour, and the text, stand out from the paper by 4.5:1; the grid stays behind both."""
    paper = PAPERS[theme]
    words = [hue.on(theme) for hue in (*HUES.values(), *OTHERS)] + [paper.text]

    assert all(contrast(colour, paper.background) >= 4.5 for colour in words)
    assert contrast(paper.grid, paper.background) < 2


def test_networks_differ_in_colour_and_in_marker() -> None:
    """No two hues share a colour or a symbol."""
    every = [*HUES.values(), *OTHERS]

    for attribute in ("light", "dark", "symbol"):
        assert len({getattr(hue, attribute) for hue in every}) == len(every)


def test_known_networks_keep_their_hue_and_others_take_turns() -> None:
    """FCN and CNN have theirs whatever stands around them; the fourth stranger is coloured as the first."""
    given = hues(["a", "cnn", "b", "c", "fcn", "d"])

    assert (given["fcn"], given["cnn"]) == (HUES["fcn"], HUES["cnn"])
    assert [given[key] for key in "abc"] == list(OTHERS)
    assert given["d"] == given["a"]


def test_figures_let_the_page_shine_through() -> None:
    """The template paints no background of its own."""
    layout = template("dark")["layout"]

    assert layout["paper_bgcolor"] == layout["plot_bgcolor"] == "rgba(0,0,0,0)"
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in vars(PAPERS["dark"]).values())
