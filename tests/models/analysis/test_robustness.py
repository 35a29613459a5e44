from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

from models.analysis import robustness
from models.analysis.robustness import MEASUREMENT, Robustness
from models.arrays import Labels
from models.datasets import mnist
from models.datasets.mnist import SPEC, prepare
from models.datasets.perturbation import PERTURBATIONS, perturb
from models.store import artefact, loading, manifest
from models.store.artefact import CheckpointError
from models.store.interim import Interim
from tests import networks
from tests.networks import robust

DAMAGES = {
    "nothing": b"",
    "no JSON": b"{",
    "no table": b"[]",
    "no numbers": b'{"digits": 10, "curves": {"right": 3}}',
    "nothing measured": b'{"digits": 10, "curves": {}}',
}


def test_it_is_read_as_it_was_written() -> None:
    """Every count of every perturbation, with the amounts beside them for other readers."""
    found = robust(100)

    content = found.to_bytes()

    assert Robustness.from_bytes(content) == found
    told = json.loads(content)["curves"]["rotation"]
    assert told == {
        "amounts": list(PERTURBATIONS["rotation"].amounts),
        "correct": list(found.correct["rotation"]),
        "lost": list(found.lost["rotation"]),
        "changed": list(found.changed["rotation"]),
    }


@pytest.mark.parametrize("content", DAMAGES.values(), ids=DAMAGES)
def test_what_is_no_table_is_refused(content: bytes) -> None:
    """Whatever is in the file, reading it raises one kind of error, which says what is wrong."""
    with pytest.raises(ValueError, match=r"^it (is|has|was)|^it\.curves\.right is a number, not an object"):
        Robustness.from_bytes(content)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"correct": [50', b'"correct": [101'),
        (b'"correct": [50', b'"correct": [-1'),
        (b'"correct": [50', b'"correct": [true'),
        (b'"correct": [50', b'"correct": [50, 50'),
        (b'{"digits": 100', b'{"digits": 0'),
        (b'{"digits": 100', b'{"digits": 100, "digits": 100'),
        (b'{"digits": 100', b'{"digits": 100, "more": 1'),
        (b"[-8, -6", b"[-9, -6"),
        (b'"lost": [0', b'"lost": [7'),
        (b'"changed": [0, 1', b'"changed": [0, 0'),
    ],
)
def test_counts_and_amounts_make_sense(old: bytes, new: bytes) -> None:
    """No more right answers than digits, none below zero, and no amounts but those that are measured now."""
    content = robust(100).to_bytes()
    assert old in content

    with pytest.raises(ValueError, match=r"counts|amounts|^it"):
        Robustness.from_bytes(content.replace(old, new))


def test_a_network_may_have_none() -> None:
    """A manifest written before there were tables names none, and none is read."""
    entry = networks.entry("cnn", networks.CNN)

    assert MEASUREMENT.read(entry) is None


def test_it_lies_beside_its_checkpoint_and_is_checked(tmp_path: Path) -> None:
    """Both hashes name it; the manifest's hash finds out a changed byte, and the message what mends it."""
    entry = networks.entry("cnn", networks.CNN)
    file = MEASUREMENT.write(robust(100), replace(entry.checkpoint, name="cnn-01234567.keras"), tmp_path)
    entry = replace(entry, robustness=file)
    manifest.write(entry, tmp_path)
    (read,) = manifest.read(tmp_path)

    assert file.name.startswith("cnn-01234567.")
    assert file.name.endswith(".robustness.json")
    assert read == entry
    assert file in read.files
    assert MEASUREMENT.read(read, tmp_path) == robust(100)
    (tmp_path / file.name).write_bytes(b"{}")
    with pytest.raises(CheckpointError, match="is not the file that the manifest names"):
        MEASUREMENT.read(read, tmp_path)


def test_a_file_that_fits_its_hash_but_is_no_table(tmp_path: Path) -> None:
    """It is named like any other file that cannot be used."""
    file = artefact.write_whole(tmp_path / "cnn.robustness.json", b"{}")
    entry = replace(networks.entry("cnn", networks.CNN), robustness=file)

    with pytest.raises(CheckpointError, match=r"cnn\.robustness\.json is no table of this network"):
        MEASUREMENT.read(entry, tmp_path)


