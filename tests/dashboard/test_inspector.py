from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dashboard import picture
from dashboard.errors import RefusedError
from dashboard.inspector import Inspector
from dashboard.moving import parse_move
from dashboard.pair import pairs
from models.arrays import Floats, Levels
from models.datasets.dataset import Dataset
from models.datasets.mnist import prepare
from models.engine.forward_pass import STAGES, Stage
from models.store.manifest import File, Score
from tests import networks
from tests.dashboard import apps

PAIR = ("fcn", "cnn")


@pytest.fixture
def inspector(test_digits: Dataset, tmp_path: Path) -> Inspector:
    """Two awake networks and an empty memory."""
    return apps.inspector(test_digits, tmp_path / "cache")


def test_a_digit_is_what_the_networks_are_fed(inspector: Inspector, test_digits: Dataset) -> None:
    """The one preprocessing, nothing else, for the first and the last digit alike."""
    for index in (0, 4271, 9_999):
        assert np.array_equal(inspector.digit(index), prepare(test_digits.images[index]))


@pytest.mark.parametrize("index", [-1, 10_000, -10_000, 2**40])
def test_there_are_no_other_digits(inspector: Inspector, index: int) -> None:
    """No index wraps around or is clamped, whichever way the digit is asked for."""
    for ask in (
        lambda: inspector.digit(index),
        lambda: inspector.forward_pass("cnn", index),
        lambda: inspector.picture(PAIR, index, "post"),
    ):
        with pytest.raises(RefusedError, match="0 to 9999") as refusal:
            ask()
        assert refusal.value.status == 404


def test_what_there_is_not_is_refused_with_what_there_is(inspector: Inspector) -> None:
    """An unknown network or layer hears the names of the known ones."""
    with pytest.raises(RefusedError, match=r"There are: fcn, cnn\.") as refusal:
        inspector.forward_pass("rnn", 0)
    assert refusal.value.status == 404
    with pytest.raises(RefusedError, match="conv1, conv2, pool, flatten, dense, output") as refusal:
        inspector.layer("cnn", "dense1")
    assert refusal.value.status == 404
    with pytest.raises(RefusedError, match="MaxPooling2D") as refusal:
        inspector.weights("cnn", "pool")
    assert refusal.value.status == 404


def test_filters_are_the_kernel_filter_by_filter(inspector: Inspector) -> None:
    """Un-flipped: filter k, slice s is kernel[:, :, s, k]; a unit that reads the digit has one slice."""
    kernel, _ = inspector.weights("cnn", "conv2")
    held = inspector.filter_weights("cnn", "conv2")
    assert held.shape == (4, 3, 3, 3)
    for channel in range(4):
        for part in range(3):
            assert np.array_equal(held[channel, part], kernel[:, :, part, channel])

    templates = inspector.filter_weights("fcn", "dense1")
    assert templates.shape == (6, 1, 28, 28)
    assert np.array_equal(templates[2, 0].ravel(), inspector.weights("fcn", "dense1")[0][:, 2])


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("pair", [("fcn", "cnn"), ("cnn", "fcn-matched"), ("fcn-matched", "cnn")])
def test_a_picture_is_that_digit_through_the_pair(
    test_digits: Dataset, tmp_path: Path, pair: tuple[str, str], stage: Stage
) -> None:
    """What is packed is what these two networks compute for it, in the pair's order, and nothing else."""
    inspector = apps.inspector(test_digits, tmp_path, networks.three())
    passes = [(inspector.entry(key).layers, inspector.forward_pass(key, 17)) for key in pair]

    packed = picture.pack(17, passes, stage)

    for _ in ("computed", "remembered"):
        assert gzip.decompress(inspector.picture(pair, 17, stage)) == b"".join(packed)
        inspector.memory.settle()


