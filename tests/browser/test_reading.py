from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from models.arrays import Labels
from models.datasets import mnist
from models.sketch.drawing import Drawing, write_pixels
from models.store import manifest
from tests import networks
from tests.browser import at_rest
from tests.browser.serving import Server
from tests.browser.test_drawing import settled as drawn
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

SEVEN = ((0.1, 0.1), (0.1, 0.5), (0.6, 0.3))  # rows and columns, from end to end, of each corner of a line
READINGS = "**/api/readings?*"
NEAR = re.compile(r"Near what it learned: [\d.]+ % of the held-out digits are farther\.")


@pytest.fixture(scope="module")
def reader() -> str:
    """The network with most held-out digits right, then the smallest loss."""
    best = max(manifest.read(), key=lambda each: networks.training_of(each).held_out.merit)
    return best.key


@pytest.fixture
def measured(reader: str) -> None:
    """How unlike anything in training a drawing is can be said of the reader."""
    if manifest.find(reader).novelty is None:
        pytest.skip(f"{reader} is not measured yet")


@pytest.fixture(scope="module")
def pair(reader: str) -> list[str]:
    """Two networks beside which it is not shown."""
    return [entry.key for entry in manifest.read() if entry.key != reader][:2]


def said_of(key: str) -> Labels:
    """Return what a network says of every test digit."""
    answers: Labels = networks.survey_of(manifest.find(key)).logits.argmax(axis=1).astype(np.uint8)
    return answers


def as_drawing(digit: int) -> str:
    """Return a test digit as somebody's own pixels."""
    return Drawing(write_pixels(mnist.load("test").images[digit]), "pixels").text


def best(page: Page) -> Locator:
    return page.locator("#reading button")


def name(key: str) -> str:
    """Return what a network is called on the page."""
    kind, _, rest = key.partition("-")
    return " ".join([kind.upper(), *rest.split("-")]).strip()


def settled(visitor: Visitor) -> str:
    """Wait until what is on the pad stands in the address and was read, and return it."""
    text = drawn(visitor)
    visitor.eventually(lambda: asked(visitor)[-1:] == [text])
    expect(visitor.page.locator("#reading")).not_to_have_attribute("aria-busy", "true")
    visitor.flush()
    return text


def asked(visitor: Visitor) -> list[str]:
    """Return the drawings that were read since it was quiet."""
    return [path.split("perturb=")[1] for path in visitor.asked("readings")]


def reading(server: Server, page: Page) -> Any:
    """Return what the server reads in the drawing at hand."""
    text = parse_qs(urlsplit(at_rest.address(page)).query)["perturb"][0]
    return server.json(f"/api/readings?perturb={text}")


def test_the_best_network_reads_along_while_one_draws(
    visitor: Visitor, server: Server, reader: str, pair: list[str], measured: None
) -> None:
    """Beside the verdict and on the pad: its name, its answer and how sure it is; heard as a status.

    How many held-out digits are farther from what it learned is said too: a digit is not unlike digits.
    """
    page = open_pad(visitor, pair)
    visitor.draw(*SEVEN)
    settled(visitor)

    told = reading(server, page)["reader"]
    words = f"{name(reader)}, best on held-out digits, reads {told['answer']} with"
    expect(best(page)).to_contain_text(words)
    shown = re.search(r"with (> )?([\d.]+) %", at_rest.text(best(page)))
    assert shown
    assert float(shown[2]) == pytest.approx(100 * told["probability"], abs=0.11)
    expect(page.locator("#pad .heard")).to_contain_text(at_rest.text(best(page)))
    expect(page.locator("#reading")).to_have_role("status")
    expect(page.locator("#reading .unlike")).to_have_text(NEAR)


def test_nothing_is_asked_of_a_test_digit(visitor: Visitor, pair: list[str]) -> None:
    """What was read in a drawing before is gone, and its room."""
    page = visitor.open(f"/?pair={','.join(pair)}&perturb={as_drawing(3)}")
    expect(best(page)).to_be_visible()
    visitor.quiet()

    visitor.pick(visitor.visible_thumbs()[5])
    visitor.flush()

    assert visitor.asked("readings") == []
    expect(best(page)).to_be_hidden()
    assert at_rest.told(page.locator("#reading"), "(place) => place.offsetHeight") == 0


