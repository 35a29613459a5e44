"""Typed, ranged reading of what a client sends in a path or a query, before anything is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import get_args

from dashboard.colours import Theme
from dashboard.errors import RefusedError, not_found
from dashboard.pair import Pair, pairs
from dashboard.selection import BOTH
from models.engine.forward_pass import STAGES, Stage
from models.store.entry import Entry


def whole_number(text: str, what: str, end: int) -> int:
    """Return the number that a path names, or refuse with 404: below 0 and from `end` on there is nothing."""
    if text.isascii() and text.isdigit() and len(text) <= 9 and int(text) < end:
        return int(text)
    raise not_found(f"There is no such {what}. There are 0 to {end - 1}.")


def stage(query: Mapping[str, str]) -> Stage:
    """Return the stage that a query asks for, after activation by default, or refuse."""
    wanted = query.get("stage", "post")
    if wanted not in STAGES:
        raise RefusedError(400, "bad_stage", "stage must be pre or post.")
    return STAGES[STAGES.index(wanted)]


def class_of(query: Mapping[str, str], part: str, entry: Entry) -> int | None:
    """Return the class that a part of a query names, None where it is left out, or refuse."""
    if part not in query:
        return None
    return whole_number(query[part], f"class of {entry.key}", entry.layers[-1].channels)


def comparison_choice(stored: object, entries: Sequence[Entry]) -> tuple[str, Theme, Pair]:
    """Return which networks are compared, and on what paper, from what the browser stored, or refuse."""
    themes: tuple[Theme, ...] = get_args(Theme)
    for pair, theme in product(pairs(entries), themes):
        for model in (*pair, BOTH):
            if stored == {"model": model, "pair": [*pair], "theme": theme}:
                return model, theme, pair
    keys = ", ".join(entry.key for entry in entries)
    allowed = f"pair (two of {keys}), model (one of these two, or both) and theme (light, dark)"
    raise RefusedError(400, "malformed", f"A comparison has {allowed}.")
