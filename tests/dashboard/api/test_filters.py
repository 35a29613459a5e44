from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from dashboard.factory import create_app
from dashboard.filter_table import COLUMNS, FATES
from dashboard.workspace import Workspace
from models.analysis import tuning
from models.arrays import Floats
from models.datasets.dataset import Dataset
from models.engine.forward_pass import Stage
from models.graph.description import surveyed
from tests import networks
from tests.dashboard import apps
from tests.dashboard.sweeping import (
    array_of,
    get,
    json_of,
    require_error,
    require_headers,
    require_revalidated,
    require_waking,
)

KEYS = ("fcn", "cnn")


def asking(workspace: Workspace, folder: Path) -> FlaskClient:
    """Return a visitor of an app on top of a workspace."""
    client: FlaskClient = create_app(workspace, apps.settings(folder)).server.test_client()
    return client


def rows_of(client: FlaskClient, key: str) -> list[dict[str, Any]]:
    """Return the rows of a network's table."""
    rows: list[dict[str, Any]] = json_of(client, f"/api/models/{key}/filters")["filters"]
    return rows


@pytest.mark.parametrize("key", KEYS)
def test_every_filter_and_unit_has_a_row(client: FlaskClient, pretended: Workspace, key: str) -> None:
    """Layer by layer, in order; each number is what the channel's own address says of it."""
    table = json_of(client, f"/api/models/{key}/filters")
    layers = surveyed(pretended.entry(key).layers)

    assert (table["model"], table["digits"]) == (key, 10_000)
    assert table["sha256"] == pretended.entry(key).sha256
    assert [(row["layer"], row["filter"]) for row in table["filters"]] == [
        (layer.name, channel) for layer in layers for channel in range(layer.channels)
    ]
    for row in table["filters"]:
        own = json_of(client, f"/api/models/{key}/layers/{row['layer']}/filters/{row['filter']}")
        assert {name: row[name] for name in ("mean", "largest", "active", "firing")} == {
            name: own[name] for name in ("mean", "largest", "active", "firing")
        }
        assert row["fate"] == (own["fate"] or "ok")
        similar = own["similar"] or {"filter": None, "cosine": None}
        assert (row["similar"], row["cosine"]) == (similar["filter"], similar["cosine"])
        without = own["without"] or {"accuracy": None, "change": None}
        assert (row["accuracy"], row["change"]) == (without["accuracy"], without["change"])
        maps = next(layer for layer in layers if layer.name == row["layer"]).has_maps
        assert row["kind"] == ("map" if maps else "unit")
        if row["change"] is not None:
            assert row["change"] == pytest.approx(100 * (row["accuracy"] - table["accuracy"]))


@pytest.mark.parametrize("key", KEYS)
def test_the_norm_is_that_of_the_weights(client: FlaskClient, key: str) -> None:
    """The root of the sum of squares of what the layer's own address gives of each filter, without bias."""
    for row in rows_of(client, key):
        address = f"/api/models/{key}/layers/{row['layer']}/kernel.npy?filter={row['filter']}"
        if row["norm"] is None:
            require_error(client.get(address), 404)
        else:
            weights = array_of(client, address).astype(np.float64)
            assert row["norm"] == pytest.approx(np.sqrt((weights**2).sum()), rel=1e-6)


def test_what_was_not_measured_is_left_open(client: FlaskClient, pretended: Workspace) -> None:
    """Pooling has no weights, the last layer is never left out, and nobody measured a tuning here."""
    rows, output = rows_of(client, "cnn"), pretended.entry("cnn").layers[-1].name

    for row in rows:
        weightless = [row[name] for name in ("norm", "similar", "cosine")]
        assert weightless == [None] * 3 if row["layer"] == "pool" else None not in weightless
        assert (row["accuracy"] is None) == (row["change"] is None) == (row["layer"] == output)
        assert row["word"] is None


