from dataclasses import replace
from typing import Any

import pytest
from scipy.stats import binomtest

from dashboard.panels.answer import PANEL
from dashboard.panels.comparison import Comparison
from models.digits import PERTURBATIONS
from models.evaluate import difference_interval
from models.registry import Score, SeedScore
from models.robustness import Robustness
from tests.dashboard.panels.conftest import ANSWERS, IMAGES, entry_of, logits_of
from tests.dashboard.panels.reading import drawn, read_link

LABELS = ANSWERS[:, 0]


def sentences(comparison: Comparison) -> list[str]:
    """Return what a student would quote."""
    (words,) = drawn(PANEL, comparison)
    return ["".join(cell.text for cell in sentence) for sentence in words.sentences]


def comparison_of(*networks: Any, pair: Any = ()) -> Comparison:
    """Compare networks given as an entry and its answers."""
    logits = {entry.key: logits_of(answered) for entry, answered in networks}
    return Comparison.of([entry for entry, _ in networks], logits, LABELS, images=IMAGES, pair=pair)


def seeds(*correct: int) -> tuple[SeedScore, ...]:
    """Return a training of every seed, by its right answers of 10."""
    return tuple(
        SeedScore(seed, 1, Score(10, 5, 0.1), Score(10, number, 0.5)) for seed, number in enumerate(correct)
    )


@pytest.mark.parametrize("model", ["both", "fcn", "cnn"])
def test_the_answer_is_built_from_the_numbers(compare: Any, model: Any) -> None:
    """Six of ten against eight; one digit against three; whatever the toggle says."""
    low, high = difference_interval(1, 3, 10)

    how_much, how_sure, where, *_ = sentences(compare(model))
    assert how_much == (
        "CNN names 80.00 % of 10 digits right, FCN 60.00 %: a difference of 20.00 percentage points "
        f"(95 % interval {100 * low:.2f} to {100 * high:.2f}), or 2 mistakes instead of 4."
    ).replace("-", "−")
    assert f"with p = {binomtest(1, 4).pvalue:.4f} (McNemar's exact test)" in how_sure
    assert how_sure.endswith("do not tell which of the two is better.")
    assert where.startswith("3 digits are named right by CNN alone, 1 by FCN alone, and 1 by neither; ")


def test_the_counts_lead_to_their_digits(compare: Any, entries: Any) -> None:
    """Each of the three is a link to the wall that holds just these."""
    (words,) = drawn(PANEL, compare())

    links = [cell.link for cell in words.sentences[2] if cell.link]
    assert [read_link(link, entries)[1].wall.wrong for link in links] == ["only.fcn", "only.cnn", "both"]


def test_the_better_one_comes_first_whatever_the_order(entries: Any) -> None:
    """The pair turned round gives the same sentences on who is better."""
    fcn, cnn = ((entries[0], ANSWERS[:, 1]), (entries[1], ANSWERS[:, 2]))

    assert sentences(comparison_of(fcn, cnn))[:3] == sentences(comparison_of(cnn, fcn))[:3]


def test_equally_good_networks_are_called_so() -> None:
    """As many right: no difference, no one ahead, and nothing about parameters."""
    first, second = entry_of("fcn"), entry_of("cnn", parameters=7)
    told = sentences(comparison_of((first, ANSWERS[:, 1]), (second, ANSWERS[:, 1])))

    assert told[0] == "FCN and CNN name equally many of 10 digits right: 6, 60.00 %."
    assert "p = 1.0000" in told[1]
    assert told[2].startswith("0 digits are named right by FCN alone, 0 by CNN alone, and 4 by neither")
    assert not any("ahead" in each and "parameters" in each for each in told)


def test_strong_evidence_is_called_so() -> None:
    """Of many digits that differ nearly all one way, chance is a poor explanation."""
    labels = LABELS.repeat(100)
    logits = {"fcn": logits_of(ANSWERS[:, 1].repeat(100)), "cnn": logits_of(ANSWERS[:, 2].repeat(100))}
    images = IMAGES.repeat(100, axis=0)
    told = sentences(Comparison.of([entry_of("fcn"), entry_of("cnn")], logits, labels, images=images))

    assert "p < 0.0001" in told[1]
    assert told[1].endswith("chance is a poor explanation of the difference on digits like these.")


