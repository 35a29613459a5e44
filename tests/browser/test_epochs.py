from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import at_rest, canvas
from tests.browser.conftest import Visit
from tests.browser.serving import Server
from tests.browser.test_inspecting import numbers
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Moment of the training")


def test_everything_follows_the_slider_through_the_training(visitor: Visitor, server: Server) -> None:
    """Maps, verdicts and accuracies are of the moment, in the address; Back leads to the trained networks.

    From the first moment on the training is played, unless somebody stops it.
    """
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

    page.get_by_role("button", name="Play the training").click()
    expect(page.locator(".epochs summary")).to_have_text("Training: step 1")
    page.get_by_role("button", name="Stop playing").click()
    said = at_rest.text(page.locator(".epochs summary"))
    expect(page.get_by_role("button", name="Play the training")).to_be_visible()
    assert at_rest.text(page.locator(".epochs summary")) == said


def test_two_moments_are_compared_and_a_link_restores_it(visitor: Visitor, server: Server) -> None:
    """What an epoch changed is red and blue, said above the lanes, and ends by a button.

    Units show how their weights changed.
    """
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

    visitor.come("/?digit=12&epoch=4&since=1")
    assert_units_show_their_change(visitor, server)


def assert_units_show_their_change(visitor: Visitor, server: Server) -> None:
    """Over the image, and that times the image; over maps, that on which they changed most."""
    change = "epoch 4 minus epoch 1"
    own = "api/models/fcn/layers/dense1/kernel.npy?filter=3"
    changed = server.tensor(f"/at/4/{own}") - server.tensor(f"/at/1/{own}")
    figures = visitor.page.locator("#lens figure")

    visitor.cell("fcn", "dense1", "dense1 unit 3, difference to epoch 1").hover()
    expect(figures).to_have_text([re.compile(f"^weights {change}, ±"), re.compile("^that × image, ±")])
    shown = canvas.read(figures.first.locator("canvas"))
    red, values = shown[..., 0].astype(int) - shown[..., 2], changed.reshape(28, 28)
    strong = np.abs(values) > 0.3 * np.abs(values).max()
    assert np.array_equal(np.sign(red)[strong], np.sign(values)[strong])
    own = "api/models/cnn/layers/dense/kernel.npy?filter=7&since=1"
    most = int(np.abs(server.tensor(f"/at/4/{own}")).reshape(12 * 12, 64).sum(axis=0).argmax())
    visitor.cell("cnn", "dense", "dense unit 7, difference to epoch 1").hover()
    expect(figures).to_have_text(re.compile(f"^weights over pool map {most}, changed most, {change}, ±"))


