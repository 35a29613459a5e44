from __future__ import annotations

import re
from base64 import b64encode

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from dashboard.api.drawings import SENT, TYPES
from models.datasets import mnist
from models.pictures.parts import MOST_BYTES, MOST_PIXELS
from models.sketch.drawing import read_ink
from tests.browser import at_rest
from tests.browser.conftest import Known, Visit
from tests.browser.test_drawing import DIGIT, drawn, ink_of, says, settled
from tests.browser.visitor import Visitor
from tests.models.image_files import file_of
from tests.models.photographs import encoded, exif

pytestmark = pytest.mark.browser

HAND_OVER = """([kind, content, more]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes, new Uint8Array(more)], "a.png", { type: "image/png" }));
  const how = { bubbles: true, cancelable: true, clipboardData: transfer, dataTransfer: transfer };
  const event = kind === "paste" ? ClipboardEvent : DragEvent;
  (document.activeElement ?? document.body).dispatchEvent(new event(kind, how));
}"""
SEVEN, TWO, ZERO = 0, 1, 3  # test digits with these labels, which the CNN names


def image_of(index: int) -> bytes:
    """Return a PNG of a test digit, black on white."""
    return encoded(255 - np.kron(mnist.load("test").images[index], np.ones((8, 8), np.uint8)))


def hand_over(page: Page, kind: str, content: bytes, more: int = 0) -> None:
    """Paste, drag or drop a file, with some empty bytes behind its content, where the focus is."""
    page.evaluate(HAND_OVER, [kind, b64encode(content).decode(), more])


def test_an_image_that_was_chosen_is_the_digit_at_hand(visitor: Visitor, known: Known) -> None:
    """By button: what was found is said, the pad shows it, the link carries it, and one step goes back."""
    page = visitor.open(f"/?digit={DIGIT}")
    page.get_by_text("Draw, edit or upload").click()
    turned = np.rot90(255 - np.kron(mnist.load("test").images[SEVEN], np.ones((8, 8), np.uint8)))

    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload an image").press("Enter")
    photograph = encoded(turned, "JPEG", exif=exif(6))
    chooser.value.set_files({"name": "holiday.png", "mimeType": "image/png", "buffer": photograph})

    expect(page.locator("#pad [role=status]")).to_contain_text("JPEG of 224×224, dark ink on light")
    expect(page.locator("#pad [role=status]")).to_contain_text("turned as its EXIF says")
    expect(page.locator("#digit-title")).to_have_text("Your digit")
    expect(says(page, "cnn").locator(".answer")).to_have_text(str(known.labels[SEVEN]))
    text = settled(visitor)
    assert np.array_equal(read_ink(text.removeprefix("ink:")) > 0, drawn(page))

    page.go_back()
    visitor.at(f"/?digit={DIGIT}")
    expect(page.locator("#digit-title")).to_contain_text(f"Test digit {DIGIT}")
    expect(page.locator("#pad [role=status]")).to_be_hidden()


def test_an_image_is_pasted_or_dropped(visitor: Visitor, known: Known) -> None:
    """Anywhere on Explore, with the pad still closed; not into a field, where pasting is for text."""
    page = visitor.open(f"/?digit={DIGIT}")
    page.get_by_label("Go to digit").focus()
    hand_over(page, "paste", image_of(SEVEN))
    page.locator("#moving input[type=range]").focus()

    hand_over(page, "paste", image_of(TWO))
    expect(says(page, "cnn").locator(".answer")).to_have_text(str(known.labels[TWO]))
    first = settled(visitor)
    assert visitor.asked("/api/drawings") == ["/api/drawings"]

    hand_over(page, "dragover", image_of(SEVEN))
    expect(page.locator("#digit[data-drop]")).to_be_visible()
    hand_over(page, "drop", image_of(SEVEN))
    expect(page.locator("#digit[data-drop]")).to_have_count(0)
    expect(says(page, "cnn").locator(".answer")).to_have_text(str(known.labels[SEVEN]))
    assert settled(visitor) != first


