from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import correlate2d

from models.analysis import selectivity, stimuli
from models.analysis.selectivity import INK, KINDS, Word, wording, words
from models.analysis.stimuli import BANK, DIRECTIONS, FAMILIES, part
from models.arrays import Floats

KERNELS = {
    "light on the right": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "upright line": [[-1, 2, -1], [-1, 2, -1], [-1, 2, -1]],
    "centre and surround": [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
    "all ink": [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
    "no ink": [[-1, -1, -1], [-1, -1, -1], [-1, -1, -1]],
}


def bank(*kernels: Floats) -> tuple[Floats, Floats]:
    """Return how far each of the bank raises and lowers 3×3 kernels, (stimuli, places, kernels)."""
    pictures = stimuli.pictures(28, 28).astype(np.float32) / 255
    seen = np.lib.stride_tricks.sliding_window_view(pictures, (3, 3), (2, 3)).reshape(
        *pictures.shape[:2], -1, 9
    )
    maps = seen @ np.stack([kernel.ravel() for kernel in kernels], axis=1)  # cross-correlation: not flipped
    high, low = maps.max(axis=2), maps.min(axis=2)
    return np.maximum(high, 0), np.maximum(-low, 0)


def described(raised: Floats, lowered: Floats, thresholds: Floats | None = None) -> tuple[Word | None, ...]:
    """Return the words of kernels from what `bank` found, by the thresholds of random 3×3 kernels."""
    limits = chance() if thresholds is None else thresholds
    return words(raised.mean(axis=1), lowered.mean(axis=1), selectivity.drift(raised), limits)


def chance() -> Floats:
    """Return what 99 % of 100 kernels of evenly distributed weights stay below, (kinds,)."""
    kernels = np.random.default_rng(3).uniform(-1, 1, (100, 3, 3)).astype(np.float32)
    raised, lowered = bank(*kernels)
    found = selectivity.selectivities(raised.mean(axis=1), lowered.mean(axis=1))
    return np.asarray(np.percentile(found, 99, axis=1), np.float32)


@pytest.fixture(scope="module")
def limits() -> Floats:
    return chance()


def one(kernel: object, limits: Floats, turns: int = 0) -> Word | None:
    """Return the word of a kernel, turned by so many quarters counter-clockwise."""
    (word,) = described(*bank(np.rot90(np.array(kernel, np.float32), turns)), limits)
    return word


def test_the_maps_of_these_tests_are_cross_correlations() -> None:
    """As Keras and SciPy compute them."""
    kernel = np.arange(9, dtype=np.float32).reshape(3, 3) - 4
    raised, lowered = bank(kernel)

    for place, shown in enumerate(stimuli.pictures(28, 28)[21] / 255):
        expected = correlate2d(shown, kernel, mode="valid")
        assert raised[21, place, 0] == pytest.approx(max(expected.max(), 0), abs=1e-5)
        assert lowered[21, place, 0] == pytest.approx(max(-expected.min(), 0), abs=1e-5)


def test_a_kernel_that_is_positive_on_the_right_sees_light_on_the_right(limits: Floats) -> None:
    """Cross-correlation does not flip: Sobel's kernel is an edge, light where its weights are positive."""
    for turns, side in enumerate(("right", "top", "left", "bottom")):
        word = one(KERNELS["light on the right"], limits, turns)

        assert word is not None
        where = f"{'on' if side in ('left', 'right') else 'at'} the {side}"
        assert (word.kind, word.text) == ("edge", f"edge: light {where}")
        assert word.degrees == pytest.approx(90 * turns, abs=1e-3)
        assert word.selectivity > word.threshold > 0.2


def test_a_line_has_the_orientation_of_its_bar(limits: Floats) -> None:
    """Both directions of an edge raise it alike, so it is none; a quarter turn is another bar."""
    for turns, text in enumerate(("vertical bar", "horizontal bar")):
        word = one(KERNELS["upright line"], limits, turns)

        assert word is not None
        assert (word.kind, word.text) == ("bar", text)
        assert np.cos(2 * np.deg2rad(word.degrees or 0)) == pytest.approx(-1 if turns == 0 else 1)


def test_a_centre_and_its_surround_have_no_direction(limits: Floats) -> None:
    """It prefers dots and ends of whatever direction: no word of a direction, and no selectivity for any."""
    word = one(KERNELS["centre and surround"], limits)
    raised, lowered = bank(np.array(KERNELS["centre and surround"], np.float32))

    assert word is None
    found = selectivity.selectivities(raised.mean(axis=1), lowered.mean(axis=1))
    assert found[:-1].max() < 0.01


def test_ink_is_a_word_of_its_own() -> None:
    """A kernel without a negative weight is raised most by white paper, the same from all sides."""
    thresholds = np.full(len(KINDS), 0.9, np.float32)
    word, none = described(
        *bank(np.array(KERNELS["all ink"], np.float32), np.array(KERNELS["no ink"], np.float32)), thresholds
    )

    assert word == Word(INK, None, "any ink", 1.0, float(thresholds[-1]))
    assert none is None


def test_random_kernels_have_no_clear_tuning(limits: Floats) -> None:
    """Of 100 others than those of the thresholds at most one in eight gets a word: the control can fail.

    Six kinds, each passed by one in a hundred, make 6 % of expectation; 12 would be 2.5 errors above it.
    """
    kernels = np.random.default_rng(4).uniform(-1, 1, (100, 3, 3)).astype(np.float32)

    found = described(*bank(*kernels), limits)

    assert sum(word is not None for word in found) <= 12
    assert any(found[at] is None for at in range(5))


def made_up(kind: str, degrees: float, strength: float = 1.0) -> tuple[Floats, Floats]:
    """Return what a filter would answer that is raised by one direction of a family alone, at one place."""
    raised = np.zeros((len(BANK), 1, 1), np.float32)
    family = next(each for each in FAMILIES if each.key == kind)
    raised[part(kind).start + round(degrees / family.step)] = strength
    return raised, np.zeros_like(raised)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: str(family.key))
def test_a_single_direction_is_all_there_is(family: stimuli.Family) -> None:
    """Selectivity is 1 and the preferred direction that one, whatever the strength; its opposite turns it."""
    for degrees in family.degrees:
        raised, lowered = made_up(family.key, degrees, 7)
        (word,) = described(raised, lowered, np.full(len(KINDS), 0.5, np.float32))
        assert word is not None
        assert word.kind == family.key
        assert word.selectivity == pytest.approx(1)
        assert word.degrees == pytest.approx(degrees, abs=1e-3)


def test_what_lowers_counts_below_the_line() -> None:
    """A filter that one direction raises by 1 and that loses 3 otherwise is selective by a quarter."""
    raised, lowered = made_up("edge", 90)
    lowered[part("edge").start] = 3

    found = selectivity.selectivities(raised[:, 0], lowered[:, 0])

    assert found[KINDS.index("edge"), 0] == pytest.approx(0.25)


def test_nothing_is_selective_that_nothing_raises() -> None:
    """Zeros everywhere are zero selectivity, not a division by zero, and no word even by no threshold."""
    nothing = np.zeros((len(BANK), 1, 1), np.float32)

    assert not selectivity.selectivities(nothing[:, 0], nothing[:, 0]).any()
    assert described(nothing, nothing, np.zeros(len(KINDS), np.float32)) == (None,)


def test_a_direction_that_changes_with_the_place_is_no_word() -> None:
    """Two steps apart at two places: a drift of one step from their mean passes, of more it does not."""
    for apart, passes in ((2, True), (4, False)):
        raised = np.zeros((len(BANK), 2, 1), np.float32)
        raised[part("edge").start + 3, 0] = raised[part("edge").start + 3 + apart, 1] = 1
        drift = selectivity.drift(raised)
        assert drift[1, 0] == pytest.approx(22.5 * apart / 2, abs=1e-3)
        drift = np.round(drift, 3)

        (word,) = words(raised.mean(axis=1), 0 * raised[:, 0], drift, np.full(len(KINDS), 0.5, np.float32))

        assert (word is not None) == passes


def test_what_something_else_raises_more_is_no_word() -> None:
    """A filter that is selective for bars but raised more by white paper is not called after bars."""
    raised, lowered = made_up("bar", 45)
    raised[selectivity.WHITE] = 1.2

    (word,) = described(raised, lowered, np.full(len(KINDS), 0.95, np.float32))
    assert word is not None
    assert (word.kind, word.text) == (INK, "any ink")
    assert described(raised, lowered, np.array([0.5] * 5 + [1.0], np.float32)) == (None,)


def test_a_word_names_the_side() -> None:
    """Sectors of an eighth of a turn around each side; bars turn twice as fast."""
    assert [wording("bar", degrees) for degrees in (0, 45, 90, 135, 170)] == [
        "horizontal bar",
        "bar rising to the right",
        "vertical bar",
        "bar falling to the right",
        "horizontal bar",
    ]
    assert wording("edge", 90) == "edge: light at the top"
    assert wording("edge", 337.6) == "edge: light on the right"
    assert wording("edge", 225) == "edge: light at the bottom left"
    assert wording("wide", 270) == "arc of radius 7, open to the bottom (top curvature)"
    assert wording("end", 0) == "line end, to the right"
    assert wording("dot", None) == "a dot"
    assert DIRECTIONS == 16
