"""Servers below paths of another one, made when they are asked for."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from flask import Flask

from dashboard import security
from dashboard.base import led_into
from dashboard.errors import RefusedError

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


def mount_each(server: Flask, folder: str, opened: Callable[[str], Flask], most: int) -> None:
    """Answer below each of many paths, `/runs/a7…/` or `/runs/a7….b2…/`, what a server of its own does.

    Args:
        server: In front.
        folder: In which they lie, without slashes.
        opened: Makes the server of one of them, by its name; refuses where there is none.
        most: Servers that stay; of more the one that was not asked for longest is made anew.
    """
    within, making, made = server.wsgi_app, threading.Lock(), OrderedDict[str, Flask]()
    known = re.compile(rf"/{folder}/([0-9a-f]+(?:\.[0-9a-f]+)?)(/.*)?")

    def named(name: str) -> Flask:
        with making:
            if name not in made:
                made[name] = opened(name)
                if len(made) > most:
                    made.popitem(last=False)
            made.move_to_end(name)
            return made[name]

    def below(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        found = known.fullmatch(environ.get("PATH_INFO", ""))
        if not found:
            return within(environ, start)
        with server.request_context(environ):
            if not found[2]:
                return led_into(found[1], 308)(environ, start)
            try:
                other = named(found[1])
            except RefusedError as error:
                return security.refused(error)(environ, start)
        here = f"{environ.get('SCRIPT_NAME', '')}/{folder}/{found[1]}"
        return other({**environ, "SCRIPT_NAME": here, "PATH_INFO": found[2]}, start)

    server.wsgi_app = below  # type: ignore[method-assign, assignment] # as Flask documents it
