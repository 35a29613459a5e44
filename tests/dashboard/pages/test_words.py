from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from dashboard.words import WORDS
from tests.dashboard.sweeping import get, require_error, require_revalidated


def test_every_word_stands_on_the_page_of_words(client: FlaskClient) -> None:
    """Each at an address of its own; words within a sentence lead to those that are there."""
    response = get(client, "/words")
    html = response.get_data(as_text=True)
    there = re.findall('<dt id="(.*?)">', html)

    assert (response.status_code, response.mimetype) == (200, "text/html")
    assert len(there) == len(set(there)) == len(WORDS)
    assert {"logit", "relu", "always-on"} <= set(there)
    assert {*re.findall('href="#(.*?)"', html)} <= set(there)
    assert '<a href="#kernel">kernel</a>' in html
    assert "<script" not in html
    assert "{" not in html
    require_revalidated(client, "/words")


def test_its_files_are_there(client: FlaskClient) -> None:
    """The style sheet is the page's own, at an address that changes with its content."""
    html = get(client, "/words").get_data(as_text=True)
    (style,) = re.findall('<link rel="stylesheet" href="(.*?)">', html)
    response = get(client, style)

    assert response.status_code == 200
    assert ".all-words" in response.get_data(as_text=True)
    assert "immutable" in response.headers["Cache-Control"]


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_it_is_as_dark_as_the_page_it_is_opened_from(client: FlaskClient, theme: str) -> None:
    """What a person chose comes in the query; else the system decides."""
    assert f'<html lang="en" data-theme="{theme}">' in get(client, f"/words?theme={theme}").text
    assert '<html lang="en">' in get(client, "/words").text


@pytest.mark.parametrize(
    "query", ["theme=", "theme=pink", "theme=%22%3E%3Cscript%3E", "word=logit", "theme=dark&theme=dark"]
)
def test_a_query_that_means_nothing_is_refused(client: FlaskClient, query: str) -> None:
    """As at every other address."""
    require_error(get(client, f"/words?{query}"), 400)


def test_it_takes_what_a_page_takes(client: FlaskClient) -> None:
    """HEAD without a body, no POST, and nothing below it."""
    head = client.head("/words")
    assert (head.status_code, head.get_data()) == (200, b"")
    require_error(client.post("/words"), 405)
    require_error(get(client, "/words/logit"), 404)
