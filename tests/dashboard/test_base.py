"""Below a path, and behind a proxy that takes one away."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from flask.testing import FlaskClient

from dashboard.factory import broken_server, create_app
from dashboard.workspace import Workspace
from tests.dashboard import apps
from tests.dashboard.sweeping import require_headers

TOKEN = re.compile(r'"end_id":"[^"]+"')  # of Dash, another in every page
BASE = "/user/ada/lens/"


@pytest.fixture(scope="module")
def below(pretended: Workspace, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    settings = apps.settings(tmp_path_factory.mktemp("unused"), BASE_PATH=BASE)
    client: FlaskClient = create_app(pretended, settings).server.test_client()
    return client


@pytest.mark.parametrize("path", ["", "compare", "filters?model=cnn", "words", "api/models", "_dash-layout"])
def test_the_same_is_answered_below_the_path_and_at_the_root(below: FlaskClient, path: str) -> None:
    """A proxy may take its prefix away or leave it: nothing differs, for no address says where it lies."""
    answers = [below.get(base + path) for base in (BASE, "/")]

    assert [answer.status_code for answer in answers] == [200, 200]
    first, second = (TOKEN.sub("", answer.get_data(as_text=True)) for answer in answers)
    assert first == second
    for answer in answers:
        require_headers(answer)


def test_no_address_of_a_page_is_from_the_root(below: FlaskClient) -> None:
    """What Dash writes is relative too, in HTML and in what it tells its script; the mark is gone."""
    html = below.get(BASE).get_data(as_text=True)
    leading = re.findall(r'(?:href|src)="([^"]+)"', html)

    assert any("dash_renderer" in address for address in leading)
    assert [each for each in leading if each.startswith("/")] == []
    assert '"requests_pathname_prefix":"./"' in html
    assert ".here" not in html


def test_the_path_without_its_slash_leads_to_the_page(below: FlaskClient) -> None:
    """From there addresses would be relative to the folder above; the query comes along."""
    answer = below.get(f"{BASE.removesuffix('/')}?digit=3")

    assert (answer.status_code, answer.headers["Location"]) == (302, "lens/?digit=3")
    require_headers(answer)


@pytest.mark.parametrize(
    "path", ["/user/ada/", "/user/ada/lenses/", f"{BASE}user/ada/lens/", f"{BASE}nothing"]
)
def test_what_only_looks_like_the_path_is_not_there(below: FlaskClient, path: str) -> None:
    """Neither above it, nor beside it, nor twice."""
    assert below.get(path).status_code == 404


def test_plotly_is_led_to_wherever_the_page_lies(below: FlaskClient) -> None:
    """Dash asks for it deep in its own folder."""
    asked = f"{BASE}_dash-component-suites/plotly/package_data/plotly.min.js"

    led = urljoin(asked, below.get(asked).headers["Location"])
    assert led.startswith(f"{BASE}assets/plotly-basic.min.js")
    assert below.get(led).status_code == 200


def test_what_cannot_start_says_so_below_the_path_too(tmp_path: Path) -> None:
    """A page with the sentence, and nothing else."""
    client = broken_server("It is broken.", apps.settings(tmp_path, BASE_PATH=BASE)).test_client()

    assert b"It is broken." in client.get(BASE).data
    assert client.get(f"{BASE}api/models").status_code == 503
    assert client.get(f"{BASE}healthz").status_code == 200
