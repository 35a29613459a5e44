from __future__ import annotations

import hashlib
import re
from base64 import b64decode, b64encode
from html import unescape

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from dashboard.mailed import letter
from dashboard.mailed.letter import Bodies, Dress, Parcel
from tests.dashboard.mailed.opened import bodies, facts, opened

DRESS = Dress("start();", ("p { color: red }", ":root{--rows:28}"), "data:image/svg+xml,%3Csvg/%3E")
NOISE = np.random.default_rng(1).bytes(60_000)


def parcel(place: str, size: int, *, said: int | None = None) -> Parcel:
    """Return a parcel of noise, which cannot be made smaller."""
    return Parcel(
        "values", place, size if said is None else said, lambda: {place: NOISE[:size]}, (place, True)
    )


@given(st.lists(st.integers(0, 9_000), max_size=8), st.integers(0, 40_000))
def test_what_is_packed_fits(sizes: list[int], room: int) -> None:
    """Whatever the parcels: their text has room; each is in it whole, or named as left out."""
    found = letter.pack([parcel(str(place), size) for place, size in enumerate(sizes)], room)

    assert sum(len(f'"{text}",') for text in found.parcels) <= room + len(found.parcels)
    packed = {place: body for text in found.parcels for place, body in opened(b64decode(text)).items()}
    left = found.left_out.get("values", [])
    assert {*packed, *left} == {str(place) for place in range(len(sizes))}
    assert not packed.keys() & {*left}
    assert found.marks.keys() == packed.keys()
    assert all(body == NOISE[: sizes[int(place)]] for place, body in packed.items())


def test_a_smaller_parcel_comes_after_one_that_has_no_room() -> None:
    """The order is that in which things are missed; what is too large keeps nothing small out."""
    found = letter.pack([parcel("first", 900), parcel("large", 50_000), parcel("small", 90)], 2_000)

    assert [*found.marks] == ["first", "small"]
    assert found.left_out == {"values": ["large"]}


def test_what_cannot_fit_is_not_even_made() -> None:
    """Values of a layer of many millions are not computed to be thrown away."""

    def refuse() -> Bodies:
        raise AssertionError("It was made.")

    found = letter.pack([Parcel("values", "huge", 10**9, refuse)], 10_000)
    assert found.left_out == {"values": ["huge"]}


def test_an_answer_is_held_once() -> None:
    """What two parcels need is in the first of them alone."""
    both = {"one": b"1" * 50, "two": b"2"}
    first, second = Parcel("a", "x", 1, lambda: {"one": both["one"]}), Parcel("b", "y", 1, lambda: both)
    texts = letter.pack([first, second], 10_000).parcels

    assert [[*opened(b64decode(text))] for text in texts] == [["one"], ["two"]]


def test_a_page_holds_what_it_was_given() -> None:
    """Body, facts and answers come out as they went in, whatever signs stand in them."""
    told = {"title": "</script><script>alert(1)</script>", "sign": "é <!-- 9/10", "number": 1.5}
    held = {"api/a.npy?stage=post": b"\x00\xff", "b": b""}
    html = letter.write("<b> & </title>", Markup("<main>{x}</main>"), told, [letter.packed(held)], DRESS)

    assert facts(html) == told
    assert bodies(html) == held
    assert "<main>{x}</main>" in html
    assert "<title>&lt;b&gt; &amp; &lt;/title&gt;</title>" in html
    assert html.count("</script>") == html.count("<script") == 3


def test_a_page_may_ask_for_nothing() -> None:
    """Its policy allows the program and the style sheets that it holds, by their hashes, and no request."""
    html = letter.write("t", Markup("<p>"), {}, [], DRESS)
    (said,) = re.findall('Policy" content="(.*?)"', html)
    policy = dict(part.strip().split(" ", 1) for part in unescape(said).split(";"))
    held = [re.findall("<script>(.*?)</script>", html, re.DOTALL), re.findall("<style>(.*?)</style>", html)]
    hashes = [
        " ".join(f"'sha256-{b64encode(hashlib.sha256(each.encode()).digest()).decode()}'" for each in texts)
        for texts in held
    ]

    assert policy == {
        "default-src": "'none'",
        "script-src": hashes[0],
        "style-src": hashes[1],
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert re.findall('(?:src|href)="(.*?)"', html) == [DRESS.icon]


@pytest.mark.parametrize("script", ["a('</script>')", "a('</SCRIPT >')", "a('<!--')"])
def test_a_program_that_would_end_its_element_is_not_written(script: str) -> None:
    """A page that is cut off in the middle of its program must not leave the house."""
    with pytest.raises(ValueError, match="script"):
        letter.write("t", Markup(), {}, [], Dress(script, (), ""))


def test_what_is_left_out_is_named() -> None:
    """Each kind with its places, of many the first and how many more; nothing of what is all there."""
    assert letter.missing({}) == letter.missing({"maps": []}) == ""
    assert letter.missing({"maps": ["a x"], "kernels": ["a x", "a y"]}) == (
        "To stay below 5 MB it leaves out: maps of a x; kernels of a x and a y."
    )
    assert letter.missing({"maps": [*"abcdef"]}).endswith("maps of a, b, c and 3 more.")
