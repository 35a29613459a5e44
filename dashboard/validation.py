"""Typed, ranged reading of what a client sends in a path or a query, before anything is computed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import get_args

from dashboard.colours import Theme
from dashboard.errors import RefusedError, not_found
from models.forward_pass import STAGES, Stage


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


def comparison_choice(stored: object, models: Collection[str]) -> tuple[str, Theme]:
    """Return which networks are compared, and on what paper, from what the browser stored, or refuse."""
    if isinstance(stored, dict) and stored.keys() == {"model", "theme"}:
        model, theme = stored["model"], stored["theme"]
        for each in get_args(Theme):
            if isinstance(model, str) and model in models and theme == each:
                return model, each
    allowed = f"model ({', '.join(models)}) and theme (light, dark)"
    raise RefusedError(400, "malformed", f"A comparison has {allowed}.")