def test_what_is_gained_follows_from_what_is_lost() -> None:
    """McNemar's test compares the same digits, changed and not, each with itself."""
    paired = robust(100).against_unchanged("right", 2)
    unchanged, at = (PERTURBATIONS["right"].amounts.index(amount) for amount in (0, 2))

    correct = robust(100).correct["right"]
    assert paired.lost - paired.gained == correct[unchanged] - correct[at]
    assert paired.chance == binomtest(paired.gained, paired.lost + paired.gained).pvalue
    with pytest.raises(ValueError, match="tuple"):
        robust(100).against_unchanged("right", 2.5)


@pytest.mark.keras
def test_it_counts_what_the_network_says(capsys: pytest.CaptureFixture[str]) -> None:
    """For every perturbation as many counts as amounts; at the neutral one those of the digits themselves."""
    test = mnist.load("test")[:40]
    digits = prepare(test.images)
    model = networks.build(networks.FCN)

    found = robustness.run(model, digits, test.labels, SPEC)

    assert Robustness.from_bytes(found.to_bytes()) == found
    said = model.predict(perturb(digits, "rotation", 90, SPEC), verbose=0).argmax(axis=1)
    assert found.correct["rotation"][-1] == (said == test.labels).sum()
    before = model.predict(digits, verbose=0).argmax(axis=1)
    paired = found.against_unchanged("rotation", 90)
    assert paired.changed == (said != before).sum() > 0
    assert paired.lost == ((before == test.labels) & (said != test.labels)).sum()
    assert paired.gained == ((before != test.labels) & (said == test.labels)).sum()
    untouched = (before == test.labels).sum()
    for key, each in PERTURBATIONS.items():
        neutral = found.against_unchanged(key, each.neutral)
        assert found.correct[key][each.amounts.index(each.neutral)] == untouched
        assert (neutral.changed, neutral.lost, neutral.gained) == (0, 0, 0)


@pytest.mark.keras
def test_it_goes_on_where_it_was_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No amount is counted twice, and the table is the one of a measurement that nobody ended."""
    test = mnist.load("test")[:40]
    digits, model = prepare(test.images), networks.build(networks.FCN)
    counted: list[int] = []
    count = robustness._counted

    def counting(unchanged: Labels, changed: Labels, labels: Labels) -> tuple[int, int, int]:
        counted.append(len(labels))
        return count(unchanged, changed, labels)

    def ended(done: int, _: int) -> None:
        if done == 30:
            raise KeyboardInterrupt

    whole = robustness.run(model, digits, test.labels, SPEC)
    monkeypatch.setattr(robustness, "_counted", counting)
    monkeypatch.setattr(robustness, "KEPT", 30)
    monkeypatch.setattr(robustness, "PART", 20)
    with pytest.raises(KeyboardInterrupt):
        robustness.run(model, digits, test.labels, SPEC, interim=Interim(tmp_path), told=ended)
    assert robustness.run(model, digits, test.labels, SPEC, interim=Interim(tmp_path)) == whole
    amounts = sum(len(each.amounts) for each in PERTURBATIONS.values())
    assert counted == [30, 10] * amounts


@pytest.mark.keras
@pytest.mark.parametrize("key", [entry.key for entry in manifest.read()])
def test_what_is_stored_is_what_the_network_does(key: str) -> None:
    """An amount of each perturbation, measured again on 500 of the test digits, gives the stored share.

    It may be off by 4.5 standard errors of 500 digits; unchanged digits are the manifest's.
    """
    from models.engine.probe import Probe

    entry = next(each for each in manifest.read() if each.key == key)
    stored = MEASUREMENT.read(entry)
    if stored is None:
        pytest.skip(f"{key} is not measured yet")
    test = mnist.load("test")
    chosen = np.arange(0, 10_000, 20)
    digits, labels = prepare(test.images[chosen]), test.labels[chosen]
    probe = Probe(loading.load(entry))

    for way in PERTURBATIONS.values():
        place = len(way.amounts) // 3
        logits = probe.logits_without(perturb(digits, way.key, way.amounts[place], SPEC), {})
        share = stored.correct[way.key][place] / stored.digits
        error = max(np.sqrt(share * (1 - share) / len(labels)), 1 / len(labels))
        assert abs((logits.argmax(axis=1) == labels).mean() - share) <= 4.5 * error, way.key
        assert stored.correct[way.key][way.amounts.index(way.neutral)] == networks.score_of(entry).correct
