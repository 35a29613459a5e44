from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import log_softmax

from models import measure
from models.analysis import temperature
from models.analysis.temperature import ENDS, fitted
from models.store import loading, manifest
from models.store.artefact import CheckpointError
from models.store.entry import Entry
from tests import networks

RNG = np.random.default_rng(0)
LABELS = RNG.integers(0, 10, 2_000).astype(np.uint8)
LOGITS = (RNG.normal(size=(2_000, 10)) + 2 * np.eye(10)[LABELS]).astype(np.float32)


@given(st.floats(0.2, 5))
def test_logits_too_large_by_a_factor_have_it_as_their_temperature(factor: float) -> None:
    """What fits the logits times a factor is the factor times what fits the logits."""
    times = np.float32(factor)

    assert fitted(LOGITS * times, LABELS) == pytest.approx(float(times) * fitted(LOGITS, LABELS), rel=1e-3)


def test_it_is_where_another_method_finds_the_least_loss() -> None:
    """A search for the inverse by other means, on scipy's own softmax, ends at the same place."""

    def loss(inverse: np.ndarray) -> float:
        return float(-log_softmax(LOGITS * inverse[0], axis=1)[np.arange(len(LABELS)), LABELS].mean())

    best = minimize(loss, np.array([1.0]), method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-12})
    assert fitted(LOGITS, LABELS) == pytest.approx(1 / best.x[0], rel=1e-3)


def test_who_is_never_wrong_gets_the_lowest_there_is() -> None:
    """There is no best one where more certainty is always better."""
    assert fitted(np.eye(10, dtype=np.float32), np.arange(10, dtype=np.uint8)) < 0.03
    assert ENDS[0] == 0.01


def test_all_are_opened_before_the_first_is_fitted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that cannot be shown ends the command with a sentence; no temperature is written."""

    def load(entry: Entry, _: Path) -> None:
        if entry.key == "cnn":
            raise CheckpointError("models/checkpoints/cnn.keras cannot be shown.")

    monkeypatch.setattr(loading, "load", load)
    monkeypatch.setattr(temperature, "measured", pytest.fail)
    for entry in networks.entries():
        manifest.write(entry, tmp_path)

    with pytest.raises(SystemExit, match=r"^models/checkpoints/cnn\.keras cannot be shown\.$"):
        measure.main(["temperature", "--folder", str(tmp_path)])

    assert manifest.read(tmp_path) == networks.entries()