def test_networks_that_are_joined_make_the_plain_pictures(
    test_digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After activation, of a digit as it is or moved; for all else, and what they leave, each runs alone."""
    inspector = apps.inspector(test_digits, tmp_path)
    move = parse_move("rotation:15")
    alone = {stage: inspector.picture(PAIR, 18, stage) for stage in STAGES}
    different = inspector.picture(PAIR, 17, "post", reference=18)

    class Joined:
        def run(self, digit: Floats) -> tuple[Floats, Levels] | None:
            if np.array_equal(digit, inspector.digit(18)):
                return None
            return digit[14, :, 0], np.array([7, 8], np.uint8)

    def joint(keys: tuple[str, ...], levels: int) -> Joined:
        assert (keys, levels) == (PAIR, picture.LEVELS["post"])
        return Joined()

    monkeypatch.setattr(inspector.networks, "joint", joint)

    for index, change in ((17, None), (17, move), (19, None)):
        digit = inspector.digit(index, change)
        pixels = picture.pack_digit(digit) if change else b""
        expected = np.uint32(index).tobytes() + digit[14].tobytes() + b"\x07\x08" + pixels
        assert gzip.decompress(inspector.picture(PAIR, index, "post", move=change)) == expected
    assert inspector.picture(PAIR, 18, "post") == alone["post"]
    assert inspector.picture(PAIR, 18, "pre") == alone["pre"]
    assert inspector.picture(PAIR, 17, "post", reference=18) == different


def test_a_broken_network_stops_no_pair_without_it(test_digits: Dataset, tmp_path: Path) -> None:
    """Two networks that could be opened are shown, whatever the third is; readiness names that one."""
    sentence = "models/checkpoints/cnn.keras cannot be read. Restore it."
    inspector = apps.inspector(test_digits, tmp_path, networks.three(), broken={"cnn": sentence})

    assert inspector.picture(("fcn", "fcn-matched"), 17, "post")
    for ask in (lambda: inspector.picture(("fcn", "cnn"), 17, "post"), inspector.ready):
        with pytest.raises(RefusedError) as refusal:
            ask()
        assert refusal.value.message == sentence


def test_kernels_come_in_parts(test_digits: Dataset, tmp_path: Path) -> None:
    """All filters of a layer are in its parts, in order, and there are no other parts."""
    wide = networks.entry("wide", (networks.flatten(784), networks.dense("dense1", 784, 70)))
    inspector = apps.inspector(test_digits, tmp_path, [wide, networks.entry("cnn", networks.CNN)])
    held = inspector.filter_weights("wide", "dense1")
    assert held.shape == (70, 1, 28, 28)

    for part, chosen in ((0, held[:64]), (1, held[64:])):
        assert gzip.decompress(inspector.kernels("wide", "dense1", part)) == picture.pack_kernels(chosen)
    for part in (-1, 2):
        with pytest.raises(RefusedError):
            inspector.kernels("wide", "dense1", part)


def test_what_is_remembered_survives_a_restart(
    inspector: Inspector, test_digits: Dataset, tmp_path: Path
) -> None:
    """A new process whose networks still sleep gives the same bytes; a digit that nobody saw must wait."""
    seen, kernels = inspector.picture(PAIR, 17, "post"), inspector.kernels("cnn", "conv1", 0)
    inspector.memory.settle()

    restarted = apps.inspector(test_digits, tmp_path / "cache", asleep=True)

    assert restarted.picture(PAIR, 17, "post") == seen
    assert restarted.kernels("cnn", "conv1", 0) == kernels
    unseen: tuple[tuple[int, Stage], ...] = ((18, "post"), (17, "pre"))
    for index, stage in unseen:
        with pytest.raises(RefusedError, match="waking") as refusal:
            restarted.picture(PAIR, index, stage)
        assert (refusal.value.status, refusal.value.retry_after) == (503, 1)


def test_a_retrained_network_shows_nothing_of_its_predecessor(
    inspector: Inspector, test_digits: Dataset, tmp_path: Path
) -> None:
    """Another checkpoint, or another survey of it, is another version, and remembers nothing of before."""
    inspector.picture(PAIR, 17, "post")
    inspector.memory.settle()
    fcn, cnn = inspector.entries
    retrained = replace(cnn, checkpoint=File("cnn.keras", "f" * 64, 1_000))
    surveyed = replace(cnn, survey=File("cnn.survey.npz", "f" * 64, 100))

    for entries in ((fcn, retrained), (fcn, surveyed), (cnn, fcn)):
        later = apps.inspector(test_digits, tmp_path / "cache", entries, asleep=True)
        assert later.version != inspector.version
        with pytest.raises(RefusedError, match="waking"):
            later.picture(PAIR, 17, "post")


def test_pictures_of_another_form_are_forgotten(
    inspector: Inspector, test_digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Coarser levels than yesterday's are another version: old bytes would be painted in wrong colours."""
    before = inspector.version
    monkeypatch.setattr(picture, "LEVELS", {"post": 64, "pre": 32})

    assert apps.inspector(test_digits, tmp_path / "other", asleep=True).version != before


def test_damaged_memory_is_no_answer(inspector: Inspector, test_digits: Dataset, tmp_path: Path) -> None:
    """What has lost bytes on disk, or has other ones, is computed anew rather than shown."""
    blocks = [inspector.block(number) for number in range(4)]  # large ones lie in files of their own
    inspector.memory.settle()
    files = sorted((tmp_path / "cache").rglob("*.val"))
    assert len(files) == 4
    files[0].write_bytes(files[0].read_bytes()[:-1_000])
    files[1].write_bytes(b"")
    files[2].write_bytes(bytes(byte ^ 255 for byte in files[2].read_bytes()))
    files[3].unlink()

    restarted = apps.inspector(test_digits, tmp_path / "cache")

    assert [restarted.block(number) for number in range(4)] == blocks


def test_sleeping_networks_ask_for_patience(test_digits: Dataset, tmp_path: Path) -> None:
    """What needs them says when to ask again; the wall, the labels and Compare do not need them."""
    inspector = apps.inspector(test_digits, tmp_path, asleep=True)

    for ask in (
        lambda: inspector.forward_pass("cnn", 0),
        lambda: inspector.weights("cnn", "conv1"),
        lambda: inspector.picture(PAIR, 0, "post"),
        lambda: inspector.kernels("cnn", "conv1", 0),
        inspector.ready,
    ):
        with pytest.raises(RefusedError) as refusal:
            ask()
        assert (refusal.value.status, refusal.value.code, refusal.value.retry_after) == (503, "waking", 1)
    assert gzip.decompress(inspector.block(39)) == test_digits.images[9_750:].tobytes()
    assert gzip.decompress(inspector.verdicts)[:10_000] == test_digits.labels.tobytes()
    assert inspector.comparison("both", "dark").labels is inspector.labels


def test_a_broken_network_is_named_and_the_other_works(test_digits: Dataset, tmp_path: Path) -> None:
    """Its sentence is passed on, without a time to ask again; what does not need it is answered."""
    sentence = "models/checkpoints/cnn.keras cannot be read. Restore it."
    inspector = apps.inspector(test_digits, tmp_path, broken={"cnn": sentence})

    for ask in (
        lambda: inspector.forward_pass("cnn", 0),
        lambda: inspector.picture(PAIR, 0, "post"),
        inspector.ready,
    ):
        with pytest.raises(RefusedError) as refusal:
            ask()
        assert (refusal.value.status, refusal.value.code) == (503, "checkpoint")
        assert refusal.value.message == sentence
        assert refusal.value.retry_after is None
    assert inspector.forward_pass("fcn", 0).logits.shape == (10,)
    assert inspector.block(0)
    with pytest.raises(RefusedError, match="no network of that name"):
        inspector.forward_pass("rnn", 0)


def test_ready_means_the_known_answer(inspector: Inspector) -> None:
    """Readiness is the answer that was measured after training, within a thousandth, from every network."""
    inspector.ready()
    for key in ("fcn", "cnn"):
        logits = inspector.surveys[key].logits
        kept = logits[inspector.opening_digit].copy()
        for wrong in (kept + 0.01, np.full(10, np.nan, np.float32)):
            logits[inspector.opening_digit] = wrong
            with pytest.raises(RefusedError, match=key) as refusal:
                inspector.ready()
            assert (refusal.value.status, refusal.value.code) == (503, "wrong_answer")
        logits[inspector.opening_digit] = kept
    inspector.ready()


def test_ready_means_that_memory_can_be_written(test_digits: Dataset, tmp_path: Path) -> None:
    """Where it cannot, everything is still answered, but somebody should know, and what to set."""
    (tmp_path / "file").write_text("")
    inspector = apps.inspector(test_digits, tmp_path / "file" / "cache")

    with pytest.raises(RefusedError, match=r"CACHE_DIR") as refusal:
        inspector.ready()

    assert (refusal.value.status, refusal.value.code) == (503, "no_storage")
    assert inspector.picture(PAIR, 0, "post") == inspector.picture(PAIR, 0, "post")


def test_the_opening_digit_tells_the_story(inspector: Inspector) -> None:
    """The first network of the default pair gets it wrong, the second gets it right."""
    index, label = inspector.opening_digit, inspector.labels[inspector.opening_digit]

    assert inspector.forward_pass("fcn", index).logits.argmax() != label
    assert inspector.forward_pass("cnn", index).logits.argmax() == label


def test_the_reader_is_chosen_on_held_out_digits(inspector: Inspector) -> None:
    """What people bring is read by the best of all networks, and no test digit says which that is."""
    first, second = inspector.entries
    better = replace(second, held_out=Score(5_000, 4_950, 0.09), test=Score(10_000, 1, 9.0))

    assert apps.with_collection(inspector, entries=(first, better)).reader == better
    surer = replace(second, held_out=replace(first.held_out, loss=0.01))
    assert apps.with_collection(inspector, entries=(first, surer)).reader == surer


def test_every_choice_of_compare_can_be_drawn(test_digits: Dataset, tmp_path: Path) -> None:
    """Each network of any pair by itself, and both."""
    inspector = apps.inspector(test_digits, tmp_path, networks.three())
    for pair in pairs(inspector.entries):
        for model, shown in ((pair[0], pair[:1]), (pair[1], pair[1:]), ("both", pair)):
            drawn = inspector.comparison(model, "light", pair)
            assert tuple(entry.key for entry in drawn.entries) == shown
            assert drawn.collection is inspector.collection
