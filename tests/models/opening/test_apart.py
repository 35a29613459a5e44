"""Files are opened in processes of their own, which may end as they like."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.graph.refusal import UnopenableError
from models.opening import apart
from models.opening.rebuilt import rebuilt
from tests.models.opening import files

pytestmark = pytest.mark.keras


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder."""
    (tmp_path / "into").mkdir()
    return tmp_path / "into"


def test_what_it_wrote_is_the_network(tmp_path: Path, folder: Path) -> None:
    """As Keras 3 keeps it, whatever the file was: the same answers, to the last bit."""
    model = files.chain()
    files.old_hdf5(model, tmp_path / "old.h5")
    made = rebuilt(apart.opened(tmp_path / "old.h5", folder))
    images = np.random.default_rng(2).random((3, 28, 28, 1), np.float32)

    assert np.array_equal(np.asarray(made(images)), np.asarray(model(images)))


def test_its_refusals_come_through(tmp_path: Path, folder: Path) -> None:
    """The very sentence that the other process said; of a network beyond all memory both shapes."""
    files.altered(files.chain(), tmp_path / "odd.keras", files.with_layer("Lambda"))
    with pytest.raises(UnopenableError, match=r"^its layer 'odd' is a Lambda"):
        apart.opened(tmp_path / "odd.keras", folder)

    files.altered(files.chain(), tmp_path / "huge.keras", files.with_layer("Dense", units=2**20))
    with pytest.raises(UnopenableError, match=r"\(676, 1048576\) by its plan"):
        apart.opened(tmp_path / "huge.keras", folder)


def test_a_process_that_ends_by_itself_takes_nobody_along(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it takes too long or comes to an end."""
    files.chain().save(tmp_path / "good.keras")
    monkeypatch.setattr(apart, "SECONDS", 0.2)
    with pytest.raises(UnopenableError, match=r"within 0\.2 seconds"):
        apart.opened(tmp_path / "good.keras", folder)

    monkeypatch.setattr(apart, "SECONDS", 60)
    with pytest.raises(UnopenableError, match="came to an end"):
        apart.opened(tmp_path / "good.keras", tmp_path / "no such folder")
