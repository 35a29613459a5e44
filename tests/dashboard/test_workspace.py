from __future__ import annotations

import gzip
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dashboard import picture
from dashboard.api import health, pictures, wall
from dashboard.api.pictures import Asked
from dashboard.callbacks import compared
from dashboard.errors import RefusedError
from dashboard.workspace import Workspace
from models.datasets.dataset import Dataset
from models.datasets.mnist import prepare
from models.engine.networks import WakingError
from models.store.artefact import CheckpointError
from models.store.entry import Score
from tests import networks
from tests.dashboard import apps

PAIR = ("fcn", "cnn")


@pytest.fixture
def workspace(test_digits: Dataset, tmp_path: Path) -> Workspace:
    """Two awake networks and an empty memory."""
    return apps.workspace(test_digits, tmp_path / "cache")


def test_a_digit_is_what_the_networks_are_fed(workspace: Workspace, test_digits: Dataset) -> None:
    """The one preprocessing, nothing else, for the first and the last digit alike."""
    for index in (0, 4271, 9_999):
        assert np.array_equal(workspace.digit(index), prepare(test_digits.images[index]))


@pytest.mark.parametrize("index", [-1, 10_000, -10_000, 2**40])
def test_there_are_no_other_digits(workspace: Workspace, index: int) -> None:
    """No index wraps around or is clamped, whichever way the digit is asked for."""
    for ask in (
        lambda: workspace.digit(index),
        lambda: workspace.forward_pass("cnn", index),
        lambda: pictures.paint(workspace, Asked(PAIR, index, "post")),
    ):
        with pytest.raises(RefusedError, match="0 to 9999") as refusal:
            ask()
        assert refusal.value.status == 404


def test_what_there_is_not_is_refused_with_what_there_is(workspace: Workspace) -> None:
    """An unknown network or layer hears the names of the known ones."""
    with pytest.raises(RefusedError, match=r"There are: fcn, cnn\.") as refusal:
        workspace.forward_pass("rnn", 0)
    assert refusal.value.status == 404
    with pytest.raises(RefusedError, match="conv1, conv2, pool, flatten, dense, output") as refusal:
        workspace.layer("cnn", "dense1")
    assert refusal.value.status == 404
    with pytest.raises(RefusedError, match="MaxPooling2D") as refusal:
        workspace.weights("cnn", "pool")
    assert refusal.value.status == 404


def test_a_broken_network_stops_no_pair_without_it(test_digits: Dataset, tmp_path: Path) -> None:
    """Two networks that could be opened are shown, whatever the third is; readiness names that one."""
    sentence = "models/checkpoints/cnn.keras cannot be read. Restore it."
    workspace = apps.workspace(test_digits, tmp_path, networks.three(), broken={"cnn": sentence})

    assert pictures.paint(workspace, Asked(("fcn", "fcn-matched"), 17, "post"))
    for ask in (
        lambda: pictures.paint(workspace, Asked(("fcn", "cnn"), 17, "post")),
        lambda: health.require_ready(workspace),
    ):
        with pytest.raises(CheckpointError, match=re.escape(sentence)):
            ask()


def test_pictures_of_another_form_are_forgotten(
    workspace: Workspace, test_digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Coarser levels than yesterday's are another version: old bytes would be painted in wrong colours."""
    before = workspace.version
    monkeypatch.setattr(picture, "LEVELS", {"post": 64, "pre": 32})

    assert apps.workspace(test_digits, tmp_path / "other", asleep=True).version != before


def test_damaged_memory_is_no_answer(workspace: Workspace, test_digits: Dataset, tmp_path: Path) -> None:
    """What has lost bytes on disk, or has other ones, is computed anew rather than shown."""
    blocks = [wall.block(workspace, number) for number in range(4)]  # large ones lie in files of their own
    workspace.memory.settle()
    files = sorted((tmp_path / "cache").rglob("*.val"))
    assert len(files) == 4
    files[0].write_bytes(files[0].read_bytes()[:-1_000])
    files[1].write_bytes(b"")
    files[2].write_bytes(bytes(byte ^ 255 for byte in files[2].read_bytes()))
    files[3].unlink()

    restarted = apps.workspace(test_digits, tmp_path / "cache")

    assert [wall.block(restarted, number) for number in range(4)] == blocks


def test_sleeping_networks_ask_for_patience(test_digits: Dataset, tmp_path: Path) -> None:
    """What needs them says that they sleep; the wall, the labels and Compare do not need them."""
    workspace = apps.workspace(test_digits, tmp_path, asleep=True)

    for ask in (
        lambda: workspace.forward_pass("cnn", 0),
        lambda: workspace.weights("cnn", "conv1"),
        lambda: pictures.paint(workspace, Asked(PAIR, 0, "post")),
        lambda: pictures.kernels(workspace, "cnn", "conv1", 0),
        lambda: health.require_ready(workspace),
    ):
        with pytest.raises(WakingError):
            ask()
    assert gzip.decompress(wall.block(workspace, 39)) == test_digits.images[9_750:].tobytes()
    assert gzip.decompress(wall.verdicts(workspace))[:10_000] == test_digits.labels.tobytes()
    assert compared(workspace, "both", "dark").labels is workspace.labels


def test_a_broken_network_is_named_and_the_other_works(test_digits: Dataset, tmp_path: Path) -> None:
    """Its sentence is passed on; what does not need it is answered."""
    sentence = "models/checkpoints/cnn.keras cannot be read. Restore it."
    workspace = apps.workspace(test_digits, tmp_path, broken={"cnn": sentence})

    for ask in (
        lambda: workspace.forward_pass("cnn", 0),
        lambda: pictures.paint(workspace, Asked(PAIR, 0, "post")),
        lambda: health.require_ready(workspace),
    ):
        with pytest.raises(CheckpointError, match=re.escape(sentence)):
            ask()
    assert workspace.forward_pass("fcn", 0).logits.shape == (10,)
    assert wall.block(workspace, 0)
    with pytest.raises(RefusedError, match="no network of that name"):
        workspace.forward_pass("rnn", 0)


def test_the_opening_digit_tells_the_story(workspace: Workspace) -> None:
    """The first network of the default pair gets it wrong, the second gets it right."""
    index, label = workspace.opening_digit, workspace.labels[workspace.opening_digit]

    assert workspace.forward_pass("fcn", index).logits.argmax() != label
    assert workspace.forward_pass("cnn", index).logits.argmax() == label


def test_the_reader_is_chosen_on_held_out_digits(workspace: Workspace) -> None:
    """What people bring is read by the best of all networks, and no test digit says which that is."""
    first, second = workspace.entries
    better = networks.changed(second, held_out=Score(5_000, 4_950, 0.09), test=Score(10_000, 1, 9.0))

    assert apps.with_collection(workspace, entries=(first, better)).reader == better
    surer = networks.changed(second, held_out=replace(networks.training_of(first).held_out, loss=0.01))
    assert apps.with_collection(workspace, entries=(first, surer)).reader == surer
