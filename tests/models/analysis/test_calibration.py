from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from models.analysis.calibration import BINS, brier_score, reliability
from models.analysis.metrics import log_probabilities
from models.arrays import Floats

ANY = arrays.arrays(np.float32, (20, 10), elements=st.floats(-50, 50, width=32))


def logits_of(*probabilities: tuple[float, ...]) -> Floats:
    """Return logits whose softmax gives these probabilities."""
    return np.log(np.array(probabilities, np.float32))


def test_a_case_worked_by_hand() -> None:
    """Sure to 0.9 twice and right once, sure to 0.55 once and right: errors of 0.4 and 0.45."""
    logits = logits_of((0.9, 0.1), (0.9, 0.1), (0.45, 0.55))
    found = reliability(logits, np.array([0, 1, 1], np.uint8), bins=5)

    assert found.digits.tolist() == [0, 0, 1, 0, 2]
    assert found.right.tolist() == [0, 0, 1, 0, 1]
    assert found.confidence[[2, 4]] == pytest.approx([0.55, 0.9])
    assert np.isnan(found.confidence[[0, 1, 3]]).all()
    assert found.error == pytest.approx((1 * 0.45 + 2 * 0.4) / 3)
    assert brier_score(logits, np.array([0, 1, 1], np.uint8)) == pytest.approx((0.02 + 1.62 + 0.405) / 3)


def test_an_edge_belongs_to_the_bin_below() -> None:
    """A confidence of exactly one half of two bins is in the lower one; certainty is in the last."""
    found = reliability(np.array([[0.0, 0.0], [90.0, 0.0]], np.float32), np.zeros(2, np.uint8), bins=2)

    assert found.digits.tolist() == [1, 1]


@given(ANY, arrays.arrays(np.uint8, 20, elements=st.integers(0, 9)))
def test_every_digit_is_in_one_bin(logits: Floats, labels: np.ndarray) -> None:
    """Counts add up; a bin's confidence is within it; error and score are within their ranges."""
    found = reliability(logits, labels)

    assert found.digits.sum() == 20
    assert (found.right <= found.digits).all()
    used = found.digits > 0
    edges = np.arange(BINS + 1) / BINS
    assert (found.confidence[used] >= edges[:-1][used] - 1e-9).all()
    assert (found.confidence[used] <= edges[1:][used] + 1e-9).all()
    assert 0 <= found.error <= 1
    assert 0 <= brier_score(logits, labels) <= 2 + 1e-9


@given(ANY)
def test_who_is_right_as_often_as_sure_has_no_error(logits: Floats) -> None:
    """With one bin the error is the distance of the mean confidence from the accuracy."""
    labels = logits.argmax(axis=1).astype(np.uint8)
    confidence = np.exp(log_probabilities(logits)).max(axis=1)

    assert reliability(logits, labels, bins=1).error == pytest.approx(1 - confidence.mean(), abs=1e-9)
