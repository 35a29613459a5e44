from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import at_rest, canvas
from tests.browser.conftest import Known
from tests.browser.serving import Server
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

DIGIT = 4271


def opened(visitor: Visitor, address: str = f"/?digit={DIGIT}") -> Page:
    """Return the page with the section open, once both networks' answers are turned."""
    page = visitor.open(address)
    visitor.ask("adversary")
    return page


def section(page: Page, model: str) -> Locator:
    return page.locator(f'#adversary section[data-model="{model}"]')


def test_nothing_is_sought_before_it_is_opened(visitor: Visitor, known: Known, server: Server) -> None:
    """Opened by a key, it shows for each network what was found: the pictures, and how far away it is."""
    page = visitor.open(f"/?digit={DIGIT}")
    visitor.quiet()
    visitor.pick(DIGIT)
    assert visitor.asked() == []

    page.locator(".lane-head .why:visible").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("tab", name="Why this answer").focus()
    page.keyboard.press("ArrowRight")

    expect(page.locator("#adversary .small-chart")).to_have_count(2)
    assert len(visitor.asked("/adversary")) == 2
    change = {}
    for model in known.pair:
        told = server.json(f"/api/models/{model}/images/{DIGIT}/adversary")
        example = server.tensor(f"/api/models/{model}/images/{DIGIT}/adversary.npy")
        pictures = section(page, model).locator(".asked-maps canvas")
        np.testing.assert_array_equal(
            canvas.read(pictures.nth(2))[..., 0], np.rint(255 * example), strict=False
        )
        change[model] = np.abs(example - server.tensor(f"/api/images/{DIGIT}.npy")).max()
        said = at_rest.text(page.locator(f'#adversary li[data-model="{model}"]'))
        assert f"from {known.answers(model)[DIGIT]} to {told['target']}" in said
        distance = re.search(r"([\d.]+) away .* ([\d.]+) \(L∞, ([\d.]+) of 255 levels\), (\d+) of", said)
        assert distance
        assert [float(each) for each in distance.groups()] == pytest.approx(
            [told["l2"], told["linf"], told["levels"]["linf"], told["pixels"]], rel=5e-3
        )
        found = sum(each is not None for each in told["distances"])
        assert f"to {told['target']}, the nearest of {found} classes:" in said
        rows = section(page, model).locator(".by-class tbody tr")
        lengths = {digit: each for digit, each in enumerate(told["distances"]) if each is not None}
        own = known.answers(model)[DIGIT]
        expect(rows.locator("th")).to_have_text([str(digit) for digit in range(10) if digit != own])
        titles = list(
            filter(None, (at_rest.attribute(row.locator("td"), "title") for row in at_rest.each(rows)))
        )
        assert [float(title) for title in titles] == pytest.approx([*lengths.values()], rel=1e-6)
        marked = section(page, model).locator(".by-class [aria-current] th")
        assert at_rest.text(marked) == str(min(lengths, key=lambda digit: lengths[digit]))
        expect(section(page, model).locator(".asked-steps canvas")).to_have_count(6)
        expect(section(page, model)).to_contain_text("An adversarial example")
    legend = at_rest.text(section(page, "cnn").locator(".legend").nth(1).locator(".high"))
    assert float(legend) == pytest.approx(max(change.values()), rel=5e-3)


def test_a_class_is_chosen(visitor: Visitor, known: Known, server: Server) -> None:
    """Each network is turned to it, but for one that says so already, of which that is said.

    What was found is opened like any digit: all shows what it changed, and what turns it back is sought.
    """
    page = opened(visitor)
    own = int(known.answers("cnn")[DIGIT])
    field = page.get_by_label("Class that the digit is to be taken for")

    field.select_option("0")
    expect(section(page, "fcn").locator("h3")).to_contain_text("to 0")
    expect(section(page, "cnn").locator("h3")).to_contain_text(f"from {own} to 0")
    visitor.at(f"/?digit={DIGIT}&part=mind&mind=0")
    for model in known.pair:
        told = server.json(f"/api/models/{model}/images/{DIGIT}/adversary?target=0")
        words = page.locator(f'#adversary li[data-model="{model}"]')
        nearest = ", the nearest of " if told["nearest"] == 0 else f"; {told['nearest']} is nearer, "
        expect(words).to_contain_text(f"to 0{nearest}")

    page.go_back()
    expect(field).to_have_value("nearest")
    field.select_option(str(own))
    expect(page.locator('#adversary li[data-model="cnn"]')).to_contain_text(
        f"CNN takes this digit for a {own} already: choose another class."
    )
    expect(section(page, "cnn")).to_have_count(0)

    field.select_option("nearest")
    expect(page.locator("#adversary .small-chart")).to_have_count(2)
    told = server.json(f"/api/models/cnn/images/{DIGIT}/adversary")
    page.get_by_role("button", name="Open in Explore what CNN").click()
    visitor.at(f"/?digit={DIGIT}&perturb={told['perturb']}&reference={DIGIT}&part=mind&mind=nearest")
    expect(visitor.panel("cnn", "conv1").locator(".tensor")).to_contain_text("difference")
    expect(page.locator('.said[data-model="cnn"] .answer')).to_have_text(str(told["target"]))
    expect(section(page, "cnn").locator("h3")).to_contain_text(f"CNN from {told['target']} to")
    page.go_back()
    expect(section(page, "cnn").locator("h3")).to_contain_text(f"CNN from {known.answers('cnn')[DIGIT]} to")


def test_links_of_earlier_days_go_on_working(visitor: Visitor, known: Known) -> None:
    """The second answer is turned to, as it was when it was what is taken by default."""
    model = "cnn"
    digit = int(np.flatnonzero(known.answers(model) == known.labels)[7])
    second = int(np.argsort(known.surveys[model].logits[digit])[-2])

    page = visitor.open(f"/?digit={digit}&model={model}&mind=second")

    expect(page.get_by_label("Class that the digit is to be taken for")).to_have_value("second")
    expect(section(page, model).locator("h3")).to_contain_text(f"to {second}")


def test_what_takes_long_says_so(visitor: Visitor) -> None:
    """Until the networks are through, how many are; then nothing more."""
    page = visitor.open(f"/?digit={DIGIT}")
    status = page.locator("#adversary [role=status]")

    with visitor.held("**/cnn/images/*/adversary*"):
        page.locator(".lane-head .why:visible").first.click()
        visitor.tab("What would change its mind")
        expect(status).to_contain_text("1 of 2 networks done")

    expect(page.locator("#adversary .small-chart")).to_have_count(2)
    expect(status).to_have_text("")
