from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from plotly.io.json import to_json_plotly
from werkzeug.test import TestResponse

from dashboard.callbacks import compared
from dashboard.colours import Theme
from dashboard.factory import Page
from dashboard.pages.compare import drawings, drawings_id, section_id
from dashboard.pair import Pair, pairs
from dashboard.panels.compare import PANELS
from models.datasets.dataset import Dataset
from tests import networks
from tests.dashboard import apps
from tests.dashboard.sweeping import require_error, require_headers

UPDATE = "/_dash-update-component"
CHOICE = {"pair": ["fcn", "cnn"], "model": "both", "theme": "dark"}
VALUES = {f"{section_id(panel)}.data-choice": CHOICE for panel in PANELS}  # a good one for every input

JUNK = st.recursive(
    st.sampled_from([None, True, False, 0, -1, 1.5, 7, 2**70, "", "7", "both", "dark", "\0", "٣", "é" * 300])
    | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "property", "value", "model", "pair", "theme", "type", "x"]), inner
        )
    ),
    max_leaves=5,
)


@pytest.fixture(scope="session")
def visitor(page: Page) -> FlaskClient:
    """A visitor who may stay over many examples."""
    client: FlaskClient = page.server.test_client()
    return client


@pytest.fixture(scope="session")
def bodies(visitor: FlaskClient) -> list[dict[str, Any]]:
    """What the page sends for each callback that runs in the server, from the app's own list."""
    listed = visitor.get("/_dash-dependencies").get_json()
    return [body(each) for each in listed if each["clientside_function"] is None]


def body(callback: dict[str, Any]) -> dict[str, Any]:
    """Return the request that the page sends for one callback of the app's list."""
    name, _, prop = callback["output"].rpartition(".")

    def with_values(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**part, "value": VALUES.get(f"{part['id']}.{part['property']}")} for part in parts]

    return {
        "output": callback["output"],
        "outputs": {"id": name, "property": prop},
        "inputs": with_values(callback["inputs"]),
        "changedPropIds": [f"{part['id']}.{part['property']}" for part in callback["inputs"][:1]],
        "parsedChangedPropsIds": [f"{part['id']}.{part['property']}" for part in callback["inputs"][:1]],
        **({"state": with_values(callback["state"])} if callback["state"] else {}),
    }


