"""Records that come from files: JSON, read strictly into the types that a dataclass gives.

Pydantic checks the types; Dash imports it at its start anyway. What it lets pass in JSON is refused before: a
name that is there twice, a number that other programs read as another, text that cannot be shown.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import isfinite
from typing import Annotated, Any, TypeVar

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

Record = TypeVar("Record")
STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, defer_build=True)
LARGEST = 2**53  # whole numbers up to there are the same in every language that reads JSON
DIGITS = len(str(-LARGEST))

Count = Annotated[int, Field(ge=0)]
Ordinal = Annotated[int, Field(ge=1)]  # what is counted from 1, or of which there is at least one
Amount = Annotated[float, Field(ge=0)]  # of what there is, or is not: a loss, a time
Seed = Annotated[int, Field(ge=0, lt=2**32)]  # as NumPy and Keras take them

NAMES = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
OTHER = "{where} is {called}, not "
SENTENCES = {  # by Pydantic's names of errors, with what Pydantic tells of them
    "missing": "{outer} has no {last}",
    "unexpected_keyword_argument": "{outer} has a part that is not known",
    "bool_type": OTHER + "true or false",
    "string_type": OTHER + "text",
    "float_type": OTHER + "a number",
    "finite_number": OTHER + "one that can be worked with",
    **dict.fromkeys(("int_type", "int_from_float"), OTHER + "a whole number"),
    **dict.fromkeys(("list_type", "tuple_type"), OTHER + "a list"),
    **dict.fromkeys(("dict_type", "mapping_type", "dataclass_type"), OTHER + "an object"),
    "too_short": "{where} has {actual_length} parts, not at least {min_length}",
    "too_long": "{where} has {actual_length} parts, not {max_length}",
    "greater_than_equal": "{where} is {value}, below {ge:.10g}",
    "greater_than": "{where} is {value}, not above {gt:.10g}",
    "less_than_equal": "{where} is {value}, above {le:.10g}",
    "less_than": "{where} is {value}, not below {lt:.10g}",
    "string_pattern_mismatch": "{where} is {value!r}, not of the form {pattern}",
    "literal_error": "{where} is not {expected}",
    "value_error": "{where} {error}",
    "json_invalid": "it is nested too deeply",  # the one fault that Python's reader lets pass
}


def record_of(content: bytes, kind: TypeAdapter[Record]) -> Record:
    """Return the record that JSON in UTF-8 holds.

    Args:
        content: Of a file.
        kind: Made of a dataclass that has `STRICT` for its configuration.

    Raises:
        ValueError: It is no JSON, is nested too deeply, names something twice, holds what no number is, or is
            not of the kind: a part is missing, is unknown, or is of another type or outside its bounds. The
            sentence names the place, and goes on where a file was named.
    """
    require_plain(content)
    try:
        return kind.validate_json(content)
    except ValidationError as error:
        raise ValueError(_sentence(error.errors(include_url=False)[0])) from error


def require_plain(content: bytes) -> None:
    """Refuse what is not JSON in UTF-8 that every program reads alike and everybody can write again.

    Raises:
        ValueError: It is not; the sentence goes on where a file was named.
    """
    try:
        plain = json.loads(
            content.decode(),
            object_pairs_hook=_once,
            parse_constant=_no_number,
            parse_int=_whole,
            parse_float=_finite,
        )
        _require_printable(plain)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except UnicodeDecodeError as error:
        raise ValueError("it is no text in UTF-8") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no JSON at line {error.lineno}, column {error.colno}") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("it names something twice")
    return found


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _whole(images: str) -> int:
    if len(images) > DIGITS or abs(int(images)) > LARGEST:
        raise ValueError("a number in it is too long")
    return int(images)


def _finite(images: str) -> float:
    if not isfinite(float(images)):
        raise ValueError("a number in it is too large")
    return float(images)


def _require_printable(plain: Any) -> None:
    if isinstance(plain, str) and not plain.isprintable():
        raise ValueError("a text in it has characters that cannot be written")
    if isinstance(plain, dict):
        for name in plain:
            _require_printable(name)
    if isinstance(plain, dict | list):
        for part in plain.values() if isinstance(plain, dict) else plain:
            _require_printable(part)


def _sentence(error: ErrorDetails) -> str:
    """Return what is wrong with a record, as a sentence goes on that has named the file."""
    *outer, last = error["loc"] or ("",)
    return SENTENCES.get(error["type"], "{where} cannot be: {message}").format(
        where=_place(error["loc"]),
        outer=_place(outer),
        last=last if isinstance(last, str) else f"part {last + 1}",
        value=error["input"],
        called=NAMES.get(type(error["input"]), "a number"),
        message=error["msg"],
        **error.get("ctx", {}),
    )


def _place(way: Sequence[int | str]) -> str:
    """Return how a part of JSON is called.

    >>> _place(("models", 0, "test"))
    'it.models[0].test'
    """
    return "it" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in way)
