from __future__ import annotations

from base64 import b64encode

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from dashboard.drawings_api import MOST_BYTES
from models import mnist
from models.drawing import read_ink
from tests.browser.conftest import Known, Visit
from tests.browser.test_drawing import DIGIT, drawn, ink_of, says, settled
from tests.browser.visitor import Visitor
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
SEVEN, TWO = 0, 1  # test digits with these labels, which the CNN names


def image_of(index: int) -> bytes:
    """Return a PNG of a test digit, black on white."""
    return encoded(255 - np.kron(mnist.load("test").images[index], np.ones((8, 8), np.uint8)))


def hand_over(page: Page, kind: str, content: bytes, more: int = 0) -> None:
    """Paste, drag or drop a file, with some empty bytes behind its content, where the focus is."""
    page.evaluate(HAND_OVER, [kind, b64encode(content).decode(), more])


def test_an_image_that_was_chosen_is_the_digit_at_hand(visitor: Visitor, known: Known) -> None:
    """By button: what was found is said, the pad shows it, the link carries it, and one step goes back."""
    page = visitor.open(f"/?digit={DIGIT}")
    page.get_by_text("Draw a digit").click()
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
    assert visitor.requests.count("/api/drawings") == 1

    hand_over(page, "dragover", image_of(SEVEN))
    expect(page.locator("#digit[data-drop]")).to_be_visible()
    hand_over(page, "drop", image_of(SEVEN))
    expect(page.locator("#digit[data-drop]")).to_have_count(0)
    expect(says(page, "cnn").locator(".answer")).to_have_text(str(known.labels[SEVEN]))
    assert settled(visitor) != first


def test_of_two_images_the_last_one_counts(visitor: Visitor, known: Known) -> None:
    """Also where the first one's answer is late."""
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


def test_an_image_that_cannot_be_read_is_said(visit: Visit) -> None:
    """On a telephone: why, where messages are; the drawing at hand stays, and the next image is read."""
    visitor = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    visitor.allow("status of 4")
    page = visitor.open(f"/?digit={DIGIT}")
    hand_over(page, "drop", image_of(TWO))
    expect(page.locator("#digit-title")).to_have_text("Your digit")
    text = settled(visitor)

    blank = encoded(np.full((90, 90), 9, np.uint8))
    refused = (
        (b"GIF89a", 0, "Only PNG and JPEG"),
        (blank, 0, "same brightness"),
        (blank, MOST_BYTES, "12 MiB"),
    )
    for content, more, why in refused:
        hand_over(page, "drop", content, more)
        expect(visitor.alert).to_contain_text(why)
        expect(page.locator("#digit-title")).to_have_text("Your digit")
        expect(page.locator("#pad [role=status]")).to_contain_text("PNG of 224×224")
        assert ink_of(page) == text

    chosen = page.locator("#pad input[type=file]")
    assert chosen.get_attribute("accept") == "image/png,image/jpeg"
    assert chosen.get_attribute("capture") is None
    chosen.set_input_files({"name": "a", "mimeType": "", "buffer": image_of(SEVEN)})
    visitor.eventually(lambda: ink_of(page) != text)
    expect(page.locator("#message")).to_be_empty()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
