"""Several exhibits at one server: the first at its root, the others below paths, opened when asked for.

Each is a page of its own with a workspace of its own. So whoever looks at the first one waits for none of the
others, and pays no memory for them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from flask import Flask
from markupsafe import Markup

from dashboard.base import led_into
from dashboard.ids import Id
from dashboard.markup import element, joined
from models.store.exhibits import Exhibit

Start = Callable[..., Any]
Open = Callable[[Exhibit], Flask]


class Exhibits:
    """Answers below the path of an exhibit what its own server does, and everything else as before."""

    def __init__(self, server: Flask, others: Sequence[Exhibit], opened: Open) -> None:
        """Stand in front of a server.

        Args:
            server: Of the exhibit at the root.
            others: The other exhibits.
            opened: Makes the server of one of them, which takes a second.
        """
        self._within = server.wsgi_app
        self._others = {each.key: each for each in others}
        self._opened = opened
        self._servers: dict[str, Flask] = {}
        self._opening = threading.Lock()
        for key in self._others:
            server.add_url_rule(f"/{key}", f"exhibit {key}", partial(led_into, key, 308))
        server.wsgi_app = self  # type: ignore[method-assign, assignment] # as Flask documents it

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer a request."""
        key, slash, rest = environ.get("PATH_INFO", "").removeprefix("/").partition("/")
        if key not in self._others or not slash:
            return self._within(environ, start)
        below = {"SCRIPT_NAME": f"{environ.get('SCRIPT_NAME', '')}/{key}", "PATH_INFO": f"/{rest}"}
        return self._server(key)({**environ, **below}, start)

    def _server(self, key: str) -> Flask:
        with self._opening:
            if key not in self._servers:
                self._servers[key] = self._opened(self._others[key])
            return self._servers[key]


def listed(exhibits: Sequence[Exhibit], shown: Exhibit | None) -> Markup:
    """Return the list of all exhibits behind a button that says which is shown; nothing where there is one.

    Args:
        exhibits: All, the one at the root first.
        shown: The one whose page this is.
    """
    if shown is None or len(exhibits) < 2:
        return Markup("")
    up = "./" if shown == exhibits[0] else "../"
    links = (
        element(
            "a",
            each.title,
            href=up if each == exhibits[0] else f"{up}{each.key}/",
            aria_current="page" if each == shown else None,
        )
        for each in exhibits
    )
    return joined(
        (
            element(
                "button",
                shown.title,
                type="button",
                popovertarget=Id.EXHIBITS,
                aria_label=f"Exhibit: {shown.title}",
                title="What else is shown",
                class_="exhibit",
            ),
            element("nav", *links, id=Id.EXHIBITS, popover="auto", aria_label="Exhibits", class_="exhibits"),
        )
    )
