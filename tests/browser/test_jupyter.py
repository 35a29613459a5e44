"""A real JupyterLab: a cell that shows a network, directly and behind jupyter-server-proxy."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from dashboard.settings import ROOT
from models.datasets import mnist
from models.store import manifest

pytestmark = [pytest.mark.browser, pytest.mark.keras, pytest.mark.long]
SHOWN = """
import keras, numpy, sys
sys.path.append({root!r})
import convlens
model = keras.saving.load_model({model!r})
with numpy.load("some.npz") as some:
    arrays = some["x"], some["y"]
"""
WAYS = {  # where a frame leads that a cell shows, and the cell
    r"http://127\.0\.0\.1:\d+/": 'direct = convlens.show(model, *arrays, proxy="")',
    r"/proxy/\d+/": "proxied = convlens.show(model, *arrays)",
}
PATIENCE = 420_000  # milliseconds for a kernel, Keras, and a server to come up, on a machine that is busy


@pytest.fixture(scope="module")
def lab(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where JupyterLab is, with a notebook that shows a network in each way."""
    import nbformat  # not at the top, as every process of a run would read its grammars

    folder = tmp_path_factory.mktemp("lab")
    some = mnist.load("test")[:40]
    np.savez(folder / "some.npz", x=some.images, y=some.labels)
    model = str(small_folder / manifest.read(small_folder)[0].checkpoint.name)
    cells = [SHOWN.format(root=str(ROOT), model=model), *WAYS.values()]
    notebook = nbformat.v4.new_notebook(  # type: ignore[no-untyped-call]
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells]  # type: ignore[no-untyped-call]
    )
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, folder / "shown.ipynb")  # type: ignore[no-untyped-call]
    own = {name: str(folder / ".jupyter") for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")}
    environment = os.environ | own | {"CACHE_DIR": str(folder / ".cache")}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
    command += ["--core-mode"]  # else it asks whether to build itself anew, with an extension that Dash ships
    command += ["--port=0", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"]
    command += ["--ServerApp.jpserver_extensions={'jupyter_server_proxy': True, 'jupyterlab': True}"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=folder, env=environment, stderr=pipe, text=True) as process:
        try:
            assert process.stderr
            found = (re.search(r"(http://127\.0\.0\.1:\d+)/lab", line) for line in process.stderr)
            address = next(each[1] for each in found if each)
            Thread(target=process.stderr.read, daemon=True).start()  # or it would wait one day
            yield address
        finally:
            process.terminate()


@pytest.mark.timeout(1800)
def test_a_cell_of_jupyterlab_shows_a_network(browser: Browser, lab: str) -> None:
    """Its frame paints the maps, and answers a click; behind the proxy it lies under the lab's address."""
    with browser.new_context(viewport={"width": 1440, "height": 1000}) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{lab}/lab/tree/shown.ipynb")
        expect(page.get_by_role("button", name=re.compile("Python 3.*Idle"))).to_be_visible(timeout=PATIENCE)
        page.locator(".jp-CodeCell .cm-content").first.click()
        for _ in ("what is shown", *WAYS):
            page.keyboard.press("Shift+Enter")
        for place, way in enumerate(WAYS):
            frame = page.locator(".jp-OutputArea-output iframe[title=ConvLens]").nth(place)
            expect(frame).to_have_attribute("src", re.compile(f"^{way}$"), timeout=PATIENCE)
            inside = frame.content_frame
            expect(inside.locator("body[data-painted]")).to_be_visible(timeout=PATIENCE)
            inside.locator('#wall .thumb[data-digit="4"]').click()
            expect(inside.locator('body[data-painted="4"]')).to_be_visible(timeout=PATIENCE)
            inside.get_by_role("link", name="Compare", exact=True).click()
            expect(inside.locator("#compare-answer .words").first).to_be_visible(timeout=PATIENCE)
