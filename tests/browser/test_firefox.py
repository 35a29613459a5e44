"""The other engine: what people do first, where a Firefox is installed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from dashboard.picture import panels
from tests.browser import firefox
from tests.browser.conftest import Known
from tests.browser.firefox import Firefox
from tests.browser.serving import Server

SCREEN = (1440, 900)
ESCAPE = "\ue00c"  # WebDriver's name of the key
PAINTED = "() => document.body.dataset.painted === '%d'"
SHOWN = """() => {
  const all = [...document.querySelectorAll(".maps button, .said, #digit-canvas, #wall, #lens")];
  return all.length && all
    .map((one) => [one.id || one.ariaLabel || one.className, one.getBoundingClientRect()])
    .map(([name, { left, top, right, bottom }]) => [name, left, top, right, bottom]);
}"""
COLOURS = """() => {
  const canvas = document.querySelector("#panel-%s canvas");
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  return new Set(new Uint32Array(data.buffer)).size;
}"""
VALUE = """() => {
  const shown = document.querySelector("#dock .value")?.textContent;
  return shown && !shown.includes("…") && shown;
}"""  # once it is there: dots stand for it before

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not firefox.installed(), reason="there is no Firefox here"),
]


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """One tab; in the end it may have no complaint."""
    with firefox.launched(firefox.installed() or "", tmp_path_factory.mktemp("profile")) as tab:
        yield tab
        assert tab.complaints == []


def test_the_whole_network_is_on_one_screen(tab: Firefox, server: Server, known: Known) -> None:
    """Every map, unit and answer, the image, the wall and the lens lie in the window; maps have colours."""
    tab.open(f"{server.url}/?digit=4271", *SCREEN)
    tab.told(PAINTED % 4271)
    boxes = tab.told(SHOWN)
    names = {name for name, *_ in boxes}
    for model, entry in known.pair.items():
        for layer in panels(entry.layers):
            word = "map" if layer.has_maps else "unit"
            assert {f"{layer.name} {word} {i}" for i in range(layer.channels)} <= names
            if layer.has_maps:
                assert tab.told(COLOURS % f"{model}-{layer.name}") > 10
    assert {"digit-canvas", "wall", "lens"} <= names
    sides = np.array([box[1:] for box in boxes])
    assert (sides >= 0).all()
    assert (sides[:, 2] <= SCREEN[0]).all()
    assert (sides[:, 3] <= SCREEN[1]).all()


def test_a_click_is_followed_and_a_cell_explained(tab: Firefox, server: Server) -> None:
    """From the wall to a number that is the network's own; Escape closes the dock, Back brings it again."""
    tab.open(f"{server.url}/?digit=4271", *SCREEN)
    tab.told(PAINTED % 4271)
    tab.click('.thumb[data-digit="4272"]')
    tab.told(PAINTED % 4272)

    tab.click('button[aria-label="conv1 map 19"]')
    name, _, value = tab.told(VALUE).partition(" = ")
    row, column, channel = map(int, name.removeprefix("conv1[").rstrip("]").split(", "))
    maps = server.tensor("/api/models/cnn/images/4272/layers/conv1.npy")
    assert channel == 19
    assert float(value.replace("−", "-")) == pytest.approx(float(maps[row, column, channel]), abs=1e-5)

    tab.press(ESCAPE)
    tab.told("() => document.querySelector('#dock').hidden || !document.querySelector('#dock .value')")
    tab.told("() => { history.back(); return true; }")
    tab.told(VALUE)


def test_maps_become_kernels(tab: Firefox, server: Server) -> None:
    """By a key, in the same cells; and by the same key maps again."""
    tab.open(f"{server.url}/?digit=4271", *SCREEN)
    tab.told(PAINTED % 4271)
    flipped = "() => document.querySelector('#panel-cnn-conv1').matches('.panel.flipped')"
    tab.press("k")
    tab.told(flipped)
    tab.press("k")
    tab.told(f"() => !({flipped})()")
