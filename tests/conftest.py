from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from hypothesis import settings

from models.datasets.dataset import Dataset
from tests import worlds

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before anything loads TensorFlow

# Two shared cores are slow at times: a deadline would fail tests by chance. Same examples every time.
settings.register_profile("convlens", deadline=None, max_examples=60, derandomize=True, database=None)
settings.load_profile("convlens")


@pytest.fixture
def rng() -> np.random.Generator:
    """The same random numbers in every run."""
    return np.random.default_rng(7)


@pytest.fixture(scope="session")
def made_up_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder with the networks of that world, all that is measured on them, and their manifest.

    It is made once, by the first of the processes that share a run's folder.
    """
    run = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    folder = run / "made-up"
    with FileLock(run / "made-up.lock"):
        if not folder.exists():
            unfinished = tmp_path_factory.mktemp("made-up")
            worlds.publish(unfinished)
            unfinished.rename(folder)
    return folder


@pytest.fixture(scope="session")
def made_up() -> Dataset:
    """Images that are no digits: 12×20 in colour, three classes with names."""
    return worlds.made_up()
