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
from dashboard.moving import parse_move
from dashboard.pair import pairs
from dashboard.workspace import Workspace
from models.arrays import Floats, Levels
from models.datasets.dataset import Dataset
from models.datasets.mnist import prepare
from models.engine.forward_pass import STAGES, Stage
from models.engine.networks import WakingError
from models.store.manifest import CheckpointError, File, Score
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


def test_filters_are_the_kernel_filter_by_filter(workspace: Workspace) -> None:
    """Un-flipped: filter k, slice s is kernel[:, :, s, k]; a unit that reads the digit has one slice."""
    kernel, _ = workspace.weights("cnn", "conv2")
    held = pictures.filter_weights(workspace, "cnn", "conv2")
    assert held.shape == (4, 3, 3, 3)
    for channel in range(4):
        for part in range(3):
            assert np.array_equal(held[channel, part], kernel[:, :, part, channel])

    templates = pictures.filter_weights(workspace, "fcn", "dense1")
    assert templates.shape == (6, 1, 28, 28)
    assert np.array_equal(templates[2, 0].ravel(), workspace.weights("fcn", "dense1")[0][:, 2])


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("pair", [("fcn", "cnn"), ("cnn", "fcn-matched"), ("fcn-matched", "cnn")])
def test_a_picture_is_that_digit_through_the_pair(
    test_digits: Dataset, tmp_path: Path, pair: tuple[str, str], stage: Stage
) -> None:
    """What is packed is what these two networks compute for it, in the pair's order, and nothing else."""
    workspace = apps.workspace(test_digits, tmp_path, networks.three())
    passes = [(workspace.entry(key).layers, workspace.forward_pass(key, 17)) for key in pair]

    packed = picture.pack(17, passes, stage)

    for _ in ("computed", "remembered"):
        assert gzip.decompress(pictures.paint(workspace, Asked(pair, 17, stage))) == b"".join(packed)
        workspace.memory.settle()


