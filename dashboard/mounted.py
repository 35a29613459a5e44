"""A server below a path of another one, made when it is asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from flask import Flask

from dashboard.base import led_into

Start = Callable[..., Any]


def mount(server: Flask, path: str, opened: Callable[[], Flask]) -> None:
    """Answer below a path what another server does, and everything else as before.

    Args:
        server: In front.
        path: Without slashes.
        opened: Makes the other server, once.
    """
    within, making, made = server.wsgi_app, threading.Lock(), list[Flask]()

    def other() -> Flask:
        with making:
            if not made:
                made.append(opened())
            return made[0]

    def below(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        asked = environ.get("PATH_INFO", "")
        if not asked.startswith(f"/{path}/"):
            return within(environ, start)
        here = f"{environ.get('SCRIPT_NAME', '')}/{path}"
        return other()({**environ, "SCRIPT_NAME": here, "PATH_INFO": asked.removeprefix(f"/{path}")}, start)

    server.add_url_rule(f"/{path}", path, partial(led_into, path, 308))
    server.wsgi_app = below  # type: ignore[method-assign, assignment] # as Flask documents it
