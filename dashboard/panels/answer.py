"""The answer in words that can be quoted; every number in them is measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dashboard.panels.comparison import Comparison, name
from dashboard.panels.cost import matched
from dashboard.panels.differences import counted
from dashboard.panels.panel import Cell, Drawing, Panel, Words
from dashboard.panels.seeds import accuracies
from dashboard.panels.wording import count, digits, percent, probability, spread
from dashboard.selection import BOTH, only
from models.digits import PERTURBATIONS
from models.evaluate import difference_interval, mcnemar, only_one_right, score, wilson_interval
from models.registry import Entry, Score
from models.robustness import Robustness

PIXELS = 2  # by which digits are moved
DOUBT = 0.05  # a chance of this and more is no evidence, by the usual convention
Sentence = tuple[Cell, ...]


def draw(comparison: Comparison) -> tuple[Drawing, ...]:
    """Return sentences on the pair, whatever the toggle says; on a network alone, how often it is right."""
    measured = f"Built from what was measured on {digits(len(comparison.labels))} of the test set."
    if len(comparison.pair) < 2:
        return (Words(measured, ((_alone(comparison, comparison.pair[0]),),)),)
    duel = Duel.of(comparison)
    said = (duel.how_much(), duel.how_sure(), duel.where(), _seeds(comparison))
    last = (*_moved(comparison), *_augmented(comparison), *_not_so(comparison, duel))
    return (Words(measured, (*said, *last)),)


@dataclass(frozen=True)
class Duel:
    """Two networks on the same digits.

    Attributes:
        comparison: That they are of.
        better: The one with more right answers; the first of the pair where both have as many.
        other: The other one.
        scores: Of both, in this order.
        only_better: Digits that only the better one names right.
        only_other: Digits that only the other one names right.
    """

    comparison: Comparison
    better: Entry
    other: Entry
    scores: tuple[Score, Score]
    only_better: int
    only_other: int

    @classmethod
    def of(cls, comparison: Comparison) -> Duel:
        """Return the duel of a comparison's pair."""
        scores = {each.key: score(comparison.logits[each.key], comparison.labels) for each in comparison.pair}
        better, other = sorted(comparison.pair, key=lambda each: -scores[each.key].correct)  # stable
        logits = (comparison.logits[better.key], comparison.logits[other.key])
        only_one = only_one_right(*logits, comparison.labels)
        return cls(comparison, better, other, (scores[better.key], scores[other.key]), *only_one)

    @property
    def tie(self) -> bool:
        """Whether both name as many digits right."""
        return self.only_better == self.only_other

    def how_much(self) -> Sentence:
        """Say how often both are right, and how far the better one is ahead."""
        better, other = self.scores
        if self.tie:
            return words(
                self.better,
                " and ",
                self.other,
                f" name equally many of {digits(better.digits)} right: {count(better.correct)}, "
                f"{percent(better.accuracy)}.",
            )
        low, high = difference_interval(self.only_other, self.only_better, better.digits)
        return words(
            self.better,
            f" names {percent(better.accuracy)} of {digits(better.digits)} right, ",
            self.other,
            f" {percent(other.accuracy)}: a difference of {points(better.accuracy - other.accuracy)} "
            f"percentage points (95 % interval {points(low)} to {points(high)}), or {mistakes(better)} "
            f"instead of {count(other.digits - other.correct)}.",
        )

    def how_sure(self) -> Sentence:
        """Say what chance alone would do."""
        p = mcnemar(self.only_better, self.only_other)
        verdict = (
            "So these digits do not tell which of the two is better."
            if p >= DOUBT
            else "So chance is a poor explanation of the difference on digits like these."
        )
        return words(
            "If both were equally good, they would differ at least as unevenly on these digits by chance "
            f"alone with {probability(p)} (McNemar's exact test). {verdict}"
        )

    def where(self) -> Sentence:
        """Say on which digits they differ, with a way to each group."""
        one, two = name(self.better), name(self.other)
        groups = (
            (only(self.other.key), self.other.key, f"only {one} names right"),
            (only(self.better.key), self.better.key, f"only {two} names right"),
            (BOTH, self.better.key, "neither names right"),
        )
        first, second, neither = (counted(self.comparison, *group) for group in groups)
        return (
            first,
            *words(
                f" {'digit is' if first.value == 1 else 'digits are'} named right by ",
                self.better,
                " alone, ",
            ),
            second,
            *words(" by ", self.other, " alone, and "),
            neither,
            *words(" by neither; some of their labels are disputed (Northcutt, Athalye & Mueller 2021)."),
        )


def points(difference: float) -> str:
    """Return a difference of two shares in percentage points, without the words."""
    return f"{100 * difference:.2f}".replace("-", "−")


def mistakes(measured: Score) -> str:
    """Return how many digits were named wrong."""
    wrong = measured.digits - measured.correct
    return f"{count(wrong)} mistake{'' if wrong == 1 else 's'}"


def words(*parts: Entry | str) -> Sentence:
    """Return a sentence; networks are called by their names, in their hues."""
    return tuple(Cell(each) if isinstance(each, str) else Cell(name(each), hue=each.key) for each in parts)


