from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import settings

from models.datasets.dataset import Dataset
from tests import checkpoints, shared, worlds

if TYPE_CHECKING:
    from tests.browser.serving import Server

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before anything loads TensorFlow
if "PYTEST_XDIST_WORKER" in os.environ:  # processes share the cores: more threads would only wait
    own = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")
    for threads in own:
        os.environ.setdefault(threads, "1")
    # Most of what is compiled here runs once: half an effort costs less than the faster program would save.
    os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")
gc.set_threshold(100_000, 50, 100)  # to look for garbage through all of TensorFlow took a tenth of the time

# Two shared cores are slow at times: a deadline would fail tests by chance. Same examples every time.
settings.register_profile("convlens", deadline=None, max_examples=60, derandomize=True, database=None)
settings.load_profile("convlens")


def pytest_configure(config: pytest.Config) -> None:
    """Let all processes of a run, and the servers that they start, compile the same network once."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = Path(config.getoption("basetemp")).parent / "compiled"
        os.environ.setdefault("TF_XLA_FLAGS", f"--tf_xla_persistent_cache_directory={folder}")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: begun last it would run on one core while the others stand idle."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture
def rng() -> np.random.Generator:
    """The same random numbers in every run."""
    return np.random.default_rng(7)


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder that all processes of a run share."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def made_up_folder(run_folder: Path) -> Path:
    """A folder with the networks of that world, all that is measured on them, and their manifest."""
    return shared.made_once(run_folder / "made-up", worlds.publish)


@pytest.fixture(scope="session")
def small_folder(run_folder: Path) -> Path:
    """A folder with small checkpoints; nobody writes there."""
    return shared.made_once(run_folder / "small", checkpoints.write)


@pytest.fixture(scope="session")
def shipped(run_folder: Path) -> Iterator[Server]:
    """The one server of what is shipped, its networks awake; no question changes its answer to another."""
    from tests.browser.serving import served_to_all

    with served_to_all(run_folder) as server:
        yield server


@pytest.fixture(scope="session")
def made_up() -> Dataset:
    """Images that are no digits: 12×20 in colour, three classes with names."""
    return worlds.made_up()