def test_what_an_epoch_changed_is_seen_in_the_kernels(visitor: Visitor, server: Server) -> None:
    """In the lanes, in the lens and among the weights: each says between which moments; sums are of one."""
    page = visitor.open("/?digit=12&epoch=4&since=step16&layer=cnn.conv1&filter=5&flip=all&scale=grey")
    change, name = "epoch 4 minus step 16", "layers/conv1/kernel.npy"
    now, before = (server.tensor(f"/at/{moment}/api/models/cnn/{name}") for moment in ("4", "step16"))
    changed = (now - before)[:, :, 0]

    expect(visitor.cell("cnn", "conv1", f"conv1 kernel 5, {change}")).to_be_visible()
    expect(visitor.panel("cnn", "conv1").locator(".legend")).to_contain_text(f"weights {change}")
    shown = canvas.pictures(visitor.panel("cnn", "conv1").locator(".kernels"))
    for kernel, picture in zip(np.moveaxis(changed, -1, 0), shown, strict=True):
        side = picture.shape[0] // 3
        middles = picture[side // 2 : 3 * side : side, side // 2 : 3 * side : side].astype(int)
        clear = np.abs(kernel) > 0.2 * np.abs(kernel).max()
        assert np.array_equal(np.sign(middles[..., 0] - middles[..., 2])[clear], np.sign(kernel)[clear])
    lens = page.locator("#lens .lens-weights")
    expect(lens.locator("caption")).to_have_text("kernel's change")
    assert np.array_equal(numbers(lens), changed[..., 5])
    expect(page.locator("#part-cell .of")).to_have_text("of the network after epoch 4 alone")
    assert np.array_equal(numbers(page.locator("#part-cell .slice").nth(1)), now[:, :, 0, 5])
    said = page.locator("#lens .lens-words")
    visitor.cell("cnn", "conv1", f"conv1 kernel 5, {change}").hover(position={"x": 4, "y": 4})
    expect(said).to_have_text(re.compile(r"^row 0, column 0: changed by [^±]+$"))
    assert np.float32(at_rest.text(said).split()[-1].replace("−", "-")) == changed[0, 0, 5]
    visitor.tab("Weights")
    weights = page.locator("#part-weights")
    expect(weights.locator(".of")).to_have_text(change)
    assert np.array_equal(numbers(weights.locator(".slice")), changed[..., 5])
    page.get_by_label("Values, or the difference from another moment").select_option("1")
    expect(weights.locator(".of")).to_have_text("epoch 4 minus epoch 1")
    less = now - server.tensor(f"/at/1/api/models/cnn/{name}")
    assert np.array_equal(numbers(weights.locator(".slice")), less[:, :, 0, 5])
    page.locator("#differing").get_by_role("button", name="End the comparison").click()
    expect(weights.locator(".of")).to_be_empty()
    assert np.array_equal(numbers(weights.locator(".slice")), now[:, :, 0, 5])


def test_what_changed_stands_whole_in_the_lens(visit: Visit) -> None:
    """On a laptop's screen no line of it is cut, however long the names of the moments are."""
    visitor = visit(viewport={"width": 1440, "height": 900})
    page = visitor.open("/?digit=4271&epoch=step256&since=0&model=cnn")
    captions: dict[str, str | re.Pattern[str]] = {
        "conv1": "kernel's change",
        "conv2": re.compile("^slice .*, changed most$"),
    }
    for layer, caption in captions.items():
        visitor.cell("cnn", layer, f"{layer} map 4, difference to random weights").hover()
        expect(page.locator("#lens .lens-words")).to_contain_text("differs by")
        expect(page.locator("#lens .slice caption")).to_have_text(caption)
        assert_whole(page)

    page.keyboard.press("k")
    for layer in captions:
        kernel = visitor.panel("cnn", layer).locator(".kernels button").nth(4)
        visitor.eventually(lambda: weight_said(page, kernel))  # noqa: B023  once the kernels are here
        assert_whole(page)


def weight_said(page: Page, kernel: Locator) -> bool:
    """Point at a weight anew; return whether the lens says by how much it changed."""
    kernel.hover(position={"x": 8, "y": 8})
    kernel.hover(position={"x": 4, "y": 4})
    return "changed by" in at_rest.text(page.locator("#lens .lens-words"))


def assert_whole(page: Page) -> None:
    """No line of the lens is cut."""
    lens = at_rest.box(page.locator("#lens"))
    for part in at_rest.each(page.locator("#lens > :not([hidden])")):
        box = at_rest.box(part)
        assert box["y"] + box["height"] <= lens["y"] + lens["height"] + 0.5


def test_a_filter_shows_how_it_became_what_it_is(visitor: Visitor) -> None:
    """Its kernel at every moment, when it died, and a click goes there.

    What a cell sees is outlined at a moment too, on the image and on the maps between.
    """
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

    visitor.come("/?digit=12&epoch=step64&layer=cnn.conv2&filter=5&cell=10,10")
    expect(page.locator("#sight")).to_be_visible()
    assert canvas.outlines(visitor.panel("cnn", "conv1").locator(".maps"), (10, 10, 13, 13), 26)


def test_what_was_not_measured_at_a_moment_is_said(visitor: Visitor, server: Server) -> None:
    """In its own tab, beside what was counted then; without a filter all but the count follows; and back."""
    page = visitor.open("/?digit=12&epoch=step16&layer=cnn.conv2&filter=5&part=fires")
    then = server.json("/api/models/cnn/layers/conv2/filters/5/history")["moments"]
    (kept,) = (each for each in then if each["key"] == "step16")
    firing, tuning = page.locator("#part-firing"), page.locator("#part-tuning")

    expect(firing).to_contain_text("measured of the network as trained, not after step 16.")
    expect(tuning).to_contain_text("measured of the network as trained, not after step 16.")
    expect(firing).to_contain_text(f"above zero after step 16{100 * kept['active']:.1f} %")
    expect(firing.locator(".nine")).to_have_count(0)
    visitor.tab("Without it")
    without = page.locator("#part-without")
    without.get_by_role("button", name="Switch map 5 off").click()
    expect(without).to_contain_text("measured of the network as trained, not after step 16.")
    off = server.json("/at/step16/api/models/cnn/images/12?off=cnn.conv2:5")
    own = page.get_by_label(f"output unit {off['answer']}", exact=True)
    row = visitor.panel("cnn", "output").locator(".answer-row").filter(has=own)
    assert float(at_rest.text(row.locator(".logit"))) == pytest.approx(off["logits"][off["answer"]], abs=0.06)
    visitor.tab("What fires it")
    firing.get_by_role("button", name="Show the network as trained").click()
    visitor.at("/?digit=12&layer=cnn.conv2&filter=5&part=fires&off=cnn.conv2:5")
    expect(firing.locator(".nine figure")).to_have_count(9)
    expect(firing).not_to_contain_text("step 16")


def test_answers_are_explained_and_minds_changed_at_a_moment(visitor: Visitor, server: Server) -> None:
    """Of the networks as they were then, which is said; a link restores it, the slider goes on."""
    page = visitor.open("/?digit=12&epoch=step16&why=gradient&part=why")
    why = page.locator('#why section[data-model="cnn"]')
    answer = server.json("/at/step16/api/models/cnn/images/12")["answer"]

    expect(why.locator("h3")).to_have_text(f"CNN why {answer}, after step 16")
    values = server.tensor(f"/at/step16/api/models/cnn/images/12/why/gradient.npy?target={answer}")
    shown = canvas.read(why.locator("figure", has_text="after step 16").locator("canvas"))
    red, strong = shown[..., 0].astype(int) - shown[..., 2], np.abs(values) > 0.2 * np.abs(values).max()
    assert np.array_equal(np.sign(red)[strong], np.sign(values)[strong])
    page.get_by_label("Values, or the difference from another moment").select_option("1")
    visitor.at("/?digit=12&epoch=step16&since=1&part=why&why=gradient")
    slider(page).focus()
    page.keyboard.press("End")
    expect(why.locator("h3")).to_have_text("CNN why 9")
    page.go_back()
    visitor.tab("What would change its mind")
    told = server.json("/at/step16/api/models/cnn/images/12/adversary")
    words = f"CNN after step 16, from {told['before']} to {told['target']}, the nearest of"
    expect(page.locator("#adversary li", has_text="CNN")).to_contain_text(words)
