"""Plain JSON, read strictly: no name twice, no number that is none, and the types that a dataclass gives."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from math import isfinite
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

LARGEST = 2**53  # whole numbers up to there are the same in every language that reads JSON
DIGITS = 400  # more than any number of ours has
NAMES = {dict: "an object", list: "a list", str: "text", bool: "true or false", NoneType: "null"}


def json_of(content: bytes) -> Any:
    """Return what JSON in UTF-8 says.

    Raises:
        ValueError: It is none, names something twice, is nested too deeply, or holds what no number is; the
            sentence goes on where a file was named.
    """
    try:
        return json.loads(
            content.decode(), object_pairs_hook=_once, parse_constant=_no_number, parse_int=_whole
        )
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


def _whole(digits: str) -> int:
    if len(digits) > DIGITS:
        raise ValueError("a number in it is too long")
    return int(digits)


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


def require(value: object, kind: Any, where: str) -> None:
    """Refuse a part of plain JSON that is not of a type.

    Args:
        value: What `json_of` gave.
        kind: A dataclass, or what may stand in one: int, float, str, bool, Any, None, and lists, tuples,
            dictionaries, unions and literals of such.
        where: What the part is called in the sentence.

    Raises:
        ValueError: It is not; the sentence names the place, and goes on where a file was named.

    >>> require({"digits": [1, "2"]}, dict[str, list[int]], "it")
    Traceback (most recent call last):
    ValueError: it.digits[1] is text, not a whole number
    """
    if is_dataclass(kind):
        _require_fields(_of(value, dict, where, "an object"), kind, where)
    elif get_origin(kind) in (Union, UnionType):
        _require_one(value, get_args(kind), where)
    elif get_origin(kind) is Literal:
        if not any(type(value) is type(each) and value == each for each in get_args(kind)):
            raise ValueError(f"{where} is none of {', '.join(map(str, get_args(kind)))}")
    elif get_origin(kind) in (list, tuple):
        _require_items(_of(value, list, where, "a list"), kind, where)
    elif get_origin(kind) is dict or (get_origin(kind) or kind) is Mapping:
        for name, part in _of(value, dict, where, "an object").items():
            require(name, str, f"a name in {where}")
            require(part, get_args(kind)[1], f"{where}.{name}")
    else:
        _require_simple(value, kind, where)


def _of(value: object, kind: type, where: str, wanted: str) -> Any:
    if type(value) is not kind:
        raise ValueError(f"{where} is {_called(value)}, not {wanted}")
    return value


def _called(value: object) -> str:
    return NAMES.get(type(value), "a number")


def _require_fields(value: Mapping[str, object], kind: Any, where: str) -> None:
    known = {each.name: each.default is MISSING for each in fields(kind)}
    for name in sorted(known.keys() - value.keys()):
        if known[name]:
            raise ValueError(f"{where} has no {name}")
    hints = get_type_hints(kind)
    for name, part in value.items():
        if name not in known:
            raise ValueError(f"{where} has a part that is not known")
        require(part, hints[name], f"{where}.{name}")


def _require_one(value: object, kinds: tuple[Any, ...], where: str) -> None:
    """Refuse what is of none of some types, of which one is the type of null, with the other's sentence."""
    if value is None and NoneType in kinds:
        return
    require(value, next(kind for kind in kinds if kind is not NoneType), where)


def _require_items(value: list[object], kind: Any, where: str) -> None:
    kinds = get_args(kind)
    if get_origin(kind) is list or kinds[-1] is Ellipsis:
        kinds = (kinds[0],) * len(value)
    if len(kinds) != len(value):
        raise ValueError(f"{where} has {len(value)} parts, not {len(kinds)}")
    for place, (part, wanted) in enumerate(zip(value, kinds, strict=True)):
        require(part, wanted, f"{where}[{place}]")


def _require_simple(value: object, kind: Any, where: str) -> None:
    if kind is Any:
        _require_any(value, where)
    elif kind is int:
        if type(value) is not int or abs(value) > LARGEST:
            raise ValueError(f"{where} is {_called(value)}, not a whole number")
    elif kind is float:
        if type(value) not in (int, float) or not _is_number(value):
            raise ValueError(f"{where} is {_called(value)}, not a number that can be worked with")
    elif kind is str:
        if not _of(value, str, where, "text").isprintable():
            raise ValueError(f"{where} has characters that cannot be written")
    else:
        _of(value, kind, where, NAMES[kind])


def _is_number(value: Any) -> bool:
    return abs(value) <= LARGEST if isinstance(value, int) else isfinite(value)


def _require_any(value: object, where: str) -> None:
    """Refuse what JSON can hold but nobody can write again, however deep."""
    if isinstance(value, dict):
        require(value, dict[str, Any], where)
    elif isinstance(value, list):
        require(value, list[Any], where)
    elif isinstance(value, str):
        _require_simple(value, str, where)
    elif value is not None and not isinstance(value, bool):
        _require_simple(value, float, where)
