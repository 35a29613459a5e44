from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboard.factory import Page
from dashboard.query import DECLARED
from dashboard.selection import PAGES
from tests.dashboard.sweeping import require_error
from tests.dashboard.test_security import addresses

OWN = ("api", "arithmetic", "survey", "illustration", "tuning", "why", "adversary", "readings", "drawings")


def test_every_route_of_ours_says_what_it_knows(page: Page) -> None:
    """Those of Dash say nothing, nor do the pages: all others do."""
    silent = {
        name: not hasattr(view, DECLARED) and name.partition(".")[0] in (*OWN, "scripts")
        for name, view in page.server.view_functions.items()
    }

    assert len(silent) > 30
    assert [name for name, is_silent in silent.items() if is_silent] == []


def test_what_a_route_does_not_know_is_named_and_refused(page: Page) -> None:
    """Every route, with one key that it does not know or one of its own twice: 400, with what it knows."""
    client: FlaskClient = page.server.test_client()
    asked = 0
    for rule in page.server.url_map.iter_rules():
        keys = getattr(page.server.view_functions[rule.endpoint], DECLARED, None)
        if keys is None:
            continue
        address = addresses(rule, page.workspace)[0]
        method = "POST" if "POST" in (rule.methods or ()) else "GET"
        for query in ("pertrub=rotation:15", "=", "off2", *(f"{key}=1&{key}=1" for key in keys)):
            sentence = require_error(client.open(f"{address}?{query}", method=method), 400)
            assert query.partition("=")[0] in sentence
            assert all(key in sentence for key in keys), (address, sentence)
            asked += 1
    assert asked > 100


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/api/models?stage=nonsense&reference=junk", "stage"),
        ("/api/digits/3?perturb=rotation:15", "perturb"),
        ("/api/models/cnn/digits/3/why/occlusion?layer=conv2", "layer"),
        ("/api/models/cnn/digits/3/why/gradient?off=cnn.conv2:3", "off"),
        (f"/healthz?{'x' * 3000}", "x" * 40),
    ],
)
def test_a_key_that_would_change_nothing_is_refused(client: FlaskClient, path: str, named: str) -> None:
    """Whoever writes one expects something of it; a long one is not repeated whole."""
    sentence = require_error(client.get(path), 400)

    assert named in sentence
    assert len(sentence) < 200


@pytest.mark.parametrize(
    "path", ["/assets/style.css?m=1700000000.0", "/_dash-layout?x=1", "/_dash-dependencies?x=1&x=2"]
)
def test_what_is_not_ours_takes_any_query(client: FlaskClient, path: str) -> None:
    """Dash asks for its own files with a number that changes with them."""
    assert client.get(path).status_code == 200


def test_our_scripts_are_asked_for_by_their_content(page: Page) -> None:
    """The address that stands in the page is one that the server knows."""
    assert page.server.test_client().get(page.own).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_shown_whatever_its_link_says(client: FlaskClient, path: str) -> None:
    """It says what it does not know; what others add to a link is none of its business."""
    told = client.get(f"{path}?pertrub=rotation:15&digit=3&digit=4").get_data(as_text=True)
    assert "A link has no part called “pertrub”." in told.encode().decode("unicode_escape")
    assert "More than once in the link: digit. The first counts." in told
    assert '"complaints":[]' in client.get(f"{path}?utm_source=x&fbclid=1").get_data(as_text=True)


def test_a_server_without_declarations_refuses_nothing() -> None:
    """What says nothing of its query is left alone."""
    from dashboard.query import check_queries

    server = Flask("bare", static_folder=None)
    server.add_url_rule("/", "root", lambda: "here")
    check_queries(server)

    assert server.test_client().get("/?x=1&x=2").status_code == 200