def test_words_and_fates(pretended: Workspace, tmp_path: Path) -> None:
    """The word of a filter that has one; each of the three fates, of the answers no always on."""
    survey, tuned = pretended.surveys["cnn"], networks.tuned(networks.CNN)
    ends: dict[tuple[str, Stage], Floats] = {}
    for name in ("conv2", "output"):
        ends[name, "post"] = survey.ranges[name, "post"].copy()
        ends[name, "post"][:, :3] = [[0, 1, 0], [0, 2, 2]]
    known = apps.with_survey(pretended, "cnn", replace(survey, ranges={**survey.ranges, **ends}))
    client = asking(apps.with_found(known, tuning.MEASUREMENT, {"cnn": tuned}), tmp_path)

    by_layer: dict[str, list[dict[str, Any]]] = {}
    for row in rows_of(client, "cnn"):
        by_layer.setdefault(row["layer"], []).append(row)

    assert [row["fate"] for row in by_layer["conv2"][:3]] == [*FATES]
    assert [row["fate"] for row in by_layer["output"][:3]] == ["dead", "ok", "ok"]
    words = [None if word is None else word.text for word in tuned.layers["conv2"].words]
    assert [row["word"] for row in by_layer["conv2"]] == words
    assert None in words
    assert any(words)
    assert {row["word"] for row in by_layer["dense"]} == {None}


def test_what_is_no_number_is_none(pretended: Workspace, tmp_path: Path) -> None:
    """A network that diverged has means that JSON cannot write: they are left open, not 0."""
    survey = pretended.surveys["cnn"]
    mean = np.array([np.nan, np.inf, 0.5, 0, 1], np.float32)
    layers = {**survey.layers, "dense": replace(survey.layers["dense"], mean=mean)}
    client = asking(apps.with_survey(pretended, "cnn", replace(survey, layers=layers)), tmp_path)

    found = [row["mean"] for row in rows_of(client, "cnn") if row["layer"] == "dense"]

    assert found == [None, None, 0.5, 0, 1]


@pytest.mark.parametrize("key", KEYS)
def test_the_same_as_csv(client: FlaskClient, key: str) -> None:
    """A line of names with units, then the rows of the JSON in full; what is open there is blank."""
    table = json_of(client, f"/api/models/{key}/filters")
    response = client.get(f"/api/models/{key}/filters.csv")
    require_headers(response)
    assert (response.status_code, response.mimetype) == (200, "text/csv")

    head, *lines = csv.reader(response.get_data(as_text=True).splitlines())

    assert head[:5] == ["model", "layer", "filter", "kind", "mean"]
    assert head[6:8] == ["active (share of cells)", "fires on (share of digits)"]
    assert head[-2:] == ["change (percentage points)", "tuned to"]
    assert len(head) == 1 + len(COLUMNS)
    assert len(lines) == len(table["filters"])
    names = [column["key"] for column in table["columns"]]
    for line, row in zip(lines, table["filters"], strict=True):
        assert line == [key, *("" if row[name] is None else str(row[name]) for name in names)]
    require_revalidated(client, f"/api/models/{key}/filters.csv")


def test_the_columns_are_told(client: FlaskClient) -> None:
    """Each has a sentence of its own, in the words of these images, and no place is left in braces."""
    columns = json_of(client, "/api/models/cnn/filters")["columns"]

    assert [column["key"] for column in columns] == [column.key for column in COLUMNS]
    sentences = [column["meaning"] for column in columns]
    assert len(set(sentences)) == len(sentences)
    assert all(each.endswith(".") and "{" not in each for each in sentences)
    assert "all 10,000 test digits" in sentences[3]


def test_it_can_be_read_again_while_the_networks_sleep(test_digits: Dataset, tmp_path: Path) -> None:
    """At first it waits for the weights; what came of these is remembered, and tells the same."""
    client = asking(apps.workspace(test_digits, tmp_path, asleep=True), tmp_path)
    require_waking(client.get("/api/models/cnn/filters"))

    awake = apps.workspace(test_digits, tmp_path)
    told = json_of(asking(awake, tmp_path), "/api/models/cnn/filters")
    awake.memory.settle()

    assert json_of(client, "/api/models/cnn/filters") == told
    require_waking(client.get("/api/models/fcn/filters"))


@pytest.mark.parametrize("path", ["/api/models/rnn/filters", "/api/models/rnn/filters.csv"])
def test_networks_that_there_are_not(client: FlaskClient, path: str) -> None:
    """404 that names those that there are; a mistyped query is refused."""
    assert "fcn, cnn" in require_error(client.get(path), 404)
    assert get(client, path.replace("rnn", "cnn") + "?layer=conv2").status_code == 400
