"""`show`, from programs and from a notebook of somebody's."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from convlens.showing import saved
from dashboard.settings import ROOT
from models.datasets import mnist
from models.store import manifest
from tests.browser.serving import PATIENCE, Server

pytestmark = [pytest.mark.keras, pytest.mark.long, pytest.mark.timeout(900)]
SHOWN = """
import keras, numpy, convlens
model = keras.saving.load_model({model!r})
with numpy.load({images!r}) as some:
    x, y = some["images"], some["labels"]
shown = convlens.show(model, x, y{more})
"""


@pytest.fixture(scope="module")
def program(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return the lines that show a small network on forty images, with more arguments."""
    first = manifest.read(small_folder)[0]
    some = mnist.load("test")[:40]
    images = tmp_path_factory.mktemp("images") / "some.npz"
    np.savez(images, images=some.images, labels=some.labels)
    model = str(small_folder / first.checkpoint.name)
    return lambda more="": SHOWN.format(model=model, images=str(images), more=more)


def test_a_program_that_is_killed_leaves_nothing_behind(program: Any, tmp_path: Path) -> None:
    """The link is printed, and leads to its images; the policy lets a notebook frame it; then all is gone."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = os.environ | {"CACHE_DIR": str(tmp_path / "cache"), "TMPDIR": str(temporary)}
    command = [sys.executable, "-c", f"{program()}\ninput()"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("ConvLens: http"):
                break
        server = Server(said[-1].split()[1].removesuffix("/"))
        server.wait_until_ready()
        assert "40" in server.get("/compare")[1].decode()
        assert [each.name for each in temporary.glob("convlens-*")]
        process.send_signal(signal.SIGKILL)
    end = time.monotonic() + PATIENCE
    while [*temporary.glob("convlens-*")]:  # the last thing that goes
        assert time.monotonic() < end, "It goes on."
        time.sleep(0.1)  # nothing tells when it does
    with pytest.raises(OSError, match="refused"):
        server.get("/")


def test_a_notebook_gets_a_frame(program: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below the cell, as wide as it; the link is printed too; it ends where that is asked for."""
    import nbformat  # not at the top, as every process of a run would read the grammars
    from nbclient import NotebookClient  # that these bring along

    monkeypatch.setenv("CACHE_DIR", str(tmp_path))
    cells = [program(", height=500"), "print(shown.url)", "shown.stop()", "convlens.show(model, x, y[:3])"]
    notebook = nbformat.v4.new_notebook(  # type: ignore[no-untyped-call]
        cells=[nbformat.v4.new_code_cell(each) for each in cells]  # type: ignore[no-untyped-call]
    )
    NotebookClient(
        notebook, timeout=250, allow_errors=True, resources={"metadata": {"path": str(ROOT)}}
    ).execute()

    first, url, _, refused = (cell.outputs for cell in notebook.cells)
    (frame,) = [each.data["text/html"] for each in first if each.output_type == "display_data"]
    printed = "".join(each.text for each in first if each.output_type == "stream" and each.name == "stdout")
    address = url[0].text.strip()
    assert f"ConvLens: {address}\n" in printed
    assert f'<iframe src="{address}"' in frame
    assert 'height="500"' in frame
    (error,) = [each for each in refused if each.output_type == "error"]
    assert error.ename == "ShowError"
    assert {"40", "3"} <= {*re.findall(r"\d+", error.evalue)}
    assert re.search(r"[.!]$", error.evalue)


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
