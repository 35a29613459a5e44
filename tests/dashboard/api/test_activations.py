from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pytest
from flask.testing import FlaskClient
from scipy.special import softmax

from dashboard.workspace import Workspace
from models.arrays import Floats
from models.datasets.dataset import Dataset
from models.datasets.mnist import prepare
from models.engine.forward_pass import STAGES, Stage
from tests import checkpoints
from tests.dashboard.sweeping import array_of, json_of, require_error

if TYPE_CHECKING:
    import keras
from tests.dashboard.sweeping import NOT_DIGITS


def test_a_verdict(client: FlaskClient, pretended: Workspace, test_digits: Dataset) -> None:
    """Logits and probabilities of all classes, exactly as computed, and what follows from them."""
    told = json_of(client, "/api/models/cnn/digits/17")

    forward = pretended.forward_pass("cnn", 17)
    assert np.array_equal(np.array(told["logits"], np.float32), forward.logits)
    assert np.array_equal(np.array(told["probabilities"], np.float32), forward.probabilities)
    assert (told["model"], told["digit"], told["label"]) == ("cnn", 17, test_digits.labels[17])
    assert told["sha256"] == pretended.entry("cnn").sha256
    assert told["answer"] == np.argmax(told["logits"])
    second, first = np.sort(softmax(np.array(told["logits"])))[-2:]
    assert told["margin"] == pytest.approx(first - second, abs=1e-6)


@pytest.mark.parametrize("key", ["fcn", "cnn"])
def test_every_layer_has_a_tensor_per_stage(client: FlaskClient, pretended: Workspace, key: str) -> None:
    """Keras' own shape without the batch axis; after activation unless another stage is asked for."""
    forward = pretended.forward_pass(key, 17)

    for layer in pretended.entry(key).layers:
        path = f"/api/models/{key}/digits/17/layers/{layer.name}.npy"
        assert np.array_equal(array_of(client, f"{path}?stage=pre"), forward.pre[layer.name])
        assert np.array_equal(array_of(client, f"{path}?stage=post"), forward.post[layer.name])
        assert np.array_equal(array_of(client, path), forward.post[layer.name])
        assert array_of(client, path).shape == layer.output_shape


@pytest.mark.parametrize("number", [*NOT_DIGITS, ""])
def test_filters_that_there_are_not(client: FlaskClient, number: str) -> None:
    """404, with the numbers that there are."""
    path = f"/api/models/cnn/layers/conv2/kernel.npy?filter={number.replace('+', '%2B')}"

    assert "0 to 3" in require_error(client.get(path), 404)


@pytest.mark.keras
@pytest.mark.parametrize("key", checkpoints.LAYERS)
def test_tensors_are_kerass(
    awake: FlaskClient, models: Mapping[str, keras.Model], test_digits: Dataset, key: str
) -> None:
    """Every layer after activation as Keras computes it; before, what its activation makes that of."""
    import keras

    for index in (0, 4271):
        values = prepare(test_digits.images[index])[np.newaxis]
        for layer in models[key].layers:
            if isinstance(layer, keras.layers.InputLayer):
                continue
            values = keras.ops.convert_to_numpy(layer(values))
            told: dict[Stage, Floats] = {
                stage: array_of(
                    awake, f"/api/models/{key}/digits/{index}/layers/{layer.name}.npy?stage={stage}"
                )
                for stage in STAGES
            }
            np.testing.assert_allclose(told["post"], values[0], rtol=1e-5, atol=1e-5)
            activation = getattr(layer, "activation", None)
            expected = (
                told["pre"] if activation is None else np.asarray(activation(told["pre"][np.newaxis]))[0]
            )
            np.testing.assert_allclose(told["post"], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.keras
@pytest.mark.parametrize("key", checkpoints.LAYERS)
def test_verdicts_are_kerass(
    awake: FlaskClient, models: Mapping[str, keras.Model], test_digits: Dataset, key: str
) -> None:
    """Probabilities as `predict` gives them, and the softmax of the logits, to a millionth."""
    told = json_of(awake, f"/api/models/{key}/digits/4271")

    expected = models[key].predict(prepare(test_digits.images[4271:4272]), verbose=0)[0]
    np.testing.assert_allclose(told["probabilities"], expected, atol=1e-5)
    np.testing.assert_allclose(told["probabilities"], softmax(np.array(told["logits"])), atol=1e-6)


def test_an_unknown_layer_is_answered_with_the_nearest(client: FlaskClient) -> None:
    """And with all that there are."""
    said = require_error(client.get("/api/models/cnn/images/17/layers/conv11.npy"), 404)
    assert "Nearest: conv1, conv2. It has: conv1, conv2, pool, " in said


def test_images_and_digits_are_the_same_addresses(client: FlaskClient) -> None:
    """To the last byte, of verdicts and of tensors."""
    for rest in ("17", "17/layers/conv2.npy?stage=pre"):
        answers = [client.get(f"/api/models/cnn/{word}/{rest}") for word in ("images", "digits")]
        assert {answer.status_code for answer in answers} == {200}
        assert answers[0].data == answers[1].data
