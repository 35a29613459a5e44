"""From one command to an inspected cell of somebody's own network."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect

from tests import worlds
from tests.browser import at_rest
from tests.browser.conftest import Visit
from tests.browser.serving import OwnServer, served
from tests.browser.visitor import Visitor
from tests.models.own import brought

PATIENCE = 180_000  # milliseconds, on a machine that has much else to do
PAGE = re.compile(r"/(\?[^/]*)?$")
pytestmark = [pytest.mark.browser, pytest.mark.keras, pytest.mark.long]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    """What the command serves."""
    folder = tmp_path_factory.mktemp("own")
    worlds.trained().save(folder / "mine.keras")
    worlds.trained_chain().save(folder / "other.h5")
    images, classes = brought.photographs(folder / "photographs"), brought.names(folder)
    words = (folder / "mine.keras", folder / "other.h5", "--images", images, "--classes", classes)
    with served(folder / "cache", *words, "--port", "0") as server:
        server.wait_until_ready()
        yield server


@pytest.fixture(scope="module")
def trained_on(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[OwnServer, Path]]:
    """What the command serves of one network and images without labels, and the network's file."""
    folder = tmp_path_factory.mktemp("alone")
    worlds.trained_chain().save(folder / "night.keras")
    np.savez(folder / "images.npz", x=worlds.made_up().images)
    words = (folder / "night.keras", "--images", folder / "images.npz", "--port", "0")
    with served(folder / "cache", *words) as server:
        server.wait_until_ready()
        yield server, folder / "night.keras"


@pytest.fixture
def address(own: OwnServer) -> str:
    """Where the command serves."""
    return own.url


def test_a_cell_of_it_is_what_keras_computes(own: OwnServer, visit: Visit) -> None:
    """The page names file, class and answer; the number in the dock is that of plain Keras, to 1e-5."""
    import keras

    assert any("mine.keras" in line and "as 0 to 1" in line for line in own.said)
    page = visit().open("/?digit=5&layer=mine.stem&filter=4&cell=6,11")
    shown = page.locator("#dock .value")
    expect(shown).to_contain_text("stem[6, 11, 4] = ")
    expect(page.locator("#network .lane-head").first).to_contain_text("mine")

    image = own.tensor("/api/images/5.npy")
    assert any(np.array_equal(image, each) for each in worlds.made_up().inputs)
    model = worlds.trained()
    stem = keras.Model(model.inputs[0], model.get_layer("stem").output)
    expected = np.asarray(stem(image[np.newaxis]))[0]
    maps = own.tensor("/api/models/mine/images/5/layers/stem.npy?stage=pre")
    np.testing.assert_allclose(maps, expected, atol=1e-5)
    value = float(at_rest.text(shown).split("= ")[1].replace("−", "-"))
    assert value == pytest.approx(float(expected[6, 11, 4]), abs=1e-5)


def test_compare_says_which_is_better(visit: Visit) -> None:
    """With McNemar's test on these images; of a training nothing is said that nobody knows."""
    page = visit().open("/compare")
    expect(page.locator("#compare-answer")).to_contain_text(f"of {worlds.COUNT} images right")
    expect(page.locator("#compare-history")).to_contain_text("not known")


def test_what_was_guessed_can_be_read_on_the_page(visit: Visit) -> None:
    """In the line along the bottom, which says nothing more once all is measured."""
    page = visit().open("/")
    page.locator("#opened summary").click(timeout=PATIENCE)
    expect(page.locator("#opened li").first).to_contain_text("Pixels are fed to mine.keras as 0 to 1")
    page.set_viewport_size({"width": 390, "height": 844})
    box = at_rest.box(page.locator("#opened"))
    assert box["y"] + box["height"] == pytest.approx(844, abs=1)


def _is_complete(own: OwnServer) -> bool:
    """Whether all is measured, up to the last, and read by what serves."""
    table = own.json("/api/models/other/filters")["filters"]
    return own.json("/api/opened")["doing"] == "" and all(each["accuracy"] is not None for each in table[:3])


