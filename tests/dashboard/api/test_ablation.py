from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient

from dashboard.factory import create_app
from dashboard.turns import Turns
from dashboard.workspace import Workspace
from models.analysis.metrics import answers
from models.datasets.dataset import Dataset
from models.datasets.mnist import prepare
from tests.dashboard import apps
from tests.dashboard.sweeping import answers_of, body_of, require_error


def test_answers_without_some_channels(client: FlaskClient, pretended: Workspace) -> None:
    """One byte per digit of the block, and all blocks are all digits; nothing off, the known answers."""
    probe = pretended.networks.probe("cnn")
    path = "/api/models/cnn/without/{}.bin?off={}"

    blocks = [answers_of(client, path.format(block, "cnn.conv2:3.1,cnn.dense:0")) for block in range(40)]

    off = {"conv2": (1, 3), "dense": (0,)}
    expected = answers(probe.logits_without(prepare(pretended.images), off))
    assert np.array_equal(np.concatenate(blocks), expected)
    whole = answers(pretended.surveys["cnn"].logits)
    for nothing in ("without/7.bin", "without/7.bin?off="):
        assert np.array_equal(answers_of(client, f"/api/models/cnn/{nothing}"), whole[1750:2000])


def test_answers_are_revalidated(client: FlaskClient) -> None:
    """Asked again with its tag, a block costs no bytes; equal sets are one answer."""
    first = client.get("/api/models/cnn/without/0.bin?off=cnn.conv2:1.3")
    again = client.get(
        "/api/models/cnn/without/0.bin?off=cnn.conv2:03.1.1", headers={"If-None-Match": first.headers["ETag"]}
    )

    assert "no-cache" in first.headers["Cache-Control"]
    assert (again.status_code, again.get_data()) == (304, b"")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("cnn/without/40.bin", 404),
        ("cnn/without/-1.bin", 404),
        ("rnn/without/0.bin", 404),
        ("cnn/without/0.bin?off=fcn.dense1:0", 400),
        ("cnn/without/0.bin?off=cnn.conv2:1,fcn.dense1:0", 400),
        ("cnn/without/0.bin?off=x", 400),
        ("cnn/without/0.bin?off=cnn.output:1", 404),
        ("cnn/without/0.bin?off=cnn.conv2:4", 404),
    ],
)
def test_answers_that_there_are_not(client: FlaskClient, path: str, status: int) -> None:
    """Neither blocks nor channels wrap around, and another network's channels are refused."""
    require_error(client.get(f"/api/models/{path}"), status)


def test_what_was_answered_is_remembered(test_digits: Dataset, tmp_path: Path) -> None:
    """Asleep, the next server still gives the answers that an earlier one has given."""
    paths = ["/api/models/cnn/without/3.bin?off=cnn.conv2:1"]
    bodies = []
    for asleep in (False, True):
        workspace = apps.workspace(test_digits, tmp_path, asleep=asleep)
        client = create_app(workspace, apps.settings(tmp_path)).server.test_client()
        bodies.append([body_of(client, path.format(workspace.version)) for path in paths])
        workspace.memory.settle()

    assert bodies[0] == bodies[1]


def test_one_block_is_counted_at_a_time(pretended: Workspace, tmp_path: Path) -> None:
    """While other visitors' blocks are counted, the next is asked to come again, and then it is answered."""
    workspace = replace(pretended, turns=Turns(1))
    client = create_app(workspace, apps.settings(tmp_path)).server.test_client()
    path = "/api/models/cnn/without/7.bin?off=cnn.conv2:2"

    with workspace.turns.taken("having digits counted"):
        response = client.get(path)
        assert "having digits counted" in require_error(response, 503)
        assert response.headers["Retry-After"] == "1"

    assert len(answers_of(client, path)) == 250
