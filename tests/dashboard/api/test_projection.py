from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient

from dashboard.factory import create_app
from dashboard.workspace import Workspace
from models.analysis import projection
from models.analysis.projection import LEVELS, METHODS, Arrangement
from tests.dashboard import apps
from tests.dashboard.sweeping import body_of, json_of, require_error, require_revalidated


@pytest.fixture
def arranged(pretended: Workspace, tmp_path: Path) -> FlaskClient:
    """A visitor of an app that knows how the CNN arranges the digits."""
    places = np.linspace(0, LEVELS - 1, 20_000).round().astype(np.uint16).reshape(10_000, 2)
    places = np.asfortranarray(places)  # the browser reads row after row, however they lie in memory
    near = (np.arange(10_000)[:, None] + np.arange(1, 51)) % 10_000
    known = Arrangement(
        dict.fromkeys(METHODS, places),
        explained=0.25,
        alike=0.9,
        kept=dict.fromkeys(METHODS, (0.5, 0.75)),
        nearest=near.astype(np.uint16),
    )
    app = create_app(
        apps.with_found(pretended, projection.MEASUREMENT, {"cnn": known}), apps.settings(tmp_path)
    )
    client: FlaskClient = app.server.test_client()
    return client


def test_where_a_network_puts_the_digits(arranged: FlaskClient) -> None:
    """Two numbers in [0, 1] per digit, across and down, for each method."""
    for method in METHODS:
        content = body_of(arranged, f"/api/models/cnn/arrangement/{method}.npy")
        places = np.load(io.BytesIO(content), allow_pickle=False)
        assert (places.dtype, places.shape) == (np.float32, (10_000, 2))
        assert places.flags.c_contiguous
        assert places.ravel() == pytest.approx(np.linspace(0, 1, 20_000), abs=1e-5)


def test_which_digits_are_nearest_in_the_layer(arranged: FlaskClient, pretended: Workspace) -> None:
    """Nearest first, with the layer in which that is so; asked again with its tag, it costs no bytes."""
    path = "/api/models/cnn/digits/9980/neighbours"

    told = json_of(arranged, path)

    assert told["neighbours"] == [*range(9_981, 10_000), *range(31)]
    assert (told["model"], told["digit"]) == ("cnn", 9_980)
    assert (told["layer"], told["sha256"]) == ("dense", pretended.entry("cnn").sha256)
    require_revalidated(arranged, path)


@pytest.mark.parametrize(
    "path",
    [
        "fcn/arrangement/pca.npy",
        "rnn/arrangement/pca.npy",
        "cnn/arrangement/umap.npy",
        "fcn/digits/5/neighbours",
        "rnn/digits/5/neighbours",
        "cnn/digits/10000/neighbours",
        "cnn/digits/-1/neighbours",
        "cnn/digits/1.5/neighbours",
    ],
)
def test_planes_and_neighbours_that_there_are_not(arranged: FlaskClient, path: str) -> None:
    """404 in the one shape: a network that was not arranged or is not there, another method or digit."""
    require_error(arranged.get(f"/api/models/{path}"), 404)