def test_networks_that_are_joined_make_the_plain_pictures(
    test_digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After activation, of a digit as it is or moved; for all else, and what they leave, each runs alone."""
    workspace = apps.workspace(test_digits, tmp_path)
    move = parse_move("rotation:15")
    alone = {stage: pictures.paint(workspace, Asked(PAIR, 18, stage)) for stage in STAGES}
    different = pictures.paint(workspace, Asked(PAIR, 17, "post", reference=18))

    class Joined:
        def run(self, digit: Floats) -> tuple[Floats, Levels] | None:
            if np.array_equal(digit, workspace.digit(18)):
                return None
            return digit[14, :, 0], np.array([7, 8], np.uint8)

    def joint(keys: tuple[str, ...], levels: int) -> Joined:
        assert (keys, levels) == (PAIR, picture.LEVELS["post"])
        return Joined()

    monkeypatch.setattr(workspace.networks, "joint", joint)

    for index, change in ((17, None), (17, move), (19, None)):
        digit = workspace.digit(index, change)
        pixels = picture.pack_digit(digit) if change else b""
        expected = np.uint32(index).tobytes() + digit[14].tobytes() + b"\x07\x08" + pixels
        assert gzip.decompress(pictures.paint(workspace, Asked(PAIR, index, "post", move=change))) == expected
    assert pictures.paint(workspace, Asked(PAIR, 18, "post")) == alone["post"]
    assert pictures.paint(workspace, Asked(PAIR, 18, "pre")) == alone["pre"]
    assert pictures.paint(workspace, Asked(PAIR, 17, "post", reference=18)) == different


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


def test_kernels_come_in_parts(test_digits: Dataset, tmp_path: Path) -> None:
    """All filters of a layer are in its parts, in order, and there are no other parts."""
    wide = networks.entry("wide", (networks.flatten(784), networks.dense("dense1", 784, 70)))
    workspace = apps.workspace(test_digits, tmp_path, [wide, networks.entry("cnn", networks.CNN)])
    held = pictures.filter_weights(workspace, "wide", "dense1")
    assert held.shape == (70, 1, 28, 28)

    for part, chosen in ((0, held[:64]), (1, held[64:])):
        assert gzip.decompress(pictures.kernels(workspace, "wide", "dense1", part)) == picture.pack_kernels(
            chosen
        )
    for part in (-1, 2):
        with pytest.raises(RefusedError):
            pictures.kernels(workspace, "wide", "dense1", part)


def test_what_is_remembered_survives_a_restart(
    workspace: Workspace, test_digits: Dataset, tmp_path: Path
) -> None:
    """A new process whose networks still sleep gives the same bytes; a digit that nobody saw must wait."""
    seen, kernels = (
        pictures.paint(workspace, Asked(PAIR, 17, "post")),
        pictures.kernels(workspace, "cnn", "conv1", 0),
    )
    workspace.memory.settle()

    restarted = apps.workspace(test_digits, tmp_path / "cache", asleep=True)

    assert pictures.paint(restarted, Asked(PAIR, 17, "post")) == seen
    assert pictures.kernels(restarted, "cnn", "conv1", 0) == kernels
    unseen: tuple[tuple[int, Stage], ...] = ((18, "post"), (17, "pre"))
    for index, stage in unseen:
        with pytest.raises(WakingError):
            pictures.paint(restarted, Asked(PAIR, index, stage))


def test_a_retrained_network_shows_nothing_of_its_predecessor(
    workspace: Workspace, test_digits: Dataset, tmp_path: Path
) -> None:
    """Another checkpoint, or another survey of it, is another version, and remembers nothing of before."""
    pictures.paint(workspace, Asked(PAIR, 17, "post"))
    workspace.memory.settle()
    fcn, cnn = workspace.entries
    retrained = replace(cnn, checkpoint=File("cnn.keras", "f" * 64, 1_000))
    surveyed = replace(cnn, survey=File("cnn.survey.npz", "f" * 64, 100))

    for entries in ((fcn, retrained), (fcn, surveyed), (cnn, fcn)):
        later = apps.workspace(test_digits, tmp_path / "cache", entries, asleep=True)
        assert later.version != workspace.version
        with pytest.raises(WakingError):
            pictures.paint(later, Asked(PAIR, 17, "post"))


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


def test_ready_means_the_known_answer(workspace: Workspace) -> None:
    """Readiness is the answer that was measured after training, within a thousandth, from every network."""
    health.require_ready(workspace)
    for key in ("fcn", "cnn"):
        logits = workspace.surveys[key].logits
        kept = logits[workspace.opening_digit].copy()
        for wrong in (kept + 0.01, np.full(10, np.nan, np.float32)):
            logits[workspace.opening_digit] = wrong
            with pytest.raises(RefusedError, match=key) as refusal:
                health.require_ready(workspace)
            assert (refusal.value.status, refusal.value.code) == (503, "wrong_answer")
        logits[workspace.opening_digit] = kept
    health.require_ready(workspace)


def test_ready_means_that_memory_can_be_written(test_digits: Dataset, tmp_path: Path) -> None:
    """Where it cannot, everything is still answered, but somebody should know, and what to set."""
    (tmp_path / "file").write_text("")
    workspace = apps.workspace(test_digits, tmp_path / "file" / "cache")

    with pytest.raises(RefusedError, match=r"CACHE_DIR") as refusal:
        health.require_ready(workspace)

    assert (refusal.value.status, refusal.value.code) == (503, "no_storage")
    assert pictures.paint(workspace, Asked(PAIR, 0, "post")) == pictures.paint(
        workspace, Asked(PAIR, 0, "post")
    )


def test_the_opening_digit_tells_the_story(workspace: Workspace) -> None:
    """The first network of the default pair gets it wrong, the second gets it right."""
    index, label = workspace.opening_digit, workspace.labels[workspace.opening_digit]

    assert workspace.forward_pass("fcn", index).logits.argmax() != label
    assert workspace.forward_pass("cnn", index).logits.argmax() == label


def test_the_reader_is_chosen_on_held_out_digits(workspace: Workspace) -> None:
    """What people bring is read by the best of all networks, and no test digit says which that is."""
    first, second = workspace.entries
    better = replace(second, held_out=Score(5_000, 4_950, 0.09), test=Score(10_000, 1, 9.0))

    assert apps.with_collection(workspace, entries=(first, better)).reader == better
    surer = replace(second, held_out=replace(first.held_out, loss=0.01))
    assert apps.with_collection(workspace, entries=(first, surer)).reader == surer


def test_every_choice_of_compare_can_be_drawn(test_digits: Dataset, tmp_path: Path) -> None:
    """Each network of any pair by itself, and both."""
    workspace = apps.workspace(test_digits, tmp_path, networks.three())
    for pair in pairs(workspace.entries):
        for model, shown in ((pair[0], pair[:1]), (pair[1], pair[1:]), ("both", pair)):
            drawn = compared(workspace, model, "light", pair)
            assert tuple(entry.key for entry in drawn.entries) == shown
            assert drawn.collection is workspace.collection
