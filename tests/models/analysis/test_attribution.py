from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.analysis.attribution import (
    BLIND,
    METHODS,
    ORDERS,
    SQUARE,
    STEPS,
    UNTRAINED,
    Deletion,
    Doubles,
    Question,
    blind,
    deleted,
    deletion,
    occluded,
    on_pixels,
)
from models.arrays import Floats
from models.graph.description import convolutions
from models.graph.receptive_field import ReceptiveField
from tests import networks

DIGITS = arrays(np.float32, (28, 28, 1), elements=st.sampled_from([0, 0, 0, 0.25, 1]), fill=st.just(0))


def test_a_score_is_a_logit_or_a_lead(rng: np.random.Generator) -> None:
    """The logit of the class, less that of the other one, if there is another."""
    logits = rng.normal(size=(3, 10)).astype(np.float32)

    np.testing.assert_allclose(Question("gradient", 4).score(logits), logits[:, 4])
    np.testing.assert_allclose(
        Question("gradient", 4, 9).score(logits), logits[:, 4] - logits[:, 9], atol=1e-6
    )


def test_every_method_has_its_definition_and_its_source() -> None:
    """One sentence each, and who wrote it, with a DOI."""
    for method in METHODS.values():
        assert method.definition.endswith(".")
        assert "doi:" in method.source


def test_what_grad_cam_can_look_at() -> None:
    """Convolutions; a fully connected network has none."""
    assert [layer.name for layer in convolutions(networks.CNN)] == ["conv1", "conv2"]
    assert convolutions(networks.FCN) == ()


