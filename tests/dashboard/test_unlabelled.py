"""Images of which nobody knows what they show: nothing is said of right and wrong, and all else is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from dashboard import wall
from dashboard.factory import create_app
from dashboard.initial_state import initial_state
from dashboard.panels.compare import PANELS
from dashboard.panels.comparison import Comparison
from dashboard.panels.panel import Words
from dashboard.workspace import Workspace
from models.datasets.dataset import no_labels
from tests.dashboard import apps


@pytest.fixture(scope="module")
def unlabelled(pretended: Workspace) -> Workspace:
    """The pretended networks on the same images without labels."""
    known = pretended.collection
    test = replace(known.test, labels=no_labels(len(known.test), len(known.test.classes)))
    entries = tuple(replace(entry, test=None, training=None) for entry in known.entries)
    return replace(pretended, collection=replace(known, test=test, entries=entries))


@pytest.fixture(scope="module")
def asker(unlabelled: Workspace, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Asks an app of it."""
    client: FlaskClient = create_app(
        unlabelled, apps.settings(tmp_path_factory.mktemp("cache"))
    ).server.test_client()
    return client


def got(asker: FlaskClient, address: str) -> Any:
    """Return what JSON at an address says."""
    return asker.get(address).json


def test_no_label_is_made_up(asker: FlaskClient, unlabelled: Workspace) -> None:
    """In no answer of the API: null stands for what nobody knows."""
    key = unlabelled.entries[0].key
    layer = unlabelled.entries[0].layers[-1].name
    assert got(asker, "/api/images/3") == {"index": 3, "label": None, "split": "test", "disputed": None}
    assert got(asker, "/api/models")["models"][0]["test"] is None
    channel = got(asker, f"/api/models/{key}/layers/{layer}/filters/1")
    assert channel["by_class"] is None
    assert {each["label"] for each in channel["strongest"]} == {None}
    told = got(asker, f"/api/models/{key}/filters")
    assert told["accuracy"] is None
    assert {each["accuracy"] for each in told["filters"]} == {None}


def test_the_page_says_that_there_are_no_labels(asker: FlaskClient, unlabelled: Workspace) -> None:
    """And offers no choice that needs one; a link that makes one is complained of."""
    html = asker.get("/").text
    assert "have no labels" in html
    assert "named right" not in html
    assert "only FCN is wrong" not in str(asker.get("/_dash-layout").text)
    assert initial_state(unlabelled)["images"]["labelled"] is False
    for part in ("wrong=both", "label=3"):
        assert "nobody knows what the images show" in asker.get(f"/?{part}").text
    assert "nobody knows what the images show" not in asker.get("/?wrong=disagree").text


def test_compare_says_why_it_cannot_tell(unlabelled: Workspace) -> None:
    """Each panel that compares answers with labels, and no other."""
    comparison = Comparison.of(unlabelled.collection)
    for panel in PANELS:
        found = panel.answered(comparison)
        refuses = isinstance(found[0], Words) and "without labels" in found[0].sentences[0][0].text
        assert refuses == panel.asks_labels, panel.key


def test_a_wall_of_256_classes_and_no_labels_is_told_in_two_bytes() -> None:
    """What stands for no label is one beyond the last class."""
    logits = np.zeros((3, 256), np.float32)
    assert len(wall.verdicts(no_labels(3, 256), [logits])) == 2 * 3 * 2
    assert len(wall.verdicts(np.zeros(3, np.uint8), [logits])) == 2 * 3


def test_a_page_to_mail_says_so_too(asker: FlaskClient) -> None:
    """It is made of such images as well, and names no class that nobody named."""
    html = asker.get("/api/page.html?digit=3").text

    assert "without a label" in html
    assert ", label " not in html.partition('id="facts"')[0].partition("<body")[2]
