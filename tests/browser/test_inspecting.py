from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from models.arrays import Floats
from tests.browser import at_rest, canvas
from tests.browser.conftest import Known
from tests.browser.serving import Server
from tests.browser.test_hover import number, sight
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

SHARED = "/?digit=4271&model=cnn&layer=conv2&filter=21&cell=12,7"


def numbers(table: Locator) -> Floats:
    """Return the numbers of a table, in full, once it has any."""
    expect(table.locator("tbody tr").first).to_be_attached()
    rows = at_rest.of_all(
        table.locator("tbody tr"),
        "(rows) => rows.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.title))",
    )
    return np.array([[number(text) for text in row] for row in rows], np.float32)


def bias(inspector: Locator) -> float:
    """Return the bias that stands beside the weights, in full."""
    return number(at_rest.text(inspector.locator(".bias")).removeprefix("bias = "))


def test_a_click_on_a_map_shows_it_enlarged_with_its_numbers(visitor: Visitor, server: Server) -> None:
    """The same picture, larger; every value; 32 slices un-flipped, bias; and what the cell sees."""
    page = visitor.open("/?digit=4271&model=cnn")
    inspector = page.locator("#dock")
    values = server.tensor("/api/models/cnn/images/4271/layers/conv2.npy")[..., 21]
    kernel = server.tensor("/api/models/cnn/layers/conv2/kernel.npy")[..., 21]

    cell = visitor.cell("cnn", "conv2", "conv2 map 21")
    x, y = visitor.spot(cell, 12, 7, columns=24)
    cell.click(position={"x": x, "y": y})

    visitor.at(SHARED)
    expect(inspector.locator("h3")).to_have_text("CNN conv2 · map 21")
    expect(inspector.locator(".tensor")).to_have_text("post-activation (relu) · 24×24×64 · digit 4271")
    expect(inspector.locator(".value")).not_to_contain_text("…")
    assert number(at_rest.text(inspector.locator(".value")).split(" = ")[1]) == values[12, 7]
    expect(inspector.locator(".value")).to_contain_text("conv2[12, 7, 21] = ")
    assert sight(visitor) == (12, 7, 5, 5)
    small = canvas.pictures(visitor.panel("cnn", "conv2").locator(".maps"))[21]
    assert np.array_equal(canvas.read(inspector.locator(".enlarged"))[..., :3], small)
    visitor.tab("Files")
    smallest, largest = at_rest.texts(inspector.locator(".numbers dd"))[:2]
    assert (number(smallest), number(largest)) == (values.min(), values.max())

    inspector.get_by_text("All 24×24 numbers").click()
    assert np.array_equal(numbers(inspector.get_by_role("region", name="All numbers of this map")), values)
    visitor.tab("Weights")
    slices = inspector.locator(".part-weights .slice")
    expect(slices).to_have_count(32)
    assert np.array_equal(np.stack([numbers(each) for each in at_rest.each(slices)], axis=-1), kernel)
    assert bias(inspector) == server.tensor("/api/models/cnn/layers/conv2/bias.npy")[21]


def test_a_click_on_a_kernel_selects_its_filter(visitor: Visitor, server: Server) -> None:
    """Its nine weights as numbers, its bias, and the map that it makes; both are marked as selected."""
    page = visitor.open("/?digit=4271&model=cnn")
    inspector = page.locator("#dock")
    page.keyboard.press("k")

    visitor.cell("cnn", "conv1", "conv1 kernel 4").click()

    visitor.at("/?digit=4271&model=cnn&layer=conv1&filter=4&flip=all")
    expect(inspector.locator("h3")).to_have_text("CNN conv1 · map 4")
    kernel = server.tensor("/api/models/cnn/layers/conv1/kernel.npy")[:, :, 0, 4]
    visitor.tab("Weights")
    weights = inspector.locator(".part-weights .slice")
    expect(weights).to_have_count(1)
    assert np.array_equal(numbers(weights), kernel)
    assert bias(inspector) == server.tensor("/api/models/cnn/layers/conv1/bias.npy")[4]
    pressed = page.locator(".cells [aria-pressed=true]")
    named = [name for name in at_rest.attributes(pressed, "aria-label") if name]  # not a layer's name
    assert named == ["conv1 map 4", "conv1 kernel 4"]


def test_a_click_on_a_unit_shows_its_value_and_weights(visitor: Visitor, server: Server) -> None:
    """Of a unit of either network: the value in full, a picture of all its weights, and its bias."""
    page = visitor.open("/?digit=4271")
    inspector, tab = page.locator("#dock"), False

    for model, layer, unit, weights in (
        ("fcn", "dense1", 100, 1),
        ("cnn", "dense", 5, 64),
        ("fcn", "output", 9, 1),
    ):
        visitor.cell(model, layer, f"{layer} unit {unit}").click()
        visitor.at(f"/?digit=4271&layer={model}.{layer}&filter={unit}" + ("&part=weights" if tab else ""))
        expect(inspector.locator("h3")).to_have_text(f"{model.upper()} {layer} · unit {unit}")
        value = server.tensor(f"/api/models/{model}/images/4271/layers/{layer}.npy")[unit]
        assert number(at_rest.text(inspector.locator(".value")).split(" = ")[1]) == value
        if not tab:
            visitor.tab("Weights")
            tab = True
        expect(inspector.locator(".part-weights .fields canvas")).to_have_count(weights)
        assert bias(inspector) == server.tensor(f"/api/models/{model}/layers/{layer}/bias.npy")[unit]


