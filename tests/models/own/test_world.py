"""A person's networks and images become a folder that is served as the shipped one is."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from models.analysis import collection, tuning
from models.datasets import own
from models.datasets.dataset import Dataset
from models.datasets.shipped import Source
from models.opening import apart
from models.opening.preprocessing import WORDS, Preprocessing
from models.own import feeding, rest, world
from models.own.feeding import best_known, fed
from models.own.trial import Trial
from models.own.wish import SPANS, Wish, WishError
from models.own.world import prepared
from models.store import manifest
from tests import networks, worlds
from tests.models.opening import files
from tests.models.own import brought

if TYPE_CHECKING:
    import keras

pytestmark = [pytest.mark.keras, pytest.mark.long]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are opened in this process: that it is another one is seen once, below, and takes seconds.

    Filters are held against those of two untrained networks: those of 32 take as much longer.
    """
    monkeypatch.setattr(apart, "opened", apart.rewritten)
    monkeypatch.setattr(tuning, "SEEDS", 2)


def test_networks_and_images_are_published_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Right answers are those of plain Keras; the second time all is there."""
    ways = {".h5": apart.opened, ".keras": apart.rewritten}  # a process of its own takes seconds
    monkeypatch.setattr(apart, "opened", lambda path, *how: ways[path.suffix](path, *how))
    worlds.trained().save(tmp_path / "Last night.keras")
    worlds.trained_chain().save(tmp_path / "chain.h5")
    wish = Wish(
        (tmp_path / "Last night.keras", tmp_path / "chain.h5"),
        brought.photographs(tmp_path / "photographs"),
        names=worlds.CLASSES,
    )
    said: list[str] = []
    folder = prepared(wish, tmp_path / "cache", said.append)
    known = collection.read(folder)

    assert [entry.key for entry in known.entries] == ["last-night", "chain"]
    assert [entry.title for entry in known.entries] == ["Last night.keras", "chain.h5"]
    assert [entry.name for entry in known.entries] == ["Last night", "chain"]
    assert known.test.classes == worlds.CLASSES
    assert all(entry.training is None and entry.dataset == own.KEY for entry in known.entries)
    for entry, model in zip(known.entries, (worlds.trained(), worlds.trained_chain()), strict=True):
        given = np.asarray(model(known.test.inputs, training=False))
        right = int((given.argmax(axis=1) == known.test.labels).sum())
        assert entry.test
        assert (entry.test.digits, entry.test.correct) == (len(known.test), right)
        assert (networks.survey_of(entry, folder).logits.argmax(axis=1) == given.argmax(axis=1)).all()
    assert any("Pixels are fed to chain.h5 as 0 to 1" in each for each in said)

    said.clear()
    assert prepared(wish, tmp_path / "cache", said.append) == folder
    assert said == []


def test_what_takes_longer_is_measured_later_once(tmp_path: Path, here: None) -> None:
    """Moved images, tuning and arrangement; then there is nothing more to measure."""
    worlds.trained_chain().save(tmp_path / "chain.keras")
    wish = Wish(
        (tmp_path / "chain.keras",), brought.photographs(tmp_path / "photographs"), names=worlds.CLASSES
    )
    folder = prepared(wish, tmp_path / "cache", lambda _: None)
    (before,) = manifest.read(folder)
    assert before.robustness is None

    said: list[str] = []
    heard: list[tuple[int, int]] = []
    assert not networks.survey_of(before, folder).is_complete(before.layers)
    assert rest.measured(folder, said.append, lambda *told: heard.append(told))
    (after,) = manifest.read(folder)
    assert after.robustness
    assert after.arrangement
    assert networks.survey_of(after, folder).is_complete(after.layers)
    assert heard[-1] == (worlds.COUNT, worlds.COUNT)
    assert (
        said[-1]
        == f"Measuring what is right without each channel: chain.keras … ({len(said)} of {len(said)})"
    )
    assert not rest.measured(folder)
    assert collection.read(folder).entries == (after,)


def test_without_images_the_shipped_ones_are_read(
    tmp_path: Path, here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a network of their form; any other is told what is missing. A tenth of them are there."""
    part = Source.part
    monkeypatch.setattr(Source, "part", lambda source, name: part(source, name)[:1_000])
    files.chain().save(tmp_path / "grey.keras")
    folder = prepared(Wish((tmp_path / "grey.keras",), span=(0.0, 1.0)), tmp_path / "cache", lambda _: None)
    (entry,) = manifest.read(folder)
    assert (entry.dataset, entry.test and entry.test.digits) == ("mnist", 1_000)

    worlds.trained_chain().save(tmp_path / "other.keras")
    with pytest.raises(
        WishError, match=r"^other\.keras reads \(12, 20, 3\) and tells 3 classes apart.*--images"
    ):
        prepared(Wish((tmp_path / "other.keras",)), tmp_path / "cache", lambda _: None)


