from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.store.plain import json_of, require

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@dataclass(frozen=True)
class Inner:
    """Something that lies in something else."""

    kind: Literal["valid", "same"]
    number: float


@dataclass(frozen=True)
class Outer:
    """One part of each type."""

    name: str
    count: int
    pair: tuple[Inner, Inner] | None
    several: tuple[int, ...]
    by_name: dict[str, list[float]]
    more: dict[str, Any]
    kept: bool = True


INNER = {"kind": "same", "number": 2}
GOOD = {
    "name": "a",
    "count": 3,
    "pair": [INNER, INNER],
    "several": [1, 2],
    "by_name": {"loss": [0.5, 1]},
    "more": {"deep": [None, {"x": True}]},
}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"a": 1, "a": 2}', "twice"),
        (b'[{"a": [{"b": 1, "b": 1}]}]', "twice"),
        (b"[NaN]", "NaN is no number"),
        (b"-Infinity", "no number"),
        (b"[" * 100_000, "too deeply"),
        (b'{"a":' * 100_000, "too deeply"),
        (b"[" * 100_000 + b"]" * 100_000, "too deeply"),
        (b"9" * 5_000, ""),
        (b"\xff\xfe\xfd", ""),
        (b"", ""),
        (b"{} {}", ""),
    ],
)
def test_what_is_no_plain_json_is_refused(content: bytes, words: str) -> None:
    """Whatever is wrong with it, that is a ValueError, and never another error."""
    with pytest.raises(ValueError, match=words):
        json_of(content)


@given(JSON)
def test_anything_is_of_a_type_or_refused(value: Any) -> None:
    """No JSON does anything but pass or raise ValueError with a sentence, wherever it stands."""
    for plain in (value, *({**GOOD, name: value} for name in GOOD), {**GOOD, "pair": [value, INNER]}):
        assert refusal(plain).startswith(("it", "a name in it", "nothing"))


def refusal(plain: Any) -> str:
    """Return why plain JSON is refused."""
    try:
        require(plain, Outer, "it")
    except ValueError as error:
        return str(error)
    return "nothing"


def test_what_is_right_passes() -> None:
    """Whole numbers may stand for others, what has a default may be missing, null where it may be."""
    require(GOOD, Outer, "it")
    require({**GOOD, "pair": None, "kept": False}, Outer, "it")
    assert json_of(json.dumps(GOOD).encode()) == GOOD


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": 3}, "it.name is a number, not text"),
        ({"name": "a\ud800"}, "it.name has characters that cannot be written"),
        ({"count": True}, "it.count is true or false, not a whole number"),
        ({"count": 1.0}, "it.count is a number, not a whole number"),
        ({"count": 10**300}, "it.count is a number, not a whole number"),
        ({"pair": [INNER]}, "it.pair has 1 parts, not 2"),
        ({"pair": [INNER, {**INNER, "kind": "full"}]}, r"it.pair\[1\].kind is none of valid, same"),
        ({"pair": [INNER, {**INNER, "kind": ["same"]}]}, r"it.pair\[1\].kind is none of valid, same"),
        ({"pair": [INNER, {"kind": "same"}]}, r"it.pair\[1\] has no number"),
        ({"pair": [INNER, {**INNER, "number": float("inf")}]}, r"it.pair\[1\].number is a number, not a"),
        ({"several": {"0": 1}}, "it.several is an object, not a list"),
        ({"several": [None]}, r"it.several\[0\] is null, not a whole number"),
        ({"by_name": {"loss": 0.5}}, "it.by_name.loss is a number, not a list"),
        ({"more": {"x": [{"y": float("nan")}]}}, r"it.more.x\[0\].y is a number, not"),
        ({"other": 1}, "it has a part that is not known"),
    ],
)  # fmt: skip
def test_the_sentence_names_the_place(change: dict[str, Any], sentence: str) -> None:
    """Whoever wrote the file finds what is wrong."""
    with pytest.raises(ValueError, match=sentence):
        require({**GOOD, **change}, Outer, "it")
