"""A page to mail: saved through the button, opened from the disk where there is no network."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.mailed.letter import MOST
from tests.browser import at_rest, canvas
from tests.browser.axe import complaints
from tests.browser.conftest import Visit
from tests.browser.serving import Server
from tests.browser.test_hover import move_over, number
from tests.browser.test_parts import fact, part
from tests.browser.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.keras, pytest.mark.long]


@dataclass(frozen=True)
class World:
    """Where a view is looked at, and what is looked at in it.

    Attributes:
        server: That shows it.
        view: Query of the view, with a map selected.
        model: The network of that map.
        layer: Its layer.
        channel: The map.
        shape: Rows and columns of it.
        digit: The image.
    """

    server: Server
    view: str
    model: str
    layer: str
    channel: int
    shape: tuple[int, int]
    digit: int

    @property
    def tensor(self) -> str:
        """Address of the layer's values."""
        return f"/api/models/{self.model}/images/{self.digit}/layers/{self.layer}"


WORLDS = {
    "digits": ("digit=4271&layer=cnn.conv2&filter=21&cell=12,7", "cnn", "conv2", 21, (24, 24), 4271),
    "made-up": ("digit=3&layer=branching.wide&filter=2&cell=2,4", "branching", "wide", 2, (6, 10), 3),
}


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest) -> World:
    """MNIST, and the made-up one."""
    if request.param == "made-up":
        server = Server(request.getfixturevalue("made_up_address"))
    else:
        server = request.getfixturevalue("server")
    return World(server, *WORLDS[request.param])


@pytest.fixture
def address(world: World) -> str:
    """Where the views are that are mailed."""
    return world.server.url


Read = Callable[..., Visitor]


@pytest.fixture
def read(browser: Browser) -> Iterator[Read]:
    """Open files from the disk in browsers that have no network; in the end none may have a complaint."""
    readers: list[Visitor] = []

    def opened(file: Path, **options: Any) -> Visitor:
        context = browser.new_context(offline=True, **{"viewport": {"width": 1440, "height": 900}} | options)
        readers.append(Visitor(context, file.parent.as_uri()))
        readers[-1].open(f"/{file.name}")
        return readers[-1]

    yield opened
    for reader in readers:
        own = at_rest.address(reader.page).rpartition("/")[2]
        assert reader.asked() == [f"/{own}"]  # the file, and nothing else
        reader.page.context.close()
    assert [reader.complaints for reader in readers] == [[] for _ in readers]


def save(visitor: Visitor, folder: Path) -> Path:
    """Press the button, and return the file."""
    taking = part(visitor.page, "taking")
    with visitor.page.expect_download() as download:
        taking.get_by_role("button", name="page to mail").click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    expect(taking.get_by_role("button", name="page to mail")).to_be_enabled()
    visitor.tab("Number")
    return file


def mailed(world: World, folder: Path) -> Path:
    """Return the file that the button gets of the view, without a page that shows it."""
    status, content = world.server.get(f"/api/page.html?{world.view}")
    assert status == 200
    file = folder / "page.html"
    file.write_bytes(content)
    return file


def maps(page: Page) -> dict[str, list[canvas.Pixels]]:
    """Return what is painted in every sheet that is seen, by the id of its panel."""
    found = {}
    for path in at_rest.attributes(page.locator(".panel:visible:not(.answers)"), "id"):
        panel = page.locator(f'[id="{path}"]')
        panel.scroll_into_view_if_needed()
        found[path] = canvas.pictures(panel.locator(".sheet:visible"))
    return found


def alike(one: canvas.Pixels, two: canvas.Pixels) -> bool:
    """Whether two pictures are the same; a unit, which has one colour, may have another room for it."""
    plain = all((picture == picture[0, 0]).all() for picture in (one, two))
    return bool((one[0, 0] == two[0, 0]).all()) if plain else np.array_equal(one, two)


