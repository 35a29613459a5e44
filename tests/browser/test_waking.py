from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from models.store import artefact, manifest
from tests.browser import at_rest
from tests.browser.conftest import Known
from tests.browser.serving import PATIENCE, Server, served
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

GONE = r"^Failed to load resource: net::ERR_"


@dataclass(frozen=True)
class Gate:
    """The checkpoints, of which the first, behind which all others wait, is read when the test says so."""

    folder: Path
    name: str

    @classmethod
    def shut(cls, folder: Path) -> Gate:
        """Put a pipe into the place of the first checkpoint, beside links to all other files."""
        first = manifest.read()[0].checkpoint.name
        for file in artefact.CHECKPOINTS.iterdir():
            if file.name != first:
                (folder / file.name).symlink_to(file)
        os.mkfifo(folder / first)
        return cls(folder, first)

    def open(self) -> None:
        """Let the server read it, and find the file itself when it looks again."""
        whole = artefact.CHECKPOINTS / self.name
        with (self.folder / self.name).open("wb") as pipe:
            (self.folder / "whole").symlink_to(whole)
            (self.folder / "whole").replace(self.folder / self.name)
            pipe.write(whole.read_bytes())


def test_from_waking_up_to_being_stopped(
    browser: Browser, server: Server, cache: Path, known: Known, tmp_path: Path
) -> None:
    """A page that is there before the networks, and after them.

    At once the wall and the opening digit, which is remembered from before. A click while TensorFlow loads
    says that the networks are waking up, and is answered when they are. When the server has been stopped, the
    next click says so within two seconds, and what is shown stays.
    """
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        remembered = Visitor(context, server.url)
        opening = int(at_rest.attribute(remembered.open().locator("body"), "data-painted"))

        gate = Gate.shut(tmp_path)
        with served(cache, CHECKPOINTS_DIR=str(gate.folder)) as fresh:
            visitor = Visitor(context, fresh.url)
            page = visitor.open()
            expect(page.locator("body")).to_have_attribute("data-painted", str(opening))
            assert fresh.get("/readyz")[0] == 503

            wanted = next(digit for digit in visitor.visible_thumbs() if digit != opening)
            visitor.thumb(wanted).click()
            expect(visitor.alert).to_have_text("The networks are waking up; this takes some seconds.×")
            expect(page.locator("body")).to_have_attribute("data-painted", str(opening))

            gate.open()
            fresh.wait_until_ready()
            expect(page.locator("body")).to_have_attribute(
                "data-painted", str(wanted), timeout=1000 * PATIENCE
            )
            expect(page.locator("#digit-title")).to_have_text(
                f"Test digit {wanted} · label {known.labels[wanted]}"
            )
            expect(visitor.alert).to_be_empty()

            fresh.process.send_signal(signal.SIGTERM)
            fresh.process.wait()
            visitor.allow(GONE)
            never = next(digit for digit in visitor.visible_thumbs() if digit not in (opening, wanted))
            visitor.thumb(never).click()
            expect(visitor.alert).to_contain_text("The server does not answer.", timeout=2000)
            expect(page.locator("body")).to_have_attribute("data-painted", str(wanted))

        assert visitor.complaints == remembered.complaints == []