def test_what_cannot_be_had_is_said_by_its_name(tmp_path: Path, here: None) -> None:
    """A refused file, one that is not there, and networks of two forms."""
    files.altered(files.chain(), tmp_path / "odd.keras", files.with_layer("Lambda"))
    files.chain().save(tmp_path / "grey.keras")
    worlds.trained_chain().save(tmp_path / "other.keras")
    for names, words in (
        (["odd.keras"], r"^odd\.keras was not opened: its layer 'odd' is a Lambda"),
        (["lost.keras"], r"lost\.keras cannot be read"),
        (
            ["grey.keras", "other.keras"],
            r"grey\.keras reads \(28, 28, 1\) .* other\.keras reads \(12, 20, 3\)",
        ),
    ):
        with pytest.raises(WishError, match=words):
            prepared(Wish(tuple(tmp_path / name for name in names)), tmp_path / "cache", lambda _: None)


def learned(order: tuple[int, ...]) -> Dataset:
    """Return the made-up images with their classes in another order."""
    world = worlds.made_up()
    labels = np.argsort(order)[world.labels].astype(np.uint8)
    return Dataset(world.images, labels, world.spec, tuple(world.classes[each] for each in order))


def test_another_order_of_the_classes_is_found(tmp_path: Path) -> None:
    """Where far more would be right with it; where all is right, nothing is said of it."""
    model, said = worlds.trained_chain(), list[str]()
    found = fed(learned((2, 0, 1)), None, {"chain": model}, {"chain": "chain.keras"}, said.append)

    assert (found.spec.low, found.spec.high) == (0.0, 1.0)
    assert any("if its classes stood in this order: bars, disc, corner." in each for each in said)
    fits = r"With the classes in the order that fits best, (\d+) of 37 \w+ are named right so; (.*)\. --range"
    told = re.search(fits, said[0])
    assert told, said
    assert all(int(count) <= int(told[1]) for count in re.findall(r", (\d+)", told[2]))
    said.clear()
    fed(learned((0, 1, 2)), None, {"chain": model}, {"chain": "chain.keras"}, said.append)
    assert len(said) == 1
    said.clear()
    assert fed(learned((0, 1, 2)), (-1.0, 1.0), {"chain": model}, {"chain": "c"}, said.append).spec.low == -1


