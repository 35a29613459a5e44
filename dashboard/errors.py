"""The one way in which a request is refused, and the one shape in which it hears so."""

from __future__ import annotations

from typing import Any


class RefusedError(Exception):
    """A request that cannot be answered; the message is a sentence for the person who asked.

    Attributes:
        status: HTTP status, 4xx for what the client did, 503 for what is not ready.
        code: One word for programs.
        message: What was wrong, what is allowed, what to do.
        retry_after: Seconds after which it makes sense to ask again, None where it never does.
    """

    def __init__(self, status: int, code: str, message: str, retry_after: int | None = None) -> None:
        """Say why, in words that a person can act on."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after


def error_body(code: str, message: str, request_id: str) -> dict[str, Any]:
    """Return the JSON that every refused request gets."""
    return {"error": {"code": code, "message": message, "request_id": request_id}}


def not_found(what: str) -> RefusedError:
    """Return the refusal of something that does not exist."""
    return RefusedError(404, "not_found", what)
