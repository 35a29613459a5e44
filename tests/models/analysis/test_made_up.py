"""What is measured of networks, measured in a world without digits: three classes, colours, branches."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from models.analysis import (
    channel_statistics,
    colours,
    measurements,
    novelty,
    projection,
    robustness,
    statistics_pass,
    tuning,
)
from models.analysis.adversarial import MARGIN, ahead, find
from models.analysis.channel_statistics import Survey
from models.analysis.makers import explainer
from models.arrays import Floats
from models.datasets.dataset import Dataset
from models.datasets.perturbation import PERTURBATIONS, perturb
from models.engine.probe import Probe
from models.store import manifest
from models.store.entry import Entry
from tests import worlds

pytestmark = pytest.mark.keras
SMALL = 1e-5


@dataclass(frozen=True)
class Measured:
    """The trained network and what was measured on it, as they lie in the folder of the made-up world."""

    folder: Path

    @cached_property
    def entry(self) -> Entry:
        """What the manifest says of it."""
        return manifest.read(self.folder)[0]

    @cached_property
    def model(self) -> keras.Model:
        """The network, as plain Keras opens it."""
        return keras.saving.load_model(self.folder / self.entry.checkpoint.name, compile=False)

    @cached_property
    def values(self) -> dict[str, Floats]:
        """Every layer's output for all images, by plain Keras."""
        outputs = {layer.name: layer.output for layer in self.model.layers}
        told = keras.Model(self.model.inputs[0], outputs)(worlds.made_up().inputs, training=False)
        return {name: np.asarray(each) for name, each in told.items()}

    def found(self, name: str) -> Any:
        """Return what a measurement found."""
        measurement = next(each for each in measurements.MEASUREMENTS if each.name == name)
        return measurement.read(self.entry, self.folder)

    @cached_property
    def survey(self) -> Survey:
        """The survey of the trained network."""
        made: Survey = self.found(channel_statistics.MEASUREMENT.name)
        return made


@pytest.fixture(scope="module")
def measured(made_up_folder: Path) -> Measured:
    """What was measured on the made-up network that branches."""
    return Measured(made_up_folder)


def test_every_measurement_can_be_made_and_read_again(made_up: Dataset, measured: Measured) -> None:
    """What is found on other images and another network is written and read as it is of digits."""
    for measurement in measurements.MEASUREMENTS:
        of_colours = measurement is colours.MEASUREMENT  # of which these images have none to swap
        assert (measured.found(measurement.name) is None) == of_colours, measurement.name
    survey = measured.survey
    again = Survey.from_bytes(survey.to_bytes())
    assert np.array_equal(again.logits, survey.logits)
    assert again.logits.shape == (len(made_up), 3)
    table = measured.found(robustness.MEASUREMENT.name)
    assert robustness.Robustness.from_bytes(table.to_bytes()) == table
    novel = measured.found("novelty")
    assert novelty.Novelty.from_bytes(novel.to_bytes()).typical == novel.typical


@pytest.mark.parametrize("layer", ["stem_relu", "inner", "residual", "wide", "pooled", "both", "mean"])
def test_what_makes_a_channel_fire_is_what_keras_computes(
    made_up: Dataset, measured: Measured, layer: str
) -> None:
    """Means, shares, and the strongest images of every channel, on each side of every branch."""
    own, found = measured.values[layer], measured.survey.layers[layer]
    cells = own.reshape(len(made_up), -1, own.shape[-1])

    np.testing.assert_allclose(found.mean, cells.mean(axis=(0, 1)), rtol=1e-4, atol=SMALL)
    np.testing.assert_allclose(found.active, (cells > 0).mean(axis=(0, 1)), atol=SMALL)
    np.testing.assert_allclose(found.firing, (cells > 0).any(axis=1).mean(axis=0), atol=SMALL)
    for label in range(3):
        mean = cells[made_up.labels == label].mean(axis=(0, 1))
        np.testing.assert_allclose(found.by_class[label], mean, rtol=1e-4, atol=SMALL)
    for channel, images in enumerate(found.strongest):
        peaks = cells[..., channel].max(axis=1)
        np.testing.assert_allclose(peaks[images], np.sort(peaks)[::-1][:9], rtol=1e-4, atol=SMALL)
        at = found.places[channel]
        np.testing.assert_allclose(cells[images, at, channel], peaks[images], rtol=1e-4, atol=SMALL)


def test_ranges_hold_every_value(measured: Measured) -> None:
    """The smallest and the largest that each channel reaches, as Keras computes it."""
    for layer, own in measured.values.items():
        if (layer, "post") in measured.survey.ranges:
            cells = own.reshape(-1, own.shape[-1])
            low, high = measured.survey.ranges[layer, "post"]
            np.testing.assert_allclose(low, cells.min(axis=0), rtol=1e-4, atol=SMALL)
            np.testing.assert_allclose(high, cells.max(axis=0), rtol=1e-4, atol=SMALL)