class Guessing:
    """What is said of two networks, by how many of twelve images each names right as pixels are fed."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, blue_first: int = 0, **right: tuple[int, int, int]
    ) -> None:
        """Begin with the right answers as 0 to 1, 0 to 255 and −1 to 1, and with the channels turned."""
        self.said = list[str]()
        world = worlds.made_up()
        images = Dataset(world.images[:12], world.labels[:12], world.spec, world.classes)
        models: dict[str, Any] = {key: SimpleNamespace(name=key, layers=[]) for key in right}

        def tried(images: Dataset, model: Any, steps: Preprocessing | None = None) -> Trial:
            is_turned = steps == Preprocessing(order="bgr")
            count = (
                blue_first * is_turned
                if steps
                else right[model.name][SPANS.index((images.spec.low, images.spec.high))]
            )
            return Trial(np.arange(12) < count, count, np.arange(3))

        monkeypatch.setattr(feeding, "trial", tried)
        self.fed = fed(images, None, models, {key: f"{key}.keras" for key in right}, self.said.append)
        self.span = (self.fed.spec.low, self.fed.spec.high)


def test_ranges_that_cannot_be_told_apart_are_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many right, or nearly: which is taken, and that this tells nothing; of a clear one only numbers."""
    tie = Guessing(monkeypatch, a=(9, 2, 9))
    assert tie.span == (0.0, 1.0)
    assert len(tie.said) == 1
    assert tie.said[0] == (
        "Pixels are fed to a.keras as 0 to 1, as in its training? 9 of 12 images are named right so; "
        "as 0 to 255, 2; as −1 to 1, 9 too, so that this cannot tell which of them it was. "
        "--range says it for certain."
    )
    near = Guessing(monkeypatch, a=(8, 2, 9))
    assert near.span == (-1.0, 1.0)
    assert (
        "as 0 to 1, 8, too small a difference to tell which of them it was; as 0 to 255, 2." in near.said[0]
    )
    clear = Guessing(monkeypatch, a=(2, 12, 0))
    assert "12 of 12 images are named right so; as 0 to 1, 2; as −1 to 1, 0. --range" in clear.said[0]


def test_one_range_for_networks_that_learned_from_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """That of most right answers together; of the network that does worse so it is said."""
    both = Guessing(monkeypatch, a=(12, 0, 0), b=(0, 0, 9))
    assert both.span == (0.0, 1.0)
    assert "as −1 to 1, 9, but all networks together fare worse so." in both.said[1]


def test_blue_first_is_advised_where_clearly_more_is_right_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a paired test on the same images; a few more are no reason."""
    clear = Guessing(monkeypatch, blue_first=12, a=(1, 0, 0))
    assert (
        clear.said[0]
        == "With --order bgr, a.keras would name 12 of 12 right, instead of 1: was it trained so?"
    )
    few = Guessing(monkeypatch, blue_first=12, a=(8, 0, 0))
    assert not any("With --" in each for each in few.said)


def colours_of_keras() -> keras.Model:
    """Return the trained chain, reading what a word of keras.applications makes of images."""
    import keras

    _, steps = WORDS["caffe"]
    back = keras.layers.Conv2D(3, 1, use_bias=False)
    shares = keras.layers.Rescaling(1 / 255, [each / 255 for each in steps.mean])
    model = keras.Sequential([keras.Input((12, 20, 3)), shares, back, worlds.trained_chain()])
    back.set_weights([np.eye(3)[::-1][np.newaxis, np.newaxis]])
    return model


def test_what_is_done_to_images_is_a_part_of_the_network(tmp_path: Path, here: None) -> None:
    """By a word: as many right as the network had; without, it is said that there would be."""
    model = colours_of_keras()
    model.save(tmp_path / "caffe.keras")
    images = brought.photographs(tmp_path / "photographs")
    said: list[str] = []
    span, steps = WORDS["caffe"]
    wish = Wish((tmp_path / "caffe.keras",), images, names=worlds.CLASSES, span=span, preprocessing=steps)
    (entry,) = manifest.read(prepared(wish, tmp_path / "cache", said.append))
    test = worlds.made_up()
    chain = np.asarray(worlds.trained_chain()(test.inputs))

    assert "Pixels are fed blue first, less 103.939, 116.779, 123.68: by two layers" in said[0]
    assert [layer.name for layer in entry.layers][:2] == ["rgb_to_bgr", "standardise"]
    assert (entry.test and entry.test.correct) == int((chain.argmax(axis=1) == test.labels).sum())

    said.clear()
    fed(test, None, {"net": model}, {"net": "net.keras"}, said.append)
    assert any("With --preprocess caffe, net.keras would name" in each for each in said), said


def test_what_the_other_process_wrote_is_looked_at_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It had a stranger's file in its hands: a checkpoint with a program in it is not taken from it."""
    files.chain().save(tmp_path / "grey.keras")

    def turned(_: Path, into: Path, *__: object) -> Path:
        files.altered(files.chain(), into / "model.keras", files.with_layer("Lambda"))
        return into / "model.keras"

    monkeypatch.setattr(apart, "opened", turned)
    with pytest.raises(WishError, match=r"^grey\.keras was not opened: holds Lambda"):
        prepared(Wish((tmp_path / "grey.keras",)), tmp_path / "cache", lambda _: None)
    assert not list((tmp_path / "cache").rglob("*.keras"))


