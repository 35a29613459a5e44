from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from dashboard.palettes import DIVERGING
from models.arrays import Floats
from tests.browser import at_rest, canvas
from tests.browser.conftest import Known, Visit
from tests.browser.serving import Server
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

DIGIT = 4271


def opened(visitor: Visitor, address: str = f"/?digit={DIGIT}") -> Page:
    """Return the page with the section open, once both networks' answers are explained."""
    page = visitor.open(address)
    visitor.ask("why")
    return page


def section(page: Page, model: str) -> Locator:
    return page.locator(f'#why section[data-model="{model}"]')


def values(server: Server, model: str, asked: str, digit: int = DIGIT) -> Floats:
    return server.tensor(f"/api/models/{model}/images/{digit}/why/{asked}")


def pixel(page: Page, picture: Locator, row: int, column: int, columns: int) -> str:
    """Return what is said of the pixel that the pointer is on."""
    picture.scroll_into_view_if_needed()
    side = at_rest.box(picture)["width"] / columns
    picture.hover(position={"x": side * (column + 0.5), "y": side * (row + 0.5)})
    return at_rest.text(page.locator(".tip"))


def number(text: str) -> float:
    return float(text.split(": ")[1].replace("−", "-"))


def test_nothing_is_asked_before_it_is_opened(visitor: Visitor) -> None:
    """Closed it costs nothing; opened, it explains each network's own answer."""
    page = visitor.open(f"/?digit={DIGIT}")
    visitor.quiet()
    visitor.pick(DIGIT)
    assert visitor.asked("/why/") == []

    page.locator(".lane-head .why:visible").first.focus()
    page.keyboard.press("Enter")

    expect(page.locator("#why .small-chart")).to_have_count(2)
    asked = {*visitor.asked("/why/")}
    assert len(asked) == 2
    assert all(f"/images/{DIGIT}/why/gradient" in path for path in asked)


def test_it_shows_what_the_network_computed(visitor: Visitor, server: Server, known: Known) -> None:
    """Trained and untrained: colours on one scale around zero, and under the pointer the exact values."""
    page = opened(visitor)
    found = {}
    for model in known.pair:
        answer = known.answers(model)[DIGIT]
        found[model] = values(server, model, f"gradient.npy?target={answer}")
        random = values(server, model, f"gradient.npy?target={answer}&weights=random")
        _, trained, untrained = at_rest.each(section(page, model).locator("canvas"))
        for row, column in ((3, 20), (14, 14), (27, 0)):
            assert number(pixel(page, trained, row, column, 28)) == pytest.approx(
                found[model][row, column], rel=1e-4, abs=1e-6
            )
        assert number(pixel(page, untrained, 14, 14, 28)) == pytest.approx(random[14, 14], rel=1e-4)
        expect(section(page, model).locator("h3")).to_contain_text(f"why {answer}")
        expect(section(page, model)).to_contain_text("untrained, seed 7")

    most = max(found, key=lambda model: float(np.abs(found[model]).max()))
    at = np.unravel_index(np.abs(found[most]).argmax(), (28, 28))
    end = DIVERGING[-1 if found[most][at] > 0 else 0]
    shown = canvas.read(section(page, most).locator("canvas").nth(1))[at]
    assert shown[:3].tolist() == [int(part) for part in re.findall(r"\d+", end)]
    for model in known.pair:
        legend = section(page, model).locator(".legend").nth(1)
        low, high = (at_rest.text(legend.locator(f".{end}")).replace("−", "-") for end in ("low", "high"))
        assert float(high) == -float(low) == pytest.approx(np.abs(found[most]).max(), rel=5e-3)


