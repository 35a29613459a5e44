from __future__ import annotations

import gzip
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import brotli  # type: ignore[import-untyped]
import flask_compress.flask_compress as packing
import pytest
from backports import zstd
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dashboard.factory import create_app
from dashboard.workspace import Workspace
from tests.dashboard import apps

DECODE = {"zstd": zstd.decompress, "br": brotli.decompress, "gzip": gzip.decompress, None: bytes}
SCRIPT = re.compile(r'src="\./(_dash-component-suites/[^"]+)"')


@pytest.fixture
def client(pretended: Workspace, tmp_path: Path) -> FlaskClient:
    """The first visitor of a new app: nothing has been compressed yet."""
    client: FlaskClient = create_app(pretended, apps.settings(tmp_path)).server.test_client()
    return client


@pytest.fixture
def compressed(monkeypatch: pytest.MonkeyPatch) -> Counter[int]:
    """How many bodies were compressed, by their length."""
    counts: Counter[int] = Counter()
    plain = packing._compress_data

    def counted(app: Flask, data: bytes, algorithm: str) -> bytes:
        counts[len(data)] += 1
        return plain(app, data, algorithm)

    monkeypatch.setattr(packing, "_compress_data", counted)
    return counts


def get(client: FlaskClient, path: str, accept: str, **headers: str) -> TestResponse:
    response = client.get(path, headers={"Accept-Encoding": accept, **headers})
    assert "Accept-Encoding" in response.headers["Vary"]
    return response


def some_files(client: FlaskClient) -> list[str]:
    html = client.get("/").get_data(as_text=True)
    own = "/assets/convlens.js"
    return [f"{own}?m=1.5", own, "/assets/style.css?m=2", f"/{SCRIPT.findall(html)[0]}"]


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        ("br", "br"),
        ("gzip", "gzip"),
        ("gzip, deflate, br", "br"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("identity", None),
        ("", None),
        ("br;q=0.5, gzip", "gzip"),
        ("nonsense, ;q=x", None),
    ],
)
def test_every_encoding_holds_the_same_bytes(client: FlaskClient, accept: str, encoding: str | None) -> None:
    """Files and answers come as the client can read them, and unpack to what everybody else gets."""
    for path in (*some_files(client), "/_dash-layout", "/api/models"):
        plain = get(client, path, "identity").get_data()

        response = get(client, path, accept)

        assert response.headers.get("Content-Encoding") == encoding
        assert DECODE[encoding](response.get_data()) == plain
        assert encoding is None or len(response.get_data()) < len(plain)
        assert int(response.headers["Content-Length"]) == len(response.get_data())


def test_a_file_is_compressed_once(client: FlaskClient, compressed: Counter[int]) -> None:
    """Thirty people opening the page at once cost what one does: once per file and encoding."""
    files = some_files(client)[1:]
    compressed.clear()
    for _ in range(30):
        for path in files:
            get(client, path, "br")
            get(client, path, "gzip, deflate")
            client.head(path, headers={"Accept-Encoding": "br"})

    assert len(compressed) == len(files)
    assert set(compressed.values()) == {2}


def test_visitors_who_arrive_together_share_one(client: FlaskClient, compressed: Counter[int]) -> None:
    """A file that eight threads ask for at once is compressed by one of them."""
    together = Barrier(8)

    def visit(_: int) -> bytes:
        visitor = client.application.test_client()
        together.wait()
        return visitor.get("/assets/plotly-basic.min.js", headers={"Accept-Encoding": "br"}).get_data()

    with ThreadPoolExecutor(8) as threads:
        answers = set(threads.map(visit, range(8)))

    assert len(answers) == 1
    assert sum(compressed.values()) == 1


@pytest.mark.parametrize("version", ["?m={}", "?v={}", "?{}"])
def test_an_invented_version_costs_nothing(
    client: FlaskClient, compressed: Counter[int], version: str
) -> None:
    """Whoever makes up addresses of one file neither has it compressed again nor fills the memory."""
    for number in range(20):
        assert get(client, f"/assets/convlens.js{version.format(number)}", "br").status_code == 200

    assert sum(compressed.values()) == 1


def test_an_invented_fingerprint_costs_nothing(client: FlaskClient, compressed: Counter[int]) -> None:
    """The same goes for Dash's own files, whose versions stand in their names."""
    path = some_files(client)[-1]
    compressed.clear()
    for number in range(20):
        invented = re.sub(r"\.v\w+?m\d+\.", f".v9m{number}.", path)
        assert invented != path
        assert get(client, invented, "br").status_code == 200

    assert sum(compressed.values()) == 1


def test_a_changed_file_is_served_as_it_is_now(
    pretended: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is replaced while the server runs is not remembered in its old form."""
    monkeypatch.setattr("dashboard.factory.ASSETS", tmp_path)
    (tmp_path / "style.css").touch()
    file = tmp_path / "convlens.js"
    file.write_text("old();" * 1_000)
    client = create_app(pretended, apps.settings(tmp_path)).server.test_client()
    assert b"old" in brotli.decompress(get(client, "/assets/convlens.js", "br").get_data())

    file.write_text("new();" * 1_000)

    assert b"new" in brotli.decompress(get(client, "/assets/convlens.js", "br").get_data())


def test_what_is_named_by_its_version_is_kept_for_ever(client: FlaskClient) -> None:
    """The second visit asks for no file: addresses that change with the content are immutable, no others."""
    versioned, bare, style, dashs = some_files(client)

    for path in (versioned, style, dashs):
        assert get(client, path, "br").headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert get(client, bare, "br").headers["Cache-Control"] == "no-cache"
    assert get(client, "/", "br").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("accept", ["br", "gzip", "identity"])
def test_a_file_without_version_is_revalidated(client: FlaskClient, accept: str) -> None:
    """Asked again with its tag, it costs no bytes; with another tag, all of them."""
    tag = get(client, "/assets/convlens.js", accept).headers["ETag"]

    again = get(client, "/assets/convlens.js", accept, **{"If-None-Match": tag})
    other = get(client, "/assets/convlens.js", accept, **{"If-None-Match": '"other"'})

    assert (again.status_code, again.get_data()) == (304, b"")
    assert other.status_code == 200


def test_a_missing_file_is_not_kept(client: FlaskClient) -> None:
    """A version behind its address does not make a refusal immutable."""
    response = get(client, "/assets/nope.js?m=1", "br")

    assert (response.status_code, response.headers["Cache-Control"]) == (404, "no-store")


def test_a_part_of_a_file_is_sent_as_it_is(client: FlaskClient) -> None:
    """Ranges count the bytes of the file itself."""
    whole = get(client, "/assets/convlens.js", "identity").get_data()

    part = get(client, "/assets/convlens.js", "br", Range="bytes=10-19")

    assert (part.status_code, part.get_data()) == (206, whole[10:20])
    assert "Content-Encoding" not in part.headers


def test_what_is_compressed_already_stays_as_it_is(client: FlaskClient, compressed: Counter[int]) -> None:
    """Pictures are remembered in their compressed form and sent so."""
    found = re.search(r'"version":"(\w+)"', client.get("/").get_data(as_text=True))
    assert found
    compressed.clear()

    response = get(client, f"/pictures/{found[1]}/fcn,cnn/3/post.bin", "br, gzip")

    assert response.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.get_data())[:4] == b"\3\0\0\0"
    assert not compressed
