from dataclasses import replace
from statistics import fmean, stdev

import pytest

from dashboard.panels.comparison import Comparison
from dashboard.panels.seeds import PANEL
from models.store.entry import Score, SeedScore
from tests.dashboard.panels.conftest import ANSWERS, IMAGES, compared, entry_of, logits_of
from tests.dashboard.panels.reading import drawn

TESTS = [Score(10_000, correct, loss) for correct, loss in ((9_853, 0.055), (9_841, 0.06), (9_850, 0.05))]
SEEDS = tuple(
    SeedScore(seed, 3, Score(5_000, 4_900, 0.1), test) for seed, test in zip((1, 2, 7), TESTS, strict=True)
)


@pytest.fixture
def comparison() -> Comparison:
    """FCN over three seeds, CNN over one."""
    entries = entry_of("fcn", seeds=SEEDS), entry_of("cnn", seeds=SEEDS[:1])
    logits = {"fcn": logits_of(ANSWERS[:, 1]), "cnn": logits_of(ANSWERS[:, 2])}
    return compared(entries, logits, ANSWERS[:, 0], images=IMAGES)


def test_mean_and_standard_deviation_are_those_of_the_seeds(comparison: Comparison) -> None:
    """A single seed has no deviation."""
    table, chart = drawn(PANEL, comparison)

    told = {row[0].text: [cell.text for cell in row[1:]] for row in table.rows}
    right = [0.9853, 0.9841, 0.985]
    assert told["Shown everywhere else"] == ["seed 7", "seed 7, the only training"]
    assert told["Accuracy, mean"] == [f"{100 * fmean(right):.2f} %", "98.53 %"]
    assert told["Accuracy, deviation"] == [f"{100 * stdev(right):.2f} %", "one seed has none"]
    assert told["Loss, mean"] == ["0.0550 nats", "0.0550 nats"]
    assert told["Loss, deviation"] == ["0.0050 nats", "one seed has none"]
    assert told["Accuracy, lowest"] == ["98.41 %", "98.53 %"]
    assert told["Accuracy, highest"] == ["98.53 %", "98.53 %"]
    assert (told["Seeds"], told["Number of seeds"]) == (["1, 2, 7", "1"], ["3", "1"])
    assert chart.summary == (
        "FCN names 98.48 ± 0.06 % (standard deviation of 3 seeds) right; "
        "CNN names 98.53 % right with its one seed."
    )


def test_it_is_said_that_the_median_is_shown() -> None:
    """Of several seeds the middle one on held-out digits, whatever the test digits say."""
    scores = {1: 4_900, 2: 4_910, 7: 4_905}
    seeds = tuple(replace(each, held_out=Score(5_000, scores[each.seed], 0.1)) for each in SEEDS)
    entry = entry_of("fcn", seeds=seeds)
    comparison = compared([entry], {"fcn": logits_of(ANSWERS[:, 1])}, ANSWERS[:, 0], images=IMAGES)
    table, _ = drawn(PANEL, comparison)

    told = {row[0].text: row[1].text for row in table.rows}
    assert told["Shown everywhere else"] == "seed 7, the median of 3 trainings on held-out digits"


def test_every_seed_is_a_point(comparison: Comparison) -> None:
    """Loss across, accuracy up; the mean has bars of one deviation each way, a single seed has no mean."""
    _, chart = drawn(PANEL, comparison)
    seeds, mean, other = chart.figure.data

    assert list(zip(seeds.x, seeds.y, strict=True)) == [(0.055, 0.9853), (0.06, 0.9841), (0.05, 0.985)]
    assert (mean.x[0], mean.y[0]) == pytest.approx((0.055, 0.9848))
    assert mean.error_x.array[0] == pytest.approx(stdev(seeds.x))
    assert mean.error_y.array[0] == pytest.approx(stdev(seeds.y))
    assert list(other.x) == [0.055]
    assert mean.name == "FCN mean ± standard deviation of 3 seeds"
    assert mean.hovertemplate.startswith(
        "FCN names 98.48 ± 0.06 % (standard deviation of 3 seeds) right,<br>loss"
    )
    assert seeds.hovertext[1] == "FCN, seed 2: 9,841 of 10,000,<br>98.41 %, loss 0.0600 nats, epoch 3"