def assert_alike(live: Page, mailed: Page) -> None:
    """Every map, kernel and unit has the same pixels, and every answer the same words."""
    own, other = maps(live), maps(mailed)
    assert own.keys() == other.keys()
    for path, pictures in own.items():
        assert len(pictures) == len(other[path]) > 0
        different = [
            at for at, pair in enumerate(zip(pictures, other[path], strict=True)) if not alike(*pair)
        ]
        assert different == [], (path, pictures[0].shape, other[path][0].shape)
    for words in (
        ".answer-row:visible",
        ".lane-head .said:visible",
        "#digit-title",
        ".lanes .legend:visible",
    ):
        assert at_rest.texts(live.locator(words)) == at_rest.texts(mailed.locator(words)), words
    image = canvas.read(live.locator("#digit-canvas"))
    assert np.array_equal(image, canvas.read(mailed.locator("#digit-canvas")))


def test_a_saved_page_shows_what_was_on_the_screen(
    visit: Visit, world: World, read: Read, tmp_path: Path
) -> None:
    """Maps pixel by pixel, the lens, the arithmetic of the selected cell; turned over, the kernels too."""
    visitor = visit()
    live = visitor.open(f"/?{world.view}")
    file = save(visitor, tmp_path)
    reader = read(file)

    assert file.stat().st_size <= MOST
    assert re.fullmatch(r"convlens-[\w-]+\.html", file.name)
    assert_alike(live, reader.page)
    for words in ("#lens h4", "#dock h3", "#dock .value", "#part-cell .part-body"):
        own = at_rest.text(live.locator(words))
        expect(reader.page.locator(words)).to_have_text(own, use_inner_text=True)
    for page in (live, reader.page):
        page.keyboard.press("k")
        expect(page.locator(".panel.flipped").first).to_be_visible()
    assert_alike(live, reader.page)


def test_numbers_are_exact_without_a_server(world: World, read: Read, tmp_path: Path) -> None:
    """The lens says the float32 of a cell that is pointed at; the arithmetic adds up to the network's own."""
    reader = read(mailed(world, tmp_path))
    page, (rows, columns) = reader.page, world.shape
    values = world.server.tensor(f"{world.tensor}.npy?stage=post")
    before = world.server.tensor(f"{world.tensor}.npy?stage=pre")

    channel = int(np.ptp(values, axis=(0, 1)).argmax())
    row, column = (int(at) for at in np.unravel_index(values[..., channel].argmax(), (rows, columns)))
    cell = reader.cell(world.model, world.layer, f"{world.layer} map {channel}")
    move_over(reader, cell, row, column, columns)
    said = page.locator("#lens .lens-words")
    expect(said).to_contain_text(f"row {row}, column {column}: ")
    expect(said).not_to_contain_text("±")
    assert number(at_rest.text(said).split(": ")[1]) == values[row, column, channel]

    x, y = reader.spot(cell, row, column, columns)
    cell.click(position={"x": x, "y": y})
    expect(page.locator("#dock h3")).to_contain_text(f"map {channel}")
    arithmetic = part(page, "cell")
    expect(arithmetic.locator(".where")).to_contain_text(f"Row {row}, column {column}")
    own = float(before[row, column, channel])
    assert fact(arithmetic, "the network's own") == own
    assert abs(fact(arithmetic, "sum + bias") - own) <= 1e-5 * max(1, abs(own))
    assert reader.value() == values[row, column, channel]


@pytest.mark.parametrize("world", ["digits"], indirect=True)
@pytest.mark.parametrize("moment", ["epoch=step64", "epoch=4&since=step16"])
def test_a_moment_of_a_training_can_be_mailed(
    visitor: Visitor, read: Read, tmp_path: Path, moment: str
) -> None:
    """What is shown, kernels and the weights behind units too, and the sums of the one moment."""
    live = visitor.open(f"/?digit=12&{moment}&layer=cnn.conv1&filter=5&cell=10,10&part=files")
    file = save(visitor, tmp_path)
    reader = read(file)

    assert file.stat().st_size <= MOST
    assert ("-less-step16" in file.name) == ("since" in moment)
    assert_alike(live, reader.page)
    name = "dense2 unit 7" + (", difference to step 16" if "since" in moment else "")
    for page in (live, reader.page):
        page.keyboard.press("k")
        expect(page.locator(".panel.flipped").first).to_be_visible()
    assert_alike(live, reader.page)
    for each in (visitor, reader):
        each.cell("fcn", "dense2", name).hover()
        expect(each.page.locator("#lens figcaption").first).to_contain_text("weights over dense1")
    for words in ("#dock h3", "#part-cell .part-body", "#part-cell .of", ".lane-head .accuracy:visible"):
        assert at_rest.texts(live.locator(words)) == at_rest.texts(reader.page.locator(words)), words
    assert at_rest.texts(live.locator("#lens figcaption")) == at_rest.texts(
        reader.page.locator("#lens figcaption")
    )
    reader.tab("Weights")
    visitor.tab("Weights")
    expect(reader.page.locator("#part-weights .slice")).to_be_visible()
    own = at_rest.text(live.locator("#part-weights"))
    expect(reader.page.locator("#part-weights")).to_have_text(own, use_inner_text=True)


