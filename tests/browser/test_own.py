"""From one command to an inspected cell of somebody's own network."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from dashboard.settings import ROOT
from tests import worlds
from tests.browser import at_rest
from tests.browser.conftest import Visit
from tests.browser.serving import Server
from tests.models.own import brought

pytestmark = [pytest.mark.browser, pytest.mark.keras]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path, list[str]]]:
    """What the command serves, the folder of the files, and what it said."""
    folder = tmp_path_factory.mktemp("own")
    worlds.trained().save(folder / "mine.keras")
    worlds.trained_chain().save(folder / "other.h5")
    command = [sys.executable, str(ROOT / "app.py"), str(folder / "mine.keras"), str(folder / "other.h5")]
    command += ["--images", str(brought.photographs(folder / "photographs"))]
    command += ["--classes", str(brought.names(folder)), "--port", "0"]
    environment = os.environ | {"CACHE_DIR": str(folder / "cache"), "HOST": "127.0.0.1", "WORKERS": "1"}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, env=environment, stdout=pipe, stderr=subprocess.DEVNULL, text=True
    ) as process:
        said = []
        try:
            assert process.stdout
            for line in process.stdout:
                said.append(line.strip())
                if line.startswith("ConvLens: http://"):
                    break
            server = Server(said[-1].split()[1])
            server.wait_until_ready()
            yield server, folder, said
        finally:
            process.send_signal(signal.SIGTERM)


@pytest.fixture
def address(own: tuple[Server, Path, list[str]]) -> str:
    """Where the command serves."""
    return own[0].url


def test_a_cell_of_it_is_what_keras_computes(own: tuple[Server, Path, list[str]], visit: Visit) -> None:
    """The page names file, class and answer; the number in the dock is that of plain Keras, to 1e-5."""
    import keras

    server, _, said = own
    assert any("mine.keras" in line and "as 0 to 1" in line for line in said)
    page = visit().open("/?digit=5&layer=mine.stem&filter=4&cell=6,11")
    shown = page.locator("#dock .value")
    expect(shown).to_contain_text("stem[6, 11, 4] = ")
    expect(page.locator("#network .lane-head").first).to_contain_text("MINE")

    image = server.tensor("/api/images/5.npy")
    assert any(np.array_equal(image, each) for each in worlds.made_up().inputs)
    model = worlds.trained()
    stem = keras.Model(model.inputs[0], model.get_layer("stem").output)
    expected = np.asarray(stem(image[np.newaxis]))[0]
    maps = server.tensor("/api/models/mine/images/5/layers/stem.npy?stage=pre")
    np.testing.assert_allclose(maps, expected, atol=1e-5)
    value = float(at_rest.text(shown).split("= ")[1].replace("−", "-"))
    assert value == pytest.approx(float(expected[6, 11, 4]), abs=1e-5)


def test_compare_says_which_is_better(visit: Visit) -> None:
    """With McNemar's test on these images; of a training nothing is said that nobody knows."""
    page = visit().open("/compare")
    expect(page.locator("#compare-answer")).to_contain_text(f"of {worlds.COUNT} images right")
    expect(page.locator("#compare-history")).to_contain_text("not known")
