"""Which keys a route's query may have: whatever else stands there is refused, rather than passed over.

A mistyped key would otherwise be answered with a picture of something that was not asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from flask import Flask, request

from dashboard.errors import RefusedError

DECLARED = "query_keys"  # attribute of a view
LONGEST = 40  # characters of a key that are repeated

View = TypeVar("View", bound=Callable[..., Any])


def knows(*keys: str) -> Callable[[View], View]:
    """Declare, below a route, the keys that its query may have, each at most once; none for no query."""

    def declare(view: View) -> View:
        setattr(view, DECLARED, keys)
        return view

    return declare


def check_queries(server: Flask) -> None:
    """Refuse every query that its route does not know, on routes that say what they know.

    Those of Dash say nothing of it, and the pages are shown whatever stands in a link.
    """

    def check() -> None:
        view = server.view_functions.get(request.endpoint or "")
        keys = getattr(view, DECLARED, None)
        if keys is None:
            return
        for wrong in _wrong(keys):
            allowed = f"It knows {', '.join(keys)}." if keys else "It knows none."
            raise RefusedError(400, "bad_query", f"{wrong}. {allowed}")

    server.before_request(check)


def _wrong(keys: tuple[str, ...]) -> Iterator[str]:
    for key, values in request.args.lists():
        if key == "off" and key not in keys:
            yield "This address is of whole networks: leave off out"
        elif key not in keys:
            yield f"This address does not know {quoted(key)} in its query"
        elif len(values) > 1:
            yield f"{key} stands in the query {len(values)} times: once is enough"


def quoted(key: str) -> str:
    """Return a key that somebody sent, cut to a length that fits in a sentence."""
    return f"“{key[:LONGEST]}…”" if len(key) > LONGEST else f"“{key}”"
