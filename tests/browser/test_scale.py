"""What leaves a scale that is the same for all digits, and what is one number everywhere, says so."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, expect

from dashboard.picture import panels
from models.arrays import Floats
from models.engine.forward_pass import Stage
from models.graph.description import Layer
from tests.browser import at_rest, canvas
from tests.browser.conftest import Known
from tests.browser.serving import Server
from tests.browser.test_maps import STEPS, data, legend
from tests.browser.test_parts import part
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

BLANK = "perturb=contrast:0"
WRITE_DOWN = """() => {
  window.written = [];
  const { prototype } = CanvasRenderingContext2D;
  const write = (window.plain ??= prototype.fillText);
  prototype.fillText = function (text, ...where) {
    window.written.push(text);
    return write.call(this, text, ...where);
  };
}"""


@dataclass(frozen=True)
class Leaving:
    """How the values of a layer leave the scale that is the same for all digits.

    Attributes:
        below: Which cells of which channels lie below it, (…, channels).
        above: And which above.
        least: The smallest value.
        most: The largest.
    """

    below: NDArray[np.bool_]
    above: NDArray[np.bool_]
    least: float
    most: float

    @classmethod
    def of(cls, values: Floats, low: float, high: float) -> Leaving:
        """Return how values leave a scale by more than half a step of its colours."""
        half = (high - low) / (STEPS - 1) / 2
        return cls(values < low - half, values > high + half, float(values.min()), float(values.max()))

    @property
    def channels(self) -> NDArray[np.bool_]:
        """Which channels leave it, (channels,)."""
        return np.asarray((self.below | self.above).reshape(-1, self.below.shape[-1]).any(axis=0))

    def sign(self, channel: Any = slice(None)) -> str:
        """Return the sign of a channel, or of the layer."""
        return "▼" * bool(self.below[..., channel].any()) + "▲" * bool(self.above[..., channel].any())

    @property
    def words(self) -> str:
        """How far the layer goes."""
        ways = [(self.below, f"down to {shown(self.least)}"), (self.above, f"up to {shown(self.most)}")]
        return " and ".join(words for cells, words in ways if cells.any())


def shown(value: float) -> str:
    """Return a number as the page writes it: three digits, a true minus sign."""
    return f"{float(f'{value:.3g}'):g}".replace("-", "−")


@dataclass(frozen=True)
class World:
    """The networks that the page shows, as the server and the survey know them."""

    known: Known
    server: Server

    def leaving(self, model: str, layer: Layer, query: str, stage: Stage = "post") -> Leaving:
        """Return how a layer's values leave its scale, on the digit that a query begins with."""
        digit, _, changes = query.partition("&")
        address = f"/api/models/{model}/images/{digit.removeprefix('digit=')}/layers/{layer.name}.npy"
        values = self.server.tensor(f"{address}?stage={stage}&{changes}")
        ranges = self.known.surveys[model].ranges[layer.name, stage]
        low, high = float(ranges[0].min()), float(ranges[1].max())
        if "reference" in query:
            low, high = low - high, high - low
        low, high = (-max(-low, high), max(-low, high)) if low < 0 else (0.0, high)
        return Leaving.of(values, low, high)

    def all(self, query: str, stage: Stage = "post") -> list[tuple[str, Layer, Leaving]]:
        """Return how all layers of both networks do."""
        return [
            (model, layer, self.leaving(model, layer, query, stage))
            for model, entry in self.known.pair.items()
            for layer in panels(entry.layers)
        ]

    def inverted(self) -> str:
        """Return a digit that leaves the scale of some units, but not of all, when it is inverted."""
        layers = [layer for layer in self.known.entries["fcn"].layers[1:-1] if layer.kind == "Dense"]
        for digit in range(100):
            query = f"digit={digit}&perturb=inversion:1"
            if any(0 < self.leaving("fcn", each, query).channels.sum() < each.channels for each in layers):
                return query
        raise AssertionError("No inverted digit leaves a scale.")

    def climbed(self) -> str:
        """Return a picture that leaves the scale of a convolution's maps: an illustration of one of them."""
        layer = self.known.layer("cnn", "conv2")
        highs = self.known.surveys["cnn"].ranges[layer.name, "post"][1]
        for channel in (-highs).argsort(kind="stable")[:8]:
            path = f"/api/models/cnn/layers/{layer.name}/filters/{channel}/illustration"
            query = f"digit=0&perturb={self.server.json(path)['perturb']}"
            if 0 < self.leaving("cnn", layer, query).channels.sum() < layer.channels:
                return query
        raise AssertionError("No illustration leaves the scale.")


