from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import at_rest, canvas
from tests.browser.serving import Server
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _waking(visitor: Visitor) -> None:
    """The networks of earlier moments wake when somebody asks for one first, and say so meanwhile."""
    visitor.allow("503")


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Moment of the training")


def test_everything_follows_the_slider_through_the_training(visitor: Visitor, server: Server) -> None:
    """Maps, verdicts and accuracies are of the moment, in the address; Back leads to the trained networks."""
    page = visitor.open("/?digit=12")
    before = at_rest.text(page.locator("#verdicts"))
    page.get_by_text("Training: as trained").click()
    slider(page).focus()
    page.keyboard.press("Home")

    visitor.at("/?digit=12&epoch=0")
    expect(page.locator(".epochs summary")).to_have_text("Training: random weights")
    expect(page.locator("[data-model=cnn] .accuracy")).to_have_text(
        "right on 10.73 % of the test digits with random weights"
    )
    assert at_rest.text(page.locator("#verdicts")) != before
    for key in range(4):
        page.keyboard.press("ArrowRight")
        visitor.at(f"/?digit=12&epoch=step{4**key}")
    answer = server.json("/at/step64/api/models/cnn/images/12")["answer"]
    expect(page.locator("#verdicts [data-model=cnn] .answer")).to_have_text(str(answer))
    visitor.flush()
    maps = server.tensor("/at/step64/api/models/cnn/images/12/layers/conv2.npy")
    shown = canvas.pictures(visitor.panel("cnn", "conv2").locator(".maps"))
    light = np.stack([each.sum(axis=-1) for each in shown], axis=-1)
    assert np.corrcoef(light.ravel(), maps.ravel())[0, 1] > 0.95
    page.go_back()
    visitor.at("/?digit=12")
    expect(page.locator(".epochs summary")).to_have_text("Training: as trained")


def test_two_moments_are_compared_and_a_link_restores_it(visitor: Visitor, server: Server) -> None:
    """What an epoch changed is red and blue, said above the lanes, and ends by a button."""
    page = visitor.open("/?digit=12&epoch=2&since=step16&stage=pre")
    note = page.locator("#differing")

    expect(note).to_contain_text("the networks after epoch 2 less the same networks after step 16")
    expect(page.get_by_label("Values, or the difference from another moment")).to_have_value("step16")
    expect(page.locator(".epochs .learned")).to_contain_text("CNN: learned after step")
    visitor.flush()
    less = server.tensor("/at/2/api/models/cnn/images/12/layers/conv1.npy?stage=pre&since=step16")
    shown = canvas.pictures(visitor.panel("cnn", "conv1").locator(".maps"))
    signs = np.stack([each[..., 0].astype(np.float32) - each[..., 2] for each in shown], axis=-1)
    clear = np.abs(less) > 0.1 * np.abs(less).max()
    assert clear.any()
    assert np.array_equal(np.sign(signs[clear]), np.sign(less[clear]))
    note.get_by_role("button", name="End the comparison").click()
    visitor.at("/?digit=12&stage=pre&epoch=2")
    expect(note).to_be_hidden()


def test_a_filter_shows_how_it_became_what_it_is(visitor: Visitor) -> None:
    """Its kernel at every moment, when it died, and a click goes there."""
    page = visitor.open("/?digit=12&layer=cnn.conv1&filter=18&part=training")
    part = page.locator("#part-becoming")
    moments = part.locator(".moments button")

    expect(moments).to_have_count(10)
    expect(moments.first).to_contain_text("random")
    expect(part.locator(".told")).to_contain_text("This map")
    expect(part.locator(".small-chart")).to_have_count(2)
    moments.filter(has_text="step 64").click()
    visitor.at("/?digit=12&epoch=step64&layer=cnn.conv1&filter=18&part=training")
    expect(moments.filter(has_text="step 64")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("tab", name="What fires it")).to_be_hidden()
    expect(page.get_by_role("tab", name="Weights")).to_be_visible()


def test_what_a_cell_sees_is_outlined_at_a_moment_too(visitor: Visitor) -> None:
    """On the image and on the maps between, as of the networks as they are."""
    page = visitor.open("/?digit=12&epoch=step64&layer=cnn.conv2&filter=5&cell=10,10")
    expect(page.locator("#sight")).to_be_visible()
    visitor.flush()

    assert canvas.outlines(visitor.panel("cnn", "conv1").locator(".maps"), (10, 10, 13, 13), 26)


def test_the_training_is_played_and_stopped(visitor: Visitor) -> None:
    """From the first moment to the networks as they are, unless somebody stops it."""
    page = visitor.open("/?digit=12")
    page.get_by_text("Training: as trained").click()
    page.get_by_role("button", name="Play the training").click()
    expect(page.locator(".epochs summary")).to_have_text("Training: step 1")
    page.get_by_role("button", name="Stop playing").click()
    said = at_rest.text(page.locator(".epochs summary"))
    expect(page.get_by_role("button", name="Play the training")).to_be_visible()
    assert at_rest.text(page.locator(".epochs summary")) == said
