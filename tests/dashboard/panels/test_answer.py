from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest

from dashboard.panels.answer import PANEL
from dashboard.panels.comparison import Comparison
from models.analysis.metrics import difference_interval
from models.analysis.robustness import Robustness
from models.datasets.disputed import Dispute
from models.datasets.perturbation import PERTURBATIONS
from models.store.entry import Score, SeedScore
from tests import networks
from tests.dashboard.panels.conftest import (
    ANSWERS,
    IMAGES,
    compared,
    disputing,
    entry_of,
    logits_of,
    with_found,
)
from tests.dashboard.panels.reading import drawn, read_link

LABELS = ANSWERS[:, 0]


def sentences(comparison: Comparison) -> list[str]:
    """Return what a student would quote."""
    (words,) = drawn(PANEL, comparison)
    return ["".join(cell.text for cell in sentence) for sentence in words.sentences]


def comparison_of(*networks: Any, pair: Any = ()) -> Comparison:
    """Compare networks given as an entry and its answers."""
    logits = {entry.key: logits_of(answered) for entry, answered in networks}
    return compared([entry for entry, _ in networks], logits, LABELS, images=IMAGES, pair=pair)


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
    assert where.startswith("3 digits are named right by CNN alone, 1 by FCN alone, and 1 by neither.")


def test_disputed_labels_are_counted_where_they_decide(compare: Any) -> None:
    """Of each group how many have a label that the literature disputes; nothing where none has."""
    assert "disputed" not in sentences(compare())[2]
    only_cnn = np.flatnonzero((ANSWERS[:, 1] != LABELS) & (ANSWERS[:, 2] == LABELS))
    doubted = {int(only_cnn[0]), int(only_cnn[1])}
    dispute = Dispute(0, 2, 1, 3, 1)
    doubting = disputing(compare(), dict.fromkeys(doubted, dispute))

    assert sentences(doubting)[2].endswith(
        "by neither; of these, 2, 0 and 0 have a label that is disputed (Northcutt, Athalye & Mueller 2021)."
    )


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
    told = sentences(compared([entry_of("fcn"), entry_of("cnn")], logits, labels, images=images))

    assert "p < 0.0001" in told[1]
    assert told[1].endswith(
        "chance is a poor explanation of the difference between these two on digits like these."
    )


@pytest.mark.parametrize(
    ("first", "second", "end"),
    [
        ((6, 7), (8, 9), "every training of CNN is ahead of every one of FCN."),
        ((8, 9), (6, 7), "every training of FCN is ahead of every one of CNN."),
        ((6, 8), (8, 9), "their ranges overlap."),
        ((6,), (8, 9), "how much a seed matters cannot be told from the one training of FCN."),
        ((6,), (8,), "how much a seed matters cannot be told from the one training of FCN and CNN."),
    ],
)
def test_seeds_can_turn_the_order_round_or_not(first: Any, second: Any, end: str) -> None:
    """The mean and the standard deviation, over how many trainings, and which is ahead if one is."""
    fcn, cnn = entry_of("fcn", seeds=seeds(*first)), entry_of("cnn", seeds=seeds(*second))
    told = sentences(comparison_of((fcn, ANSWERS[:, 1]), (cnn, ANSWERS[:, 2])))[3]

    assert told.endswith(end)
    if second == (8, 9):
        assert "CNN 85.00 ± 7.07 % (standard deviation of 2 seeds)" in told
    if first == (6,):
        assert "FCN names 60.00 % (one training) right" in told


def test_the_training_that_is_shown_is_said_to_be_the_median() -> None:
    """Where it is: of both networks, on held-out digits."""
    fcn, cnn = (entry_of(key, seeds=seeds(6, 7, 8), seed=1) for key in ("fcn", "cnn"))
    best = networks.changed(cnn, seed=2)

    said = "Shown is of each the median one on held-out digits."
    assert sentences(comparison_of((fcn, ANSWERS[:, 1]), (cnn, ANSWERS[:, 2])))[3].endswith(said)
    assert said not in sentences(comparison_of((fcn, ANSWERS[:, 1]), (best, ANSWERS[:, 2])))[3]


def test_recipes_that_differ_are_said_to() -> None:
    """Whatever else differs may be behind a difference: every setting, in numbers; else nothing."""
    plain = {"epochs": 8, "batch_size": 64, "learning_rate": 0.002, "dropout": {}, "refined": 0.0}
    other = plain | {"epochs": 45, "augmentation": {"shift": 2}, "refined": 0.2, "dropout": {"output": 0.2}}
    other |= {"blended": 0.5, "decay": 0.06}
    fcn, cnn = entry_of("fcn", recipe=plain), entry_of("cnn", recipe=other)

    assert sentences(comparison_of((fcn, ANSWERS[:, 1]), (cnn, ANSWERS[:, 2])))[4] == (
        "Not only the networks differ: CNN was trained with images moved anew each time but in the last 20 % "
        "of the epochs instead of images as they are, 50 % of the images blended with another one instead of "
        "images one by one, dropout of 20 % before output instead of no dropout, "
        "a weight decay of 0.06 times the learning rate instead of no weight decay and 45 epochs instead of "
        "8 epochs, which may be behind a difference too."
    )
    same = comparison_of((fcn, ANSWERS[:, 1]), (networks.changed(cnn, recipe=plain), ANSWERS[:, 2]))
    assert not any("was trained with" in each for each in sentences(same))


