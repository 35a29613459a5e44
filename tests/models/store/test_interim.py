from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from models.store.entry import File
from models.store.interim import Interim
from tests import networks


def test_what_was_found_is_there_until_it_is_forgotten(tmp_path: Path) -> None:
    """Found once, by whoever begins again too; what is damaged is found anew."""
    folder, found = tmp_path / "one", list[int]()

    def find() -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        found.append(1)
        return np.arange(3)

    for _ in range(2):
        assert Interim(folder).once("a", find).tolist() == [0, 1, 2]
    assert (len(found), Interim(folder).read("b")) == (1, None)
    (folder / "a.npy").write_bytes((folder / "a.npy").read_bytes()[:-1])
    Interim(folder).once("a", find)
    assert len(found) == 2
    Interim(folder).forget()
    assert Interim(folder).read("a") is None


def test_it_is_of_one_network(tmp_path: Path) -> None:
    """One trained on has another hash, and what was found of it before is not its own."""
    entry = networks.entry("cnn", networks.CNN)
    other = replace(entry, checkpoint=File(entry.checkpoint.name, "f" * 64, 1))
    Interim.of(entry, "ablation", tmp_path).write("a", np.arange(3))
    assert Interim.of(entry, "ablation", tmp_path).read("a") is not None
    assert Interim.of(other, "ablation", tmp_path).read("a") is None
    assert Interim.of(entry, "robustness", tmp_path).read("a") is None
