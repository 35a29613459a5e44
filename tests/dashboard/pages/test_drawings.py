from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from plotly.io.json import to_json_plotly

from dashboard.callbacks import compared
from dashboard.figures.frame import HEIGHT
from dashboard.pages.compare import drawings
from dashboard.panels.compare import PANELS
from dashboard.workspace import Workspace


@pytest.fixture(scope="module")
def drawn(pretended: Workspace) -> dict[str, list[dict[str, Any]]]:
    """What the browser is sent for each panel: the properties of its drawings."""
    comparison = compared(pretended, "both", "light")
    return {
        panel.key: [each["props"] for each in json.loads(to_json_plotly(drawings(panel, comparison)))]
        for panel in PANELS
    }


def cells(value: object) -> Iterator[dict[str, Any]]:
    """Yield whatever has a text or leads somewhere, from the outside in."""
    if isinstance(value, dict):
        if "link" in value or "text" in value:
            yield value
        yield from (cell for each in value.values() for cell in cells(each))
    elif isinstance(value, list):
        yield from (cell for each in value for cell in cells(each))


def test_every_panel_answers(drawn: dict[str, list[dict[str, Any]]]) -> None:
    """With drawings, each with a caption and a file of a name of its own."""
    files = [each["file"] for several in drawn.values() for each in several]

    assert all(drawn.values())
    assert len({each["download"] for each in files}) == len(files)
    assert {each["download"].rsplit(".")[-1] for each in files} <= {"csv", "npy"}
    for several in drawn.values():
        for each in several:
            assert each["content"]["caption"].strip()
            assert each["file"]["label"] == f"{each['file']['text']}: {each['content']['caption']}"


def test_a_drawing_is_one_component(drawn: dict[str, list[dict[str, Any]]]) -> None:
    """Whatever it holds: charts alone have something that Dash draws, as high as its place."""
    for several in drawn.values():
        for each in several:
            assert "namespace" not in json.dumps(each["content"])
            assert ("children" in each) == (each["kind"] == "chart")
            if each["kind"] == "chart":
                assert each["content"]["height"] == HEIGHT == each["children"]["props"]["style"]["height"]
                assert each["children"]["props"]["figure"]["layout"]["height"] == HEIGHT


def test_links_lead_to_the_wall_and_say_what_is_seen_first(drawn: dict[str, list[dict[str, Any]]]) -> None:
    """A screen reader's words begin with those on the screen."""
    links = [each for several in drawn.values() for each in cells(several) if "link" in each]

    assert links
    for link in links:
        assert link["link"].startswith("./?digit=")
        seen = " ".join(each["text"] for each in link.get("under", [link])).split()
        assert "label" not in link or link["label"].replace(", ", " ").split()[: len(seen)] == seen