def test_integrated_gradients_say_what_they_miss(visitor: Visitor, server: Server, known: Known) -> None:
    """The residual is the server's, and so are the logits; Grad-CAM does not exist without maps.

    Of the FCN that is said and nothing asked; of the CNN it is shown cell by cell, from zero up.
    """
    page = opened(visitor)
    page.get_by_label("Explanation").select_option("integrated")

    for model in known.pair:
        told = server.json(f"/api/models/{model}/images/{DIGIT}/why/integrated")
        expect(section(page, model)).to_contain_text("All pixels add up to the difference")
        words = at_rest.text(section(page, model)).replace("−", "-")
        residual = re.search(r"but for ([\d.]+) \((?:< )?([\d.]+) %\)", words)
        assert residual
        assert float(residual[1]) == pytest.approx(told["residual"], rel=0.1, abs=1e-3)
        assert float(residual[2]) <= 1
        logit = re.search(r"Logit ([\d.]+), of a black picture (-?[\d.]+)\.", words)
        assert logit
        assert [float(each) for each in logit.groups()] == pytest.approx(
            [told["score"], told["baseline"]], rel=5e-3
        )
    expect(page.locator("#why .reading").first).to_contain_text("Sundararajan")

    visitor.forget()
    page.get_by_label("Explanation").select_option("gradcam.conv2")
    expect(section(page, "fcn")).to_have_text(
        "Grad-CAM of conv2 does not exist for FCN: it has no maps there."
    )
    expect(section(page, "cnn").locator("h3")).to_contain_text("conv2, 24×24")
    assert not visitor.asked("/fcn/")
    found = values(server, "cnn", "gradcam.npy")
    row, column = (int(each) for each in np.unravel_index(found.argmax(), found.shape))
    picture = section(page, "cnn").locator("canvas").nth(1)
    assert number(pixel(page, picture, row, column, 24)) == pytest.approx(found.max(), rel=1e-4)
    expect(section(page, "cnn").locator(".legend").nth(1).locator(".low")).to_have_text("0")


def test_both_networks_are_explained_in_sight(visit: Visit) -> None:
    """Their pictures stand side by side in the dock, each beside its chart; what is below is scrolled to."""
    page = opened(visit(viewport={"width": 1280, "height": 720}))
    assert_in_sight(page, 720)
    page.set_viewport_size({"width": 1440, "height": 900})
    assert_in_sight(page, 900)


def assert_in_sight(page: Page, height: int) -> None:
    dock = at_rest.box(page.locator("#dock"))
    for model in ("fcn", "cnn"):
        expect(section(page, model).locator("canvas")).to_have_count(3)
        pictures = at_rest.each(section(page, model).locator("canvas"))
        for picture in (*pictures, section(page, model).locator("svg").first):
            box = at_rest.box(picture)
            assert dock["x"] <= box["x"]
            assert box["x"] + box["width"] <= dock["x"] + dock["width"]
            assert box["y"] + box["height"] <= height


def told_of(server: Server, digit: int, model: str, method: str) -> dict[str, Any]:
    told: dict[str, Any] = server.json(f"/api/models/{model}/images/{digit}/why/{method}")
    return told


def test_what_an_explanation_is_worth(visitor: Visitor, server: Server, known: Known) -> None:
    """In a chart, a table and words: further down than each order that knows nothing of the network, or not.

    Each line of the chart has its own dashes, in the table too, where every order has its numbers.
    """
    page = opened(visitor, f"/?digit=12&pair={','.join(known.pair)}")
    for model, choice in (("fcn", "gradient"), ("cnn", "gradient"), ("cnn", "gradcam.conv2")):
        page.get_by_label("Explanation").select_option(choice)
        assert_worth(page, model, choice, told_of(server, 12, model, choice.split(".")[0]))


def assert_worth(page: Page, model: str, choice: str, told: dict[str, Any]) -> None:
    expect(section(page, model).locator("h3")).to_contain_text("conv2" if "." in choice else "why")
    expect(page.locator("#why [aria-busy]")).to_have_count(0)
    worth, half = told["deletion"], 10

    lines = section(page, model).locator(".small-chart polyline")
    assert sorted(at_rest.attributes(lines, "class")) == ["", "dash-dots", "dashes", "dots"]
    random = np.mean(worth["random"], axis=0)
    side = min(("top", "bottom", "left", "right"), key=lambda each: worth["means"][each])
    for name in ("scores", "brightest", "untrained", "random", "thickest", "middle", side):
        cells = section(page, model).locator(f".order-{name} td")
        shown = [float(title.replace("−", "-")) for title in at_rest.attributes(cells, "title")]
        at_half = random[half] if name == "random" else worth[name][half]
        assert shown == pytest.approx([at_half, worth["means"][name]], rel=1e-5, abs=1e-6)
    swatches = section(page, model).locator(".orders .swatch polyline")
    assert at_rest.attributes(swatches, "class") == ["", "dashes", "dots", "dash-dots"]

    words = at_rest.text(section(page, model).locator(".worth")).replace("−", "-")
    further, _, rest = words.partition("no further than")
    named = {"brightest": "brightest ink", "untrained": "untrained network names",
             "thickest": "thickest ink", "middle": "nearest to the middle", side: side}  # fmt: skip
    for name, phrase in named.items():
        assert phrase in (further if name in worth["lower_than"] else rest)
    low = sum(np.mean(order) <= worth["means"]["scores"] for order in worth["random"])
    assert worth["p"] == (1 + low) / 20
    assert f"{low or 'none'} of 19 random orders" in words
    assert f"(p = {worth['p']:g})" in words
    assert ("tells more than brightness" in words) is worth["passes"]
    assert ("no sign of what the network uses" in words) is not worth["passes"]
    assert "names what the network uses" not in words


