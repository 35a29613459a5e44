from __future__ import annotations

import threading
from pathlib import Path

import pytest
from flask import Flask, request

from dashboard.exhibits import listed, show
from dashboard.factory import create_app
from dashboard.workspace import Workspace
from models.datasets.dataset import Dataset
from models.store import exhibits, manifest
from models.store.exhibits import Exhibit
from tests import networks
from tests.dashboard import apps

DIGITS, CLOTHES, INK = (
    Exhibit(key, title, Path(key))
    for key, title in (("digits", "Digits"), ("clothes", "Clothes"), ("ink", "Ink"))
)


def server(name: str) -> Flask:
    """Return a server that answers with its name and with what it knows of the address."""
    made = Flask(name)
    made.add_url_rule("/", "page", lambda: f"{name} {request.script_root}{request.path}")
    made.add_url_rule(
        "/api/models/<key>", "model", lambda key: f"{name} {key} {request.query_string.decode()}"
    )
    return made


@pytest.fixture
def asked() -> list[str]:
    """The exhibits that were opened, in their order."""
    return []


@pytest.fixture
def shop(asked: list[str]) -> Flask:
    """A server with two exhibits beside its own."""
    front = server("digits")

    def opened(exhibit: Exhibit) -> Flask:
        asked.append(exhibit.key)
        return server(exhibit.key)

    show(front, (CLOTHES, INK), opened)
    return front


def test_each_exhibit_answers_below_its_own_path(shop: Flask) -> None:
    """The same address means another network in each; none is opened before somebody asks."""
    client = shop.test_client()

    assert client.get("/").text == "digits /"
    assert client.get("/api/models/cnn?a=1").text == "digits cnn a=1"
    assert client.get("/clothes/").text == "clothes /clothes/"
    assert client.get("/clothes/api/models/cnn?a=1").text == "clothes cnn a=1"


def test_an_exhibit_is_opened_once_when_it_is_asked_for(shop: Flask, asked: list[str]) -> None:
    """Whoever looks at the first one opens none; ten that ask for one at the same time open one."""
    shop.test_client().get("/")
    assert asked == []
    visitors = [threading.Thread(target=lambda: shop.test_client().get("/ink/")) for _ in range(10)]
    for each in visitors:
        each.start()
    for each in visitors:
        each.join()
    assert asked == ["ink"]


def test_a_path_without_its_slash_leads_into_the_exhibit(shop: Flask) -> None:
    """Addresses on its page are relative, so it must lie in a folder; what was selected is kept."""
    answer = shop.test_client().get("/clothes?digit=7")

    assert answer.status_code == 308
    assert answer.headers["Location"].endswith("clothes/?digit=7")


@pytest.mark.parametrize("path", ["/clothes.txt", "/none/", "/clothesx/", "/api/clothes/"])
def test_other_paths_are_the_first_ones(path: str, shop: Flask, asked: list[str]) -> None:
    """What only looks like an exhibit is refused as before."""
    assert shop.test_client().get(path).status_code == 404
    assert asked == []


def test_the_list_names_all_and_says_which_is_shown() -> None:
    """Its links are relative to the page, wherever the server lies."""
    every = (DIGITS, CLOTHES, INK)
    first, second = listed(every, DIGITS), listed(every, CLOTHES)

    assert 'href="./" aria-current="page">Digits' in first
    assert 'href="./clothes/">Clothes' in first
    assert 'href="../">Digits' in second
    assert 'href="../ink/">Ink' in second
    assert second.count('aria-current="page"') == 1
    assert 'aria-label="Exhibit: Clothes"' in second


def test_nothing_is_listed_where_there_is_one_or_a_persons_own() -> None:
    """There would be nothing to choose."""
    assert listed((DIGITS,), DIGITS) == ""
    assert listed((), None) == ""


def test_what_is_shipped_begins_with_the_articles_data_set() -> None:
    """Every folder of an exhibit has networks of its own data set alone, and no key is used twice."""
    found = exhibits.shipped()
    entries = {each.key: manifest.read(each.folder) for each in found}
    keys = [entry.key for several in entries.values() for entry in several]

    assert found[0].key == "mnist"
    assert all(entry.dataset == key for key, several in entries.items() for entry in several)
    assert len(set(keys)) == len(keys)
    assert [each.title for each in found] == ["MNIST", "Fashion-MNIST", "Coloured MNIST"]


def test_two_workspaces_stand_beside_each_other(
    pretended: Workspace, test_digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page at the root lists the other one, whose networks answer below its path, and there only."""
    beside = apps.workspace(test_digits, tmp_path, networks.three()[2:])
    monkeypatch.setattr(Workspace, "open", lambda _: beside)
    shown = (Exhibit("mnist", "MNIST", Path()), Exhibit("beside", "Beside it", Path("beside")))
    client = create_app(pretended, apps.settings(tmp_path), shown, shown[0]).server.test_client()

    assert 'href="./beside/">Beside it' in client.get("/").text
    own, other = (client.get(path).get_json()["models"] for path in ("/api/models", "/beside/api/models"))
    assert {each["key"] for each in own}.isdisjoint(each["key"] for each in other)
    assert 'href="../">MNIST' in client.get("/beside/").text
    assert client.get("/beside/compare").status_code == client.get("/beside/healthz").status_code == 200
    assert client.get(f"/beside/api/models/{own[0]['key']}/filters").status_code == 404


def test_an_exhibit_that_cannot_be_opened_says_so_and_keeps_nobody_out(
    pretended: Workspace, tmp_path: Path
) -> None:
    """Its page names the file; the first one goes on."""
    shown = (Exhibit("mnist", "MNIST", Path()), Exhibit("lost", "Lost", tmp_path / "lost"))
    client = create_app(pretended, apps.settings(tmp_path), shown, shown[0]).server.test_client()
    answer = client.get("/lost/")

    assert answer.status_code == 503
    assert "manifest.json is missing" in answer.text
    assert client.get("/").status_code == 200
