from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dashboard.panels.comparison import Comparison
from models.analysis import channel_statistics
from models.analysis.channel_statistics import Survey
from models.analysis.collection import Collection
from models.datasets import disputed
from models.datasets.dataset import Dataset, ImageSpec, Noun
from models.datasets.disputed import Dispute
from models.graph.description import Layer
from models.store.entry import Entry, File, Score, SeedScore, Training
from tests import networks

# label, what FCN answers, what CNN answers
ANSWERS = np.array(
    [
        (0, 0, 0),
        (0, 1, 0),
        (1, 1, 1),
        (1, 1, 1),
        (2, 1, 2),
        (2, 1, 1),
        (2, 0, 2),
        (2, 2, 2),
        (0, 0, 2),
        (1, 1, 1),
    ],
    np.uint8,
)

IMAGES = (np.arange(10 * 4, dtype=np.uint8) * 6).reshape(10, 2, 2)  # of the same ten digits


def logits_of(answers: Any, classes: Any = 3) -> Any:
    """Logits of 3 for the answer and 0 for all others: the answer's probability is e³ / (e³ + 2)."""
    return (3 * np.eye(classes)[answers]).astype(np.float32)


def layer(name: Any, multiply_accumulates: Any) -> Any:
    return Layer(name, "Dense", "relu", (3,), 12, multiply_accumulates, (3, 3), None, None)


def entry_of(key: Any, **changed: Any) -> Any:
    entry = Entry(
        key=key,
        title=f"The {key}",
        architecture=key,
        checkpoint=File(f"{key}.keras", "0" * 64, 2_143_000),
        survey=File(f"{key}.survey.npz", "1" * 64, 1),
        parameters=535_818,
        test=Score(10, 6, 0.5),
        layers=(layer("dense", 1_000), layer("output", 234)),
        training=Training(
            seed=7,
            command=f"python -m models.train {key} --seeds 7",
            versions={},
            recipe={},
            history={
                "loss": [0.5, 0.25, 0.125],
                "accuracy": [0.8, 0.9, 0.95],
                "val_loss": [0.4, 0.1, 0.2],
                "val_accuracy": [0.85, 0.975, 0.95],
                "learning_rate": [0.1, 0.1, 0.1],
            },
            chosen_epoch=2,
            held_out=Score(5_000, 4_875, 0.1),
            seeds=(SeedScore(7, 2, Score(5_000, 4_875, 0.1), Score(10, 6, 0.5)),),
        ),
    )
    return networks.changed(entry, **changed)


def compared(
    entries: Any, logits: Any, labels: Any, model: Any = "both", theme: Any = "light", **known: Any
) -> Comparison:
    """Compare networks that gave these answers; `known` has the images, and may have a pair and costs."""
    surveys = {key: Survey(each, {}) for key, each in logits.items()}
    images = np.resize(known.pop("images"), (len(labels), 2, 2))
    digits = Dataset(
        images,
        labels,
        ImageSpec(2, 2, 1),
        tuple("0123456789")[: next(iter(logits.values())).shape[-1]],
        Noun("digit", "digits"),
        split="test",
        disputes=disputed.MNIST,
    )
    costs = known.pop("costs", None)
    collection = Collection(tuple(entries), digits, costs, {channel_statistics.MEASUREMENT.name: surveys})
    return Comparison.of(collection, model, theme, **known)


def with_found(comparison: Any, **found: Any) -> Comparison:
    """Return a comparison of networks on which these measurements found something too."""
    collection = comparison.collection
    changed: Comparison = replace(
        comparison, collection=replace(collection, found={**collection.found, **found})
    )
    return changed


@pytest.fixture(scope="session")
def entries() -> Any:
    """FCN and CNN, as the manifest would name them."""
    return entry_of("fcn"), entry_of("cnn")


@pytest.fixture
def compare(entries: Any) -> Any:
    """Ten digits of three classes, six of which FCN names right, and eight CNN."""
    logits = {"fcn": logits_of(ANSWERS[:, 1]), "cnn": logits_of(ANSWERS[:, 2])}
    return lambda model="both", theme="light": compared(
        entries, logits, ANSWERS[:, 0], model, theme, images=IMAGES
    )


def disputing(comparison: Comparison, disputes: Mapping[int, Dispute]) -> Comparison:
    """Return the same networks on images of which these labels are disputed."""
    known = replace(disputed.MNIST, by_image=disputes)
    collection = comparison.collection
    return replace(comparison, collection=replace(collection, test=replace(collection.test, disputes=known)))