def test_what_augmentation_changes_is_said_of_the_same_layers() -> None:
    """Once for each architecture of the pair that is known with and without."""
    moved = {"augmentation": {"shift": 2}}
    fcn, cnn = entry_of("fcn"), entry_of("cnn", layers=())
    better = entry_of("fcn-augmented", recipe=moved)
    known = ((fcn, ANSWERS[:, 1]), (cnn, ANSWERS[:, 2]), (better, ANSWERS[:, 2]))

    said = (
        "FCN augmented has the layers of FCN and was trained with images moved anew each time instead of "
        "images as they are: it names 60.00 % (one training) right instead of 60.00 % (one training); the "
        "two that are shown make 2 mistakes instead of 4."
    )
    for pair in (("fcn", "cnn"), ("fcn", "fcn-augmented"), ("cnn", "fcn-augmented")):
        assert [each for each in sentences(comparison_of(*known, pair=pair)) if said in each].__len__() == 1
    assert not any("anew" in each for each in sentences(comparison_of(*known[:2])))
    longer = networks.changed(better, recipe=moved | {"dropout": {"output": 0.5}})
    told = sentences(comparison_of(known[0], (longer, ANSWERS[:, 2])))
    assert any(each.endswith("instead of 4. Which part of that does it was not tried.") for each in told)


def table(right: int = 990, **down: int) -> Robustness:
    """Return a table of 1,000 digits, 990 right unmoved: 2 px down `changed`, `lost`, elsewhere none does."""
    zeros = {key: (0,) * len(way.amounts) for key, way in PERTURBATIONS.items()}
    at = PERTURBATIONS["down"].amounts.index(2)

    def counts(number: int, elsewhere: int) -> dict[str, tuple[int, ...]]:
        found = {key: tuple(elsewhere for _ in each) for key, each in zeros.items()}
        return found | {"down": tuple(number if place == at else elsewhere for place in range(13))}

    return Robustness(
        1_000, counts(right, 990), counts(down.get("lost", 0), 0), counts(down.get("changed", 0), 0)
    )


def test_what_a_shift_does_is_counted_on_the_same_digits(compare: Any) -> None:
    """How many answers change, where most right ones are lost, and the chance of that in four tries."""
    tables = {"fcn": table(960, lost=34, changed=49), "cnn": table()}
    told = next(each for each in sentences(with_found(compare(), robustness=tables)) if "Shifted" in each)

    chance = 4 * binomtest(4, 38).pvalue
    assert chance < 1e-4
    assert told == (
        "Shifted by 2 pixels in one of four directions, FCN changes its answer on 0 to 49 of 1,000 digits; "
        "moved 2 px down it loses most: 34 right answers, and gains 4 (McNemar's exact test, times four for "
        "four directions: p < 0.0001). CNN changes its answer on 0 of 1,000 digits, and loses no more right "
        "answers than it gains. A translation-invariant network would change none: CNN did not, here."
    )
    few = with_found(
        compare(), robustness={"fcn": table(988, lost=3, changed=9), "cnn": table(991, changed=1)}
    )
    told = next(each for each in sentences(few) if "Shifted" in each)
    assert "p = 1.0000" in told
    assert told.endswith("A translation-invariant network would change none, so neither is one.")
    one = sentences(with_found(compare(), robustness={"fcn": tables["fcn"]}))
    assert not any("Shifted" in each for each in one)


def test_size_is_no_explanation_where_it_is_none() -> None:
    """Who is ahead with more parameters is not ahead for having fewer; a network of that size is named."""
    layers = (replace(entry_of("fcn").layers[0], kind="Conv2D"),)
    fcn, cnn = entry_of("fcn", parameters=500), entry_of("cnn", parameters=1_000, layers=layers)
    matched = entry_of("fcn-matched", parameters=1_010)
    networks = ((fcn, ANSWERS[:, 1]), (cnn, ANSWERS[:, 2]), (matched, ANSWERS[:, 1]))

    *_, size, same = sentences(comparison_of(*networks))
    assert size == "CNN is not ahead for having fewer parameters: it has 1,000, FCN 500."
    assert same == (
        "What size alone does: FCN matched differs from FCN in the number of its units alone and is as large "
        "as CNN (1,010 parameters); it names 60.00 % (one training) right, FCN 60.00 % (one training)."
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
