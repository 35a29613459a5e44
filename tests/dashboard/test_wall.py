from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import softmax

from dashboard import wall
from models.arrays import Floats
from tests import networks


def lead(logits: Floats) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return how far the best class is ahead, worked out by scipy."""
    top = np.sort(softmax(logits.astype(np.float64), axis=1), axis=1)
    return np.asarray(top[:, -1] - top[:, -2])


def says(answers: list[int], sure: list[float]) -> Floats:
    """Return logits that answer so, the surer the larger."""
    return np.stack([np.eye(10)[a] * s for a, s in zip(answers, sure, strict=True)]).astype(np.float32)


@pytest.mark.parametrize("count", [10_000, 251, 250, 1])
def test_the_blocks_hold_every_digit_once(count: int, rng: np.random.Generator) -> None:
    """Put end to end, the blocks are all pixels in order, and behind the last one there is none."""
    images = rng.integers(0, 256, (count, 28, 28), np.uint8)
    blocks = -(-count // wall.BLOCK)

    joined = b"".join(wall.block(images, number) for number in range(blocks))

    assert joined == images.tobytes()
    assert {len(wall.block(images, number)) for number in range(blocks - 1)} <= {wall.BLOCK * 784}
    for number in (-1, blocks):
        with pytest.raises(IndexError):
            wall.block(images, number)


def test_verdicts_can_be_cut_apart_again(rng: np.random.Generator) -> None:
    """Labels, then the answers of each network."""
    labels = rng.integers(0, 10, 300).astype(np.uint8)
    logits = [networks.survey(networks.CNN, 300, seed).logits for seed in (1, 2)]

    content = wall.verdicts(labels, logits)

    assert len(content) == 300 * (1 + 2)
    assert content[:300] == labels.tobytes()
    for place, each in enumerate(logits):
        answers = np.frombuffer(content[300 * (place + 1) :][:300], np.uint8)
        assert np.array_equal(answers, each.argmax(axis=1))


def test_the_least_sure_digits_come_first() -> None:
    """Every digit once, by the distance between the two largest probabilities."""
    logits = networks.survey(networks.CNN, 300, seed=1).logits

    order = wall.least_sure(logits)

    assert sorted(order.tolist()) == list(range(300))
    assert np.all(np.diff(lead(logits)[order]) >= -1e-12)
    assert wall.ranking(order) == order.astype("<u2").tobytes()


def test_equally_sure_digits_keep_their_order() -> None:
    """Where nothing tells digits apart, the lower index comes first: the wall does not jump."""
    assert wall.least_sure(np.zeros((20, 10), np.float32)).tolist() == list(range(20))


def test_digits_whose_probabilities_saturate_are_ranked_by_their_logits() -> None:
    """Of leads of 60, 80 and 70 the smallest is the least sure, though the probability of all three is 1."""
    logits = says([3, 3, 3], [60, 80, 70])
    labels = np.array([3, 3, 3], np.uint8)

    assert wall.least_sure(logits).tolist() == [0, 2, 1]
    assert wall.opening_digit(labels, {"fcn": says([1, 1, 1], [90, 90, 90]), "cnn": logits}) == 1


def test_the_page_opens_on_the_clearest_story() -> None:
    """Of the digits that the first network gets wrong and the last gets right, both as sure as possible."""
    labels = np.array([1, 2, 3, 4], np.uint8)
    first = says([1, 0, 0, 0], [9, 1, 3, 9])
    last = says([1, 2, 3, 5], [9, 9, 4, 9])

    assert wall.opening_digit(labels, {"fcn": first, "cnn": last}) == 2


def test_without_a_story_the_page_opens_on_the_first_digit() -> None:
    """If no digit tells the networks apart, or there is only one network, it is digit 0."""
    labels = np.array([1, 2], np.uint8)
    right = says([1, 2], [5, 5])

    assert wall.opening_digit(labels, {"fcn": right, "cnn": right}) == 0
    assert wall.opening_digit(labels, {"cnn": says([3, 3], [5, 5])}) == 0


@given(
    arrays(np.uint8, 12, elements=st.integers(0, 9)),
    arrays(np.float32, (2, 12, 10), elements=st.floats(-20, 20, width=32)),
)
def test_the_opening_digit_is_the_best_of_its_kind(
    labels: np.ndarray[tuple[int], np.dtype[np.uint8]], logits: Floats
) -> None:
    """No other digit of the story has both networks surer."""
    first, last = logits
    story = [digit for digit in range(12) if first[digit].argmax() != labels[digit] == last[digit].argmax()]

    opening = wall.opening_digit(labels, {"fcn": first, "cnn": last})

    sure = np.minimum(lead(first), lead(last))
    assert opening in story if story else opening == 0
    assert all(sure[opening] >= sure[digit] - 1e-12 for digit in story)


def test_numbers_of_images_and_of_classes_do_not_wrap() -> None:
    """Image 70,000 and class 299 are written as such, in numbers as wide as that asks."""
    order = wall.least_sure(np.zeros((70_001, 2), np.float32))
    assert np.frombuffer(wall.ranking(order), "<u4")[-1] == 70_000

    logits = np.eye(300, dtype=np.float32)
    labels = np.arange(300, dtype=np.uint16)
    assert np.frombuffer(wall.verdicts(labels, [logits]), "<u2")[[299, 599]].tolist() == [299, 299]