def test_a_first_part_is_opened_where_all_would_take_long(
    tmp_path: Path, here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of every class in turn, so that each is there, and with the numbers that they keep in the whole."""
    monkeypatch.setattr(world, "AT_ONCE", 1)
    monkeypatch.setattr(world, "FEWEST", 7)
    worlds.trained_chain().save(tmp_path / "chain.keras")
    photographs = brought.photographs(tmp_path / "photographs")
    wish = Wish((tmp_path / "chain.keras",), photographs, names=worlds.CLASSES)

    part = prepared(wish, tmp_path / "cache", lambda _: None, tmp_path / "first")
    whole = prepared(wish, tmp_path / "cache", lambda _: None)
    assert part == tmp_path / "first"
    some, all_of_them = (collection.read(folder).test for folder in (part, whole))
    assert (len(some), len(all_of_them)) == (7, worlds.COUNT)
    assert (some.images == all_of_them.images[:7]).all()
    assert set(some.labels) == {0, 1, 2}
    assert prepared(wish, tmp_path / "cache", lambda _: None, tmp_path / "second") == whole

    few = prepared(replace(wish, most=5), tmp_path / "cache", lambda _: None, tmp_path / "third")
    assert few.parent == whole.parent
    assert len(collection.read(few).test) == 5


def test_shipped_images_can_be_opened_in_part(tmp_path: Path, here: None) -> None:
    """They are no longer the shipped ones then, whose number everything else is compared with."""
    files.chain().save(tmp_path / "grey.keras")
    wish = Wish((tmp_path / "grey.keras",), span=(0.0, 1.0), most=60)
    known = collection.read(prepared(wish, tmp_path / "cache", lambda _: None))
    assert (known.entries[0].dataset, len(known.test)) == (own.KEY, 60)
    assert (known.test.noun.one, known.test.is_drawn) == ("digit", True)


def said_by(model: keras.Model, images: Dataset) -> NDArray[np.intp]:
    """Return what plain Keras answers."""
    answers: NDArray[np.intp] = np.asarray(model(images.inputs, training=False)).argmax(axis=1)
    return answers


def test_images_without_labels_are_opened_too(tmp_path: Path, here: None) -> None:
    """Answers and channels are measured; nothing is said of what is right, and no range is guessed by it."""
    worlds.trained_chain().save(tmp_path / "chain.keras")
    np.savez(tmp_path / "data.npz", x=worlds.made_up().images)
    said: list[str] = []
    folder = prepared(
        Wish((tmp_path / "chain.keras",), tmp_path / "data.npz"), tmp_path / "cache", said.append
    )
    known = collection.read(folder)
    (entry,) = known.entries
    assert entry.test is None
    assert not known.test.is_labelled
    survey = networks.survey_of(entry, folder)
    assert (survey.logits.argmax(axis=1) == said_by(worlds.trained_chain(), known.test)).all()
    assert not any(layer.by_class.any() for layer in survey.layers.values())
    assert any("without labels it cannot be found out" in each for each in said)
    rest.measured(folder, said.append)
    (after,) = manifest.read(folder)
    assert (after.robustness, after.arrangement) == (None, None)


def test_of_shipped_images_those_are_opened_that_a_network_knows() -> None:
    """By the answers that are right, and said with both numbers; where one set fits there is no choice."""
    model, said = worlds.trained_chain(), list[str]()
    known, strange = learned((0, 1, 2)), replace(learned((2, 0, 1)), title="Others")
    several = (strange, replace(known, title="Known"))
    assert best_known(several, None, [model], said.append).title == "Known"
    assert len(said) == 1
    assert said[0].startswith("Without --images Known is opened: right are ")
    assert f"of {worlds.COUNT} answers to Others and {worlds.COUNT} of" in said[0]
    said.clear()
    assert best_known((strange,), None, [model], said.append) is strange
    assert said == []
