from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, BrowserContext, ViewportSize, expect, sync_playwright

from dashboard.settings import Settings
from models.analysis.channel_statistics import Survey
from models.arrays import Labels
from models.datasets import mnist
from models.graph.description import Layer
from models.store import manifest
from models.store.entry import Entry
from tests import networks
from tests.browser import chromium
from tests.browser.made_up import serving
from tests.browser.serving import Server, shared_cache
from tests.browser.visitor import MOST, Visitor

expect.set_options(timeout=MOST / 2)

Visit = Callable[..., Visitor]

DESK: ViewportSize = {"width": 1440, "height": 900}  # the window, unless one wants another

# Tabs share a process, which compiles their scripts once; to optimise what runs once does not pay.
CHEAP = ("--process-per-site", "--js-flags=--no-opt")


@dataclass(frozen=True)
class Known:
    """What the page must agree with, read from the same files by other means.

    Attributes:
        entries: The networks by key that the page shows unless others are chosen: the manifest's first two.
        surveys: What each does over all test digits.
        labels: (10000,) uint8.
    """

    entries: dict[str, Entry]
    surveys: dict[str, Survey]
    labels: Labels

    @property
    def pair(self) -> dict[str, Entry]:
        """The two networks that the page opens on."""
        return dict(list(self.entries.items())[:2])

    def layer(self, model: str, name: str) -> Layer:
        """Return a layer's description."""
        return next(layer for layer in self.entries[model].layers if layer.name == name)

    def answers(self, model: str) -> Labels:
        """Return what a network says to each test digit."""
        answers: Labels = self.surveys[model].logits.argmax(axis=1).astype(np.uint8)
        return answers

    def wrong(self, model: str) -> NDArray[np.bool_]:
        """Return for each test digit whether a network is wrong."""
        return np.not_equal(self.answers(model), self.labels)


@pytest.fixture(scope="session")
def known() -> Known:
    settings = Settings.from_environment()
    entries = {entry.key: entry for entry in manifest.read(settings.checkpoints)[:2]}
    surveys = {key: networks.survey_of(entry, settings.checkpoints) for key, entry in entries.items()}
    return Known(entries, surveys, mnist.load("test", settings.data).labels)


@pytest.fixture(scope="session")
def server(shipped: Server) -> Server:
    """The one server of all stories; its networks are awake."""
    return shipped


@pytest.fixture(scope="session")
def cache(run_folder: Path) -> Path:
    """The folder in which that server remembers its answers."""
    return shared_cache(run_folder)


@pytest.fixture(scope="session")
def made_up_address(made_up_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the made-up world is served; its networks are awake."""
    with serving(made_up_folder, tmp_path_factory) as address:
        yield address


@pytest.fixture
def address(server: Server) -> str:
    """Where the pages lie that are visited; a module about another world has a fixture of this name."""
    return server.url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright, chromium.launch(playwright, *CHEAP) as browser:
        yield browser


@pytest.fixture(scope="session")
def home(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that has been here before: static files need not be fetched again.

    An empty tab of this machine's site stays open, or the process of the site would end with each visit.
    """
    with browser.new_context(viewport=DESK) as context:
        tab = context.new_page()
        tab.route("**/*", lambda route: route.fulfill(body=""))
        tab.goto("http://127.0.0.1")
        yield context


@pytest.fixture
def visit(address: str, browser: Browser, home: BrowserContext) -> Iterator[Visit]:
    """Open tabs; in the end none of them may have a complaint.

    A tab is in the browser that has been here before, its window as large as one wants; anew, or with options
    that a tab alone cannot have, it is in a new one.
    """
    visitors: list[Visitor] = []

    def open_tab(*, anew: bool = False, viewport: ViewportSize = DESK, **options: Any) -> Visitor:
        fresh = browser.new_context(viewport=viewport, **options) if anew or options else None
        visitors.append(Visitor(fresh or home, address))
        if not fresh:
            visitors[-1].page.set_viewport_size(viewport)
        return visitors[-1]

    yield open_tab
    for visitor in visitors:
        if visitor.page.context is home:
            visitor.page.close()
        else:
            visitor.page.context.close()
    assert [visitor.complaints for visitor in visitors] == [[] for _ in visitors]


@pytest.fixture
def visitor(visit: Visit) -> Visitor:
    """A tab that nothing has been opened in."""
    return visit()