@pytest.mark.parametrize(
    ("first", "second", "end"),
    [
        ((6, 7), (8, 9), "every seed of one is ahead of every seed of the other."),
        ((6, 8), (8, 9), "their ranges overlap."),
        ((6,), (8, 9), "how much a seed matters cannot be told from a single one."),
    ],
)
def test_seeds_can_turn_the_order_round_or_not(first: Any, second: Any, end: str) -> None:
    """The mean and its standard deviation, over how many, and whether the ranges touch."""
    fcn, cnn = entry_of("fcn", seeds=seeds(*first)), entry_of("cnn", seeds=seeds(*second))
    told = sentences(comparison_of((fcn, ANSWERS[:, 1]), (cnn, ANSWERS[:, 2])))[3]

    assert told.endswith(end)
    assert "CNN 85.00 % ± 7.07 (2 seeds)" in told


def test_of_two_single_trainings_no_spread_is_told(compare: Any) -> None:
    """One seed each says nothing about seeds."""
    assert sentences(compare())[3] == (
        "Of each of the two one seed is known, so how much a seed matters cannot be told."
    )


def test_what_augmentation_changes_is_said_of_the_same_layers() -> None:
    """Once for each architecture of the pair that is known with and without."""
    moved = {"augmentation": {"shift": 2}}
    fcn, cnn = entry_of("fcn"), entry_of("cnn", layers=())
    better = entry_of("fcn-augmented", recipe=moved)
    networks = ((fcn, ANSWERS[:, 1]), (cnn, ANSWERS[:, 2]), (better, ANSWERS[:, 2]))

    said = (
        "the same layers name 80.00 % right instead of 60.00 %, with 2 mistakes instead of 4 "
        "(FCN augmented and FCN)."
    )
    for pair in (("fcn", "cnn"), ("fcn", "fcn-augmented"), ("cnn", "fcn-augmented")):
        assert [
            each for each in sentences(comparison_of(*networks, pair=pair)) if said in each
        ].__len__() == 1
    assert not any("moves" in each for each in sentences(comparison_of(*networks[:2])))


def table(moved: int) -> Robustness:
    """Return a table of 1,000 digits: 990 right unmoved, and elsewhere one more at each amount."""
    correct = {
        key: tuple(
            990 if amount == way.neutral else moved + place for place, amount in enumerate(way.amounts)
        )
        for key, way in PERTURBATIONS.items()
    }
    return Robustness(1_000, correct)


@pytest.mark.parametrize(
    ("fcn", "cnn", "end"),
    [
        (500, 700, ": neither is translation-invariant."),
        (500, 980, ": FCN is not translation-invariant."),
        (980, 980, "."),
    ],
)
def test_what_a_shift_does_is_said_as_measured(compare: Any, fcn: int, cnn: int, end: str) -> None:
    """From the worst to the best of four sides; who loses more than chance explains is not invariant."""
    tables = {"fcn": table(fcn), "cnn": table(cnn)}
    places = [PERTURBATIONS[way].amounts.index(amount) for way in ("right", "down") for amount in (-2, 2)]
    ends = [f"{(base + place(places)) / 10:.2f} %" for base in (fcn, cnn) for place in (min, max)]

    told = sentences(replace(compare(), robustness=tables))
    assert told[4] == (
        "When every digit is moved by 2 pixels to one side, up or down, "
        f"FCN names {ends[0]} to {ends[1]} right, CNN names {ends[2]} to {ends[3]} right{end}"
    )
    assert not any(
        "moved by" in each for each in sentences(replace(compare(), robustness={"fcn": tables["fcn"]}))
    )


def test_size_is_no_explanation_where_it_is_none() -> None:
    """Who is ahead with more parameters is not ahead for having fewer; a network of that size is named."""
    layers = (replace(entry_of("fcn").layers[0], kind="Conv2D"),)
    fcn, cnn = entry_of("fcn", parameters=500), entry_of("cnn", parameters=1_000, layers=layers)
    matched = entry_of("fcn-matched", parameters=1_010)
    networks = ((fcn, ANSWERS[:, 1]), (cnn, ANSWERS[:, 2]), (matched, ANSWERS[:, 1]))

    *_, size, same = sentences(comparison_of(*networks))
    assert size == "CNN is not ahead for having fewer parameters: it has 1,000, FCN 500."
    assert same == (
        "FCN matched, which has the size of one and layers of the kinds of the other (1,010 parameters), "
        "names 60.00 % right."
    )
    small = (replace(cnn, parameters=100), ANSWERS[:, 2])
    assert (
        sentences(comparison_of(networks[0], small))[-1]
        == "CNN is ahead with fewer parameters: it has 100, FCN 500."
    )


def test_a_network_alone_is_told_alone() -> None:
    """How often it is right, with its interval."""
    (told,) = sentences(comparison_of((entry_of("fcn"), ANSWERS[:, 1])))

    low, high = binomtest(6, 10).proportion_ci(method="wilson")
    assert (
        told
        == f"FCN names 60.00 % of 10 digits right (95 % interval {100 * low:.2f} % to {100 * high:.2f} %)."
    )
