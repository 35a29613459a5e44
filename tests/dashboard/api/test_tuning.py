from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient

from dashboard.factory import create_app
from dashboard.initial_state import initial_state
from dashboard.perturbation import parse_move
from dashboard.workspace import Workspace
from models.analysis import stimuli, tuning
from models.analysis.stimuli import BANK, FAMILIES, Stimulus
from models.analysis.tuning import Tuning
from models.datasets.mnist import prepare
from tests import networks
from tests.dashboard import apps
from tests.dashboard.sweeping import json_of, require_error, require_revalidated

CONV2 = "/api/models/cnn/layers/conv2/filters"
TUNING = networks.tuned(networks.CNN)


@pytest.fixture(scope="module")
def tuned(pretended: Workspace) -> Workspace:
    """The same networks, of which one was measured."""
    return apps.with_found(pretended, tuning.MEASUREMENT, {"cnn": TUNING})


@pytest.fixture
def asked(tuned: Workspace, tmp_path: Path) -> FlaskClient:
    """A visitor of an app on top of them."""
    client: FlaskClient = create_app(tuned, apps.settings(tmp_path)).server.test_client()
    return client


def test_all_that_was_measured_of_a_filter(asked: FlaskClient, tuned: Workspace) -> None:
    """Each number of every family and of what is plain is the file's, in the order of the bank."""
    told, layer = json_of(asked, f"{CONV2}/1/tuning"), TUNING.layers["conv2"]

    assert (told["model"], told["layer"], told["filter"]) == ("cnn", "conv2", 1)
    assert told["sha256"] == tuned.entry("cnn").sha256
    assert [each["key"] for each in told["families"]] == [family.key for family in FAMILIES]
    for place, each in enumerate(told["families"]):
        chosen = stimuli.part(each["key"])
        assert each["degrees"] == [*FAMILIES[place].degrees]
        assert len(each["texts"]) == len(each["degrees"])
        for name in ("raised", "lowered", "fired"):
            assert each[name] == getattr(layer, name)[chosen, 1].tolist()
        assert each["selectivity"] == layer.selectivity[place, 1]
        assert each["threshold"] == layer.thresholds[place]
    assert [each["raised"] for each in told["plain"]] == layer.raised[80:, 1].tolist()
    assert told["paper"] == layer.paper[1]
    assert (told["stimuli"], told["places"], told["percentile"]) == (len(BANK), 9, 99)
    assert told["layer_words"]["trained"] == {"words": 3, "filters": 4}
    assert told["layer_words"]["untrained"] == {"words": 1, "filters": 64}
    assert "Pre-activation" in told["tensor"]
    assert "circular variance" in told["definition"]
    assert "doi:10.1523/JNEUROSCI.22-13-05639.2002" in told["source"]


def test_the_word_and_the_stroke_that_stands_for_it(asked: FlaskClient, tuned: Workspace) -> None:
    """The second filter prefers an edge of 22.5 degrees; its picture is what the networks would read."""
    told = json_of(asked, f"{CONV2}/1/tuning")

    word = told["word"]
    assert (word["kind"], word["text"]) == ("edge", "edge: light on the right")
    assert word["degrees"] == pytest.approx(22.5, abs=0.5)
    assert word["selectivity"] > word["threshold"]
    shown = told["stimulus"]
    assert (shown["family"], shown["degrees"], shown["raised"]) == ("edge", 22.5, 16)
    expected = stimuli.draw(Stimulus("edge", 22.5), 28, 28)
    assert np.array_equal(shown["levels"], expected)
    assert np.array_equal(tuned.digit(0, parse_move(shown["perturb"])), prepare(expected))
    assert told["strongest"] == shown


def test_a_filter_without_a_word(asked: FlaskClient) -> None:
    """It is null; the stroke beside it is the one that raises it most, whatever that is."""
    told = json_of(asked, f"{CONV2}/3/tuning")

    assert told["word"] is None
    assert told["stimulus"] == told["strongest"]
    assert told["stimulus"]["text"] == "horizontal bar"


def test_it_is_revalidated(asked: FlaskClient) -> None:
    """Asked again with its tag it costs no bytes."""
    require_revalidated(asked, f"{CONV2}/1/tuning")


@pytest.mark.parametrize("number", ["4", "-1", "1.5", "x", "%00", "٣", "9" * 3_000])
def test_filters_that_there_are_not(asked: FlaskClient, number: str) -> None:
    """404, with the numbers that there are."""
    assert "0 to 3" in require_error(asked.get(f"{CONV2}/{number}/tuning"), 404)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("rnn/layers/conv1", "There are: fcn, cnn."),
        ("cnn/layers/conv9", "It has: conv1, conv2"),
        ("cnn/layers/pool", "cnn pool is a MaxPooling2D layer: tuning is measured on convolutions."),
        ("cnn/layers/dense", "cnn dense is a Dense layer: tuning is measured on convolutions."),
        ("fcn/layers/dense1", "fcn dense1 is a Dense layer: tuning is measured on convolutions."),
    ],
)
def test_layers_without_filters(asked: FlaskClient, path: str, words: str) -> None:
    """404, saying what there is, or what the layer is."""
    assert words in require_error(asked.get(f"/api/models/{path}/filters/0/tuning"), 404)


def test_what_was_not_measured_names_the_command(client: FlaskClient, pretended: Workspace) -> None:
    """The page knows it before it asks; who asks nevertheless hears what to run."""
    assert not pretended.collection.of(tuning.MEASUREMENT)
    message = require_error(client.get(f"{CONV2}/1/tuning"), 404)

    assert "python -m models.measure tuning cnn" in message


def test_the_page_knows_the_words_beforehand(tuned: Workspace, pretended: Workspace) -> None:
    """Of a convolution, filter by filter, empty without one; null unmeasured; of other layers nothing."""

    def layers(workspace: Workspace) -> dict[str, object]:
        (network,) = [each for each in initial_state(workspace)["models"] if each["key"] == "cnn"]
        return {each["name"]: each.get("words", "nothing") for each in network["layers"]}

    named = ["horizontal bar", "edge: light on the right", "arc of radius 4, open to the top right"]
    measured = layers(tuned)
    words = measured["conv2"]
    assert isinstance(words, list)
    assert words[:2] == named[:2]
    assert words[2].startswith(named[2])
    assert words[3] == ""
    assert measured["pool"] == measured["dense"] == "nothing"
    assert (layers(pretended)["conv1"], layers(pretended)["dense"]) == (None, "nothing")


def test_numbers_are_json_for_every_filter(asked: FlaskClient) -> None:
    """No filter of any measured layer is left out."""
    for name, layer in Tuning(TUNING.layers).layers.items():
        for channel in range(len(layer.paper)):
            told = json_of(asked, f"/api/models/cnn/layers/{name}/filters/{channel}/tuning")
            assert len(told["families"]) == len(FAMILIES)
