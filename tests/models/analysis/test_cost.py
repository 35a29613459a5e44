from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from models import measure
from models.analysis import cost
from models.analysis.cost import BATCH, FILE, ROUNDS, WARMING, Costs
from models.store import manifest
from models.store.artefact import CheckpointError
from tests import networks

COSTS = Costs("a machine", 250, 40, {"0" * 64: {"dense": 1.5}})


def test_what_was_written_is_read(tmp_path: Path) -> None:
    """Nothing was measured where there is no file; a damaged one is named with the command that mends it."""
    assert cost.read(tmp_path) is None
    (tmp_path / FILE).write_text(json.dumps(asdict(COSTS)))
    assert cost.read(tmp_path) == COSTS

    for damaged in ("{", "[]", '{"machine": "a"}'):
        (tmp_path / FILE).write_text(damaged)
        with pytest.raises(CheckpointError, match=r"costs\.json.*python -m models\.measure cost"):
            cost.read(tmp_path)


def test_times_belong_to_the_very_checkpoint() -> None:
    """Another checkpoint of the same key was not measured."""
    entry, _ = networks.entries()

    assert COSTS.of(entry) is None
    assert Costs("", 1, 1, {entry.sha256: {"dense1": 2.0}}).of(entry) == {"dense1": 2.0}


def test_a_time_is_the_median_of_all_rounds_but_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of work that takes 100 s until it is warm, then 1 s to ROUNDS s, in turns with work that takes none."""
    clock = [0.0]
    takes: Iterator[float] = iter([*[100.0] * WARMING, *map(float, range(1, ROUNDS + 1))])
    monkeypatch.setattr(time, "process_time", lambda: clock[0])

    def work() -> None:
        clock[0] += next(takes)

    assert cost.measure({"slow": work, "none": lambda: None}) == {"slow": (ROUNDS + 1) / 2, "none": 0}


def test_every_layer_of_every_network_was_measured() -> None:
    """The file that comes along has a time above zero for each layer of the committed checkpoints."""
    found = cost.read()
    assert found is not None
    assert (found.batch, found.rounds) == (BATCH, ROUNDS)

    for entry in manifest.read():
        times = found.of(entry)
        if times is not None:  # a network that was trained since has none until it is measured
            assert [*times] == [layer.name for layer in entry.layers]
            assert all(time > 0 for time in times.values())


@pytest.mark.keras
def test_all_are_opened_before_the_first_is_timed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that cannot be opened ends the command with a sentence; nothing is written."""
    networks.save(networks.build(networks.FCN), "fcn", tmp_path)
    networks.save(networks.build(networks.CNN), "cnn", tmp_path)
    (tmp_path / "cnn.keras").unlink()
    monkeypatch.setattr(cost, "measure", pytest.fail)

    with pytest.raises(SystemExit, match=r"/cnn\.keras is missing"):
        measure.main(["cost", "--folder", str(tmp_path)])

    assert not (tmp_path / FILE).exists()