@pytest.fixture
def world(known: Known, server: Server) -> World:
    return World(known, server)


def marked(panel: Locator) -> list[str]:
    """Return the sign that each map or unit of a layer bears, "" for none."""
    return ["".join(re.findall("[▼▲]", mark)) for mark in data(panel.locator(".maps"), "mark")]


LEFT: tuple[tuple[Callable[[World], str], Stage, str], ...] = (
    (World.inverted, "post", ""),
    (World.climbed, "pre", "&reference=12"),
    (World.climbed, "post", ""),
    (World.climbed, "pre", ""),
)


def test_what_leaves_the_fixed_scale_is_marked_and_counted(visitor: Visitor, world: World) -> None:
    """Each map and unit that a changed digit takes beyond has a sign; the legend says how many and how far.

    A screen reader hears it too. Layers that stay within their scale, and other scales, say nothing.
    """
    visitor.open("/")
    for picture, stage, more in LEFT:
        assert_marked(visitor, world, picture(world) + more, stage)


def assert_marked(visitor: Visitor, world: World, query: str, stage: Stage) -> None:
    visitor.come(f"/?{query}&scale=data&stage={stage}")
    visitor.flush()
    layers = world.all(query, stage)
    assert any(found.words for _, _, found in layers)
    for model, layer, found in layers:
        panel = visitor.panel(model, layer.name)
        if layer is world.known.entries[model].layers[-1]:
            continue  # bars have no scale
        assert marked(panel) == [found.sign(channel) for channel in range(layer.channels)]
        words = panel.locator(".panel-head .words")
        if not found.words:
            expect(words).not_to_contain_text("beyond")
            continue
        count, kind = int(found.channels.sum()), "map" if layer.has_maps else "unit"
        go = "goes" if count == 1 else "go"
        told = f"{found.sign()} {count} of {layer.channels} {kind}s {go} beyond, {found.words}"
        expect(words).to_contain_text(told)
        first = panel.locator(".maps").get_by_role("button").nth(int(found.channels.argmax()))
        expect(first).to_have_accessible_description(re.compile("beyond the scale, (up|down) to"))

    visitor.choose("scale", "layer")
    visitor.flush()
    for model, layer, _ in layers:
        assert not any(marked(visitor.panel(model, layer.name)))


def test_a_test_digit_stays_within_it(visitor: Visitor, known: Known) -> None:
    """The digit that has the largest value of a layer ends its scale, and does not leave it."""
    ranges = known.surveys["cnn"].ranges["conv2", "post"][1]
    digit = int(known.surveys["cnn"].layers["conv2"].strongest[ranges.argmax(), 0])
    visitor.open(f"/?digit={digit}&scale=data&model=cnn")
    visitor.flush()

    panel = visitor.panel("cnn", "conv2")
    assert legend(panel.locator(".panel-head .legend")) == (0, float(shown(float(ranges.max()))))
    assert not any(marked(panel))
    expect(panel.locator(".panel-head .words")).to_have_text(
        re.compile("^· the same for all digits( · \\d+ dead)?$")
    )


def poster(page: Page, name: str) -> list[str]:
    """Save a picture and return what is written on it."""
    page.evaluate(WRITE_DOWN)
    with page.expect_download():
        part(page, "taking").get_by_role("button", name=name).click()
    written: list[str] = at_rest.told(page, "() => window.written")
    return written


