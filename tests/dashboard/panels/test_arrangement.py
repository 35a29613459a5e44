from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dashboard.panels.arrangement import PANEL
from dashboard.panels.comparison import Comparison
from dashboard.panels.panel import Plane, Words
from models.analysis.projection import METHODS, Arrangement
from tests.dashboard.panels.conftest import with_found
from tests.dashboard.panels.reading import drawn

ARRANGED = Arrangement(
    {method: np.zeros((10, 2), np.uint16) for method in METHODS},
    explained=0.25,
    alike=0.9,
    kept={"pca": (0.125, 0.375), "tsne": (0.475, 0.8125)},
    nearest=np.zeros((10, 9), np.uint16),
)


def arranged(comparison: Comparison, *keys: str) -> Comparison:
    return with_found(comparison, arrangement=dict.fromkeys(keys, ARRANGED))


def test_both_networks_are_side_by_side_for_each_method(compare: Any) -> None:
    """Method by method, the networks in the pair's order; each caption names layer and method."""
    planes = drawn(PANEL, arranged(compare(), "fcn", "cnn"))

    assert all(isinstance(plane, Plane) for plane in planes)
    assert [(plane.method, plane.model) for plane in planes] == [
        (method, key) for method in ("tsne", "pca") for key in ("fcn", "cnn")
    ]
    assert planes[0].caption == "t-SNE: FCN dense, 3 units"
    assert planes[3].address == "api/models/cnn/arrangement/pca.npy"


def test_what_can_be_said_without_seeing_it(compare: Any) -> None:
    """Under each plane: how many neighbours are alike in the layer, and how many the picture keeps."""
    tsne, pca = drawn(PANEL, arranged(compare("cnn"), "cnn"))

    alike = "Of the 10 digits nearest to a digit in dense, 90.0 % have its label."
    kept = (
        "Of the 10 nearest in this picture, {} % are among its 10 nearest in dense, "
        "{} % among its 50 nearest there."
    )
    meaning = "How far apart groups lie and how large they are means nothing here."
    assert tsne.summary == f"{alike} {kept.format('47.5', '81.3')} {meaning}"
    assert (
        pca.summary
        == f"{alike} {kept.format('12.5', '37.5')} The two directions hold 25.0 % of the variance."
    )
    assert tsne.layer == "dense"


def test_what_is_not_arranged_is_said_with_its_command(compare: Any) -> None:
    """The other network is shown all the same."""
    *planes, words = drawn(PANEL, arranged(compare(), "cnn"))

    assert {plane.model for plane in planes} == {"cnn"}
    assert isinstance(words, Words)
    assert "for FCN yet: python -m models.measure arrangement fcn" in words.sentences[0][0].text


def test_more_images_than_can_be_arranged_are_not_announced(
    compare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of somebody's own networks all comes by itself, and this never does."""
    own = with_found(replace(compare(), opened=True), arrangement={})
    assert "that comes by itself" in drawn(PANEL, own)[0].sentences[0][0].text
    monkeypatch.setattr("models.analysis.projection.MOST", 5)
    assert "too many pairs to arrange them: at most 5" in drawn(PANEL, own)[0].sentences[0][0].text