def test_a_test_digit_that_is_unlike_any_in_training_says_so(
    visitor: Visitor, server: Server, pair: list[str], measured: None
) -> None:
    """Lying on its side it does, with the share that the server says; a little turned it says nothing."""
    page = visitor.open(f"/?pair={','.join(pair)}&digit=4271&perturb=rotation:90")
    unlike = page.locator("#reading .unlike")
    told = server.json("/api/readings?image=4271&perturb=rotation:90")["novelty"]
    assert told["unlike"]
    expect(unlike).to_contain_text(f"more so than {int(1000 * told['percentile']) / 10:g} % of the held-out")
    expect(page.locator(".notes")).to_have_attribute("data-unlike", "true")
    expect(best(page)).to_be_hidden()

    assert not server.json("/api/readings?image=4271&perturb=rotation:15")["novelty"]["unlike"]
    page.locator("#moving").get_by_role("slider").fill("15")
    expect(page.locator(".notes")).to_have_attribute("data-unlike", "false")
    expect(unlike).to_have_text("")


def test_where_it_differs_it_is_said(visitor: Visitor, reader: str, pair: list[str]) -> None:
    """Who of the pair says something else; where nobody does, nothing of that."""
    ours, theirs = said_of(reader), [said_of(key) for key in pair]
    one = int(np.flatnonzero((theirs[0] != ours) & (theirs[1] == ours))[0])
    both = int(np.flatnonzero((theirs[0] != ours) & (theirs[1] != ours))[0])
    none = int(np.flatnonzero((theirs[0] == ours) & (theirs[1] == ours))[0])

    for digit, words in (
        (one, f"{name(pair[0])} says otherwise."),
        (both, "Both say otherwise."),
        (none, ""),
    ):
        page = visitor.open(f"/?pair={','.join(pair)}&perturb={as_drawing(digit)}")
        expect(best(page)).to_contain_text(f"reads {ours[digit]} with")
        expect(best(page)).to_have_attribute("data-differs", str(bool(words)).lower())
        expect(best(page).locator("b")).to_have_text(words)


@pytest.mark.parametrize("place", [0, 1])
def test_a_click_shows_it_in_the_pair(visitor: Visitor, reader: str, pair: list[str], place: int) -> None:
    """In the place of the second, or of the one that is not shown; then nothing is added any more."""
    model, expected = (pair[1], [reader, pair[1]]) if place == 0 else ("both", [pair[0], reader])
    page = visitor.open(f"/?pair={','.join(pair)}&model={model}&perturb={as_drawing(3)}")
    best(page).click()

    expect(page.locator(f'.network[data-model="{reader}"] .said')).to_be_visible()
    visitor.eventually(
        lambda: parse_qs(urlsplit(at_rest.address(page)).query).get("pair") == [",".join(expected)]
    )
    assert parse_qs(urlsplit(at_rest.address(page)).query)["perturb"] == [as_drawing(3)]
    expect(page.locator(".lane-head .said:visible")).to_have_count(2)
    expect(page.locator("#reading")).not_to_have_attribute("aria-busy", "true")
    expect(best(page)).to_be_hidden()


def test_nothing_moves_when_it_is_said(visitor: Visitor, pair: list[str]) -> None:
    """Pad, wall and verdict stand where they stood while the reading was on its way."""
    page = visitor.page
    with visitor.held(READINGS) as held:
        page.goto(f"{visitor.url}/?pair={','.join(pair)}&perturb={as_drawing(3)}")
        visitor.shown()
        visitor.eventually(lambda: held)
        before = [at_rest.box(page.locator(place)) for place in ("#pad", "#wall", ".lanes")]
        expect(best(page)).to_be_hidden()

    expect(best(page)).to_be_visible()
    assert [at_rest.box(page.locator(place)) for place in ("#pad", "#wall", ".lanes")] == before


