"""The exhibits beside the article's pair are what their manifests say of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from models.analysis import colours, cost, metrics
from models.architectures import find
from models.datasets.shipped import SOURCES
from models.store import artefact, exhibits, loading, manifest
from models.store.entry import Entry
from models.store.exhibits import Exhibit
from models.train import SEEDS
from models.training.publication import plain
from tests import networks

if TYPE_CHECKING:
    import keras

OTHERS = exhibits.shipped()[1:]
EVERY = [(each, entry) for each in OTHERS for entry in manifest.read(each.folder)]
BETTER_THAN = {  # accuracy on the test images
    "cnn-coloured": 0.99,
    "cnn-coloured-augmented": 0.985,
    "fcn-fashion": 0.88,
    "cnn-fashion": 0.92,
    "resnet-fashion": 0.88,
}


@pytest.fixture(params=OTHERS, ids=lambda exhibit: exhibit.key)
def exhibit(request: pytest.FixtureRequest) -> Exhibit:
    """Each exhibit in turn."""
    exhibit: Exhibit = request.param
    return exhibit


@pytest.fixture(params=EVERY, ids=lambda each: each[1].key)
def folder(request: pytest.FixtureRequest) -> Path:
    """The folder of the network that `entry` is."""
    folder: Path = request.param[0].folder
    return folder


@pytest.fixture
def entry(request: pytest.FixtureRequest, folder: Path) -> Entry:
    """Each network of an exhibit in turn."""
    entry: Entry = request.node.callspec.params["folder"][1]
    return entry


def test_each_has_two_networks_to_compare(exhibit: Exhibit) -> None:
    """All of them were trained on the data set of the exhibit."""
    entries = manifest.read(exhibit.folder)

    assert len(entries) >= 2
    assert {entry.dataset for entry in entries} == {exhibit.key}
    assert {find(entry.architecture).dataset for entry in entries} == {exhibit.key}


def test_no_file_lies_there_that_the_manifest_does_not_name(exhibit: Exhibit) -> None:
    """Whatever lies in the folder belongs to one of its networks; nothing is missing."""
    named = {file.name for entry in manifest.read(exhibit.folder) for file in entry.files}

    found = {path.name for path in exhibit.folder.iterdir() if not path.name.startswith(".")}
    assert found - {cost.FILE} == named | {manifest.MANIFEST}


def test_every_file_is_the_one_of_its_hash(folder: Path, entry: Entry) -> None:
    """SHA-256 and size of every file are those of the manifest; the name carries the checkpoint's hash."""
    for file in entry.files:
        assert len(artefact.checked(file, folder, entry.key)) == file.bytes
        assert file.name.startswith(f"{entry.key}-{entry.sha256[:8]}.")


def test_the_survey_gives_the_test_score(folder: Path, entry: Entry) -> None:
    """The logits that lie beside the checkpoint are those that the manifest's test score is made of."""
    test = SOURCES[entry.dataset].part("test")
    found = networks.survey_of(entry, folder)

    assert found.logits.shape == (len(test), len(test.classes))
    assert metrics.score(found.logits, test.labels) == entry.test
    assert entry.test.accuracy >= BETTER_THAN[entry.key]


def test_the_recipe_is_the_committed_one(folder: Path, entry: Entry) -> None:
    """Command, seeds and settings are those with which the tree would train it today; no epoch is missing."""
    training, recipe = networks.training_of(entry), find(entry.architecture).recipe
    seeds = tuple(each.seed for each in training.seeds)
    told = "" if seeds == SEEDS else f" --seeds {' '.join(map(str, seeds))}"

    assert training.command == f"python -m models.train {entry.key}{told}"
    assert networks.in_use(training.recipe) == networks.in_use(plain(recipe))
    assert {len(points) for points in training.history.values()} == {recipe.epochs}
    assert training.held_out.digits == 5_000
    assert training.is_median


@pytest.mark.keras
def test_the_weights_are_those_of_the_architecture(folder: Path, entry: Entry) -> None:
    """The checkpoint has the layers and shapes that its recipe builds, and finite weights."""
    model, fresh = loading.load(entry, folder), find(entry.architecture).build()

    assert _named(model) == _named(fresh)
    for trained, untrained in zip(model.get_weights(), fresh.get_weights(), strict=True):
        assert trained.shape == untrained.shape
        assert np.isfinite(trained).all()


def _named(model: keras.Model) -> list[str]:
    """Return the layers' names; Keras counts those of inputs in the process."""
    return [layer.name for layer in model.layers if type(layer).__name__ != "InputLayer"]


@pytest.mark.keras
def test_measured_again_it_is_what_the_manifest_claims(folder: Path, entry: Entry) -> None:
    """Keras' own forward pass over the first thousand test images gives the logits that lie beside it."""
    some = SOURCES[entry.dataset].part("test")[:1000]
    said = loading.load(entry, folder).predict(some.inputs, batch_size=250, verbose=0)

    stored = networks.survey_of(entry, folder).logits[:1000]
    shares = np.exp(stored - stored.max(axis=1, keepdims=True))
    assert said == pytest.approx(shares / shares.sum(axis=1, keepdims=True), abs=1e-4)


def test_the_shortcut_is_learned_and_unlearned() -> None:
    """Swapped colours mislead the network that learned them, and hardly the one that saw any in training."""
    shown = next(each for each in OTHERS if each.key == "coloured-mnist")
    entries = {each.key: each for each in manifest.read(shown.folder)}
    told = {key: colours.MEASUREMENT.read(each, shown.folder) for key, each in entries.items()}
    shares = {
        key: {kind: each.correct / found.images for kind, each in found.by_colours.items()}
        for key, found in told.items()
        if found
    }

    assert shares["cnn-coloured"]["learned"] > 0.99
    assert shares["cnn-coloured"]["swapped"] < 0.75
    assert shares["cnn-coloured-augmented"]["swapped"] > 0.95