def test_it_follows_the_digit_the_class_and_the_change(
    visitor: Visitor, server: Server, known: Known
) -> None:
    """Another digit, another class, another one to compare with, a turned digit: each is explained anew."""
    page = opened(visitor)
    head, picture = section(page, "cnn").locator("h3"), section(page, "cnn").locator("canvas").nth(1)

    visitor.go_to(12)
    expect(head).to_have_text(f"CNN why {known.answers('cnn')[12]}")
    page.get_by_label("Class that is explained").select_option("4")
    page.get_by_label("Class that it is compared with").select_option("9")
    expect(head).to_have_text("CNN why 4 and not 9")
    shown = number(pixel(page, picture, 14, 14, 28))
    expected = values(server, "cnn", "gradient.npy?target=4&against=9", digit=12)
    assert shown == pytest.approx(expected[14, 14], rel=1e-4)

    page.locator("#moving").get_by_role("slider").press("ArrowRight")
    visitor.at("/?digit=12&perturb=right:0.5&part=why&why=gradient:4:9")
    expect(page.locator("#why [aria-busy]")).to_have_count(0)
    expected = values(server, "cnn", "gradient.npy?target=4&against=9&perturb=right:0.5", digit=12)
    assert number(pixel(page, picture, 14, 14, 28)) == pytest.approx(expected[14, 14], rel=1e-4)

    page.get_by_label("Class that it is compared with").select_option("4")
    expect(section(page, "cnn")).to_have_text("CNN is asked why 4 and not 4: choose another class.")


def test_a_link_asks_the_same_again(visitor: Visitor, server: Server) -> None:
    """Open, with its method, layer and class; Back closes it, and what was asked can be taken away."""
    page = visitor.open(f"/?digit={DIGIT}")
    page.locator(".lane-head .why:visible").first.click()
    visitor.at(f"/?digit={DIGIT}&part=why&why=gradient")
    page.go_back()
    expect(page.locator("#why")).not_to_have_attribute("open", "")

    page = visitor.open(f"/?digit={DIGIT}&why=gradcam.conv1:4")

    expect(page.get_by_label("Explanation")).to_have_value("gradcam.conv1")
    expect(page.get_by_label("Class that is explained")).to_have_value("4")
    expect(section(page, "cnn").locator("h3")).to_contain_text("why 4 · conv1, 26×26")
    with page.expect_download() as download:
        section(page, "cnn").get_by_role("link", name="values as NPY").click()
    assert np.array_equal(
        np.load(download.value.path()), values(server, "cnn", "gradcam.npy?target=4&layer=conv1")
    )


def test_it_is_asked_again_while_others_are_served(visitor: Visitor) -> None:
    """What others have done is said meanwhile, and taken back when the answers are explained."""
    page = visitor.open(f"/?digit={DIGIT}")
    page.locator(".lane-head .why:visible").first.click()
    for status, digit in ((429, 12), (503, 15)):
        visitor.allow(f"status of {status}")
        asked = refused_once(page, status)
        visitor.go_to(digit)

        expect(page.locator("#message")).to_have_text(re.compile("Others are at it."))
        for model in ("fcn", "cnn"):
            expect(section(page, model).locator("[aria-busy]")).to_have_count(0)
            expect(section(page, model).locator(".worth")).to_be_visible()
        expect(page.locator("#message")).to_be_empty()
        assert len({*asked}) == 2, status
        assert all(asked.count(each) > 1 for each in asked), status  # more often where the server is busy
        page.unroute_all()


def refused_once(page: Page, status: int) -> list[str]:
    """Refuse each explanation the first time that it is asked for; return what is asked from now on."""
    refused = {"error": {"code": "busy", "message": "Others are at it.", "request_id": "0"}}
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        if asked.count(route.request.url) > 1:
            return route.continue_()
        return route.fulfill(status=status, json=refused, headers={"Retry-After": "1"})

    page.route("**/why/*", answer)
    return asked
