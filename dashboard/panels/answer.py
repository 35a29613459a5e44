"""The answer in words that can be quoted; every number in them is measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dashboard.panels import colours, controls, shifts
from dashboard.panels.comparison import Comparison
from dashboard.panels.differences import counted, group
from dashboard.panels.panel import Cell, Drawing, Panel, Words
from dashboard.panels.seeds import accuracies
from dashboard.panels.sentences import Sentence, either, mistakes, over_trainings, points, words
from dashboard.panels.wording import count, percent, probability
from dashboard.selection import BOTH, only
from models.analysis.metrics import difference_interval, mcnemar, only_one_right, score, wilson_interval
from models.store.entry import Entry, Score

DOUBT = 0.05  # a chance of this and more is no evidence, by the usual convention


def draw(comparison: Comparison) -> tuple[Drawing, ...]:
    """Return sentences on the pair, whatever the toggle says; on a network alone, how often it is right."""
    measured = f"Built from what was measured on {comparison.measured_on}."
    if len(comparison.pair) < 2:
        return (Words(measured, ((_alone(comparison, comparison.pair[0]),),)),)
    duel = Duel.of(comparison)
    said = (duel.how_much(), duel.how_sure(), duel.where(), *_seeds(comparison))
    differ = (
        *controls.recipes(comparison),
        *shifts.sentence(comparison),
        *controls.augmentation(comparison),
        *colours.sentences(comparison),
    )
    size = () if duel.tie else controls.size(comparison, duel.better, duel.other)
    return (Words(measured, (*said, *differ, *size)),)


@dataclass(frozen=True)
class Duel:
    """Two networks on the same images.

    Attributes:
        comparison: That they are of.
        better: The one with more right answers; the first of the pair where both have as many.
        other: The other one.
        scores: Of both, in this order.
        only_better: Images that only the better one names right.
        only_other: Images that only the other one names right.
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
        """Whether both name as many images right."""
        return self.only_better == self.only_other

    @property
    def _many(self) -> str:
        """How many images both were asked about."""
        return self.comparison.noun.counted(self.scores[0].digits)

    def how_much(self) -> Sentence:
        """Say how often both are right, and how far the better one is ahead."""
        better, other = self.scores
        if self.tie:
            return words(
                self.better,
                " and ",
                self.other,
                f" name equally many of {self._many} right: {count(better.correct)}, "
                f"{percent(better.accuracy)}.",
            )
        low, high = difference_interval(self.only_other, self.only_better, better.digits)
        return words(
            self.better,
            f" names {percent(better.accuracy)} of {self._many} right, ",
            self.other,
            f" {percent(other.accuracy)}: a difference of {points(better.accuracy - other.accuracy)} "
            f"percentage points (95 % interval {points(low)} to {points(high)}), or {mistakes(better)} "
            f"instead of {count(other.digits - other.correct)}.",
        )

    def how_sure(self) -> Sentence:
        """Say what chance alone would do."""
        p, images = mcnemar(self.only_better, self.only_other), self.comparison.noun.many
        verdict = (
            f"So these {images} do not tell which of the two is better."
            if p >= DOUBT
            else "So chance is a poor explanation of the difference between these two on "
            f"{images} like these."
        )
        return words(
            f"If both were equally good, they would differ at least as unevenly on these {images} by "
            f"chance alone with {probability(p)} (McNemar's exact test). {verdict}"
        )

    def where(self) -> Sentence:
        """Say on which images they differ, with a way to each group."""
        one, two, noun = self.better.name, self.other.name, self.comparison.noun
        groups = (
            (only(self.other.key), self.other.key, f"only {one} names right"),
            (only(self.better.key), self.better.key, f"only {two} names right"),
            (BOTH, self.better.key, "neither names right"),
        )
        first, second, neither = (counted(self.comparison, *group) for group in groups)
        return (
            first,
            *words(
                f" {f'{noun.one} is' if first.value == 1 else f'{noun.many} are'} named right by ",
                self.better,
                " alone, ",
            ),
            second,
            *words(" by ", self.other, " alone, and "),
            neither,
            *words(f" by neither{self._doubt(*groups)}."),
        )

    def _doubt(self, *groups: tuple[str, str, str]) -> str:
        """Return on how many of these images the label itself is in doubt, "" for none."""
        disputes = self.comparison.disputes
        found = [
            len(disputes.among(group(self.comparison, wrong, sort).tolist())) for wrong, sort, _ in groups
        ]
        numbers = ", ".join(map(count, found[:-1])) + f" and {count(found[-1])}"
        return (
            f"; of these, {numbers} have a label that is disputed ({disputes.source})" if any(found) else ""
        )


def _alone(comparison: Comparison, entry: Entry) -> Cell:
    measured = score(comparison.logits[entry.key], comparison.labels)
    low, high = wilson_interval(measured.correct, measured.digits)
    return Cell(
        f"{entry.name} names {percent(measured.accuracy)} of {comparison.noun.counted(measured.digits)} "
        f"right (95 % interval {percent(low)} to {percent(high)})."
    )


def _seeds(comparison: Comparison) -> Iterator[Sentence]:
    """Say how much the seed matters, whether it could turn the order round, and which training is shown."""
    first, second = comparison.pair
    one, other = first.training, second.training
    if one is None or other is None:
        return
    told = words(
        "Over all trainings that differ in the seed alone, ",
        first,
        f" names {over_trainings(one)} right, ",
        second,
        f" {over_trainings(other)}",
    )
    both = ((first, one), (second, other))
    single = [each for each, training in both if len(training.seeds) == 1]
    if single:
        names = either([each.name for each in single])
        yield (*told, Cell(f"; how much a seed matters cannot be told from the one training of {names}."))
        return
    (low, least), (high, most) = sorted(both, key=lambda each: max(accuracies(each[1])))
    if max(accuracies(least)) < min(accuracies(most)):
        order = words("; every training of ", high, " is ahead of every one of ", low, ".")
    else:
        order = words("; their ranges overlap.")
    shown = (
        f" Shown is of each the median one on held-out {comparison.noun.many}."
        if one.is_median and other.is_median
        else ""
    )
    yield (*told, *order, *words(shown))


PANEL = Panel(
    key="answer",
    question="Which is better, by how much, and how sure is that?",
    how_to_read=(
        "These sentences can be quoted: they are built from the measured numbers of the two networks, "
        "whichever they are, and the panels below show what is behind them."
    ),
    draw=draw,
)
