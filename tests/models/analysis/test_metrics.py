from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import log_softmax, softmax
from scipy.stats import binomtest, fisher_exact

from models.analysis import metrics
from models.arrays import Floats, Labels

LOGITS = np.log(np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7], [0.2, 0.7, 0.1], [0.6, 0.3, 0.1]], np.float32))
LABELS = np.array([0, 2, 0, 1], np.uint8)
logits = arrays(np.float32, (4, 10), elements=st.floats(-1e4, 1e4, width=32))


@given(logits)
def test_log_probabilities_are_those_of_scipy(values: Floats) -> None:
    """Any logits, however large, give the logarithm of the softmax without overflow."""
    expected = log_softmax(values.astype(np.float64), axis=-1)

    assert np.allclose(metrics.log_probabilities(values), expected, rtol=1e-9, atol=1e-9)


@given(logits)
def test_a_margin_is_the_lead_of_the_most_probable_class(values: Floats) -> None:
    """It is the largest probability less the second largest, for many digits and for a single one."""
    top = np.sort(softmax(values.astype(np.float64), axis=-1), axis=-1)

    assert np.allclose(metrics.margins(values), top[:, -1] - top[:, -2], atol=1e-12)
    assert np.isclose(metrics.margins(values[0]), top[0, -1] - top[0, -2], atol=1e-12)


@given(logits)
def test_doubt_is_what_is_lacking_of_a_margin_of_one(values: Floats) -> None:
    """For many digits and for a single one."""
    assert np.allclose(metrics.doubts(values), 1 - metrics.margins(values), atol=1e-12)
    assert np.isclose(metrics.doubts(values[0]), 1 - metrics.margins(values[0]), atol=1e-12)


def test_doubt_tells_apart_what_saturates() -> None:
    """Leads of 60 and of 80 have the same probabilities and margins in float64, and another doubt."""
    values = np.array([[60, 0, 0], [80, 0, 0]], np.float32)

    assert metrics.margins(values).tolist() == [1, 1]
    assert metrics.doubts(values) == pytest.approx([3 * np.exp(-60), 3 * np.exp(-80)], rel=1e-9, abs=0)


def test_margins_worked_by_hand() -> None:
    """50 % before 30 % is a lead of 0.2; two equal leaders have none."""
    assert np.allclose(metrics.margins(LOGITS), [0.2, 0.5, 0.5, 0.3], atol=1e-6)
    assert metrics.margins(np.zeros((1, 10), np.float32)) == [0]


def test_a_score_worked_by_hand() -> None:
    """Two of four digits are right; the loss is the mean of -ln of what the label was given."""
    score = metrics.score(LOGITS, LABELS)

    assert (score.digits, score.correct, score.accuracy) == (4, 2, 0.5)
    assert score.loss == pytest.approx(-np.log([0.5, 0.7, 0.2, 0.3]).mean(), rel=1e-6)


def test_confusion_worked_by_hand() -> None:
    """Rows are labels, columns answers: a 0 taken for a 1 stands in row 0, column 1."""
    counts = metrics.confusion(LOGITS, LABELS)

    assert counts.tolist() == [[1, 1, 0], [1, 0, 0], [0, 0, 1]]


@given(logits, arrays(np.uint8, 4, elements=st.integers(0, 9)))
def test_confusion_score_and_answers_agree(values: Floats, labels: Labels) -> None:
    """Each digit is counted once, in its label's row; the diagonal is what the score calls correct."""
    counts = metrics.confusion(values, labels)

    assert counts.sum() == 4
    assert np.array_equal(counts.sum(axis=1), np.bincount(labels, minlength=10))
    assert np.array_equal(counts.sum(axis=0), np.bincount(metrics.answers(values), minlength=10))
    assert np.trace(counts) == metrics.score(values, labels).correct


@given(st.integers(1, 20_000).flatmap(lambda digits: st.tuples(st.integers(0, digits), st.just(digits))))
def test_the_interval_is_wilsons(counts: tuple[int, int]) -> None:
    """For any proportion, none and all included, the interval is scipy's and lies within [0, 1]."""
    correct, digits = counts
    expected = binomtest(correct, digits).proportion_ci(method="wilson")

    low, high = metrics.wilson_interval(correct, digits)

    assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-9)
    assert 0 <= low <= correct / digits <= high <= 1


@pytest.mark.parametrize(("correct", "digits"), [(0, 0), (-1, 10), (11, 10), (0, -1)])
def test_what_is_no_proportion_has_no_interval(correct: int, digits: int) -> None:
    """No digits, or more right answers than digits, is an error."""
    with pytest.raises(ValueError, match="not a proportion"):
        metrics.wilson_interval(correct, digits)


@given(st.integers(0, 400), st.integers(0, 400))
def test_mcnemar_is_the_exact_binomial_test(first: int, second: int) -> None:
    """The chance is that of a fair coin that falls as unevenly; where nothing differs it is 1."""
    expected = binomtest(first, first + second).pvalue if first + second else 1.0

    assert metrics.mcnemar(first, second) == pytest.approx(expected, rel=1e-9)


def groups(size: int) -> st.SearchStrategy[tuple[int, int]]:
    """Return some of up to `size` digits, and how many there are."""
    return st.integers(1, size).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))


@given(groups(60), groups(60))
def test_fishers_test_is_the_exact_one(one: tuple[int, int], other: tuple[int, int]) -> None:
    """The chance is scipy's, whichever of the two groups comes first."""
    table = np.array([[each[0], each[1] - each[0]] for each in (one, other)])

    assert metrics.fisher(*one, *other) == pytest.approx(fisher_exact(table).pvalue, rel=1e-6)
    assert metrics.fisher(*one, *other) == pytest.approx(metrics.fisher(*other, *one))


@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, 10_000))
def test_the_interval_of_a_difference_holds_it(first: int, second: int, others: int) -> None:
    """It is around the difference, within [-1, 1], and turned round with the networks."""
    digits = first + second + others + 1
    low, high = metrics.difference_interval(first, second, digits)

    assert -1 <= low <= (second - first) / digits <= high <= 1
    assert metrics.difference_interval(second, first, digits) == pytest.approx((-high, -low))


def test_the_interval_of_a_difference_covers_it() -> None:
    """Of many samples of digits, 95 % of the intervals hold the true difference, to a percent or two."""
    only_first, only_second = 0.02, 0.05
    rng = np.random.default_rng(0)
    samples = rng.multinomial(1_000, [only_first, only_second, 1 - only_first - only_second], size=4_000)
    intervals = [metrics.difference_interval(int(one), int(other), 1_000) for one, other, _ in samples]

    covered = [low <= only_second - only_first <= high for low, high in intervals]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.015)


def test_only_one_right_worked_by_hand() -> None:
    """Digits that both or neither named right do not count."""
    labels = np.array([0, 1, 2, 1], np.uint8)
    first = np.eye(3, dtype=np.float32)[[0, 1, 0, 0]]
    second = np.eye(3, dtype=np.float32)[[1, 1, 2, 1]]

    assert metrics.only_one_right(first, second, labels) == (1, 2)