@pytest.fixture
def measured(own: OwnServer, visit: Visit) -> Visitor:
    """A tab that is opened once there is nothing left to measure; the networks may wake up once more."""
    visitor = visit()
    visitor.eventually(lambda: _is_complete(own), PATIENCE // 1000)
    return visitor


def _told(page: Page, own: OwnServer, version: str, change: Callable[[Any], object]) -> None:
    """Let the server say that there is another version to look at, in which some of its facts are others."""
    real = own.json("/api/opened")["version"]

    def facts(route: Route) -> None:
        before, tag, rest = route.fetch().text().partition('id="facts">')
        text, end, after = rest.partition("</script>")
        known = json.loads(text)
        change(known)
        route.fulfill(
            body=f"{before}{tag}{json.dumps(known | {'version': version})}{end}{after}",
            content_type="text/html",
        )

    def opened(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, json=response.json() | {"version": version})

    page.route(PAGE, facts)
    page.route("**/api/opened", opened)
    page.route(
        f"**/{version}/**", lambda route: route.continue_(url=route.request.url.replace(version, real))
    )


def test_what_was_measured_meanwhile_comes_onto_the_page_by_itself(own: OwnServer, measured: Visitor) -> None:
    """In the dock that is open, while the page stands; the focus stays; other pages are drawn anew."""
    page = measured.open("/?digit=5&layer=mine.stem&filter=4&part=fires")
    dock = page.locator("#dock")
    expect(dock).to_contain_text("How it is measured", timeout=PATIENCE)
    page.evaluate("window.stays = true")
    page.locator("#wall .thumb").first.focus()

    def unmeasured(facts: Any) -> None:
        for layer in facts["models"][0]["layers"]:
            if "words" in layer:
                layer["words"] = None

    _told(page, own, "later", unmeasured)
    expect(dock).to_contain_text("Not measured on mine yet")
    expect(page.locator("#wall .thumb").first).to_be_focused()
    assert at_rest.told(page, "() => window.stays")
    page.unroute_all()
    page.locator("#nav-compare").click()
    page.wait_for_function("() => !window.stays")
    expect(page.locator("#compare-answer")).to_contain_text(f"of {worlds.COUNT} images right")


def test_more_images_come_onto_the_page_while_nobody_looks(own: OwnServer, measured: Visitor) -> None:
    """It is opened anew, and is as it was left: what has the focus, where its parts are scrolled."""
    page = measured.open("/?digit=5&scale=map")
    page.locator("body[data-painted]").wait_for(state="attached")
    wall = page.locator("#wall")
    page.locator("#next").focus()
    page.set_viewport_size({"width": 1280, "height": 500})
    before = at_rest.told(wall, "(wall) => (wall.scrollTop = 9)")  # once it has the room of this window
    assert before > 0
    page.evaluate("window.stays = true")
    _told(page, own, "whole", lambda facts: facts["images"].update(count=facts["images"]["count"] - 1))
    button = page.locator("#opened").get_by_role("button", name="Show it")
    expect(button).to_be_visible()
    assert at_rest.told(page, "() => window.stays")  # somebody may be reading
    page.unroute(PAGE)  # or what was made up would be asked for
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true})")
    page.wait_for_function("() => !window.stays")
    expect(page.locator("#next")).to_be_focused()
    expect(wall).to_have_js_property("scrollTop", before)
    expect(page).to_have_url(re.compile("digit=5"))


class TestAlone:
    """One network, on images of which nobody knows what they show."""

    @pytest.fixture
    def address(self, trained_on: tuple[OwnServer, Path]) -> str:
        """Where the command serves it."""
        return trained_on[0].url

    def test_it_is_opened_anew_once_it_was_trained_on(
        self, trained_on: tuple[OwnServer, Path], visit: Visit
    ) -> None:
        """Said and offered, not done by itself; then the numbers are those of the new weights."""
        server, file = trained_on
        visitor = visit()
        page = visitor.open("/?digit=3")
        expect(page.locator("#network .lane-head").first).to_contain_text("the images have no labels")
        expect(page.locator("#digit-title")).to_have_text("Image 3")
        line = page.locator("#opened")
        page.evaluate("setInterval(() => dispatchEvent(new Event('pointermove')), 1000)")  # somebody is at it
        model = worlds.randomised(worlds.chain(), seed=5)
        model.save(file)
        expect(line).to_contain_text("night.keras has been written anew", timeout=PATIENCE)
        line.get_by_role("button", name="Open it anew").click()
        (before,) = server.json("/api/models")["models"]
        visitor.eventually(
            lambda: server.json("/api/models")["models"][0]["sha256"] != before["sha256"], PATIENCE // 1000
        )
        line.get_by_role("button", name="Show it").click(timeout=PATIENCE)
        expect(page.locator("#digit-title")).to_have_text("Image 3")

        server.wait_until_ready()
        last = model.layers[-1].name
        image = server.tensor("/api/images/3.npy")
        values = server.tensor(f"/api/models/night/images/3/layers/{last}.npy")
        np.testing.assert_allclose(values, np.asarray(model(image[np.newaxis]))[0], atol=1e-5)