def test_of_two_images_the_last_one_counts(visitor: Visitor, known: Known) -> None:
    """Also where the first one's answer is late; then it is turned.

    By quarters, from the file that the page keeps, and back.
    """
    page = visitor.open(f"/?digit={DIGIT}")

    with visitor.held("**/api/drawings") as held:
        hand_over(page, "drop", image_of(SEVEN))
        expect(page.locator("#pad [aria-busy=true]")).to_have_text("Reading the image …")
        visitor.eventually(lambda: len(held) == 1)
        hand_over(page, "drop", image_of(TWO))
        visitor.eventually(lambda: len(held) == 2)

    expect(says(page, "cnn").locator(".answer")).to_have_text(str(known.labels[TWO]))
    settled(visitor)
    expect(page.locator("#pad [role=status]")).to_contain_text("PNG of 224×224")

    visitor.forget()
    sideways = np.rot90(255 - np.kron(mnist.load("test").images[TWO], np.ones((8, 8), np.uint8)))
    hand_over(page, "drop", encoded(sideways[:, 20:]))
    expect(page.locator("#pad [role=status]")).to_contain_text("PNG of 204×224")
    settled(visitor)

    page.get_by_role("button", name="Turn right").click()
    expect(page.locator("#pad [role=status]")).to_contain_text("PNG of 224×204")
    expect(page.locator("#pad [role=status]")).to_contain_text("turned a quarter to the right by you")
    expect(says(page, "cnn").locator(".answer")).to_have_text(str(known.labels[TWO]))
    page.get_by_role("button", name="Turn left").click()
    expect(page.locator("#pad [role=status]")).not_to_contain_text("by you")

    assert visitor.asked("/api/drawings") == ["/api/drawings", "/api/drawings?turn=90", "/api/drawings"]