@given(DIGITS)
def test_every_square_with_ink_is_occluded(digit: Floats) -> None:
    """By plain loops: the square around each pixel is black, the rest as it was; none without ink."""
    digits, middles = occluded(digit)

    expected = {}
    for row in range(28):
        for column in range(28):
            changed = digit.copy()
            for y in range(row - SQUARE // 2, row + SQUARE // 2 + 1):
                for x in range(column - SQUARE // 2, column + SQUARE // 2 + 1):
                    if 0 <= y < 28 and 0 <= x < 28:
                        changed[y, x] = 0
            if (changed != digit).any():
                expected[row, column] = changed
    assert [tuple(middle) for middle in middles.tolist()] == list(expected)
    assert all(np.array_equal(*pair) for pair in zip(digits, expected.values(), strict=True))


@given(DIGITS, st.integers(0, 9))
def test_the_most_important_ink_goes_first(digit: Floats, seed: int) -> None:
    """In even steps from all to none of it; whatever is gone was at least as important as what is left."""
    importance = np.random.default_rng(seed).integers(0, 5, (28, 28)).astype(np.float32)

    digits = deleted(digit, importance)

    assert digits.shape == (STEPS + 1, 28, 28, 1)
    assert np.array_equal(digits[0], digit)
    assert not digits[-1].any()
    ink = digit[..., 0] != 0
    for step, left in enumerate(digits[..., 0] != 0):
        gone = ink & ~left
        assert not (left & ~ink).any()
        assert gone.sum() == round(step * ink.sum() / STEPS)
        if gone.any() and left.any():
            assert importance[gone].min() >= importance[left].max()


def test_equals_go_in_no_order_of_their_own() -> None:
    """Not row by row, which alone would be lower than many random orders; but always in the same order."""
    white, flat = np.ones((28, 28, 1), np.float32), np.zeros((28, 28), np.float32)

    digits = deleted(white, flat)

    assert np.array_equal(digits, deleted(white, flat + 1))
    half = digits[STEPS // 2, ..., 0]
    assert half.sum() == 28 * 28 / 2
    for part in (half[:14], half[14:], half[:, :14], half[:, 14:]):
        assert part.mean() == pytest.approx(0.5, abs=0.1)


@given(DIGITS)
def test_orders_that_know_the_digit_alone(digit: Floats) -> None:
    """Its ink; the ink within two pixels of each, by plain loops; how near to the middle and to a side."""
    brightest, thickest, middle, top, bottom, left, right = blind(digit).values()

    assert tuple(blind(digit)) == BLIND
    assert np.array_equal(brightest, digit[..., 0])
    for row, column in ((0, 0), (3, 20), (14, 14), (27, 26)):
        around = digit[max(0, row - 2) : row + 3, max(0, column - 2) : column + 3]
        assert thickest[row, column] == pytest.approx(around.sum(), abs=1e-5)
    assert middle[13, 13] == middle[14, 13] == middle.max()
    assert middle[0, 0] == middle[27, 27] == middle.min()
    assert middle[10, 10] > middle[5, 14]
    for side, first, second in ((top, [0, 9], [1, 5]), (bottom, [27, 9], [26, 5]),
                                (left, [9, 0], [5, 1]), (right, [9, 27], [5, 26])):  # fmt: skip
        assert side[tuple(first)] == side.max() > side[tuple(second)] > side[13, 13]


def test_colours_are_taken_away_pixel_by_pixel(rng: np.random.Generator) -> None:
    """A pixel is all of its channels; what is taken away becomes the background, and that is never taken."""
    empty = 0.75
    image = rng.random((12, 20, 3), np.float32)
    image[4:9, 5:11] = empty
    shown = np.ones((12, 20), bool)
    shown[4:9, 5:11] = False
    importance = rng.random((12, 20), np.float32)

    images = deleted(image, importance, empty)

    assert np.array_equal(images[0], image)
    assert (images[-1] == empty).all()
    for step, left in enumerate(images):
        gone = (left != image).any(axis=-1)
        assert gone.sum() == round(step * shown.sum() / STEPS)
        assert not (gone & ~shown).any()
        assert (left[gone] == np.float32(empty)).all()
        assert gone.sum() in (0, shown.sum()) or importance[gone].min() >= importance[shown & ~gone].max()


def test_squares_of_colours_become_background() -> None:
    """Each image lacks one square in all channels; where there is nothing to hide, none is made."""
    empty = -1.0
    image = np.full((12, 20, 3), empty, np.float32)
    image[1, 2, 1] = 0.5

    images, middles = occluded(image, empty)

    assert {tuple(each) for each in middles.tolist()} == {(r, c) for r in range(4) for c in range(5)}
    assert (images == empty).all()
    assert np.array_equal(blind(image, empty)["brightest"], np.abs(image - empty).sum(axis=-1))


def score_of(weights: Floats) -> Callable[[Floats], Doubles]:
    """Return what a network says that weighs each pixel and adds 3."""
    return lambda digits: np.asarray((digits * weights).sum(axis=(1, 2, 3), dtype=np.float64) + 3)


def test_a_deletion_is_compared_with_other_orders(rng: np.random.Generator) -> None:
    """All begin at the whole digit and end at black; each rival is removed from the same network."""
    digit = rng.random((28, 28, 1), np.float32)
    weights = rng.random((28, 28, 1), np.float32)
    untrained = rng.random((28, 28), np.float32)
    score = score_of(weights)

    found = deletion(score, digit, (digit * weights)[..., 0], untrained)

    assert list(found.rivals) == [*BLIND, UNTRAINED]
    for name, order in {**blind(digit), UNTRAINED: untrained}.items():
        np.testing.assert_allclose(found.rivals[name], score(deleted(digit, order)))
    assert found.random.shape == (ORDERS, STEPS + 1)
    curves = np.vstack([found.scores, *found.rivals.values(), found.random])
    np.testing.assert_allclose(curves[:, 0], score(digit[np.newaxis])[0])
    np.testing.assert_allclose(curves[:, -1], 3)
    assert (found.scores[1:-1] < curves[1:, 1:-1].min(axis=0)).all()
    assert len(np.unique(found.random[:, 1:-1], axis=0)) == ORDERS
    again = deletion(score, digit, weights[..., 0], untrained)
    assert np.array_equal(found.random, again.random)


def test_what_is_worth_something_passes(rng: np.random.Generator) -> None:
    """The order of what each pixel adds is lower than all others can be."""
    digit, weights = rng.random((2, 28, 28, 1), np.float32)

    found = deletion(score_of(weights - 0.5), digit, (digit * (weights - 0.5))[..., 0], digit[::-1, :, 0])

    assert found.passes
    assert found.lower_than == (*BLIND, UNTRAINED)
    assert found.chance == 1 / (1 + ORDERS) == 0.05


@pytest.mark.parametrize("name", [*BLIND, UNTRAINED])
def test_what_knows_nothing_of_the_network_does_not_pass(rng: np.random.Generator, name: str) -> None:
    """Put through the check, each rival fails it, however well it does: it is not lower than itself.

    Of this network the brightest ink is what counts, so that it beats all random orders.
    """
    digit = np.maximum(0, 2 * rng.random((28, 28, 1), np.float32) - 1)
    untrained = rng.random((28, 28), np.float32)
    order = {**blind(digit), UNTRAINED: untrained}[name]

    found = deletion(score_of(np.ones_like(digit)), digit, order, untrained)

    assert not found.passes
    assert name not in found.lower_than
    if name == "brightest":
        assert found.chance == 0.05


def test_a_tie_is_no_victory() -> None:
    """Equal curves are counted against the explanation, and a difference within the spread is none."""
    flat = np.zeros(3)
    random = np.array([[1.0, 1, 1], [3, 3, 3], [2, 2, 2]])
    spread = 1.0

    equal = Deletion(flat, {"brightest": flat + spread}, np.vstack([random, [0, 0, 0]]))
    assert equal.chance == 2 / 5
    barely = Deletion(flat, {"brightest": flat + spread}, random)
    assert barely.spread == spread
    assert (barely.chance, barely.lower_than, barely.passes) == (1 / 4, (), False)
    clearly = Deletion(flat, {"brightest": flat + spread + 0.01}, random)
    assert (clearly.lower_than, clearly.passes) == (("brightest",), True)


def test_without_ink_there_is_nothing_to_tell() -> None:
    """Of a black picture all orders are the same, to the last bit, though runs of a network may differ."""
    noise = np.random.default_rng(1)
    black = np.zeros((28, 28, 1), np.float32)

    found = deletion(lambda digits: noise.normal(size=len(digits)), black, black[..., 0], black[..., 0])

    assert (found.chance, found.spread, found.lower_than, found.passes) == (1.0, 0.0, (), False)


@pytest.mark.parametrize(
    ("size", "step", "start", "cells"), [(3, 1, 0, 26), (5, 1, 0, 24), (6, 2, 0, 12), (3, 1, -1, 28)]
)
def test_a_map_lies_over_the_digit(size: int, step: int, start: int, cells: int) -> None:
    """A pixel has the value of the cell in the middle of whose field it is, at the border the last one's."""
    axis = ReceptiveField(size, step, start)
    values = np.arange(cells * cells, dtype=np.float32).reshape(cells, cells)

    found = on_pixels(values, (axis, axis), (28, 28))

    assert found.shape == (28, 28)
    for row in range(28):
        middles = [start + step * cell + (size - 1) / 2 for cell in range(cells)]
        nearest = min(range(cells), key=lambda cell, row=row: abs(middles[cell] - row))  # type: ignore[misc]
        assert np.array_equal(found[row], values[nearest, (found[0] % cells).astype(int)])
        assert np.array_equal(found[:, row] % cells, np.full(28, nearest))
