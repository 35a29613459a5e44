"""What is painted is what the networks computed."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Locator, expect

from dashboard.palettes import DIVERGING, SEQUENTIAL
from dashboard.picture import KERNEL_LEVELS, LEVELS, panels
from dashboard.selection import SCALES
from models.arrays import Floats
from models.engine.forward_pass import STAGES, Stage
from tests.browser import at_rest, canvas
from tests.browser.canvas import Pixels
from tests.browser.conftest import Known
from tests.browser.serving import Server
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

MAPS = ("conv1", "conv2", "pool")
STEPS = 512  # colours of a palette


def tensor(server: Server, model: str, layer: str, digit: int, stage: Stage = "post") -> Floats:
    """Return a layer's values, channels last."""
    return server.tensor(f"/api/models/{model}/images/{digit}/layers/{layer}.npy?stage={stage}")


def weights_shown(visitor: Visitor, model: str, layer: str, down: int, across: int) -> list[Pixels]:
    """Turn a layer over and return its filters' pictures, a pixel for each weight and line between."""
    panel = visitor.panel(model, layer)
    name = panel.locator(".layer-name")
    if at_rest.attribute(name, "aria-pressed") != "true":
        name.click()
    sheet = panel.locator(".kernels")
    expect(sheet).to_be_visible()
    visitor.eventually(lambda: all(picture.any() for picture in canvas.pictures(sheet)))
    found = canvas.pictures(sheet)
    rows, columns, _ = found[0].shape
    side = min(rows // down, columns // across)
    return [picture[: side * down : side, : side * across : side] for picture in found]


def test_maps_are_the_tensors(visitor: Visitor, server: Server) -> None:
    """Every map of every layer, row 0 on top and column 0 at the left, before and after activation."""
    visitor.open("/?digit=4271&model=cnn&scale=grey")
    for stage, layer in product(STAGES, MAPS):
        visitor.come(f"/?digit=4271&model=cnn&scale=grey&stage={stage}")
        painted = canvas.pictures(visitor.panel("cnn", layer).locator(".maps"))
        values = tensor(server, "cnn", layer, 4271, stage)
        assert len(painted) == values.shape[-1]
        for i, picture in enumerate(painted):
            canvas.assert_grey_shows(picture, values[..., i], LEVELS[stage])


def test_kernels_are_the_weights(visitor: Visitor, server: Server) -> None:
    """Un-flipped; of the second convolution all 32 slices of all 64 filters, none of them a mean."""
    visitor.open("/?digit=4271&model=cnn&scale=grey")

    kernel = server.tensor("/api/models/cnn/layers/conv1/kernel.npy")
    painted = weights_shown(visitor, "cnn", "conv1", 3, 3)
    assert len(painted) == 32
    for i, picture in enumerate(painted):
        canvas.assert_grey_shows(picture, kernel[:, :, 0, i], KERNEL_LEVELS)
    assert_weights_have_their_scale(visitor, "cnn", "conv1", kernel)

    kernel = server.tensor("/api/models/cnn/layers/conv2/kernel.npy")
    painted = weights_shown(visitor, "cnn", "conv2", 23, 23)
    assert len(painted) == 64
    for i, picture in enumerate(painted):
        slices = [picture[4 * (s // 6) :, 4 * (s % 6) :][:3, :3] for s in range(32)]
        canvas.assert_grey_shows(np.stack(slices), np.moveaxis(kernel[..., i], -1, 0), KERNEL_LEVELS)
    assert_weights_have_their_scale(visitor, "cnn", "conv2", kernel)


def assert_weights_have_their_scale(visitor: Visitor, model: str, layer: str, kernel: Floats) -> None:
    """Where all share one, it is said between which numbers the colours of the weights lie."""
    legend_of = visitor.panel(model, layer).locator(".panel-head .legend")
    most = np.abs(kernel).max()
    expect(legend_of).to_contain_text("weights, each filter has its own scale")
    visitor.choose("scale", "layer")
    expect(legend_of.locator(".words")).to_have_text("weights")
    visitor.flush()
    assert legend(legend_of) == rounded(-most, most)
    visitor.choose("scale", "grey")
    visitor.flush()


def places(picture: Pixels, stops: list[str]) -> NDArray[np.float64]:
    """Return where each pixel's colour lies in a palette, from 0 to 1."""
    ends = [
        [int(stop[i : i + 2], 16) for i in (1, 3, 5)] if stop[0] == "#" else _numbers(stop) for stop in stops
    ]
    at = np.linspace(0, len(stops) - 1, STEPS)
    palette = np.stack([np.interp(at, range(len(stops)), part) for part in zip(*ends, strict=True)], axis=-1)
    distance = np.abs(picture[..., np.newaxis, :].astype(float) - palette).sum(axis=-1)
    assert distance.min(axis=-1).max() <= 3, "no colour of this palette"
    found: NDArray[np.float64] = distance.argmin(axis=-1) / (STEPS - 1)
    return found


def _numbers(stop: str) -> list[int]:
    return [int(part) for part in stop.removeprefix("rgb(").removesuffix(")").split(",")]


def legend(place: Locator) -> tuple[float, float]:
    """Return the numbers at the ends of a legend."""
    low, high = at_rest.texts(place.locator(".low, .high"))
    return float((low or high).replace("−", "-")), float(high.replace("−", "-"))


def rounded(low: float, high: float) -> tuple[float, float]:
    """Return a range as a legend says it, with three significant digits."""
    return float(f"{low:.3g}"), float(f"{high:.3g}")


def ends(values: Floats, ranges: Floats, scale: str) -> tuple[float, float]:
    """Return the ends of the scale of some values.

    Args:
        values: Those that share the scale.
        ranges: Of their layer over all test digits: (2, channels), smallest and largest.
        scale: "grey" goes from the smallest to the largest; the others are anchored at zero, symmetric in a
            layer that has signs. A map of its own scale that is constant has that number alone.
    """
    low, high = float(values.min()), float(values.max())
    if low == high and scale in ("map", "grey"):
        return low, high
    if scale == "data":
        low, high = float(ranges[0].min()), float(ranges[1].max())
    if scale == "grey":
        return low, high
    if ranges[0].min() < 0:
        return -max(-low, high), max(-low, high)
    return 0.0, high


def assert_colours_show(painted: list[Pixels], values: Floats, low: float, high: float, levels: int) -> None:
    """One colour is one number in all maps, between the ends of one scale, true to one level."""
    palette = DIVERGING if low < 0 else SEQUENTIAL
    for i in range(0, len(painted), 9):
        wanted = (values[..., i] - low) / (high - low)
        level = np.ptp(values[..., i]) / (high - low) / (levels - 1)
        assert np.abs(places(painted[i], palette) - wanted).max() <= level + 2 / STEPS


def test_colours_mean_what_the_legends_say(visitor: Visitor, known: Known, server: Server) -> None:
    """In all scales it is said between which numbers colours lie: of a layer, or in the lens of a map."""
    visitor.open("/?digit=4271")
    for stage in STAGES:
        visitor.come(f"/?digit=4271&stage={stage}")
        assert_legends_hold(visitor, known, server, stage)


def assert_legends_hold(visitor: Visitor, known: Known, server: Server, stage: Stage) -> None:
    layers = [(model, layer) for model, entry in known.pair.items() for layer in panels(entry.layers)[:-1]]
    tensors = {(model, layer.name): tensor(server, model, layer.name, 4271, stage) for model, layer in layers}

    for scale in SCALES:
        visitor.choose("scale", scale)
        visitor.flush()
        for (model, name), values in tensors.items():
            ranges, panel = known.surveys[model].ranges[name, stage], visitor.panel(model, name)
            if values.ndim == 3 and scale in ("map", "grey"):
                for i in range(0, values.shape[-1], 11):
                    visitor.cell(model, name, f"{name} map {i}").hover()
                    visitor.flush()
                    low, high = rounded(*ends(values[..., i], ranges, scale))
                    shown = legend(visitor.page.locator("#lens .legend"))
                    assert shown == ((high, high) if low == high else (low, high))
            else:
                assert legend(panel.locator(".panel-head .legend")) == rounded(*ends(values, ranges, scale))
            if values.ndim == 3 and scale in ("layer", "data"):
                painted = canvas.pictures(panel.locator(".maps"))
                assert_colours_show(painted, values, *ends(values, ranges, scale), LEVELS[stage])


def data(sheet: Locator, name: str) -> list[str]:
    """Return what stands at each map, kernel or unit of a sheet."""
    found: list[str] = at_rest.of_all(
        sheet.get_by_role("button"), '(all, name) => all.map((one) => one.dataset[name] ?? "")', name
    )
    return found


def zeros(server: Server, model: str, layer: str, digit: int) -> list[int]:
    """Return the channels that are zero everywhere on a digit."""
    values = tensor(server, model, layer, digit)
    return [int(i) for i in np.flatnonzero(~values.reshape(-1, values.shape[-1]).any(axis=0))]


def test_silent_and_dead_are_told_apart(visitor: Visitor, known: Known, server: Server) -> None:
    """Silent: zero on this digit. Dead: zero on all test digits. Nothing else is marked either."""
    dead_maps = set(known.surveys["cnn"].dead("conv2"))
    digit = next((digit for digit in range(50) if set(zeros(server, "cnn", "conv2", digit)) - dead_maps), 0)
    visitor.open(f"/?digit={digit}")
    assert_silent_and_dead(visitor, known, server, digit)

    visitor.come("/?digit=4271&model=cnn&scale=grey&stage=pre")
    assert_faint(visitor, known, server)


def assert_silent_and_dead(visitor: Visitor, known: Known, server: Server, digit: int) -> None:
    layers = [(model, layer) for model, entry in known.pair.items() for layer in panels(entry.layers)]

    for model, layer in layers:
        panel, dead = visitor.panel(model, layer.name), known.surveys[model].dead(layer.name)
        zero = zeros(server, model, layer.name, digit)
        marks = ["dead" if i in dead else "silent" if i in zero else "" for i in range(layer.channels)]
        if layer.has_maps:
            assert data(panel.locator(".maps"), "mark") == marks
        else:  # they are many and small: how many are silent is said above them
            assert data(panel.locator(".maps"), "mark") == [mark.replace("silent", "") for mark in marks]
        if layer.kind == "Dense" and layer.activation == "relu":
            words = panel.locator(".panel-head .words")
            silent = marks.count("silent")  # of which none is counted twice
            expect(words).to_contain_text(f"{silent} of {layer.channels} silent here")
            expect(words).to_contain_text(f", {len(dead)} dead" if dead else "silent here")


def assert_faint(visitor: Visitor, known: Known, server: Server) -> None:
    """Where each map has its own scale, one whose range is below a hundredth of its layer's is marked."""
    for layer in ("conv1", "conv2"):
        values = tensor(server, "cnn", layer, 4271, "pre")
        faint = np.ptp(values, axis=(0, 1)) < 0.01 * np.ptp(values)
        silent = values.max(axis=(0, 1)) <= 0
        dead = known.surveys["cnn"].dead(layer)
        assert data(visitor.panel("cnn", layer).locator(".maps"), "mark") == [
            "dead"
            if i in dead
            else "silent"
            if silent[i]
            else "constant"
            if not np.ptp(values[..., i])
            else "faint"
            if faint[i]
            else ""
            for i in range(values.shape[-1])
        ]


def test_a_layer_without_activation_says_so(visitor: Visitor, server: Server) -> None:
    """What is pooled is the same before and after activation, for there is none; the others name theirs."""
    visitor.open("/?digit=4271&model=cnn")
    pool, conv2 = (visitor.panel("cnn", layer).locator(".tensor") for layer in ("pool", "conv2"))
    expect(pool).to_have_text("after pooling · 12×12×64")
    expect(conv2).to_have_text("after relu · 24×24×64")
    scale = legend(visitor.panel("cnn", "pool").locator(".panel-head .legend"))

    visitor.turn("Stage", "before activation")

    expect(pool).to_have_text("after pooling, which has no activation · 12×12×64")
    expect(conv2).to_have_text("before relu · 24×24×64")
    visitor.flush()
    assert legend(visitor.panel("cnn", "pool").locator(".panel-head .legend")) == scale
    before, after = (tensor(server, "cnn", "pool", 4271, stage) for stage in ("pre", "post"))
    assert np.array_equal(before, after)


def test_weights_that_come_late_move_nothing(visitor: Visitor) -> None:
    """What one is about to click stays under the pointer while the weights are on their way."""
    places = "all => all.map((each) => JSON.stringify(each.getBoundingClientRect()))"
    page = visitor.open("/?digit=4271")
    panels = page.locator("#network .panel:visible")
    before = at_rest.of_all(panels, places)
    with visitor.held("**/kernels/**") as late:
        page.keyboard.press("k")
        visitor.eventually(lambda: len(late) >= 2)
        assert at_rest.of_all(panels, places) == before

    expect(page.locator("#panel-cnn-conv1 .legend")).to_contain_text("weights")
    assert at_rest.of_all(panels, places) == before
