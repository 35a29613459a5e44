from __future__ import annotations

from collections import Counter

import pytest

from models.datasets import disputed, mnist
from models.datasets.disputed import DISPUTES, REVIEWERS, Dispute


def test_the_labels_are_those_of_the_test_set() -> None:
    """Digits are counted as our files count them: the source's given label is ours, for each."""
    labels = mnist.load("test").labels

    assert {digit: each.label for digit, each in DISPUTES.items()} == {
        digit: int(labels[digit]) for digit in DISPUTES
    }
    assert all(each.guess != each.label for each in DISPUTES.values())


def test_they_are_as_many_as_the_paper_counts() -> None:
    """15 errors: of ten most reviewers named the guess, of three neither; on two they do not agree."""

    def verdict(each: Dispute) -> str:
        votes = {"guess": each.for_guess, "neither": each.for_neither, "label": each.for_label}
        most = max(votes, key=lambda what: votes[what])
        return most if votes[most] >= disputed.CONFIRMED else "no agreement"

    assert Counter(map(verdict, DISPUTES.values())) == {"guess": 10, "neither": 3, "no agreement": 2}
    for each in DISPUTES.values():
        assert each.for_label + each.for_guess + each.for_neither == REVIEWERS
        assert each.for_label < disputed.CONFIRMED


def test_what_all_reviewers_confirmed_is_not_disputed() -> None:
    """The algorithm flagged digit 6597 too; five of five reviewers named its label."""
    assert disputed.MNIST.among([6597, 3520, 0, 2597]) == [3520, 2597]


@pytest.mark.parametrize(
    ("dispute", "words"),
    [
        (Dispute(8, 9, 0, 5, 0), "5 of 5 reviewers say 9, none says 8"),
        (Dispute(9, 4, 2, 3, 0), "3 of 5 reviewers say 4, 2 say 9"),
        (Dispute(4, 9, 2, 2, 1), "2 of 5 reviewers say 9, 2 say 4, 1 says neither"),
        (Dispute(6, 1, 0, 2, 3), "3 of 5 reviewers say neither, 2 say 1, none says 6"),
        (Dispute(5, 0, 1, 4, 0), "4 of 5 reviewers say 0, 1 says 5"),
    ],
)
def test_the_votes_are_told_most_first(dispute: Dispute, words: str) -> None:
    """Every reviewer is counted, and nobody's silence is passed over."""
    assert dispute.words == words


def test_of_other_labels_nothing_is_known() -> None:
    """A set that gives digit 947 another label is not the one that was looked at."""
    assert disputed.MNIST.of(947, 8) is DISPUTES[947]
    assert disputed.MNIST.of(947, 9) is None
    assert disputed.MNIST.of(0, 7) is None