def test_an_image_that_cannot_be_read_is_said(visit: Visit) -> None:
    """On a telephone: why, where messages are; the drawing at hand stays, and the next image is read."""
    visitor = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    visitor.allow("status of 4")
    page = visitor.open(f"/?digit={DIGIT}")
    hand_over(page, "drop", image_of(TWO))
    expect(page.locator("#digit-title")).to_have_text("Your digit")
    text = settled(visitor)

    blank = encoded(np.full((90, 90), 9, np.uint8))
    whole = encoded(np.arange(90 * 90, dtype=np.uint32).astype(np.uint8).reshape(90, 90), "JPEG")
    refused = (
        (b"%PDF-1.7", 0, "This is a PDF: take a screenshot"),
        (blank, 0, "same brightness"),
        (whole[: len(whole) // 2] + b"\xff\xd9", 0, "before its last pixel. Send the whole of it"),
        (b"%PDF-1.7", MOST_BYTES, "12 MiB"),
    )
    for content, more, why in refused:
        hand_over(page, "drop", content, more)
        expect(visitor.alert).to_contain_text(why)
        expect(page.locator("#digit-title")).to_have_text("Your digit")
        expect(page.locator("#pad [role=status]")).to_contain_text("PNG of 224×224")
        assert ink_of(page) == text

    chosen = page.locator("#pad input[type=file]")
    expect(chosen).to_have_attribute("accept", TYPES)
    expect(chosen).not_to_have_attribute("capture", re.compile(""))
    chosen.set_input_files({"name": "a", "mimeType": "", "buffer": image_of(SEVEN)})
    visitor.eventually(lambda: ink_of(page) != text)
    expect(page.locator("#message")).to_be_empty()
    assert at_rest.told(page, "() => document.documentElement.scrollWidth") <= 390


def beside(*indices: int) -> bytes:
    """Return a PNG of test digits side by side, black on white."""
    images = mnist.load("test").images
    row = np.concatenate([np.pad(images[index], ((0, 0), (4, 4))) for index in indices], axis=1)
    return encoded(255 - np.kron(row, np.ones((4, 4), np.uint8)))


def test_one_of_several_digits_is_chosen(visit: Visit, known: Known) -> None:
    """The image is shown with an outline around each; a click or a key takes another, and nothing is sent."""
    visitor = visit(viewport={"width": 390, "height": 900})
    page = visitor.open(f"/?digit={DIGIT}")
    hand_over(page, "drop", beside(SEVEN, TWO, ZERO))
    outlines = page.get_by_role("group", name="Digits in the image").get_by_role("button")
    expect(outlines).to_have_count(3)
    expect(page.locator("#pad [role=status]")).to_contain_text("3 digits: ")
    label = known.labels[[SEVEN, TWO, ZERO]]
    expect(page.get_by_role("button", name=f"digit 2 of 3, read as {label[1]}", exact=True)).to_be_visible()
    expect(page.locator("#digit-title")).to_have_text("Your digit")
    first = settled(visitor)

    picture, loaded = page.locator("#pad figure img"), "image.src.startsWith('data:image/jpeg')"
    assert at_rest.told(picture, f"(image) => image.naturalWidth > 0 && {loaded}")
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        box, frame = at_rest.box(outlines.nth(1)), at_rest.box(picture)
        assert frame["x"] + frame["width"] / 3 < box["x"] + 6
        assert box["x"] + box["width"] - 6 < frame["x"] + 2 * frame["width"] / 3
        assert at_rest.told(page, "() => document.documentElement.scrollWidth") <= width

    assert at_rest.attributes(outlines, "aria-pressed").count("true") == 1
    start = int(at_rest.text(page.locator("#pad figcaption").first).split()[1]) - 1
    middle, last = (1, 0) if start != 1 else (2, 1)
    outlines.nth(middle).click()
    expect(outlines.nth(middle)).to_have_attribute("aria-pressed", "true")
    expect(says(page, "cnn").locator(".answer")).to_have_text(str(label[middle]))
    page.keyboard.press("ArrowLeft")
    expect(outlines.nth(last)).to_be_focused()
    page.keyboard.press("Enter")
    expect(outlines.nth(last)).to_have_attribute("aria-pressed", "true")
    expect(says(page, "cnn").locator(".answer")).to_have_text(str(label[last]))
    expect(page.locator("#pad figcaption").first).to_contain_text(
        f"Digit {last + 1} of 3 in the image, read as {label[last]} with"
    )
    stops = at_rest.attributes(outlines, "tabindex")
    assert [place for place, stop in enumerate(stops) if stop == "0"] == [last]
    settled(visitor)
    assert visitor.asked("/api/drawings") == ["/api/drawings"]
    assert at_rest.told(page, "() => document.documentElement.scrollWidth") <= 390

    page.go_back()
    expect(outlines.nth(middle)).to_have_attribute("aria-pressed", "true")
    while ink_of(page) != first:
        page.go_back()
    expect(outlines.nth(start)).to_have_attribute("aria-pressed", "true")
    page.go_back()
    expect(page.locator("#pad figure img")).to_be_hidden()
    page.go_forward()
    expect(outlines.nth(start)).to_be_visible()


def test_of_two_that_are_the_same_each_can_be_chosen(visitor: Visitor) -> None:
    """To the pixel the same, as printed ones are: the outline that was clicked is the pressed one.

    Of a page of digits no outline is smaller than a finger needs; the one at hand is in sight.
    """
    page = visitor.open(f"/?digit={DIGIT}")
    hand_over(page, "drop", beside(SEVEN, SEVEN))
    outlines = page.get_by_role("group", name="Digits in the image").get_by_role("button")
    expect(outlines).to_have_count(2)
    settled(visitor)

    for i in (1, 0, 1):
        outlines.nth(i).click()
        expect(outlines.nth(i)).to_have_attribute("aria-pressed", "true")
        expect(outlines.nth(1 - i)).to_have_attribute("aria-pressed", "false")

    images = mnist.load("test").images
    rows = [np.concatenate([np.pad(images[7 * row + i], 24) for i in range(7)], axis=1) for row in range(4)]
    hand_over(page, "drop", encoded(255 - np.concatenate(rows)))
    expect(outlines).to_have_count(28)
    for each in at_rest.each(outlines):
        box = at_rest.box(each)
        assert min(box["width"], box["height"]) >= 24
    box = at_rest.box(page.locator("#pad [aria-pressed=true][aria-label^=digit]"))
    frame = at_rest.box(page.locator(".found-frame"))
    assert frame["x"] <= box["x"] + box["width"] / 2 <= frame["x"] + frame["width"]
    assert frame["y"] <= box["y"] + box["height"] / 2 <= frame["y"] + frame["height"]


def test_how_it_should_be_turned_is_advised(visitor: Visitor) -> None:
    """What the server says of it is shown with a button that does it; what was not read yet is in the end."""
    page = visitor.open(f"/?digit={DIGIT}")
    words = "Turned a quarter to the left it is read as 7 with 99.8 % instead of 4 with 41.0 %."

    def advise(route: Route) -> None:
        answer = route.fetch()
        told = answer.json()
        upright = None if "turn=" in route.request.url else {"turn": 270, "words": words}
        route.fulfill(response=answer, json={**told, "upright": upright})

    page.route("**/api/drawings*", advise)
    hand_over(page, "drop", image_of(TWO))

    expect(page.locator(".found-advice")).to_contain_text(words)
    page.get_by_role("button", name="Turn it so").click()
    expect(page.locator("#pad [role=status]")).to_contain_text("turned a quarter to the left by you")
    expect(page.locator(".found-advice")).to_be_hidden()

    page.unroute_all()
    read_when_awake(page)


def read_when_awake(page: Page) -> None:
    """Where the networks slept, the page asks again by itself until they answer."""
    asleep = [True, True, False]

    def answer(route: Route) -> None:
        fetched = route.fetch()
        told = fetched.json()
        if asleep.pop(0):
            told["digits"] = [{**each, "reading": None} for each in told["digits"]]
        route.fulfill(response=fetched, json=told)

    page.route("**/api/drawings*", answer)
    hand_over(page, "drop", image_of(TWO))

    expect(page.locator("#pad figcaption").first).to_contain_text("not read yet: the networks are waking up")
    expect(page.locator("#pad figcaption").first).to_contain_text("read as ")
    assert asleep == []


def test_a_photograph_that_is_too_large_is_made_smaller(visitor: Visitor, known: Known) -> None:
    """In the browser, turned as its EXIF says, and once only; the words say from what to what.

    What the browser cannot show, a HEIC, is sent as it is, and the page shows what the server found.
    """
    page = visitor.open(f"/?digit={DIGIT}")
    upright = np.pad(
        255 - np.kron(mnist.load("test").images[TWO], np.ones((120, 120), np.uint8)),
        ((900, 900), (200, 1500)),
        constant_values=255,
    )
    photograph = encoded(np.rot90(upright), "JPEG", exif=exif(6), quality=60)
    assert upright.size > MOST_PIXELS
    hand_over(page, "drop", photograph)

    rows, columns = upright.shape
    smaller = f"{SENT * columns // rows}×{SENT}" if rows > columns else f"{SENT}×{SENT * rows // columns}"
    expect(page.locator("#pad [role=status]")).to_contain_text(
        f"Made smaller in this browser, from {columns}×{rows} to {smaller} pixels. WebP of {smaller}, dark"
    )
    expect(page.locator("#pad [role=status]")).not_to_contain_text("EXIF")
    expect(says(page, "cnn").locator(".answer")).to_have_text(str(known.labels[TWO]))
    assert visitor.asked("/api/drawings") == ["/api/drawings"]

    image = 255 - np.kron(mnist.load("test").images[TWO], np.ones((8, 8), np.uint8))

    hand_over(page, "drop", file_of("HEIC", Image.fromarray(image)))

    expect(page.locator("#pad [role=status]")).to_contain_text("HEIC of 224×224, dark ink on light")
    expect(says(page, "cnn").locator(".answer")).to_have_text(str(known.labels[TWO]))
    assert at_rest.told(page.locator("#pad figure img"), "(image) => image.naturalWidth") > 0
