from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

import pytest
from dash.exceptions import InvalidCallbackReturnValue
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import logs
from dashboard.factory import Page, broken_server, create_app
from dashboard.link import Reader
from dashboard.selection import PAGES
from dashboard.settings import ROOT
from dashboard.workspace import Workspace
from models.datasets.dataset import Dataset
from tests import networks
from tests.dashboard import apps
from tests.dashboard.sweeping import require_error, require_headers

UPDATE = "/_dash-update-component"
COMPARE: dict[str, Any] = {
    "output": "compare-accuracy-drawings.children",
    "outputs": {"id": "compare-accuracy-drawings", "property": "children"},
    "inputs": [
        {
            "id": "compare-accuracy",
            "property": "data-choice",
            "value": {"pair": ["fcn", "cnn"], "model": "both", "theme": "dark"},
        }
    ],
    "changedPropIds": ["compare-accuracy.data-choice"],
}


class Parts(HTMLParser):
    """The elements of a page, in order: name, attributes, and the text directly inside."""

    def __init__(self, html: str) -> None:
        """Parse the page."""
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        self.found.append((tag, dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        """Add to the text of the last element."""
        if self.found:
            tag, attributes, text = self.found[-1]
            self.found[-1] = (tag, attributes, text + data)

    def initial_state(self) -> dict[str, Any]:
        """Return what the page tells the browser."""
        (text,) = [text for tag, attributes, text in self.found if attributes.get("id") == "facts"]
        facts: dict[str, Any] = json.loads(text)
        return facts


def opened(client: FlaskClient, address: str) -> Parts:
    response = client.get(address)
    assert response.status_code == 200
    require_headers(response)
    assert response.mimetype == "text/html"
    return Parts(response.get_data(as_text=True))


@pytest.fixture(scope="session")
def visitor(page: Page) -> FlaskClient:
    """A visitor who may stay over many examples."""
    client: FlaskClient = page.server.test_client()
    return client


def test_the_address_is_in_the_first_answer(client: FlaskClient) -> None:
    """What a shared link selects is there before any script runs; nothing is complained about."""
    facts = opened(
        client, "/?digit=4271&model=cnn&layer=conv2&filter=2&cell=12,7&scale=map&stage=pre"
    ).initial_state()

    chosen = facts["selection"]
    assert (chosen["digit"], chosen["page"], chosen["model"]) == (4271, "explore", "cnn")
    assert (chosen["layer"], chosen["filter"], chosen["cell"]) == ("cnn.conv2", 2, [12, 7])
    assert (chosen["scale"], chosen["stage"]) == ("map", "pre")
    assert facts["complaints"] == []


@pytest.mark.parametrize(("path", "name"), PAGES.items())
def test_each_page_knows_its_name(client: FlaskClient, path: str, name: str) -> None:
    """And opens with the opening digit and both networks."""
    facts = opened(client, path).initial_state()

    assert facts["selection"]["page"] == name
    assert facts["selection"]["model"] == "both"
    assert facts["selection"]["digit"] == facts["opening"]


def test_nonsense_opens_the_defaults_and_is_complained_about(client: FlaskClient) -> None:
    """One sentence for each part that makes no sense, with what was given and what is allowed."""
    facts = opened(client, "/?digit=10000&model=rnn&scale=huge&stage=x").initial_state()

    assert facts["selection"] == opened(client, "/").initial_state()["selection"]
    assert len(facts["complaints"]) == 4
    for wrong in ("10000", "rnn", "huge", "x"):
        assert any(f"“{wrong}”" in complaint for complaint in facts["complaints"])


BREAKING = [
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "\"}' onload=alert(1)",
    "{%facts%}{%config%}{%scripts%}{%icon%}{%app_entry%}",
    "\u2028\u2029\0\x1b",
    "\\u003c/script>",
    "&lt;/script&gt;",
    "%s%d{0}{x}",
]


@pytest.mark.parametrize("text", BREAKING)
@pytest.mark.parametrize("path", PAGES)
def test_a_link_cannot_break_out_of_the_facts(client: FlaskClient, path: str, text: str) -> None:
    """The page has the same elements as without a query; the text comes back inside a complaint, as text."""
    plain = opened(client, path)

    parts = opened(client, f"{path}?model={quote(text)}&layer={quote(text)}")

    assert [each[:2] for each in parts.found] == [each[:2] for each in plain.found]
    assert any(text[:30] in complaint for complaint in parts.initial_state()["complaints"])


@settings(max_examples=25)
@given(
    query=st.text(alphabet=st.characters(codec="utf-8"), max_size=60) | st.from_regex(r"[a-z]{3,6}=.{0,20}")
)
def test_any_query_opens_the_page(visitor: FlaskClient, query: str) -> None:
    """Whatever stands behind the question mark, the page has all of its elements and readable facts."""
    known = ("digit", "model", "layer", "filter", "cell", "scale", "stage", "label", "wrong", "sort", "by")
    typed = "&".join(f"{name}={quote(query)}" for name in known)

    parts = opened(visitor, f"/?{typed}&{quote(query, safe='=&')}")

    assert [each[:2] for each in parts.found] == [each[:2] for each in opened(visitor, "/").found]
    assert 0 <= parts.initial_state()["selection"]["digit"] < 10_000


def test_a_query_in_no_known_encoding_opens_the_page(client: FlaskClient) -> None:
    """Bytes that are no text, pairs that are none, names that come twice."""
    for query in ("digit=%ff%fe", "%", "=", "&&&", "digit=1&digit=2", "digit", "a" * 3_000):
        opened(client, f"/?{query}").initial_state()


def test_the_page_asks_nobody_else(client: FlaskClient) -> None:
    """Scripts, styles, icons and fonts come from here; so does whatever the stylesheets refer to."""
    for path in PAGES:
        parts = opened(client, path)
        loaded = [attributes for tag, attributes, _ in parts.found if tag != "a"]
        wanted = [attributes.get(name) for attributes in loaded for name in ("src", "href")]
        files = [address for address in wanted if address]
        assert len(files) > 8
        for address in files:
            assert re.match(r"(?:\./)?(?![a-z]+:)[a-z_]|data:", address), address
    for sheet in [each for each in files if ".css" in each]:
        text = client.get(urljoin("/", sheet)).get_data(as_text=True)
        assert not re.search(r"@import|url\(\s*['\"]?(https?:)?//", text)


def test_what_the_page_does_not_need_is_not_asked_for(client: FlaskClient) -> None:
    """No help for browsers that could not show it anyway, no components that are not here, no charts."""
    found = opened(client, "/").found
    sources = [source for _, attributes, _ in found if (source := attributes.get("src"))]

    assert not [source for source in sources if re.search("polyfill|dash_table|dash_core|plotly", source)]
    for needed in ("react@", "react-dom@", "dash_html_components", "dash_bootstrap", "dash_renderer"):
        assert any(needed in source for source in sources), needed
    assert len(sources) == len(set(sources))


def test_every_file_of_the_page_is_there(client: FlaskClient) -> None:
    """Each script and style is found, has the right type, and may be kept for ever under its address."""
    parts = opened(client, "/")
    loaded = [attributes for tag, attributes, _ in parts.found if tag != "a"]
    named = [attributes for attributes in loaded if attributes.get("rel") != "preload"]
    files = [attributes.get("src") or attributes.get("href") for attributes in named]
    local = [address for address in files if address and address.startswith("/")]

    for address in local:
        response = client.get(address)
        assert response.status_code == 200, address
        assert response.mimetype in ("text/javascript", "text/css")
        assert "immutable" in response.headers["Cache-Control"]
        require_headers(response)


def test_what_draws_charts_waits_until_one_is_needed(client: FlaskClient) -> None:
    """The page loads none of it; the addresses are among the facts, and are kept for ever."""
    parts = opened(client, "/")
    facts = parts.initial_state()

    assert not [1 for _, attributes, _ in parts.found if "plotly" in str(attributes.get("src"))]
    later = [each.split("/dash/dcc/")[1].split(".")[0] for each in facts["later"]]
    assert later == ["dash_core_components", "dash_core_components-shared"]
    for address in (facts["plotly"], *facts["later"]):
        response = client.get(urljoin("/", address))
        assert response.status_code == 200
        assert "immutable" in response.headers["Cache-Control"]


def test_dash_draws_with_our_plotly(client: FlaskClient) -> None:
    """Where Dash looks for its own, which is three times as large, it is sent to the one that is here."""
    asked = "/_dash-component-suites/plotly/package_data/plotly.min.js"
    response = client.get(asked)

    assert response.status_code == 302
    assert urljoin(asked, response.location) == f"/{opened(client, '/').initial_state()['plotly']}"


def test_the_layout_computes_nothing(page: Page, client: FlaskClient) -> None:
    """What Dash asks for is the same for everybody, at once, and small."""
    first, second = client.get("/_dash-layout"), client.get("/_dash-layout")

    assert first.status_code == 200
    assert first.get_data() == second.get_data()
    assert len(first.get_data()) < 100_000


def test_two_apps_live_in_one_process(test_digits: Dataset, tmp_path: Path) -> None:
    """Each has its own networks, callbacks and facts; neither answers for the other."""
    chosen = [
        [networks.entry("one", networks.FCN), networks.entry("uno", networks.CNN)],
        [networks.entry(key, networks.CNN) for key in ("two", "three", "four")],
    ]
    apart = [
        create_app(apps.workspace(test_digits, tmp_path / str(number), each), apps.settings(tmp_path))
        for number, each in enumerate(chosen)
    ]
    visitors = [app.server.test_client() for app in apart]

    known = [[each["key"] for each in opened(each, "/").initial_state()["models"]] for each in visitors]
    assert known == [["one", "uno"], ["two", "three", "four"]]
    lists = [each.get("/_dash-dependencies").get_json() for each in visitors]
    assert len(lists[0]) == len(lists[1]) == len(apart[0].callback_map)
    assert apart[0].callback_map is not apart[1].callback_map
    for name, other_name, visitor in (("one", "uno", visitors[0]), ("two", "four", visitors[1])):
        chosen_pair = {"pair": [name, other_name], "model": name, "theme": "dark"}
        body = {**COMPARE, "inputs": [{**COMPARE["inputs"][0], "value": chosen_pair}]}
        assert visitor.post(UPDATE, json=body).status_code == 200
        other = visitors[1] if visitor is visitors[0] else visitors[0]
        require_error(other.post(UPDATE, json=body), 400)
        require_error(other.get(f"/api/models/{name}/layers/output/bias.npy"), 404)


def test_no_callback_is_global() -> None:
    """Dash keeps none that the next app of this process would get too."""
    from dash._callback import GLOBAL_CALLBACK_LIST, GLOBAL_CALLBACK_MAP

    assert (GLOBAL_CALLBACK_LIST, GLOBAL_CALLBACK_MAP) == ([], {})


def test_a_fault_in_a_callback_is_ours(
    pretended: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not one of Dash's own errors there passes for a missing file: 500, and a stack in the log."""
    logs.configure("error")
    client = create_app(pretended, apps.settings(tmp_path)).server.test_client()

    def fail(*_: object) -> None:
        raise InvalidCallbackReturnValue

    monkeypatch.setattr("dashboard.callbacks.compared", fail)
    response = client.post(UPDATE, json=COMPARE)

    require_error(response, 500)
    (logged,) = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert "InvalidCallbackReturnValue" in logged["stack"]


@pytest.mark.parametrize(
    "path",
    [
        "dash/no/such/file.js",
        "dash/../../../../etc/passwd",
        "dash/%2e%2e/dash.py",
        "os/path.js",
        "dash/dash.py",
        "models/data/CHECKSUMS",
        "dash/deps/x.v1m1.min.js",
    ],
)
def test_only_dashs_own_files_are_served(client: FlaskClient, path: str) -> None:
    """What is no file of its components is not found, whatever package it lies in."""
    require_error(client.get(f"/_dash-component-suites/{path}"), 404)


@pytest.mark.parametrize("path", ["../app.py", "..%2fapp.py", "%2e%2e/app.py", "nope.js", "", "a%00b"])
def test_only_assets_are_served_as_assets(client: FlaskClient, path: str) -> None:
    """No way leads out of their folder."""
    require_error(client.get(f"/assets/{path}"), 404)


def test_a_broken_server_says_what_mends_it(tmp_path: Path) -> None:
    """503 and the sentence at every address, as a page where a page would be; protected like any other."""
    sentence = "models/data/CHECKSUMS is missing. Restore it: git checkout -- models/data; a < b."
    client = broken_server(sentence, apps.settings(tmp_path)).test_client()

    for path in ("/api/models", "/readyz", "/nope", "/assets/convlens.js", "/_dash-layout", UPDATE):
        for method in ("GET", "POST"):
            response = client.open(path, method=method)
            assert require_error(response, 503) == sentence
            assert "Retry-After" not in response.headers
    for path in PAGES:
        response = client.get(path)
        assert response.status_code == 503
        require_headers(response)
        assert ("p", {"role": "alert"}, sentence) in Parts(response.get_data(as_text=True)).found
    assert client.get("/healthz").get_json() == {"status": "alive"}
    require_error(client.get("/healthz", headers={"Host": "evil.example"}), 400)


def test_the_facts_are_the_readers(page: Page, client: FlaskClient) -> None:
    """The page tells what `Reader` makes of its address, not something of its own."""
    query = {"digit": "12", "wrong": "disagree", "sort": "cnn", "label": "9"}
    reader = Reader("/", query, page.workspace.collection, page.workspace.opening_digit)

    told = opened(client, "/?digit=12&wrong=disagree&sort=cnn&label=9").initial_state()["selection"]

    assert told == json.loads(json.dumps(reader.read().to_store()))


def test_the_page_is_built_without_tensorflow() -> None:
    """Importing all of the page loads neither TensorFlow nor Keras: they would cost seconds."""
    code = "import sys, dashboard.factory; print({'tensorflow', 'keras', 'h5py'} & set(sys.modules))"

    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert result.stdout == "set()\n"


def test_addresses_of_before_go_on_working(client: FlaskClient) -> None:
    """What is asked for under `digits` is what stands under `images`, with the same refusals."""
    for path in ("/api/{}/17", "/api/{}/17.npy", "/api/models/cnn/{}/17/layers/conv1.npy?stage=pre"):
        now, before = (client.get(path.format(noun)) for noun in ("images", "digits"))
        assert (now.status_code, now.data) == (200, before.data)
    for path in ("/api/{}/17?stage=pre", "/api/{}/10000", "/api/models/cnn/{}/x/neighbours"):
        now, before = (client.get(path.format(noun)) for noun in ("images", "digits"))
        assert now.status_code == before.status_code in (400, 404)
        assert require_error(now, now.status_code) == require_error(before, now.status_code)