def test_a_selected_map_follows_the_digit(visitor: Visitor, server: Server) -> None:
    """The next digit's values in the same place; what does not depend on the digit is not asked for again.

    The links under a selected map lead to its numbers, its weights, what each slice adds, and all.
    """
    page = visitor.open(f"{SHARED}&part=files")
    expect(page.locator("#inspector .files a")).to_have_count(4)
    links = page.locator('#inspector .files a:not([href$=".npz"])')
    expect(links).to_have_count(3)
    paths = at_rest.attributes(links, "href")
    assert [server.tensor(path).shape for path in paths] == [(24, 24), (3, 3, 32), (24, 24, 32)]

    visitor.come(f"{SHARED}&part=slices")
    expect(page.locator("#inspector .part-slices .slice-row")).to_have_count(35)
    visitor.quiet()

    visitor.pick(4273)

    values = server.tensor("/api/models/cnn/images/4273/layers/conv2.npy")
    expect(page.locator("#inspector .tensor")).to_contain_text("digit 4273")
    expect(page.locator("#dock .value")).to_have_text(re.compile(r"conv2\[12, 7, 21\] = \S*\d"))
    assert number(at_rest.text(page.locator("#dock .value")).split(" = ")[1]) == values[12, 7, 21]
    picture, *tensors = visitor.asked()
    assert picture.endswith("/4273/post.bin")
    assert all(path.startswith("/api/models/cnn/images/4273/layers/") for path in tensors)
    assert len(tensors) == len(set(tensors))


def test_what_is_selected_can_be_let_go(visitor: Visitor) -> None:
    """Close leaves nothing selected, nothing outlined on the digit, and a short address.

    After a cell, a unit that sees all of the digit outlines all of it; a map without a cell nothing.
    """
    page = visitor.open(SHARED)
    expect(page.locator("#sight")).to_be_visible()

    visitor.cell("cnn", "dense", "dense unit 0").focus()
    page.keyboard.press("Enter")
    visitor.at("/?digit=4271&model=cnn&layer=dense&filter=0")
    page.get_by_label("Go to digit").focus()
    assert sight(visitor) == (0, 0, 28, 28)

    visitor.cell("cnn", "pool", "pool map 0").focus()
    page.keyboard.press("Enter")
    visitor.at("/?digit=4271&model=cnn&layer=pool&filter=0")
    page.get_by_label("Go to digit").focus()
    expect(page.locator("#sight")).to_be_hidden()

    visitor.come(SHARED)
    expect(page.locator("#sight")).to_be_visible()

    page.get_by_role("button", name="Close", exact=True).click()

    visitor.at("/?digit=4271&model=cnn")
    expect(page.locator(".cells [aria-pressed=true]")).to_have_count(0)
    expect(page.locator("#dock")).to_be_hidden()
    expect(page.locator("#sight")).to_be_hidden()


def test_a_map_and_its_cells_are_chosen_by_keys(visitor: Visitor, server: Server) -> None:
    """Enter selects the map that has the focus; in the enlarged map arrow keys walk from cell to cell."""
    page = visitor.open("/?digit=4271&model=cnn")
    visitor.cell("cnn", "pool", "pool map 0").focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    visitor.at("/?digit=4271&model=cnn&layer=pool&filter=2")

    page.get_by_label("pool map 2, enlarged").focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowUp", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)

    visitor.at("/?digit=4271&model=cnn&layer=pool&filter=2&cell=1,2")
    value = server.tensor("/api/models/cnn/images/4271/layers/pool.npy")[1, 2, 2]
    expect(page.locator("#dock .value")).to_have_text(re.compile(r"pool\[1, 2, 2\] = \S*\d"))
    assert number(at_rest.text(page.locator("#dock .value")).split(" = ")[1]) == value
    assert sight(visitor) == (2, 4, 6, 6)


def test_a_map_on_empty_paper_is_its_bias(visitor: Visitor, server: Server, known: Known) -> None:
    """Of one with a positive bias and one with another, cut at zero; so are the cells that see no ink.

    Beside it stand how deep the kernel is and why.
    """
    biases = server.tensor("/api/models/cnn/layers/conv1/bias.npy")
    assert not server.tensor("/api/images/12.npy")[:3, :3].any()
    page = visitor.open("/?digit=12&model=cnn")
    part = page.locator("#part-weights")
    for channel in (int(biases.argmax()), int(biases.argmin())):
        corner = server.tensor(f"/api/models/cnn/images/12/layers/conv1.npy?filter={channel}")[0, 0]
        visitor.come(f"/?digit=12&layer=cnn.conv1&filter={channel}&part=weights")

        expect(part.get_by_role("heading", name="What are its weights?")).to_be_visible()
        expect(part).to_contain_text("3×3×1; its depth is 1 because the image is grey")
        told = part.get_by_text("On empty paper every cell of its map is")
        value = re.search(r"is (\S+): relu of its bias", at_rest.text(told))
        assert value
        assert float(value[1]) == pytest.approx(corner, rel=5e-3)
        assert corner == max(0, biases[channel])

    visitor.come("/?digit=12&layer=cnn.conv2&filter=3&part=weights")
    depth = known.layer("cnn", "conv1").channels
    expect(part).to_contain_text(f"its depth is {depth} because conv1 has {depth} maps")
    expect(part.get_by_text("On empty paper")).to_have_count(0)
