from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient

from dashboard.api import readings
from dashboard.factory import create_app
from dashboard.perturbation import parse_move
from dashboard.workspace import Workspace
from models.analysis import novelty
from models.datasets.dataset import Dataset
from models.sketch.drawing import PAD, Drawing, write_ink, write_pixels
from models.store.entry import Score
from tests import networks
from tests.dashboard import apps
from tests.dashboard.sweeping import json_of, require_error, require_revalidated, require_waking

STROKE = Drawing(write_ink(np.eye(PAD))).text
EMPTY = Drawing(write_ink(np.zeros((PAD, PAD)))).text
PIXELS = Drawing(write_pixels(np.full((28, 28), 7, np.uint8)), "pixels").text
ROUTE = "/api/readings?perturb="


@pytest.mark.parametrize(
    "text", [STROKE, STROKE.replace("ink", "raw"), PIXELS, EMPTY, f"{STROKE},rotation:15"]
)
def test_it_says_what_the_best_network_reads(client: FlaskClient, pretended: Workspace, text: str) -> None:
    """Of ink, of pixels, of nothing, moved or not: key, score and what the network itself computes."""
    told = json_of(client, ROUTE + text)

    reader, own = told["reader"], pretended.reader
    forward = pretended.forward_pass(own.key, 0, move=parse_move(text))
    assert told["perturb"] == text
    assert (reader["key"], reader["title"], reader["sha256"]) == (own.key, own.title, own.sha256)
    assert reader["held_out"]["accuracy"] == networks.training_of(own).held_out.accuracy
    assert reader["logits"] == forward.logits.tolist()
    assert reader["answer"] == forward.logits.argmax()
    assert reader["probability"] == reader["probabilities"][reader["answer"]] == max(reader["probabilities"])
    first, second = sorted(reader["probabilities"])[:-3:-1]
    assert reader["margin"] == pytest.approx(first - second, abs=1e-6)


def test_it_says_what_the_best_network_reads_in_a_test_digit_that_is_changed(
    client: FlaskClient, pretended: Workspace
) -> None:
    """Of the one that is named, as it is changed; of one that there is not, nothing."""
    told = json_of(client, "/api/readings?image=3&perturb=rotation:90")

    forward = pretended.forward_pass(pretended.reader.key, 3, move=parse_move("rotation:90"))
    assert told["perturb"] == "rotation:90"
    assert told["reader"]["logits"] == forward.logits.tolist()
    assert "There are 0 to" in require_error(client.get("/api/readings?image=99999&perturb=blur:1"), 404)


def test_the_best_on_held_out_digits_reads(pretended: Workspace, tmp_path: Path) -> None:
    """Another network reads once it is better on held-out digits, whatever its place in the manifest."""
    for better in pretended.entries:
        entries = tuple(
            networks.changed(each, held_out=Score(5_000, 4_950 if each == better else 4_900, 0.05))
            for each in pretended.entries
        )
        app = create_app(apps.with_collection(pretended, entries=entries), apps.settings(tmp_path))
        assert json_of(app.server.test_client(), ROUTE + STROKE)["reader"]["key"] == better.key


def test_how_unlike_anything_in_training_it_is(pretended: Workspace, tmp_path: Path) -> None:
    """Score, threshold, share of held-out digits, definition and how well it tells, of the reader's layer."""
    layer = pretended.reader.layers[-2]
    rng = np.random.default_rng(7)
    hidden = rng.normal(size=(60, layer.channels)).astype(np.float32)
    near, far = (
        novelty.measured(hidden[:50], np.zeros(50, np.uint8), times * hidden[:10], {"signs": 9 * hidden[:20]})
        for times in (1, 1e6)
    )
    for measure, unlike in ((near, True), (far, False)):
        known = {pretended.reader.key: measure}
        app = create_app(apps.with_found(pretended, novelty.MEASUREMENT, known), apps.settings(tmp_path))
        told = json_of(app.server.test_client(), ROUTE + STROKE)["novelty"]

        forward = readings.reading(pretended, Drawing(STROKE.removeprefix("ink:")))
        score = measure.score(forward.post[layer.name][np.newaxis])[0]
        assert told["score"] == pytest.approx(score)
        assert told["threshold"] == measure.threshold
        assert told["unlike"] == (score > measure.threshold) == unlike
        assert told["percentile"] == np.mean(measure.scores < score)
        assert told["held_out"] == 10
        assert told["auroc"] == {"signs": vars(measure.separated["signs"])}
        assert "nearest" in told["definition"]
        assert "doi:" in told["source"]


def test_a_reader_that_was_not_measured_says_nothing_of_that(client: FlaskClient) -> None:
    """Nothing in the place of a score: a manifest may be older than the measure."""
    assert json_of(client, ROUTE + STROKE)["novelty"] is None


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Only what was drawn or changed is read"),
        ("perturb=", "Only what was drawn or changed is read"),
        ("perturb=rotation:15", "Only what was drawn or changed is read"),
        ("perturb=spin:3", "perturb must be"),
        ("perturb=ink:eNpj", "cannot be read"),
        (f"perturb={STROKE},spin:3", "perturb must be"),
        (f"perturb={STROKE}&off=cnn.conv2:3", "leave off out"),
    ],
)
def test_what_cannot_be_asked(client: FlaskClient, query: str, words: str) -> None:
    """What is no drawing, or a damaged one, is refused with what is allowed."""
    assert words in require_error(client.get(f"/api/readings?{query}"), 400)


def test_what_is_known_is_revalidated(client: FlaskClient) -> None:
    """Asked again with its tag, a reading costs no bytes."""
    require_revalidated(client, ROUTE + STROKE)


def test_while_the_networks_wake(test_digits: Dataset, tmp_path: Path) -> None:
    """503 with a time to ask again; what is wrong anyway is refused at once."""
    workspace = apps.workspace(test_digits, tmp_path, asleep=True)
    client = create_app(workspace, apps.settings(tmp_path)).server.test_client()

    require_waking(client.get(ROUTE + STROKE))
    assert "cannot be read" in require_error(client.get(f"{ROUTE}ink:x"), 400)