def places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every part of a JSON value, the whole included."""
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from places(part, (*path, key))


def put(value: Any, path: tuple[Any, ...], junk: object) -> Any:
    """Return a JSON value with something else at the end of a way."""
    if not path:
        return junk
    changed = copy.copy(value)
    changed[path[0]] = put(value[path[0]], path[1:], junk)
    return changed


def lack(value: Any, path: tuple[Any, ...]) -> Any:
    """Return a JSON value without the part at the end of a way."""
    if not path:
        return None
    changed = copy.copy(value)
    if len(path) == 1:
        del changed[path[0]]
    else:
        changed[path[0]] = lack(value[path[0]], path[1:])
    return changed


@st.composite
def mutated(draw: st.DrawFn, bodies: list[dict[str, Any]]) -> Any:
    """Draw a request of the page with one to three parts replaced, left out, doubled or added."""
    made: Any = draw(st.sampled_from(bodies))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(places(made))))
        kind = draw(st.sampled_from(["replace", "lack", "double", "add"]))
        if kind == "lack":
            made = lack(made, path)
        elif kind == "double":
            part = made
            for key in path:
                part = part[key]
            made = put(made, path, [part, part])
        elif kind == "add" and isinstance(made, dict):
            key = draw(st.sampled_from(["state", "cancelJob", "job", "cacheKey", "sideUpdate", "x", ""]))
            made = {**made, key: draw(JUNK)}
        else:
            made = put(made, path, draw(JUNK))
    return made


def send(client: FlaskClient, body: object) -> TestResponse:
    return client.post(UPDATE, data=json.dumps(body), content_type="application/json")


def test_what_the_page_sends_is_answered(visitor: FlaskClient, bodies: list[dict[str, Any]]) -> None:
    """Every callback of the server gives 200 for good values, and there is one for each of its inputs."""
    assert bodies
    for body in bodies:
        for part in (*body["inputs"], *body.get("state", [])):
            assert f"{part['id']}.{part['property']}" in VALUES, "name a good value for this input above"
        response = send(visitor, body)
        assert response.status_code == 200
        require_headers(response)
        assert body["outputs"]["id"] in response.get_json()["response"]


@settings(max_examples=150)
@given(data=st.data())
def test_no_request_breaks_the_server(
    visitor: FlaskClient, bodies: list[dict[str, Any]], data: st.DataObject
) -> None:
    """Whatever is changed about a request: an answer to what it asks, or a refusal; never a 5xx."""
    body = data.draw(mutated(bodies))

    response = send(visitor, body)

    if response.status_code == 200:
        assert body["inputs"][0]["value"] == CHOICE
        assert body["output"] in {f"{drawings_id(panel)}.children" for panel in PANELS}
    else:
        require_error(response, 400)


@settings(max_examples=40)
@given(junk=JUNK)
def test_no_value_breaks_the_server(visitor: FlaskClient, bodies: list[dict[str, Any]], junk: object) -> None:
    """Any value that a browser can hold is either one that the callback knows or refused."""
    for body in bodies:
        for number in range(len(body["inputs"])):
            response = send(visitor, put(body, ("inputs", number, "value"), junk))
            require_error(response, 400)


@settings(max_examples=60)
@given(cut=st.integers(0, 400), flipped=st.integers(0, 2**16))
def test_no_bytes_break_the_server(
    visitor: FlaskClient, bodies: list[dict[str, Any]], cut: int, flipped: int
) -> None:
    """A request cut anywhere, or with one byte changed, is answered or refused."""
    sent = bytearray(json.dumps(bodies[0]).encode())
    sent[flipped % len(sent)] = flipped // 257
    for content in (bytes(sent), bytes(sent)[:cut]):
        response = visitor.post(UPDATE, data=content, content_type="application/json")
        if response.status_code != 200:
            require_error(response, 400)


@pytest.mark.parametrize("query", ["?cancelJob=1", "?cacheKey=a&job=b", "?oldJob=1&oldJob=2", "?x=%ff%00"])
def test_a_query_changes_nothing(visitor: FlaskClient, bodies: list[dict[str, Any]], query: str) -> None:
    """What Dash understands there, about jobs that ConvLens does not have, does no harm."""
    response = visitor.post(UPDATE + query, json=bodies[0])

    assert response.get_json() == send(visitor, bodies[0]).get_json()


def test_callbacks_of_the_browser_do_not_run_here(visitor: FlaskClient) -> None:
    """A post that names one is refused."""
    listed = visitor.get("/_dash-dependencies").get_json()
    inside = [each for each in listed if each["clientside_function"]]

    assert inside
    for each in inside:
        require_error(send(visitor, body(each)), 400)


def test_a_choice_shows_its_networks(visitor: FlaskClient, bodies: list[dict[str, Any]], page: Page) -> None:
    """The answer is what the layout draws for exactly the networks and the paper that were asked for."""
    one, *_, other = pairs(page.workspace.entries)
    views: list[tuple[Pair, Theme, tuple[str, ...]]] = [
        (one, "light", (*one, "both")),
        (other, "dark", ("both",)),
    ]
    for pair, theme, models in views:
        for model in models:
            chosen = {"pair": pair, "model": model, "theme": theme}
            comparison = compared(page.workspace, model, theme, pair)
            for panel, body in zip(PANELS, bodies, strict=True):
                response = send(visitor, put(body, ("inputs", 0, "value"), chosen))
                drawn = response.get_json()["response"][drawings_id(panel)]["children"]
                assert drawn == json.loads(to_json_plotly(drawings(panel, comparison)))


def test_every_choice_of_compare_can_be_drawn(test_digits: Dataset, tmp_path: Path) -> None:
    """Each network of any pair by itself, and both."""
    workspace = apps.workspace(test_digits, tmp_path, networks.three())
    for pair in pairs(workspace.entries):
        for model, shown in ((pair[0], pair[:1]), (pair[1], pair[1:]), ("both", pair)):
            drawn = compared(workspace, model, "light", pair)
            assert tuple(entry.key for entry in drawn.entries) == shown
            assert drawn.collection is workspace.collection
