from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dashboard.pages.train import page
from dashboard.runs.before import Before, before
from models.analysis import collection, timeline
from models.analysis.collection import Collection
from models.store.artefact import CHECKPOINTS


@pytest.fixture(scope="module")
def known() -> Collection:
    return collection.read()


def test_kernels_are_those_that_were_kept(known: Collection) -> None:
    """From random weights to the last moment, all on one scale, each with its score and its address."""
    became = before(known, CHECKPOINTS).became
    entry = next(each for each in known.entries if each.key == "cnn")
    held, kept = timeline.moments(entry), known.timelines["cnn"]
    assert became
    assert held
    assert (became.name, became.layer, became.count) == ("CNN", "conv1", "all 32")
    kernels = held.arrays["conv1.kernel"][:, :, :, 0].astype(np.float32)
    first, last = became.pictures[0], became.pictures[-1]
    assert first["title"] == f"random weights: {100 * kept.moments[0].test.accuracy:.2f} % right"  # type: ignore[union-attr]
    assert first["link"] == "../?epoch=0&flip=cnn.conv1"
    assert last["link"] == f"../?epoch={kept.moments[-1].key}&flip=cnn.conv1"
    assert {each["ends"] for each in became.pictures} == {first["ends"]}
    low, high = first["ends"]
    for told, kernel in ((first, kernels[0]), (last, kernels[-1])):
        shown = low + (high - low) * np.reshape(told["levels"], (32, 3, 3)) / 255
        assert np.abs(shown - np.moveaxis(kernel, -1, 0)).max() <= (high - low) / 255 * 0.501


def test_the_empty_page_says_what_it_shows(known: Collection) -> None:
    """Curves and kernels of the pair, said to be no training of anybody's; or that nothing is chosen."""
    told = str(page(is_on=True, before=before(known, CHECKPOINTS))[0])
    assert "How FCN and CNN learned" in told
    assert "no training of yours" in told
    assert len(before(known, CHECKPOINTS).charts("dark")) == 2

    unknown = replace(known, entries=tuple(replace(each, training=None) for each in known.entries))
    for nothing in (None, Before(unknown)):
        told = str(page(is_on=True, before=nothing)[0])
        assert "No training is chosen." in told
        assert "no training of yours" not in told
    assert Before(unknown).charts("dark") == ()


def test_moments_that_cannot_be_read_are_left_out(
    known: Collection, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """And written into the log; the curves are there all the same."""
    folder = shutil.copytree(CHECKPOINTS, tmp_path / "checkpoints")
    for file in folder.glob("cnn-*.moments.npz"):
        file.write_bytes(b"PK")
    found = before(known, folder)

    assert found.became is None
    assert "moments not read" in caplog.text
    assert found.names == "FCN and CNN"
