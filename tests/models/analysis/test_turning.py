from __future__ import annotations

import numpy as np
import pytest

from models.analysis.turning import better_turn


def logits(*probabilities: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Return logits of ten classes whose answers have these probabilities."""
    rows = [[np.log(each)] + 9 * [np.log((1 - each) / 9)] for each in probabilities]
    return np.array(rows, np.float32)


@pytest.mark.parametrize(
    ("probabilities", "turn"),
    [
        ((0.4, 0.9999, 0.3, 0.6), 90),
        ((0.4, 0.3, 0.99999, 0.6), 180),
        ((0.4, 0.5, 0.3, 0.9999), 270),
        ((0.98, 0.999999, 0.3, 0.3), 90),
        ((0.992, 0.9999999, 0.3, 0.3), None),
        ((0.9, 0.9999, 0.3, 0.3), 90),
        ((0.9, 0.9998, 0.3, 0.3), None),
        ((0.4, 0.5, 0.3, 0.6), None),
    ],
)
def test_what_is_read_much_more_surely_is_to_be_turned(
    probabilities: tuple[float, ...], turn: int | None
) -> None:
    """Only where it is not sure as it is, and the odds are a thousand times as great when it is turned."""
    assert better_turn(logits(*probabilities)) == turn


def test_certainty_beyond_float32_is_compared() -> None:
    """Where both probabilities are 1.0 nothing is said; where logits differ by hundreds nothing overflows."""
    sure = np.zeros((4, 10), np.float32)
    sure[:, 3] = (300, 900, 0, 0)
    assert better_turn(sure) is None
    sure[0, 3] = 1
    assert better_turn(sure) == 90
