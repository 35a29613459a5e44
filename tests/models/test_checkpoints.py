"""The committed checkpoints are what the manifest says of them."""

from __future__ import annotations

import numpy as np
import pytest

from models.analysis import cost, metrics
from models.architectures import find
from models.datasets import mnist
from models.datasets.mnist import prepare
from models.store import artefact, loading, manifest
from models.store.artefact import CHECKPOINTS
from models.store.entry import Entry
from models.training.publication import plain
from tests import networks

PARAMETERS = {"fcn": 535_818, "cnn": 1_199_882, "fcn-matched": 1_199_841}
PARAMETERS |= {f"{key}-augmented": PARAMETERS[key] for key in ("fcn", "cnn")}
BETTER_THAN = {  # accuracy and loss on the test digits
    "fcn": (0.984, 0.08),
    "cnn": (0.991, 0.034),
    "fcn-matched": (0.984, 0.08),
    "fcn-augmented": (0.993, 0.03),
    "cnn-augmented": (0.996, 0.02),
}


@pytest.fixture(params=manifest.read(), ids=lambda entry: entry.key)
def entry(request: pytest.FixtureRequest) -> Entry:
    """Each network of the manifest in turn."""
    entry: Entry = request.param
    return entry


def test_the_manifest_names_the_articles_pair_first() -> None:
    """The fully connected, then the convolutional network; all have as many parameters as they should."""
    entries = manifest.read()

    assert [entry.key for entry in entries[:2]] == ["fcn", "cnn"]
    assert {entry.key: entry.parameters for entry in entries}.items() <= PARAMETERS.items()


def test_no_file_lies_there_that_the_manifest_does_not_name() -> None:
    """Whatever lies in the folder belongs to a network of the manifest; nothing is missing."""
    named = {file.name for entry in manifest.read() for file in entry.files} | {manifest.MANIFEST, cost.FILE}

    assert {path.name for path in CHECKPOINTS.iterdir() if not path.name.startswith(".")} == named


def test_every_file_is_the_one_of_its_hash(entry: Entry) -> None:
    """SHA-256 and size of every file are those of the manifest; the name carries the checkpoint's hash."""
    for file in entry.files:
        assert len(artefact.checked(file, CHECKPOINTS, entry.key)) == file.bytes
        assert file.name.startswith(f"{entry.key}-{entry.sha256[:8]}.")


def test_the_networks_are_as_good_as_promised(entry: Entry) -> None:
    """Better than the article's pair on all 10,000 test digits."""
    accuracy, loss = BETTER_THAN[entry.key]

    assert networks.score_of(entry).digits == 10_000
    assert networks.score_of(entry).accuracy >= accuracy
    assert networks.score_of(entry).loss < loss


def test_the_survey_gives_the_test_score(entry: Entry) -> None:
    """The logits that lie beside the checkpoint are those that the manifest's test score is made of."""
    found = networks.survey_of(entry)

    assert found.logits.shape == (10_000, 10)
    assert metrics.score(found.logits, mnist.load("test").labels) == entry.test


def test_the_recipe_is_the_committed_one(entry: Entry) -> None:
    """Command, seeds and settings are those with which the tree would train it today; no epoch is missing."""
    training = networks.training_of(entry)
    recipe = find(entry.architecture).recipe

    seeds = " ".join(str(each.seed) for each in training.seeds)
    assert training.command == f"python -m models.train {entry.key} --seeds {seeds}"
    assert networks.in_use(training.recipe) == networks.in_use(plain(recipe))
    assert {len(points) for points in training.history.values()} == {recipe.epochs}
    assert training.held_out.digits == 5_000
    assert training.held_out.accuracy == pytest.approx(max(training.history["val_accuracy"]), abs=1e-6)
    assert training.held_out.loss == training.history["val_loss"][training.chosen_epoch - 1]


def test_the_median_on_held_out_digits_is_shown(entry: Entry) -> None:
    """Not the best on the test digits: of all seeds, the middle one by held-out accuracy, then loss."""
    training = networks.training_of(entry)
    better = sum(each.held_out.merit > training.held_out.merit for each in training.seeds)

    assert better == len(training.seeds) // 2
    assert training.is_median
    assert len(training.seeds) >= (5 if training.recipe["augmentation"] is None else 1)


@pytest.mark.keras
def test_measured_again_it_is_what_the_manifest_claims(entry: Entry) -> None:
    """Keras' own forward pass gives the score on the held-out digits, to a digit or two.

    To every tenth test digit it gives the answer of the survey, of which the test score is made.
    """
    model = loading.load(entry)
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    digits, claimed = mnist.load("train")[-5_000:], networks.training_of(entry).held_out
    loss, accuracy = model.evaluate(prepare(digits.images), digits.labels, batch_size=250, verbose=0)
    assert abs(round(accuracy * len(digits)) - claimed.correct) <= 2
    assert loss == pytest.approx(claimed.loss, abs=1e-4)
    assert len(digits) == claimed.digits

    said = np.concatenate([model(each) for each in np.split(prepare(mnist.load("test").images[::10]), 4)])
    surveyed = np.exp(metrics.log_probabilities(networks.survey_of(entry).logits[::10]))
    np.testing.assert_allclose(said, surveyed, atol=1e-4)


@pytest.mark.keras
def test_the_weights_are_those_of_the_architecture(entry: Entry) -> None:
    """The checkpoint has the layers and shapes that its recipe builds, finite weights, and no optimizer."""
    model, fresh = loading.load(entry), find(entry.architecture).build()

    assert model.count_params() == entry.parameters
    assert not hasattr(model, "optimizer")
    assert [layer.name for layer in model.layers] == [layer.name for layer in fresh.layers]
    for trained, untrained in zip(model.get_weights(), fresh.get_weights(), strict=True):
        assert trained.shape == untrained.shape
        assert np.isfinite(trained).all()