def test_the_inspector_and_the_picture_count_the_cells(visitor: Visitor, world: World) -> None:
    """Enlarged and exported, a map says how many of its cells leave the scale and how far it goes."""
    query, layer = world.climbed(), world.known.layer("cnn", "conv2")
    found = world.leaving("cnn", layer, query)
    channel = int(found.channels.argmax())
    gone = int(found.above[..., channel].sum())
    size = found.above[..., channel].size
    page = visitor.open(f"/?{query}&scale=data&layer=cnn.conv2&filter={channel}&part=files")

    inspector, numbers = page.locator("#inspector"), page.locator("#inspector .numbers").first
    head = inspector.locator(".map-head .words")
    expect(head).to_have_text(re.compile(r"^▲ beyond, up to [\d.]+$"))
    far = at_rest.text(head).removeprefix("▲ beyond, ")
    expect(numbers).to_contain_text(f"beyond the scale{gone} of {size} cells")
    largest = float(at_rest.text(numbers.locator("dd").nth(1)))
    assert far == f"up to {shown(largest)}"
    expect(inspector.locator(".enlarged")).to_have_accessible_name(re.compile(f"beyond, {re.escape(far)}"))
    go = "goes" if gone == 1 else "go"
    assert f"▲ {gone} of {size} cells {go} beyond the scale, {far}" in poster(page, "map .png")
    cell = visitor.cell("cnn", "conv2", f"conv2 map {channel}")
    visitor.cell("cnn", "conv2", f"conv2 map {(channel or 2) - 1}").focus()
    page.keyboard.press("ArrowRight" if channel else "ArrowLeft")
    expect(cell).to_be_focused()
    expect(page.locator("#lens .lens-words")).to_contain_text(f"Beyond the scale, {far}.")

    visitor.choose("scale", "map")
    expect(head).to_have_text("")
    expect(numbers).not_to_contain_text("beyond")
    assert not any("beyond" in line for line in poster(page, "map .png"))


def test_a_unit_that_leaves_it_says_so(visitor: Visitor, world: World) -> None:
    """Its value is no picture: the inspector says that it goes beyond, and how far."""
    query = world.inverted()
    layer, found = next(
        (layer, found)
        for model, layer, found in world.all(query)
        if model == "fcn" and found.channels.any() and layer.kind == "Dense"
    )
    unit = int(found.channels.argmax())
    page = visitor.open(f"/?{query}&scale=data&layer=fcn.{layer.name}&filter={unit}")

    told = re.compile(r"▲ Beyond the scale, 0 to [\d.]+: up to [\d.]+\.$")
    expect(page.locator("#inspector .fate")).to_have_text(told)


def test_a_constant_map_shows_its_constant(visitor: Visitor, known: Known, server: Server) -> None:
    """On an empty digit each map of the first convolution is its bias: that number, and no scale of 0 to 0.

    In the lens, in the inspector, in words and on the exported picture; of no strength.
    """
    bias = server.tensor("/api/models/cnn/layers/conv1/bias.npy")
    dead = known.surveys["cnn"].dead("conv1")
    visitor.open("/?digit=0&model=cnn")
    for scale in ("map", "grey"):
        visitor.come(f"/?digit=0&{BLANK}&stage=pre&scale={scale}&layer=cnn.conv1&filter=3")
        assert_constant(visitor, bias, dead)


def assert_constant(visitor: Visitor, bias: Floats, dead: list[int]) -> None:
    page = visitor.page
    sheet = visitor.panel("cnn", "conv1").locator(".maps")

    assert legend(page.locator("#lens .legend")) == (rounded := float(f"{bias[3]:.3g}"), rounded)
    silent = ["dead" if i in dead else "silent" for i in range(len(bias))]
    assert data(sheet, "mark") == [
        silent[i] if value <= 0 or i in dead else "constant" for i, value in enumerate(bias)
    ]
    assert len(np.unique(np.concatenate(canvas.pictures(sheet)).reshape(-1, 3), axis=0)) == 1
    head = page.locator("#inspector .map-head .legend")
    expect(head.locator(".bar")).to_be_hidden()
    exact = float(at_rest.text(head).split("everywhere ")[1].replace("−", "-"))
    assert np.float32(exact) == bias[3]
    sheet.get_by_role("button").nth(3).focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#lens .lens-words")).to_contain_text("map 4: everywhere ")
    lines = poster(page, "map .png")
    assert [line for line in lines if line.startswith("everywhere ")] == [at_rest.text(head).strip()]
    page.locator("#next").focus()  # or the lens would stay with that map


def test_a_layer_of_zeros_has_no_scale_of_nothing(visitor: Visitor, known: Known) -> None:
    """With all of its units off a layer is 0 everywhere, and its legend says that, not "0 0"."""
    layer = known.layer("cnn", "dense")
    off = ".".join(map(str, range(layer.channels)))
    visitor.open(f"/?digit=0&model=cnn&off=cnn.dense:{off}")
    visitor.flush()

    head = visitor.panel("cnn", "dense").locator(".panel-head .legend")
    expect(head.locator(".bar")).to_be_hidden()
    expect(head).to_have_text(re.compile("^0· everywhere"))
