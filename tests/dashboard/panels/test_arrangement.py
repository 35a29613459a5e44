from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from dashboard.panels.arrangement import PANEL
from dashboard.panels.comparison import Comparison
from dashboard.panels.panel import Plane, Words
from models.arrangement import METHODS, Arrangement
from tests.dashboard.panels.reading import drawn

ARRANGED = Arrangement(
    {method: np.zeros((10, 2), np.uint16) for method in METHODS}, explained=0.25, alike=0.9
)


def arranged(comparison: Comparison, *keys: str) -> Comparison:
    return replace(comparison, arrangements=dict.fromkeys(keys, ARRANGED))


def test_both_networks_are_side_by_side_for_each_method(compare: Any) -> None:
    """Method by method, the networks in the pair's order; each caption names layer and method."""
    planes = drawn(PANEL, arranged(compare(), "fcn", "cnn"))

    assert all(isinstance(plane, Plane) for plane in planes)
    assert [(plane.method, plane.model) for plane in planes] == [
        (method, key) for method in ("tsne", "pca") for key in ("fcn", "cnn")
    ]
    assert planes[0].caption == "t-SNE: FCN dense, 3 units"
    assert planes[3].address == "/api/models/cnn/arrangement/pca.npy"


def test_what_can_be_said_without_seeing_it(compare: Any) -> None:
    """How many neighbours are alike in the layer itself, and how much of it the two directions hold."""
    tsne, pca = drawn(PANEL, arranged(compare("cnn"), "cnn"))

    alike = "Of the 10 digits nearest to a digit in dense, 90.0 % have its label"
    assert tsne.summary.startswith(alike)
    assert "far and large mean nothing" in tsne.summary
    assert pca.summary == f"{alike}; the two directions hold 25.0 % of the variance."


def test_what_is_not_arranged_is_said_with_its_command(compare: Any) -> None:
    """The other network is shown all the same."""
    *planes, words = drawn(PANEL, arranged(compare(), "cnn"))

    assert {plane.model for plane in planes} == {"cnn"}
    assert isinstance(words, Words)
    assert "for FCN yet: python -m models.arrangement fcn" in words.sentences[0][0].text
