from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect

from dashboard.picture import panels
from tests.browser import at_rest, canvas
from tests.browser.conftest import Known
from tests.browser.serving import Server
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def test_it_opens_on_a_digit_that_tells_the_story(visitor: Visitor, known: Known) -> None:
    """Without a click: a digit that the FCN gets wrong and the CNN right, and both verdicts to be seen.

    Both networks are there with all their layers, and the wall; what Dash will ask for is on its way before.
    """
    page = visitor.open()
    assert_asked_in_time(visitor)
    digit = int(at_rest.attribute(page.locator("body"), "data-painted"))
    label = int(known.labels[digit])

    assert known.wrong("fcn")[digit]
    assert not known.wrong("cnn")[digit]
    expect(page.locator("#digit-title")).to_have_text(f"Test digit {digit} · label {label}")
    for model, verdict in (("fcn", "wrong"), ("cnn", "right")):
        said = page.locator(f'.network[data-model="{model}"] .said')
        expect(said).to_be_in_viewport()
        expect(said.locator(".answer")).to_have_text(str(known.answers(model)[digit]))
        expect(said.locator(".words")).to_contain_text(verdict)
    at_rest.wait(page)
    expect(visitor.alert).to_have_text("")
    assert_all_is_there(visitor, known)


def assert_asked_in_time(visitor: Visitor) -> None:
    """The layout and the callbacks are asked for once, before the scripts that need them are here.

    Plotly is large and draws nothing on Explore: nobody asks for it there.
    """
    at_rest.loaded(visitor.page)
    asked = visitor.asked()
    scripts = min(place for place, path in enumerate(asked) if "/_dash-component-suites/" in path)
    for path in ("/_dash-layout", "/_dash-dependencies"):
        assert asked.count(path) == 1
        assert asked.index(path) < scripts
    assert visitor.asked("/pictures/")
    assert not visitor.asked("plotly")


def assert_all_is_there(visitor: Visitor, known: Known) -> None:
    """Both networks with their layers, shapes and parameters, the wall at the digit, and every part named."""
    page = visitor.page
    for model, entry in known.pair.items():
        column = page.get_by_role("article", name=f"{model.upper()}, {entry.title}")
        expect(column).to_contain_text(f"{entry.parameters:,} parameters")
        for layer in panels(entry.layers):
            panel = visitor.panel(model, layer.name)
            expect(panel).to_contain_text("×".join(map(str, layer.output_shape)))
            if layer.parameters:
                expect(panel).to_contain_text(f"{layer.parameters:,} parameters")
            expect(panel.locator(".sheet.maps").get_by_role("button")).to_have_count(layer.channels)
    current = page.locator("#wall .thumb[aria-current=true]")
    expect(current).to_have_attribute("data-digit", at_rest.attribute(page.locator("body"), "data-painted"))
    expect(current).to_be_in_viewport()


def test_the_digit_is_painted_as_the_networks_get_it(visitor: Visitor, server: Server) -> None:
    """White on black, row 0 on top, column 0 at the left; on the wall as well."""
    page = visitor.open("/?digit=4271")
    expected = np.rint(255 * server.tensor("/api/images/4271.npy"))
    assert not np.array_equal(expected, expected[::-1])
    assert not np.array_equal(expected, expected[:, ::-1])

    visitor.eventually(lambda: np.array_equal(canvas.read(page.locator("#digit-canvas"))[..., 0], expected))
    visitor.eventually(lambda: np.array_equal(_on_the_wall(visitor, 4271), expected))


def _on_the_wall(visitor: Visitor, digit: int) -> canvas.Pixels:
    """Return what lies under a digit's button: (28, 28), 0 to 255."""
    place = at_rest.told(
        visitor.thumb(digit),
        "(it) => [it.offsetTop - it.parentElement.querySelector('canvas').offsetTop, it.offsetLeft]",
    )
    top, left = place
    return canvas.read(visitor.page.locator("#wall canvas"))[top : top + 28, left : left + 28, 0]
