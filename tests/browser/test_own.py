"""From one command to an inspected cell of somebody's own network."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect

from tests import worlds
from tests.browser import at_rest
from tests.browser.conftest import Visit
from tests.browser.serving import OwnServer, served
from tests.browser.visitor import Visitor
from tests.models.own import brought

if TYPE_CHECKING:
    import keras

PATIENCE = 180_000  # milliseconds, on a machine that has much else to do
PAGE = re.compile(r"/(\?[^/]*)?$")
pytestmark = [pytest.mark.browser, pytest.mark.keras, pytest.mark.long]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where somebody's networks and images lie."""
    return tmp_path_factory.mktemp("own")


@pytest.fixture(scope="module")
def own(folder: Path) -> Iterator[OwnServer]:
    """What the command serves."""
    worlds.trained_chain().save(folder / "mine.keras")
    _weaker(0.9).save(folder / "other.h5")
    images, classes = brought.photographs(folder / "photographs"), brought.names(folder)
    words = (folder / "mine.keras", folder / "other.h5", "--images", images, "--classes", classes)
    with served(folder / "cache", *words, "--port", "0") as server:
        server.wait_until_ready()
        yield server


def _weaker(share: float) -> keras.Model:
    """Return the chain with a share of each of its weights."""
    model = worlds.chain()
    model.set_weights([share * each for each in worlds.trained_chain().get_weights()])
    return model


@pytest.fixture
def address(own: OwnServer) -> str:
    """Where the command serves."""
    return own.url


def test_a_cell_of_it_is_what_keras_computes(own: OwnServer, visit: Visit) -> None:
    """The page names file and guesses; the number in the dock is that of plain Keras, to 1e-5."""
    import keras

    image = own.tensor("/api/images/5.npy")
    assert any(np.array_equal(image, each) for each in worlds.made_up().inputs)
    model = worlds.trained_chain()
    first = keras.Model(model.inputs[0], model.get_layer("depthwise").output)
    expected = np.asarray(first(image[np.newaxis]))[0]
    maps = own.tensor("/api/models/mine/images/5/layers/depthwise.npy")
    np.testing.assert_allclose(maps, expected, atol=1e-5)
    row, column, channel = (int(at) for at in np.unravel_index(expected.argmax(), expected.shape))

    page = visit().open(f"/?digit=5&layer=mine.depthwise&filter={channel}&cell={row},{column}")
    shown = page.locator("#dock .value")
    expect(shown).to_contain_text(f"depthwise[{row}, {column}, {channel}] = ")
    expect(page.locator("#network .lane-head").first).to_contain_text("mine")
    value = float(at_rest.text(shown).split("= ")[1].replace("−", "-"))
    assert value == pytest.approx(float(expected[row, column, channel]), abs=1e-5)

    guessed = "Pixels are fed to mine.keras as 0 to 1"
    assert any(guessed in line for line in own.said)
    page.locator("#opened summary").click(timeout=PATIENCE)  # in the line along the bottom, for good
    expect(page.locator("#opened li").first).to_contain_text(guessed)
    page.set_viewport_size({"width": 390, "height": 844})
    box = at_rest.box(page.locator("#opened"))
    assert box["y"] + box["height"] == pytest.approx(844, abs=1)


def _is_complete(own: OwnServer) -> bool:
    """Whether all is measured, up to the last, and read by what serves."""
    table = own.json("/api/models/other/filters")["filters"]
    return own.json("/api/opened")["doing"] == "" and all(each["accuracy"] is not None for each in table[:3])


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


def test_what_comes_meanwhile_comes_onto_the_page(own: OwnServer, folder: Path, visitor: Visitor) -> None:
    """What is measured, more images, and a network that is written anew; each once all before is through."""
    visitor.eventually(lambda: _is_complete(own), PATIENCE // 1000)
    _measured_meanwhile(own, visitor)
    _more_images(own, visitor)
    _written_anew(own, folder, visitor)


def _measured_meanwhile(own: OwnServer, visitor: Visitor) -> None:
    """In the dock that is open, while the page stands; the focus stays; other pages are drawn anew."""
    page = visitor.open("/?digit=5&layer=mine.depthwise&filter=2&part=fires")
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
    expect(page.locator("#compare-history")).to_contain_text("not known")  # of a training


def _more_images(own: OwnServer, visitor: Visitor) -> None:
    """Nobody looks: it is opened anew, and is as it was left: what has the focus, where it is scrolled."""
    page = visitor.open("/?digit=5&scale=map")
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

    page.unroute_all()


def _written_anew(own: OwnServer, folder: Path, visitor: Visitor) -> None:
    """Said and offered, not done by itself; then the numbers are those of the new weights."""
    page = visitor.open("/?digit=3")
    line = page.locator("#opened")
    page.evaluate("setInterval(() => dispatchEvent(new Event('pointermove')), 1000)")  # somebody is at it
    model = _weaker(0.8)
    model.save(folder / "other.h5")
    expect(line).to_contain_text("other.h5 has been written anew", timeout=PATIENCE)
    line.get_by_role("button", name="Open it anew").click()
    before = _hash(own)
    visitor.eventually(lambda: _hash(own) != before, PATIENCE // 1000)
    line.get_by_role("button", name="Show it").click(timeout=PATIENCE)
    expect(page.locator("#digit-title")).to_contain_text("Image 3")

    own.wait_until_ready()
    last = model.layers[-1].name
    image = own.tensor("/api/images/3.npy")
    values = own.tensor(f"/api/models/other/images/3/layers/{last}.npy")
    np.testing.assert_allclose(values, np.asarray(model(image[np.newaxis]))[0], atol=1e-5)


def _hash(own: OwnServer) -> str:
    """Return the hash of the other network's file, as it is served."""
    (found,) = (each["sha256"] for each in own.json("/api/models")["models"] if each["key"] == "other")
    return str(found)