def _alone(comparison: Comparison, entry: Entry) -> Cell:
    measured = score(comparison.logits[entry.key], comparison.labels)
    low, high = wilson_interval(measured.correct, measured.digits)
    return Cell(
        f"{name(entry)} names {percent(measured.accuracy)} of {digits(measured.digits)} right "
        f"(95 % interval {percent(low)} to {percent(high)})."
    )


def _seeds(comparison: Comparison) -> Sentence:
    """Say how much the seed matters, and whether it could turn the order round."""
    first, second = comparison.pair
    if len(first.seeds) == len(second.seeds) == 1:
        return words("Of each of the two one seed is known, so how much a seed matters cannot be told.")
    both = [accuracies(each) for each in comparison.pair]
    told = words(
        "Trained anew, each time with another seed, ",
        first,
        f" names {spread(both[0], percent)} right ({_trainings(first)}), ",
        second,
        f" {spread(both[1], percent)} ({_trainings(second)})",
    )
    if min(map(len, both)) < 2:
        return (*told, Cell("; how much a seed matters cannot be told from a single one."))
    low, high = sorted(both, key=max)
    apart = max(low) < min(high)
    ends = "every seed of one is ahead of every seed of the other." if apart else "their ranges overlap."
    return (*told, Cell(f"; {ends}"))


def _trainings(entry: Entry) -> str:
    number = len(entry.seeds)
    return f"{count(number)} seed{'' if number == 1 else 's'}"


def _moved(comparison: Comparison) -> Iterator[Sentence]:
    """Say what a shift does to each, where that was measured, and of whom it proves that it matters."""
    told: list[Entry | str] = []
    sensitive = []
    for entry in comparison.pair:
        table = comparison.robustness.get(entry.key)
        if table is None:
            return
        moved = [right_at(table, way, amount) for way in ("right", "down") for amount in (-PIXELS, PIXELS)]
        shares = [right / table.digits for right in moved]
        told += [entry, f" names {percent(min(shares))} to {percent(max(shares))} right, "]
        _, most = wilson_interval(min(moved), table.digits)
        least, _ = wilson_interval(right_at(table, "right", 0), table.digits)
        sensitive += [entry] if most < least else []
    end = {0: "", 1: " is not translation-invariant", 2: "neither is translation-invariant"}[len(sensitive)]
    verdict: list[Entry | str] = [*sensitive, end] if len(sensitive) == 1 else [end]
    yield words(
        f"When every digit is moved by {PIXELS} pixels to one side, up or down, ",
        *told[:-1],
        str(told[-1]).removesuffix(", ") + (": " if sensitive else ""),
        *verdict,
        ".",
    )


def right_at(table: Robustness, way: str, amount: float) -> int:
    """Return the right answers at an amount that was measured."""
    return table.correct[way][PERTURBATIONS[way].amounts.index(amount)]


def _augmented(comparison: Comparison) -> Iterator[Sentence]:
    """Say what augmentation changes for the layers of each of the pair, where both trainings are known."""
    said = set()
    for entry in comparison.pair:
        same = [each for each in comparison.known if each.layers == entry.layers]
        plain = next((each for each in same if not each.recipe.get("augmentation")), None)
        moved = next((each for each in same if each.recipe.get("augmentation")), None)
        if plain is None or moved is None or plain.key in said:
            continue
        said.add(plain.key)
        before, after = (score(comparison.logits[each.key], comparison.labels) for each in (plain, moved))
        until = ", but in its last epochs," if moved.recipe.get("refined") else ","
        yield words(
            f"Trained by a recipe that moves every digit each time it is seen{until} the same layers name "
            f"{percent(after.accuracy)} right instead of {percent(before.accuracy)}, with {mistakes(after)} "
            f"instead of {count(before.digits - before.correct)} (",
            moved,
            " and ",
            plain,
            ").",
        )


def _not_so(comparison: Comparison, duel: Duel) -> Iterator[Sentence]:
    """Say which easy explanations the numbers do not bear out."""
    better, other = duel.better, duel.other
    if duel.tie or better.parameters == other.parameters:
        return
    if better.parameters > other.parameters:
        yield words(
            better,
            f" is not ahead for having fewer parameters: it has {count(better.parameters)}, ",
            other,
            f" {count(other.parameters)}.",
        )
    else:
        yield words(
            better,
            f" is ahead with fewer parameters: it has {count(better.parameters)}, ",
            other,
            f" {count(other.parameters)}.",
        )
    for each in matched(comparison):
        found = score(comparison.logits[each.key], comparison.labels)
        yield words(
            each,
            f", which has the size of one and layers of the kinds of the other ({count(each.parameters)} "
            f"parameters), names {percent(found.accuracy)} right.",
        )


PANEL = Panel(
    key="answer",
    question="Which is better, by how much, and how sure is that?",
    how_to_read=(
        "These sentences can be quoted: they are built from the measured numbers of the two networks, "
        "whichever they are, and the panels below show what is behind them."
    ),
    draw=draw,
)
