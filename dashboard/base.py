"""Where ConvLens lies on its server: at the root, or below a path that others have the rest of.

A page writes every address relative to its own, and all pages lie in one folder. So a proxy that takes its
prefix away, as jupyter-server-proxy and most others do, needs no setting; only of one that leaves it the path
is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, redirect, request

Start = Callable[..., Any]


def answer_below(server: Flask, base: str) -> None:
    """Answer below a path what is answered at the root, and lead from the path itself to its page.

    Args:
        server: That goes on answering at the root too, for its own health checks and for proxies that strip.
        base: Begins and ends with a slash; "/" changes nothing.
    """
    if base == "/":
        return
    within, folder = server.wsgi_app, base.removesuffix("/")

    def below(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if f"{path}/".startswith(base):
            environ = {**environ, "SCRIPT_NAME": folder, "PATH_INFO": path.removeprefix(folder)}
        return within(environ, start)

    def lead() -> Response | None:
        is_folder = request.script_root and not request.environ["PATH_INFO"]
        return led_into(folder.rsplit("/", 1)[1]) if is_folder else None

    server.wsgi_app = below  # type: ignore[method-assign, assignment] # as Flask documents it
    server.before_request(lead)


def led_into(folder: str, status: int = 302) -> Response:
    """Lead from a folder's own address into it: addresses on its page would be relative to the one above.

    Args:
        folder: Its name.
        status: Of the answer.
    """
    query = request.query_string.decode("latin-1")
    return redirect(f"{folder}/{query and f'?{query}'}", status)  # type: ignore[return-value] # one of Flask's
