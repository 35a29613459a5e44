from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from dashboard import logs, security
from dashboard.factory import Page, create_app
from dashboard.settings import ROOT, Settings
from dashboard.workspace import Workspace
from tests.dashboard import apps
from tests.dashboard.sweeping import directives, require_error, require_headers

UPDATE = "/_dash-update-component"
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE", "FOO")
NONSENSE = ("x", "-1", "10000", "٣", "..", "%00", "%2e%2e", "<script>", "9" * 3_000)


def addresses(rule: Rule, workspace: Workspace) -> list[str]:
    """Return a rule filled with what there is, and with nonsense in each of its places."""
    known = {
        "key": "cnn",
        "layer": "conv1",
        "method": "pca",
        "explanation": "gradient",
        "number": "3",
        "pair": "fcn,cnn",
        "part": "0",
        "request": "cancel",
        "stage": "post",
        "version": workspace.version,
        "filename": "page.js",
        "package_name": "dash",
        "fingerprinted_path": "deps/react@18.3.1.min.js",
    }
    wrong = [known | {place: text} for place in rule.arguments for text in NONSENSE]
    return [_filled(rule, values) for values in (known, *wrong)]


def _filled(rule: Rule, values: dict[str, str]) -> str:
    path = rule.rule
    for place in rule.arguments:
        for converter in ("", "path:", "string:"):
            path = path.replace(f"<{converter}{place}>", values[place])
    assert "<" not in path.replace("<script>", ""), path
    return path


def test_every_answer_is_protected_and_every_refusal_has_one_shape(page: Page) -> None:
    """Every route, filled with sense and nonsense: no fault of ours, and one shape of refusal."""
    client = page.server.test_client()
    statuses = set()
    for rule in page.server.url_map.iter_rules():
        known, *wrong = addresses(rule, page.workspace)
        asked = [(known, method) for method in ("GET", "HEAD", "OPTIONS", "POST", "DELETE")]
        asked += [(address, method) for address in wrong for method in ("GET", "POST")]
        for address, method in asked:
            response = client.open(address, method=method)
            statuses.add(response.status_code)
            require_headers(response)
            if response.status_code >= 400:
                require_error(response, response.status_code, body=method != "HEAD")
            assert response.status_code < 500
    assert statuses == {200, 302, 308, 400, 404, 405, 415}  # Plotly is asked for where Dash keeps it


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE"])
@pytest.mark.parametrize(
    "path",
    ["/", "/compare", "/api/models", "/api/digits/3", "/healthz", "/_dash-layout", "/assets/convlens.js"],
)
def test_a_wrong_method_is_told_the_right_ones(client: FlaskClient, path: str, method: str) -> None:
    """405, with the methods that the address does take."""
    response = client.open(path, method=method)

    require_error(response, 405)
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "path",
    [
        "/nope",
        "/compare/",
        "/Compare",
        "/api",
        "/api/digits",
        "/api/digits/",
        "/static/page.js",
        "/a/b",
        "/%20",
    ],
)
def test_an_unknown_path_is_not_found(client: FlaskClient, path: str, method: str) -> None:
    """404 by whatever method, never the page."""
    response = client.open(path, method=method)

    require_error(response, 404, body=method != "HEAD")


