"""Two machines have the same images if what their files are compared with is the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from models.datasets import mnist
from models.datasets.dataset import DataError
from models.datasets.idx import CHECKSUMS
from models.datasets.same import fingerprint, require_same
from models.datasets.shipped import SOURCES


def test_wherever_the_files_lie(tmp_path: Path) -> None:
    """A copy is the same; one whose checksums are others is not, and one without them cannot be told."""
    here = SOURCES[mnist.KEY]
    there = replace(here, folder=tmp_path)
    (tmp_path / CHECKSUMS).write_bytes((here.folder / CHECKSUMS).read_bytes())
    meant = {mnist.KEY: fingerprint(here)}

    require_same(meant, {mnist.KEY: there})

    (tmp_path / CHECKSUMS).write_text("0  train-images-idx3-ubyte.gz")
    with pytest.raises(DataError, match="MNIST is not the same"):
        require_same(meant, {mnist.KEY: there})
    (tmp_path / CHECKSUMS).unlink()
    with pytest.raises(DataError, match="cannot be told"):
        require_same(meant, {mnist.KEY: there})


def test_one_that_is_not_known() -> None:
    """Another version may have it."""
    with pytest.raises(DataError, match="birds is not the same"):
        require_same({"birds": "0" * 64})
