"""Escape closes what was opened last, and the focus goes back to where it was."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def test_what_was_opened_last_is_closed_first(visitor: Visitor) -> None:
    """A map, a section within it, a message: one a press, the last first; then nothing."""
    page = visitor.open("/?digit=7")
    cell = visitor.cell("cnn", "conv1", "conv1 map 4")
    cell.focus()
    page.keyboard.press("Enter")
    visitor.tab("Files")
    numbers = page.locator("#inspector details").filter(has_text="numbers").first
    numbers.locator("summary").click()
    address = "/?digit=7&layer=cnn.conv1&filter=4&part=files"
    visitor.at(address)
    page.get_by_role("button", name="Share").click()
    expect(visitor.alert.filter(has_text="link")).to_have_count(1)

    page.keyboard.press("Escape")
    expect(visitor.alert.filter(has_text="link")).to_have_count(0)
    expect(page.get_by_role("button", name="Share")).to_be_focused()

    expect(numbers).to_have_attribute("open", "")
    numbers.locator("summary").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(numbers).not_to_have_attribute("open", "")

    page.locator("#inspector .enlarged").focus()
    page.keyboard.press("Escape")
    visitor.at("/?digit=7")
    expect(cell).to_be_focused()
    page.keyboard.press("Escape")
    visitor.at("/?digit=7")


def test_the_focus_goes_back_to_the_heading_of_a_section(visitor: Visitor) -> None:
    """From within a section that is closed; from elsewhere it stays where it is."""
    page = visitor.open("/?digit=7")
    pad = page.locator("#pad")
    pad.locator("summary").first.click()
    page.get_by_label("Pad to draw on").focus()

    page.keyboard.press("Escape")

    expect(pad).not_to_have_attribute("open", "")
    expect(pad.locator("summary").first).to_be_focused()
    chip = page.locator(".wall-chip")
    chip.locator("summary").click()
    page.get_by_label("Go to digit").focus()
    page.keyboard.press("Escape")
    expect(chip).not_to_have_attribute("open", "")
    expect(page.get_by_label("Go to digit")).to_be_focused()
