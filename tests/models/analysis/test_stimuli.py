from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from models.analysis import stimuli
from models.analysis.stimuli import BANK, DIRECTIONS, FAMILIES, PLACES, PLAIN, WIDTH, Family, Stimulus

FULL = [family for family in FAMILIES if family.turn == 360]


def draw(stimulus: Stimulus, place: tuple[float, float] = (0.0, 0.0)) -> NDArray[np.uint8]:
    """Return a stimulus as large as a digit."""
    return stimuli.draw(stimulus, 28, 28, place)


def ink(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return how much of each pixel is covered, in [0, 1]."""
    return pixels / 255


def middle(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return where the middle of the ink lies, from the middle of the picture: to the right, up."""
    rows, columns = np.indices(pixels.shape)
    return np.array([np.average(columns - 13.5, weights=pixels), np.average(13.5 - rows, weights=pixels)])


def test_the_bank_is_every_family_in_all_directions_and_what_is_plain() -> None:
    """Sixteen evenly spaced directions of each family in its own part; then white, grey and a dot."""
    for family in FAMILIES:
        chosen = BANK[stimuli.part(family.key)]
        assert {each.family for each in chosen} == {family.key}
        assert [each.degrees for each in chosen] == [family.turn / DIRECTIONS * step for step in range(16)]
    assert [each.family for each in BANK[len(FAMILIES) * DIRECTIONS :]] == [*PLAIN]
    assert stimuli.pictures(28, 28).shape == (len(BANK), len(PLACES), 28, 28)


def test_they_are_white_ink_on_black_with_smooth_borders() -> None:
    """Every stroke reaches white, leaves paper black, and has borders in between; twice drawn is the same."""
    for each in BANK:
        pixels = draw(each)
        assert pixels.dtype == np.uint8
        assert np.array_equal(pixels, draw(each))
        if each.degrees is not None:
            assert pixels.max() > 250
            assert pixels.min() == 0
    tilted = draw(Stimulus("bar", 22.5))
    assert np.unique(tilted).size > 20


def test_controls_know_nothing_of_shape() -> None:
    """White is white and grey is grey everywhere; the dot is round, in the middle, as wide as a stroke."""
    assert (draw(Stimulus("white")) == 255).all()
    assert (draw(Stimulus("grey")) == 128).all()
    dot = draw(Stimulus("dot"))
    assert np.array_equal(dot, np.rot90(dot))
    assert ink(dot).sum() == pytest.approx(np.pi * (WIDTH / 2) ** 2, rel=0.1)


@pytest.mark.parametrize("degrees", [0, 90])
def test_strokes_are_as_wide_as_they_should_be(degrees: float) -> None:
    """Across a bar the shares of ink add up to its width, to a tenth of a pixel."""
    across = ink(draw(Stimulus("bar", degrees))).sum(axis=0 if degrees == 0 else 1)

    assert across == pytest.approx(np.full(28, WIDTH), abs=0.1)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: str(family.key))
def test_a_quarter_turn_of_the_direction_is_a_quarter_turn_of_the_picture(family: Family) -> None:
    """Exactly, counter-clockwise, in all directions, and at places that are turned too."""
    for degrees in family.degrees:
        for right, up in PLACES:
            turned = draw(Stimulus(family.key, (degrees + 90) % family.turn), (-up, right))
            assert np.array_equal(turned, np.rot90(draw(Stimulus(family.key, degrees), (right, up))))
    assert {(-up, right) for right, up in PLACES} == {*PLACES}


def test_half_a_turn_maps_bars_onto_themselves_and_edges_onto_their_opposites() -> None:
    """A bar has no direction along itself; ink and paper of an edge change places."""
    for degrees in FAMILIES[0].degrees:
        bar = draw(Stimulus("bar", degrees))
        assert np.array_equal(bar, bar[::-1, ::-1])
    for degrees in FAMILIES[1].degrees:
        edge, opposite = draw(Stimulus("edge", degrees)), draw(Stimulus("edge", (degrees + 180) % 360))
        assert np.array_equal(edge[::-1, ::-1], opposite)
        assert edge.astype(int) + opposite == pytest.approx(np.full((28, 28), 255), abs=1)


def test_edges_are_light_where_they_say() -> None:
    """Within a circle the middle of the ink lies in the edge's direction; 0 is light on the right."""
    assert draw(Stimulus("edge", 0))[:, 14:].min() == 255
    assert draw(Stimulus("edge", 90))[:14].min() == 255
    circle = np.hypot(*(np.indices((28, 28)) - 13.5)) < 13
    for degrees in FAMILIES[1].degrees:
        right, up = middle(np.where(circle, draw(Stimulus("edge", degrees)), 0))
        assert np.rad2deg(np.arctan2(up, right)) % 360 == pytest.approx(degrees, abs=0.5)


@pytest.mark.parametrize("kind", ["tight", "wide"])
def test_arcs_are_open_where_they_say(kind: str) -> None:
    """Open to the right, the middle row crosses ink once, left of the middle; columns do twice."""
    radius = stimuli.RADII[0] if kind == "tight" else stimuli.RADII[1]
    pixels = draw(Stimulus(kind, 0))

    crossed = ink(pixels[13:15]).mean(axis=0)
    assert np.average(np.arange(28) - 13.5, weights=crossed) == pytest.approx(-radius / 2, abs=0.1)
    assert crossed.sum() == pytest.approx(WIDTH, abs=0.15)
    for column in (20, 27):  # the arms, to the border
        upper, lower = ink(pixels[:14, column]), ink(pixels[14:, column])
        assert upper.sum() == pytest.approx(WIDTH, abs=0.1)
        assert np.average(13.5 - np.arange(14), weights=upper) == pytest.approx(radius, abs=0.1)
        assert np.array_equal(upper, lower[::-1])


def test_lines_end_where_they_say() -> None:
    """A line that ends to the right lies left of the middle, reaches the border and stops half a width on."""
    pixels = ink(draw(Stimulus("end", 0)))

    assert pixels[:, 0].sum() == pytest.approx(WIDTH, abs=0.1)
    assert not pixels[:, 16:].any()
    assert pixels[13:15].sum() / 2 == pytest.approx(14 + WIDTH / 2, abs=0.3)


@pytest.mark.parametrize("family", FULL, ids=lambda family: str(family.key))
def test_places_move_the_same_stroke(family: Family) -> None:
    """A whole pixel to the right and up moves every pixel so."""
    for degrees in family.degrees[:5]:
        still = draw(Stimulus(family.key, degrees))
        moved = draw(Stimulus(family.key, degrees), (1.0, 1.0))
        assert np.abs(moved[:-1, 1:].astype(int) - still[1:, :-1]).max() <= 1


def test_places_meet_a_pixel_in_all_its_thirds() -> None:
    """Whatever a stride of one or two begins with, no place in it is shown more often than another."""
    for step in (1, 2):
        met = sorted(round(right % step * 3, 6) for right, up in PLACES if up == 0)
        assert met == [0, step, 2 * step] or len({each % (3 * step) for each in met}) == 3


def test_other_families_are_refused() -> None:
    """There is no picture and no part of what is not in the bank."""
    with pytest.raises(KeyError):
        draw(Stimulus("cross", 0))
    with pytest.raises(ValueError, match="cross"):
        stimuli.part("cross")


def test_they_are_as_large_as_the_images_are() -> None:
    """In another form the middle of a picture shows the same, moved by half the difference of the sides."""
    for each in BANK:
        assert np.array_equal(stimuli.draw(each, 12, 20), draw(each)[8:20, 4:24])