def test_one_reading_at_a_time_and_the_newest_wins(visitor: Visitor, pair: list[str]) -> None:
    """While one is on its way pictures come and none other is asked for; in the end it is the last's."""
    open_pad(visitor, pair)
    visitor.quiet()

    with visitor.held(READINGS) as held:
        visitor.draw(*SEVEN)
        visitor.eventually(lambda: held)
        visitor.draw((0.4, 0.2), (0.4, 0.6))
        visitor.flush()
        assert len(held) == 1

    text = settled(visitor)
    assert len(asked(visitor)) <= 3
    assert asked(visitor)[-1] == text


def test_the_slider_is_read_along(visitor: Visitor, server: Server, pair: list[str], measured: None) -> None:
    """A drawing that is moved is read as it is moved; a test digit as pixels is not unlike digits."""
    page = visitor.open(f"/?pair={','.join(pair)}&perturb={as_drawing(3)}")
    expect(page.locator("#reading .unlike")).to_have_text(NEAR)
    expect(page.locator(".notes")).to_have_attribute("data-unlike", "false")
    page.get_by_label("How to change the digit").select_option("rotation")
    page.locator("#moving").get_by_role("slider").press("End")
    visitor.eventually(lambda: "rotation:90" in at_rest.address(page))
    expect(page.locator("#reading")).not_to_have_attribute("aria-busy", "true")

    answer = reading(server, page)["reader"]["answer"]
    expect(best(page)).to_contain_text(f"reads {answer} with")


def open_pad(visitor: Visitor, pair: list[str]) -> Page:
    page = visitor.open(f"/?pair={','.join(pair)}")
    page.get_by_text("Draw, edit or upload").click()
    page.get_by_label("Pad to draw on").scroll_into_view_if_needed()
    return page


def test_a_cross_is_unlike_anything_in_training(
    visitor: Visitor, server: Server, pair: list[str], measured: None
) -> None:
    """Beside the verdict and on the pad, with the share of held-out digits; the answers lose their colour."""
    page = open_pad(visitor, pair)
    visitor.draw((0.2, 0.2), (0.8, 0.8), steps=20)
    visitor.draw((0.2, 0.8), (0.8, 0.2), steps=20)
    settled(visitor)

    unlike = page.locator("#reading .unlike")
    expect(unlike).to_have_text(
        re.compile(
            r"Unlike anything in training: more so than (99(\.\d)? %|all 5,000) (of the )?held-out digits\."
        )
    )
    expect(page.locator("#pad .heard")).to_contain_text("Unlike anything in training")
    expect(page.locator(".notes")).to_have_attribute("data-unlike", "true")
    novelty = reading(server, page)["novelty"]
    assert novelty["unlike"]
    assert f"{100 * novelty['percentile']:.4f}".startswith(
        at_rest.text(unlike).split("than ")[1].split(" %")[0]
    )


def test_an_empty_drawing_is_unlike_anything(
    visitor: Visitor, reader: str, pair: list[str], measured: None
) -> None:
    """A black picture is said to be, by the network's name where it is shown itself; a test digit is not."""
    black = Drawing(write_pixels(np.zeros((28, 28), np.uint8)), "pixels").text
    page = visitor.open(f"/?pair={pair[0]},{reader}&perturb={black}")

    unlike = page.locator("#reading .unlike")
    expect(unlike).to_contain_text(f"Unlike anything in training, as {name(reader)} sees it: more so than")
    visitor.pick(visitor.visible_thumbs()[5])
    expect(unlike).to_have_text("")
    expect(page.locator(".notes")).to_have_attribute("data-unlike", "false")


def test_without_a_reading_the_page_goes_on(visitor: Visitor, pair: list[str]) -> None:
    """What went wrong is said; verdicts stand, and the next drawing is read."""
    visitor.allow("500")
    page = visitor.page
    page.route(READINGS, lambda route: route.fulfill(status=500, body="{}"))
    page.goto(f"{visitor.url}/?pair={','.join(pair)}&perturb={as_drawing(3)}")
    visitor.shown()
    expect(visitor.alert).to_contain_text("Try again")
    expect(best(page)).to_be_hidden()
    expect(page.locator(".lane-head .said:visible")).to_have_count(2)

    page.unroute(READINGS)
    page.get_by_label("How to change the digit").select_option("rotation")
    page.locator("#moving").get_by_role("slider").press("End")
    expect(best(page)).to_contain_text("reads")