def test_every_channel_that_is_explained_can_be_opened(world: World, read: Read, tmp_path: Path) -> None:
    """The last of each layer: its numbers and weights are there; of others a sentence says they are not."""
    reader = read(mailed(world, tmp_path))
    page = reader.page
    explained = reader.facts()["mailed"]["explained"]
    assert sum(channels is True for channels in explained.values()) >= 3

    for path in at_rest.attributes(page.locator(".panel:visible"), "id"):
        panel = page.locator(f'[id="{path}"]')
        model, layer = at_rest.attribute(panel, "data-model"), at_rest.attribute(panel, "data-layer")
        last = panel.locator(".maps button").last
        last.scroll_into_view_if_needed()
        last.click()
        if explained.get(f"{model}.{layer}") is not True:
            expect(reader.alert).to_contain_text("open the view in ConvLens")
            reader.alert.get_by_role("button").click()
            continue
        expect(page.locator("#dock h3")).to_contain_text(layer)
        for tab in at_rest.each(page.locator("#dock [role=tab]:visible")):
            tab.click()
            expect(page.locator("#inspector .part:visible :is(table, canvas)").first).to_be_visible()
        page.locator("#tab-number").click()
        expect(page.locator(".message")).to_be_empty()


def test_a_saved_page_is_for_everybody(world: World, read: Read, tmp_path: Path) -> None:
    """Axe has nothing to say, on a desk in light and a telephone in dark, which the reader can turn."""
    file = mailed(world, tmp_path)

    for dark, width in ((False, 1440), (True, 390)):
        scheme = "dark" if dark else "light"
        reader = read(file, viewport={"width": width, "height": 844}, color_scheme=scheme)
        page = reader.page
        assert complaints(page) == []
        ground = at_rest.told(page, "() => getComputedStyle(document.body).backgroundColor")
        assert (ground == "rgb(255, 255, 255)") is not dark
        wide = at_rest.told(page, "() => document.documentElement.scrollWidth")
        assert wide <= width
        page.get_by_role("button", name="Switch between dark and light").click()
        assert at_rest.told(page, "() => getComputedStyle(document.body).backgroundColor") != ground


@pytest.mark.parametrize(
    "query",
    [
        "stage=pre&scale=map&model=cnn",
        "reference=7&off=cnn.conv1:4,fcn.dense1:17",
        "perturb=rotation:15&pair=cnn,fcn&scale=grey",
    ],
)
def test_the_view_is_respected(
    browser: Browser, server: Server, read: Read, tmp_path: Path, query: str
) -> None:
    """One network, stage, scale, what is off, the image it differs from, what is done to the image."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    visitor = Visitor(context, server.url)
    live = visitor.open(f"/?digit=12&{query}")
    file = tmp_path / "page.html"
    file.write_bytes(server.get(f"/api/page.html?digit=12&{query}")[1])
    reader = read(file)

    assert_alike(live, reader.page)
    assert at_rest.text(live.locator("#differing")).removesuffix("End").strip() == at_rest.text(
        reader.page.locator("#differing")
    )
    if "off=" in query:
        expect(reader.page.locator("#off")).to_have_text(at_rest.text(live.locator("#off span")))
    context.close()
    assert visitor.complaints == []
