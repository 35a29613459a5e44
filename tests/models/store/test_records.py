from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, TypeAdapter, with_config

from models.store.records import STRICT, Amount, Count, record_of, require_plain

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@with_config(STRICT)
@dataclass(frozen=True)
class Inner:
    """Something that lies in something else."""

    kind: Literal["valid", "same"]
    number: Amount


@with_config(STRICT)
@dataclass(frozen=True)
class Outer:
    """One part of each type."""

    name: str
    count: int
    pair: tuple[Inner, Inner] | None
    several: tuple[Count, ...]
    by_name: dict[str, list[float]]
    more: dict[str, Any]
    word: Annotated[str, Field(pattern="^[a-z]*$")] = ""
    kept: bool = True

    def __post_init__(self) -> None:
        """Refuse what cannot be together."""
        if self.count > 100 and not self.kept:
            raise ValueError("keeps nothing of so much")


FORM = TypeAdapter(Outer)
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
        require_plain(content)


def deep(levels: int) -> Any:
    """Return a list in a list in a list."""
    return json.loads("[" * levels + "]" * levels)


def refusal(plain: Any) -> str:
    """Return why plain JSON is refused."""
    try:
        record_of(json.dumps(plain).encode(), FORM)
    except ValueError as error:
        return str(error)
    return "nothing"


@given(JSON)
def test_anything_is_of_a_type_or_refused(value: Any) -> None:
    """No JSON does anything but pass or raise ValueError with a sentence, wherever it stands."""
    for plain in (value, *({**GOOD, name: value} for name in GOOD), {**GOOD, "pair": [value, INNER]}):
        said = refusal(plain)
        assert said.startswith(("it", "a number in it", "a text in it", "nothing")) or "is no number" in said
        assert said.isprintable()


def test_what_is_right_passes() -> None:
    """Whole numbers may stand for others, what has a default may be missing, null where it may be."""
    inner = Inner("same", 2.0)
    assert record_of(json.dumps(GOOD).encode(), FORM) == Outer(
        "a", 3, (inner, inner), (1, 2), {"loss": [0.5, 1.0]}, {"deep": [None, {"x": True}]}
    )
    assert refusal({**GOOD, "pair": None, "kept": False}) == "nothing"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": 3}, "it.name is a number, not text"),
        ({"name": "a\ud800"}, "a text in it has characters that cannot be written"),
        ({"more": {"a": [{"b\n": 1}]}}, "a text in it has characters that cannot be written"),
        ({"count": True}, "it.count is true or false, not a whole number"),
        ({"count": "seven"}, "it.count is text, not a whole number"),
        ({"count": 1.0}, "it.count is a number, not a whole number"),
        ({"count": 2**53 + 1}, "a number in it is too long"),
        ({"count": 10**300}, "a number in it is too long"),
        ({"count": 200, "kept": False}, "it keeps nothing of so much"),
        ({"pair": [INNER]}, "it.pair has no part 2"),
        ({"pair": [INNER] * 3}, "it.pair has 3 parts, not 2"),
        ({"pair": [INNER, {**INNER, "kind": "full"}]}, "it.pair[1].kind is not 'valid' or 'same'"),
        ({"pair": [INNER, {**INNER, "kind": ["same"]}]}, "it.pair[1].kind is not 'valid' or 'same'"),
        ({"pair": [INNER, {"kind": "same"}]}, "it.pair[1] has no number"),
        ({"pair": [INNER, {**INNER, "number": -0.5}]}, "it.pair[1].number is -0.5, below 0"),
        ({"pair": [INNER, 3]}, "it.pair[1] is a number, not an object"),
        ({"several": {"0": 1}}, "it.several is an object, not a list"),
        ({"several": [None]}, "it.several[0] is null, not a whole number"),
        ({"several": [1, -1]}, "it.several[1] is -1, below 0"),
        ({"by_name": {"loss": 0.5}}, "it.by_name.loss is a number, not a list"),
        ({"more": {"x": [{"y": float("nan")}]}}, "NaN is no number"),
        ({"more": {"x": deep(300)}}, "it is nested too deeply"),
        ({"word": "../x"}, "it.word is '../x', not of the form ^[a-z]*$"),
        ({"kept": 1}, "it.kept is a number, not true or false"),
        ({"other": 1}, "it has a part that is not known"),
    ],
)  # fmt: skip
def test_the_sentence_names_the_place(change: dict[str, Any], sentence: str) -> None:
    """Whoever wrote the file finds what is wrong."""
    assert refusal({**GOOD, **change}) == sentence


def test_a_number_that_overflows_is_refused() -> None:
    """Python would read 1e999 as infinity, even where anything may stand."""
    with pytest.raises(ValueError, match="a number in it is too large"):
        record_of(json.dumps({**GOOD, "more": {"x": 9}}).replace("9", "1e999").encode(), FORM)
