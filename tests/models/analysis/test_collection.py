import gzip
import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.analysis import channel_statistics, collection, colours
from models.analysis.measurements import MEASUREMENTS
from models.datasets import mnist
from models.datasets.dataset import DataError
from models.store import artefact, loading, manifest
from models.store.artefact import CHECKPOINTS, CheckpointError
from models.store.manifest import MANIFEST


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The committed checkpoints in a folder of their own."""
    return Path(shutil.copytree(CHECKPOINTS, tmp_path / "checkpoints"))


def test_it_is_all_that_the_manifest_names(copied: Path) -> None:
    """Every network of the manifest with its survey, the test digits, and what was measured of some."""
    found = collection.read(copied)

    assert found.entries == manifest.read(copied)
    assert found.of(channel_statistics.MEASUREMENT).keys() == {entry.key for entry in found.entries}
    for measurement in MEASUREMENTS:
        measured = {entry.key for entry in found.entries if measurement.file(entry)}
        assert found.of(measurement).keys() == measured
    assert found.costs
    np.testing.assert_array_equal(found.test.images, mnist.load("test").images)


def test_what_has_not_changed_is_read_once(copied: Path) -> None:
    """Whoever asks again, as every worker does, gets what is there."""
    assert collection.read(copied) is collection.read(copied)


def test_what_has_changed_is_read_anew(copied: Path) -> None:
    """A manifest that was written meanwhile, as training does, is the one that counts."""
    before = collection.read(copied)
    listed = json.loads((copied / MANIFEST).read_bytes())
    listed["models"].pop()
    artefact.write_whole(copied / MANIFEST, json.dumps(listed).encode())

    assert collection.read(copied).entries == before.entries[:-1]


def test_a_file_that_was_damaged_meanwhile_is_found_out(copied: Path) -> None:
    """What was read before does not hide it."""
    found = collection.read(copied)
    (copied / found.entries[0].survey.name).write_bytes(b"")

    with pytest.raises(CheckpointError, match=found.entries[0].survey.name):
        collection.read(copied)


def test_what_is_not_there_is_said(copied: Path, tmp_path: Path) -> None:
    """A folder that is missing is a sentence, not a fault of the one who looks for changes in it."""
    with pytest.raises(CheckpointError, match=r"nowhere/manifest\.json is missing"):
        collection.read(tmp_path / "nowhere")
    with pytest.raises(DataError, match=r"nowhere/CHECKSUMS is missing"):
        collection.read(copied, tmp_path / "nowhere")


@pytest.mark.parametrize(
    "kind", ["checkpoint", *(each.name for each in MEASUREMENTS if each is not colours.MEASUREMENT)]
)
@pytest.mark.parametrize("damage", ["missing", "other bytes", "a folder", "vouched for"])
def test_each_file_names_the_command_that_makes_it(copied: Path, kind: str, damage: str) -> None:
    """Training where only that makes it, else what measures it, both into the folder that is in force."""
    entry = manifest.find("cnn", copied)
    file = getattr(entry, kind)
    (copied / file.name).unlink()
    if damage == "a folder":
        (copied / file.name).mkdir()
    elif damage != "missing":
        written = artefact.write_whole(copied / file.name, b"damaged")
        if damage == "vouched for":
            manifest.write(replace(entry, **dict[str, Any]({kind: written})), copied)

    opens = kind == "checkpoint"
    with pytest.raises(CheckpointError) as refused:
        loading.load(manifest.find("cnn", copied), copied) if opens else collection.read(copied)

    sentence = str(refused.value)
    assert sentence.startswith(f"{copied}/{file.name} ")
    command = "train" if kind == "checkpoint" else f"measure {kind}"
    assert sentence.endswith(f'anew: python -m models.{command} cnn --folder "{copied}"')
    assert ("models.train" in sentence) == (kind == "checkpoint")
    assert "git checkout" not in sentence


@pytest.mark.parametrize("content", [b"", b"[" * 100_000, b'{"machine": 1}', b"[]", b'{"layers": NaN}'])
def test_damaged_costs_are_measured_anew(copied: Path, content: bytes) -> None:
    """Whatever is wrong with them."""
    (copied / "costs.json").write_bytes(content)

    with pytest.raises(
        CheckpointError, match=r"/costs\.json is damaged: .* python -m models\.measure cost --folder"
    ):
        collection.read(copied)


def test_other_digits_than_were_surveyed_are_told(copied: Path, tmp_path: Path) -> None:
    """A test set of another size goes with no survey: that is said of the survey, not met at a click."""
    data = tmp_path / "data"
    data.mkdir()
    images, labels = np.zeros((3, 28, 28), np.uint8), np.zeros(3, np.uint8)
    lines = []
    for name, values in (("images-idx3", images), ("labels-idx1", labels)):
        head = bytes([0, 0, 8, values.ndim]) + b"".join(side.to_bytes(4, "big") for side in values.shape)
        content = gzip.compress(head + values.tobytes())
        (data / f"t10k-{name}-ubyte.gz").write_bytes(content)
        lines.append(f"{hashlib.sha256(content).hexdigest()}  t10k-{name}-ubyte.gz\n")
    (data / "CHECKSUMS").write_text("".join(lines))

    with pytest.raises(CheckpointError, match=r"survey\.npz is no survey .* of other images"):
        collection.read(copied, data)


@pytest.mark.parametrize(
    "content",
    [b"", b"garbage", gzip.compress(b"garbage", mtime=0), gzip.compress(b"", mtime=0)[:-4]],
    ids=["nothing", "garbage", "compressed garbage", "cut off"],
)
def test_what_checksums_vouch_for_may_be_no_digits(tmp_path: Path, content: bytes) -> None:
    """It is a sentence with the command that brings back ours."""
    lines = ""
    for name in ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"):
        (tmp_path / name).write_bytes(content)
        lines += f"{hashlib.sha256(content).hexdigest()}  {name}\n"
    (tmp_path / "CHECKSUMS").write_text(lines)

    with pytest.raises(DataError, match=r"t10k-images-idx3-ubyte\.gz holds no digits.* && cp models/data"):
        mnist.load("test", tmp_path)