@pytest.mark.parametrize(("layer", "channel"), [("stem_relu", 1), ("residual", 4), ("both", 7), ("mean", 2)])
def test_without_a_channel_the_answers_are_those_of_keras(
    made_up: Dataset, measured: Measured, layer: str, channel: int
) -> None:
    """A channel is zero for everything that reads it: for both branches where two do."""

    def cut(operation: Any, *args: Any, **kwargs: Any) -> Any:
        value = operation(*args, **kwargs)
        if operation.name != layer:
            return value
        kept = np.ones(value.shape[-1], np.float32)
        kept[channel] = 0
        return value * kept

    without = keras.models.clone_model(measured.model, clone_function=lambda each: each, call_function=cut)
    expected = np.asarray(without(made_up.inputs, training=False)).argmax(axis=-1)

    found = measured.survey.layers[layer]
    images, answers = found.changed(channel)
    said = measured.survey.logits.argmax(axis=-1)
    said[images] = answers
    assert np.array_equal(said, expected)
    assert found.correct_without[channel] == (expected == made_up.labels).sum()


def test_filters_are_compared_as_their_kind_lays_them_out(made_up: Dataset) -> None:
    """A transposed convolution's weights stand the other way around, a separable one's are two arrays."""
    layers = keras.layers
    image = keras.Input((worlds.ROWS, worlds.COLUMNS, worlds.COLOURS))
    apart = layers.SeparableConv2D(5, 3, use_bias=False, name="apart")(image)
    stamped = layers.Conv2DTranspose(4, 3, name="stamped")(apart)
    units = layers.Dense(3, activation="softmax", name="answer")(layers.Flatten(name="flat")(stamped))
    model = worlds.randomised(keras.Model(image, units))
    deep, across = model.get_layer("apart").get_weights()
    weights = {
        "apart": np.einsum("rcim,imf->frci", deep, across.reshape(*deep.shape[2:], -1)).reshape(5, -1),
        "stamped": np.moveaxis(model.get_layer("stamped").get_weights()[0], 2, 0).reshape(4, -1),
        "answer": model.get_layer("answer").get_weights()[0].T,
    }

    _, _, told = statistics_pass.measure(model, made_up.inputs, made_up.labels)

    for name, filters in weights.items():
        lengths = np.linalg.norm(filters, axis=1)
        cosines = filters @ filters.T / np.outer(lengths, lengths) - 2 * np.eye(len(filters))
        assert told[name].similar.tolist() == cosines.argmax(axis=1).tolist()
        assert told[name].cosine == pytest.approx(cosines.max(axis=1), abs=SMALL)


def test_robustness_counts_answers_to_changed_images(made_up: Dataset, measured: Measured) -> None:
    """Colours are turned, hidden and blurred with the background of their data set, then read by Keras."""
    table = measured.found(robustness.MEASUREMENT.name)
    for key, amount in (("rotation", 90), ("occlusion", 8), ("blur", 1), ("inversion", 1)):
        changed = perturb(made_up.inputs, key, amount, made_up.spec)
        right = np.asarray(measured.model(changed, training=False)).argmax(axis=-1) == made_up.labels
        amounts = PERTURBATIONS[key].amounts
        assert table.correct[key][amounts.index(amount)] == right.sum()


def test_images_are_arranged_by_the_last_hidden_layer(made_up: Dataset, measured: Measured) -> None:
    """Neighbours are the layer's own, and each method gives every image a place."""
    arrangement = measured.found(projection.MEASUREMENT.name)
    rows = measured.values["mean"]

    for method in projection.METHODS:
        assert arrangement.planes[method].shape == (len(made_up), 2)
    apart = np.linalg.norm(rows[:, np.newaxis] - rows, axis=-1)
    for image in (0, 17, 36):
        near = arrangement.near(image)
        np.testing.assert_allclose(apart[image, near], np.sort(apart[image])[1 : len(near) + 1], rtol=1e-4)


def test_filters_of_every_branch_are_tried_on_strokes(measured: Measured) -> None:
    """All convolutions, those behind a branch too; their pictures are as large as the images."""
    tuned = measured.found(tuning.MEASUREMENT.name)

    assert list(tuned.layers) == ["stem", "inner", "wide"]
    assert [len(each.paper) for each in tuned.layers.values()] == [6, 6, 5]


def test_an_adversarial_example_is_one_for_keras(made_up: Dataset, measured: Measured) -> None:
    """What is found near an image, in its colours and levels, is taken for the class by Keras' own model."""
    probe = Probe(measured.model)
    asked = explainer(probe)
    image = made_up.inputs[3]

    every = find(asked.leads, lambda each: probe.run(each).logits, image, made_up.spec)

    assert every.before == int(np.asarray(measured.model(image[np.newaxis], training=False)).argmax())
    assert every.found
    for target, one in every.found.items():
        fed = made_up.spec.prepare(one.pixels)
        said = np.asarray(measured.model(fed[np.newaxis], training=False))[0]
        assert said.argmax() == target
        assert ahead(probe.run(fed).logits, target) >= MARGIN - SMALL
        assert one.pixels.shape == (12, 20, 3)
