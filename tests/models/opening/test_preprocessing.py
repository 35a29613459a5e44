"""What a person says is done to images is done, by layers that can be seen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from models.graph.reading import graph_of
from models.graph.refusal import UnopenableError
from models.opening.preprocessing import WORDS, Preprocessing
from models.opening.rebuilt import rebuilt
from tests import worlds
from tests.models.opening import files

if TYPE_CHECKING:
    from models.arrays import Floats

pytestmark = pytest.mark.keras


def pixels() -> Floats:
    """Return random pixels, 0 to 255, as numbers."""
    return np.random.default_rng(4).integers(0, 256, (3, 12, 20, 3)).astype(np.float32)


@pytest.mark.parametrize("word", WORDS)
def test_words_mean_what_they_mean_in_keras(word: str) -> None:
    """Its own arithmetic gives the same numbers."""
    from keras.applications import imagenet_utils

    (low, high), steps = WORDS[word]
    wanted = imagenet_utils.preprocess_input(pixels(), data_format="channels_last", mode=word)
    np.testing.assert_allclose(
        steps.of(np.float32(low) + np.float32((high - low) / 255) * pixels()), wanted, rtol=1e-5, atol=1e-5
    )


@pytest.mark.parametrize(
    "steps",
    [
        Preprocessing(order="bgr"),
        Preprocessing((0.5,)),
        Preprocessing((0.1, 0.2, 0.3), (0.5, 0.25, 2.0), "bgr"),
        *(each for _, each in WORDS.values()),
    ],
)
def test_layers_in_front_do_what_is_said(tmp_path: Path, steps: Preprocessing) -> None:
    """The network gets of them what was asked for, and answers as it does by itself."""
    import keras

    model = worlds.chain()
    model.save(tmp_path / "network.keras")
    made = rebuilt(tmp_path / "network.keras", None, "", steps)
    images = pixels() / np.float32(255)
    wanted = steps.of(images)

    np.testing.assert_allclose(np.asarray(made(images)), np.asarray(model(wanted)), rtol=1e-5, atol=1e-5)
    nodes = [node.name for node in graph_of(made).nodes]
    for name in ("rgb_to_bgr", "standardise"):
        assert (name in nodes) == (name in steps.said if steps else False)
    if "standardise" in nodes:
        inner = keras.Model(made.inputs, made.get_layer("standardise").output)
        np.testing.assert_allclose(np.asarray(inner(images)), wanted, rtol=1e-5, atol=1e-5)


def test_numbers_that_do_not_go_with_the_channels_are_refused(tmp_path: Path) -> None:
    """With both counts."""
    files.chain().save(tmp_path / "grey.keras")
    for steps, words in (
        (Preprocessing((1.0, 2.0, 3.0)), "it reads images of 1 channel, and --mean has 3 numbers"),
        (Preprocessing(order="bgr"), "1 channel, and --order bgr"),
    ):
        with pytest.raises(UnopenableError, match=words):
            rebuilt(tmp_path / "grey.keras", None, "", steps)
