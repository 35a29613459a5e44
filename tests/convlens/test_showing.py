"""`show`, from programs and from a notebook of somebody's."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from convlens import ending
from convlens.showing import Shown, saved
from dashboard.settings import ROOT
from models.datasets import mnist
from models.store import manifest
from tests.browser.serving import PATIENCE, Server

pytestmark = [pytest.mark.keras, pytest.mark.long, pytest.mark.timeout(900)]
LOADED = """
import os, keras, numpy, convlens
model = keras.saving.load_model({model!r})
with numpy.load({images!r}) as some:
    x, y = some["images"], some["labels"]
"""


@pytest.fixture
def loaded(small_folder: Path, tmp_path: Path) -> str:
    """The lines that load a small network and forty images."""
    first = manifest.read(small_folder)[0]
    some = mnist.load("test")[:40]
    np.savez(tmp_path / "some.npz", images=some.images, labels=some.labels)
    model = str(small_folder / first.checkpoint.name)
    return LOADED.format(model=model, images=str(tmp_path / "some.npz"))


@contextmanager
def notebook(*cells: str) -> Iterator[list[Any]]:
    """Run cells in a kernel, which lives on meanwhile; yield the outputs of each."""
    import nbformat  # not at the top, as every process of a run would read the grammars
    from nbclient import NotebookClient  # that these bring along

    made = nbformat.v4.new_notebook(  # type: ignore[no-untyped-call]
        cells=[nbformat.v4.new_code_cell(each) for each in cells]  # type: ignore[no-untyped-call]
    )
    client = NotebookClient(made, timeout=250, allow_errors=True, resources={"metadata": {"path": str(ROOT)}})
    with client.setup_kernel():
        yield [client.execute_cell(cell, place).outputs for place, cell in enumerate(made.cells)]


def test_a_notebook_gets_a_frame_and_leaves_nothing_behind(
    loaded: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Below the cell, as wide as it; the printed link leads to its images; with the kernel all is gone."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    for name, folder in (("CACHE_DIR", tmp_path / "cache"), ("TMPDIR", temporary)):
        monkeypatch.setenv(name, str(folder))
    cells = (
        loaded,
        "convlens.show(model, x, y[:3])",
        "shown = convlens.show(model, x, y, height=500)",
        "print(os.getpid(), shown.url)",
    )
    with notebook(*cells) as (_, refused, first, said):
        kernel, address = said[0].text.split()
        require_frame(first, address)
        require_refused(refused)
        server = Server(address.removesuffix("/"))
        server.wait_until_ready()
        assert "40" in server.get("/compare")[1].decode()
        assert [*temporary.glob("convlens-*")]
        os.kill(int(kernel), signal.SIGKILL)
        end = time.monotonic() + PATIENCE
        while [*temporary.glob("convlens-*")]:  # the last thing that goes
            assert time.monotonic() < end, "It goes on."
            time.sleep(0.1)  # nothing tells when it does
        with pytest.raises(OSError, match="refused"):
            server.get("/")


def require_frame(outputs: Any, address: str) -> None:
    """Fail unless a cell gave a frame and printed the link."""
    (frame,) = [each.data["text/html"] for each in outputs if each.output_type == "display_data"]
    printed = "".join(each.text for each in outputs if each.output_type == "stream" and each.name == "stdout")
    assert f"ConvLens: {address}\n" in printed
    assert f'<iframe src="{address}"' in frame
    assert 'height="500"' in frame


def require_refused(outputs: Any) -> None:
    """Fail unless a cell ended in a sentence with both numbers that do not fit."""
    (error,) = [each for each in outputs if each.output_type == "error"]
    assert error.ename == "ShowError"
    assert {"40", "3"} <= {*re.findall(r"\d+", error.evalue)}
    assert re.search(r"[.!]$", error.evalue)


def test_it_ends_where_that_is_asked_for(tmp_path: Path) -> None:
    """Once `stop` has returned nothing runs any more, and the folder is gone."""
    folder = tmp_path / "folder"
    folder.mkdir()
    serving = [sys.executable, "-c", "import time; time.sleep(600)"]
    process = subprocess.Popen(
        [sys.executable, ending.__file__, str(folder), *serving], stdin=subprocess.PIPE, text=True
    )

    Shown("http://127.0.0.1:1/", "", process).stop()

    assert process.returncode is not None
    assert not folder.exists()


def test_networks_are_named_as_they_are_to_be(tmp_path: Path) -> None:
    """By their own names, by those in a mapping, or numbered where there are several."""

    class Network:
        def __init__(self, name: str) -> None:
            self.name = name

        def save(self, path: str) -> None:
            Path(path).touch()

    one, other = Network("net"), Network("net")

    def names(model: Any) -> list[str]:
        return [Path(each).name for each in saved(model, tmp_path)]

    assert names(one) == ["net.keras"]
    assert names([one, other]) == ["net-0.keras", "net-1.keras"]
    assert names({"last": one, "a b/c": other}) == ["last.keras", "a-b-c.keras"]
