from __future__ import annotations

import json
from typing import Any

import pytest

from dashboard.errors import RefusedError
from dashboard.runs.groups import grouped, seed_name, together_words
from jobs.table import RESULT, Table
from tests.dashboard.runs.conftest import ADA, SMALL, Trainings


def begun(trainings: Trainings, seeds: int) -> list[str]:
    """Begin one with each of several seeds, and return their ids by these."""
    trainings.runs.start({**SMALL, "seed": 3, "seeds": seeds}, ADA)
    return [run.job.id for run in grouped(trainings.runs.own(ADA))[0]]


def end(trainings: Trainings, run: str, held_out: int, test: int) -> None:
    """Let one finish, with so many of 1,000 images right."""
    scores = {
        name: {"digits": 1000, "correct": correct, "loss": 0.1}
        for name, correct in (("held_out", held_out), ("test", test))
    }
    result: dict[str, Any] = {"chosen_epoch": 1, "parameters": 1, **scores}
    (Table(trainings.folder).place(run) / RESULT).write_text(json.dumps(result))
    trainings.put(run, state="finished", begun=1.0, ended=2.0)


def words(trainings: Trainings) -> str:
    return together_words(grouped(trainings.runs.own(ADA))[0])


def test_seeds_are_begun_together(trainings: Trainings) -> None:
    """Each is a training of its own; that of the first seed is begun first, and leads to all."""
    alone = trainings.started()
    first = trainings.runs.start({**SMALL, "seed": 3, "seeds": 3}, ADA)
    groups = grouped(trainings.runs.own(ADA))

    assert [[run.order.seed for run in group] for group in groups] == [[3, 4, 5], [7]]
    assert [job.id for job in trainings.runs.jobs.list()] == [alone, *(run.job.id for run in groups[0])]
    assert groups[0][0].job.id == first
    assert [run.name for run in groups[0]] == [f"FCN 8 on MNIST, seed {seed}" for seed in (3, 4, 5)]
    assert groups[1][0].name == "FCN 8 on MNIST"
    trainings.runs.rename(first, "mine", ADA)
    assert [seed_name(run) for run in grouped(trainings.runs.own(ADA))[0]] == ["mine", "seed 4", "seed 5"]


def test_mean_and_deviation_say_over_how_many_seeds(trainings: Trainings) -> None:
    """Over those that have ended; one seed is one seed, and what was stopped counts in none of them."""
    runs = begun(trainings, 4)
    assert words(trainings) == "4 still run or wait."
    end(trainings, runs[0], 980, 970)
    assert words(trainings) == "Held out 98.00 %, test 97.00 %: of one seed. 3 still run or wait."

    end(trainings, runs[1], 990, 980)
    trainings.runs.act(runs[2], "cancel", ADA)
    assert words(trainings) == (
        "Held out 98.50 ± 0.71 %, test 97.50 ± 0.71 %: mean ± standard deviation of 2 seeds. "
        "1 still runs or waits. 1 stopped before the end."
    )
    trainings.runs.act(runs[2], "delete", ADA)
    end(trainings, runs[3], 1000, 990)
    assert words(trainings) == (
        "Held out 99.00 ± 1.00 %, test 98.00 ± 1.00 %: mean ± standard deviation of 3 seeds."
    )


def test_more_seeds_than_there_is_room_for_are_refused_together(trainings: Trainings) -> None:
    """With both numbers, and none of them is begun."""
    begun(trainings, 8)
    with pytest.raises(RefusedError, match=r"8 jobs of yours .* 10 may .* room for 2, not for 3") as caught:
        begun(trainings, 3)

    assert caught.value.status == 429
    assert len(trainings.runs.own(ADA)) == 8
    assert len(begun(trainings, 2)) == 2
