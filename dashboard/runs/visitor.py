"""Who a visitor is: whoever holds a random name that this page once gave to a browser."""

from __future__ import annotations

import re
import secrets

from flask import Flask, Request, Response, request

COOKIE = "convlens-visitor"
NAME = re.compile(r"[0-9a-f]{32}")
YEAR = 365 * 24 * 3600  # seconds


def visitor_of(asked: Request) -> str:
    """Return the name that a request comes with, "" where it comes with none."""
    name = asked.cookies.get(COOKIE, "")
    return name if NAME.fullmatch(name) else ""


def name_visitors(server: Flask, path: str) -> None:
    """Give every browser that opens a page, and has no name, one that nobody can guess.

    It is sent back to the folder of that page alone, wherever a proxy puts it, and no script can read it.
    """

    def name(response: Response) -> Response:
        if request.path == path and response.status_code == 200 and not visitor_of(request):
            response.set_cookie(
                COOKIE,
                secrets.token_hex(16),
                max_age=YEAR,
                path=None,
                secure=request.is_secure,
                httponly=True,
                samesite="Strict",
            )
        return response

    server.after_request(name)
