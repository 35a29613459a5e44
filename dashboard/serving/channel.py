"""A connection with a client: what it says is read, answered and timed."""

from __future__ import annotations

import socket
import time
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import WSGITask
from waitress.utilities import BadRequest

from dashboard.security import REFUSED

LINGER = 2.0  # seconds in which a client that was refused may read why


class RequestTimeout(BadRequest):  # type: ignore[misc]
    """A request that did not arrive whole in its time."""

    code = 408


class Answer(WSGITask):  # type: ignore[misc]
    """The app's answer to a request."""

    def set_close_on_finish(self) -> None:
        """Close after it; but not because it has no body, as 304 has none, for which waitress would."""
        wanted = self.request.headers.get("CONNECTION", "").lower() == "close"
        if wanted or self.has_body or self.version == "1.0":
            super().set_close_on_finish()


class Refusal(WSGITask):  # type: ignore[misc]
    """The answer to what could not be read as a request: the app gives it, in the shape of all others."""

    def __init__(self, channel: Channel, request: HTTPRequestParser) -> None:
        """Fill in what the app looks at of a request, as far as it was not understood."""
        for name, value in {"command": "GET", "path": "/", "query": "", "request_uri": "/"}.items():
            if not hasattr(request, name):
                setattr(request, name, value)
        request.url_scheme, request.version = "http", "1.1"
        request.body_rcv = None  # what came of it is of no use
        super().__init__(channel, request)
        code = request.error.code
        self.get_environment()[REFUSED] = code if 400 <= code < 500 else 400  # it was the client's doing

    def execute(self) -> None:
        """Let the app say it; nothing is read after it."""
        self.set_close_on_finish()
        super().execute()


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection with a client. Times are of time.monotonic().

    Attributes:
        since: When it was opened, or its last request was answered.
        began: When the first byte of the request came that is now read or answered; None between requests.
        refused: Whether the last that it is told is a refusal.
        left: When we had nothing more to say and only waited for the client to hang up, None before.
        asked: Whether it has ever said a word.
    """

    task_class, error_task_class = Answer, Refusal
    request: HTTPRequestParser | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Open the connection: its time begins, and no request of it is read yet."""
        self.since = time.monotonic()
        self.began: float | None = None
        self.refused = False
        self.left: float | None = None
        self.asked = False
        super().__init__(*args, **kwargs)

    @property
    def idle(self) -> bool:
        """Whether no request is read, answered or sent."""
        return not (self.requests or self.total_outbufs_len or self.request)

    @property
    def kept(self) -> int:
        """Bytes that wait for the client, or for their turn."""
        unfinished = [self.request] if self.request else []
        waiting: int = self.total_outbufs_len
        for each in [*self.requests, *unfinished]:
            waiting += len(each.header_plus) + each.body_bytes_received
        return waiting

    def received(self, data: bytes) -> bool:
        """Take what the client has sent."""
        self.asked = True
        if self.began is None:
            self.began = time.monotonic()
        taken = bool(super().received(data))
        self.refused = any(request.error for request in self.requests)
        return taken

    def readable(self) -> bool:
        """Whether to wait for what the client sends; asked before every wait."""
        if self.began is not None and self.idle:
            self.began, self.since = None, time.monotonic()
        return self.left is not None or bool(super().readable())

    def writable(self) -> bool:
        """Whether there is something to send; asked before every wait."""
        return self.left is None and bool(super().writable())

    def handle_read(self) -> None:
        """Read; what comes after a refusal is thrown away."""
        if self.left is None:
            super().handle_read()
        else:
            self.recv(2**16)

    def handle_close(self) -> None:
        """Close it; after a refusal our end only, for with more on its way the client might never see why."""
        if self.refused and self.left is None and self.connected and not self.total_outbufs_len:
            self.left, self.will_close = time.monotonic(), False
            self.socket.shutdown(socket.SHUT_WR)
        else:
            super().handle_close()

    def drop(self) -> None:
        """Close it without another word."""
        super().handle_close()

    def may_end(self, now: float) -> bool:
        """Whether nothing is lost if it is closed: no answer is due, nor a question on its way for long."""
        if self.requests or self.total_outbufs_len:
            return False
        if self.asked and not self.request:
            return True
        return now - (self.began or self.since) > LINGER

    def look_at_clock(self, now: float, request_seconds: float, idle_seconds: float) -> None:
        """Give up on the client where its time is over.

        Args:
            now: The time.
            request_seconds: From the first byte of a request to the last of its answer.
            idle_seconds: Between two requests.
        """
        if self.left is not None:
            over = now - self.left > LINGER
        elif self.began is None:
            over = now - self.since > idle_seconds
        elif self.request and not self.requests and now - self.began > request_seconds:
            self._refuse(self.request)
            over = False
        else:
            over = now - self.began > request_seconds + (LINGER if self.refused else 0)
        if over:
            self.drop()

    def _refuse(self, unfinished: HTTPRequestParser) -> None:
        with self.requests_lock:
            unfinished.error = RequestTimeout("")
            self.requests.append(unfinished)
            self.request, self.refused = None, True
            self.server.add_task(self)
