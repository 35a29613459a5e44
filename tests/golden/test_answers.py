from __future__ import annotations

import gzip
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from tests.browser.serving import Server
from tests.golden import answers
from tests.golden.asked import ASKED, COMPARED

NAMES = (*ASKED, *COMPARED)


@pytest.fixture(scope="module")
def now(shipped: Server) -> Mapping[str, bytes]:
    """What the server answers, by name."""
    return dict(answers.answers(shipped))


@pytest.mark.keras
@pytest.mark.parametrize("name", NAMES)
def test_an_answer_is_the_one_that_was_written_down(now: Mapping[str, bytes], name: str) -> None:
    """Bytes, JSON and tables change only where somebody means it, and runs `make golden`."""
    expected = (answers.FOLDER / name).read_bytes()

    assert answers.differences(name, expected, now[name]) == []


def test_nothing_is_written_down_that_is_not_asked() -> None:
    """A file in the folder belongs to an address."""
    assert {path.name for path in answers.FOLDER.iterdir()} == {*NAMES}


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("a.json", b'{"a": [1.0, "b"]}', b'{"a": [1.1, "b"]}'),
        ("a.json", b'{"a": [1.0, "b"]}', b'{"a": [1.0, "c"]}'),
        ("a.json", b'{"a": [1.0]}', b'{"a": [1.0, 2.0]}'),
        ("a.json", b'{"a": 1}', b'{"b": 1}'),
        ("a.txt", b"a", b"b"),
    ],
)
def test_what_differs_is_found(name: str, one: bytes, other: bytes) -> None:
    """Another number, word, length, name or more than a few bytes."""
    assert answers.differences(name, one, other)


def test_roundings_are_no_differences(tmp_path: Path) -> None:
    """The last digits of a number depend on the processor."""
    assert answers.differences("a.json", b'{"a": 1.0}', b'{"a": 1.000001}') == []
    for name, shift in (("one", 0), ("near", 1e-6), ("far", 1e-3)):
        np.save(tmp_path / name, np.arange(3, dtype=np.float32) + np.float32(shift))
    one, near, far = ((tmp_path / f"{name}.npy").read_bytes() for name in ("one", "near", "far"))

    assert answers.differences("a.npy", one, near) == []
    assert answers.differences("a.npy", one, far)


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("picture-")])
@pytest.mark.parametrize(("place", "change"), [(40, 1), (-1000, 2)])
def test_another_number_or_level_of_a_picture_is_found(name: str, place: int, change: int) -> None:
    """A logit with another exponent, a cell that is two levels off."""
    body = (answers.FOLDER / name).read_bytes()
    picture = bytearray(gzip.decompress(body))
    picture[place - place % 4 + 3 if place > 0 else place] ^= change << (5 if place > 0 else 0)

    assert answers.differences(name, body, gzip.compress(bytes(picture)))
    assert answers.differences(name, body, body) == []