def test_the_door_for_callbacks_takes_only_posts(client: FlaskClient) -> None:
    """Dash's own rule for every path does not hide that only POST leads anywhere here."""
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        response = client.open(UPDATE, method=method)
        require_error(response, 405, body=method != "HEAD")
        assert set(response.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


@pytest.mark.parametrize("path", ["/", "/api/models", "/healthz", "/api/digits/3.npy"])
def test_head_is_get_without_the_body(client: FlaskClient, path: str) -> None:
    """The same headers, the length of the body too, and no body."""
    whole, head = client.get(path), client.head(path)

    assert (head.status_code, head.get_data()) == (200, b"")
    for name, value in whole.headers:
        assert name == "X-Request-ID" or head.headers[name] == value
    assert int(head.headers["Content-Length"]) == len(whole.get_data())


def test_options_says_which_methods_there_are(client: FlaskClient) -> None:
    """Without computing anything, and without opening the door to another origin."""
    response = client.options("/api/models", headers={"Origin": "https://elsewhere.example"})

    assert response.status_code == 200
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert not [name for name, _ in response.headers if name.startswith("Access-Control-")]


def post(client: FlaskClient, body: bytes, kind: str = "application/json", **headers: str) -> TestResponse:
    return client.post(UPDATE, data=body, content_type=kind, headers=headers)


def test_no_body_is_larger_than_it_has_to_be(client: FlaskClient) -> None:
    """Whoever sends too much hears how much is allowed."""
    assert "64 KiB" in require_error(post(client, b" " * 65_537), 413)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense"])
def test_a_post_from_another_site_is_refused(client: FlaskClient, site: str) -> None:
    """Only the page's own scripts, and programs that are no browser, may post."""
    require_error(post(client, b"{}", **{"Sec-Fetch-Site": site}), 403)


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_a_post_from_here_gets_further(client: FlaskClient, site: str) -> None:
    """It is then refused for what it says."""
    require_error(post(client, b"{}", **{"Sec-Fetch-Site": site}), 400)


def test_other_sites_may_link_here(client: FlaskClient) -> None:
    """A shared link opens from anywhere."""
    assert client.get("/?digit=7", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


HOSTS = ("evil.example", "localhost.evil.example", "127.0.0.2", "[::2]", "localhost@evil", "a b", "")


@pytest.mark.parametrize("path", ["/", "/api/models", "/healthz", "/nope", "/assets/convlens.js"])
@pytest.mark.parametrize("host", HOSTS)
def test_a_foreign_host_is_refused(client: FlaskClient, host: str, path: str) -> None:
    """A page that another name leads to reads nothing here, on no route (DNS rebinding)."""
    require_error(client.get(path, headers={"Host": host}), 400)


@pytest.mark.parametrize("host", ["localhost", "localhost:1234", "127.0.0.1:8050", "[::1]:8050", "LOCALHOST"])
def test_this_machine_has_many_names(client: FlaskClient, host: str) -> None:
    """All of them lead here, whatever the port."""
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


def test_hosts_can_be_trusted(pretended: Workspace, tmp_path: Path) -> None:
    """TRUSTED_HOSTS adds names to this machine's own; everything else stays foreign."""
    client = create_app(pretended, apps.settings(tmp_path, TRUSTED_HOSTS="lens.example")).server.test_client()

    assert client.get("/", headers={"Host": "lens.example"}).status_code == 200
    assert client.get("/", headers={"Host": "localhost:8050"}).status_code == 200
    require_error(client.get("/", headers={"Host": "other.example"}), 400)


@pytest.mark.parametrize(
    ("host", "names", "trusted"),
    [
        ("lens.example", [".example"], True),
        ("a.lens.example:80", [".example"], True),
        ("example", [".example"], True),
        ("badexample", [".example"], False),
        ("example.evil", [".example"], False),
        ("lens.example", ["example"], False),
        ("[::1]", ["[::1]"], True),
        ("[::1]:8050", ["[::1]"], True),
        ("[::1:8050", ["[::1]"], False),
        ("::1", ["[::1]"], False),
        ("anything.at:all", [], True),
    ],
)
def test_names_that_are_trusted(host: str, names: list[str], *, trusted: bool) -> None:
    """A name stands for itself, one with a dot in front for its subdomains too, and none at all for all."""
    assert security.trusts(host, names) is trusted


def test_every_request_has_an_id_of_its_own(client: FlaskClient) -> None:
    """Ids are not repeated, and not taken from the client."""
    answers = [client.get("/healthz", headers={"X-Request-ID": "mine"}) for _ in range(50)]
    ids = {answer.headers["X-Request-ID"] for answer in answers}

    assert len(ids) == 50
    assert "mine" not in ids


def test_our_own_fault_says_nothing_of_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """500 in the one shape; the cause stands in the log alone, with its stack and the request's id."""
    logs.configure("error")
    server = _faulty(apps.settings(tmp_path))

    response = server.test_client().get("/fault")

    require_error(response, 500)
    logged = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["request_id"] for line in logged] == [response.headers["X-Request-ID"]]
    assert "RuntimeError: a secret" in logged[0]["stack"]


def _faulty(settings: Settings) -> Flask:
    server = Flask("faulty")

    @server.get("/fault")
    def fault() -> str:
        raise RuntimeError(f"a secret of models.engine.networks at {ROOT}")

    security.protect(server, settings.trusted_hosts)
    return server


def test_the_policy_lets_the_pages_own_scripts_run(page: Page, client: FlaskClient) -> None:
    """Whatever script stands in the page itself is named by its hash; no other inline script may run."""
    allowed = directives(client.get("/"))["script-src"].split()

    assert set(page.csp_hashes()) <= set(allowed)
    assert "'unsafe-inline'" not in allowed
    assert "'unsafe-eval'" not in allowed


def test_only_who_is_named_may_frame_a_page(pretended: Workspace, tmp_path: Path) -> None:
    """One header says so, on every answer; nothing else of the policy changes with it."""
    env = {"FRAME_ANCESTORS": "self https://hub.example.org"}
    framed = create_app(pretended, apps.settings(tmp_path, **env)).server.test_client()
    usual = create_app(pretended, apps.settings(tmp_path)).server.test_client()
    for path in ("/", "/words", "/api/models", "/nothing"):
        answer, other = framed.get(path), usual.get(path)
        assert directives(answer) == directives(other) | {"frame-ancestors": "'self' https://hub.example.org"}
        require_headers(other)
        ours, theirs = ({*each.headers.keys()} for each in (answer, other))
        assert ours == theirs
        assert "X-Frame-Options" not in ours
