"""A worker of gunicorn that reads requests and sends answers by waitress: no slow client holds a thread.

gunicorn keeps the processes and the sockets that they listen on. In each process one thread waits for all
clients at once. What has arrived whole it hands to the threads that work; what those answer it sends on, as
fast as it is read. It also looks at the clock, which neither of the two does for a whole request.
"""

from __future__ import annotations

import logging
import os
import resource
import socket
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from gunicorn.workers import base
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer, TcpWSGIServer, UnixWSGIServer
from waitress.task import ThreadedTaskDispatcher, WSGITask
from waitress.utilities import BadRequest

from dashboard.api.drawings import MOST_BYTES
from dashboard.security import REFUSED
from dashboard.settings import Settings

ADDRESSES = 4  # that may hold all the connections that one may hold, at the same time
MAX_HEAD = 32 * 2**10  # bytes of a request's first line and headers
MAX_KEPT = 128 * 2**20  # bytes of requests and answers that wait for their clients, in one process
LINGER = 2.0  # seconds in which a client that was refused may read why
LOOK = 0.1  # seconds between two looks at the clock, and at what is kept
OTHER_FILES = 256  # open in a process beside connections, with a good margin


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
        """Fill in what was not understood."""
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
        """Open it."""
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
        """Whether there is something to send."""
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


class Connection(Protocol):
    """What is looked at of a connection to decide whether it stays; a channel has it."""

    addr: tuple[str, int]
    since: float
    began: float | None
    requests: list[Any]

    @property
    def kept(self) -> int:
        """Bytes that wait for the client, or for their turn."""


Some = TypeVar("Some", bound=Connection)


def too_many(channels: Sequence[Some], most: int, most_of_one: int) -> Some | None:
    """Return the connection to close where there are too many, else None.

    It is, of the address that has most, one that is not answered now, and of those the one whose last
    answer is longest ago. So whoever clicks stays, behind the same address too.

    Args:
        channels: All that are open.
        most: How many there may be.
        most_of_one: How many one address may have.
    """
    if len(channels) <= most_of_one:
        return None
    address, count = Counter(channel.addr[0] for channel in channels).most_common(1)[0]
    if len(channels) <= most and count <= most_of_one:
        return None
    of_it = (channel for channel in channels if channel.addr[0] == address)
    return min(of_it, key=lambda channel: (bool(channel.requests), channel.since))


def too_much(channels: Sequence[Some], most: int) -> list[Some]:
    """Return the connections to close so that what is kept for clients is at most so many bytes.

    Those that began first are first.
    """
    kept = sum(channel.kept for channel in channels)
    dropped = []
    for channel in sorted((each for each in channels if each.kept), key=lambda each: each.began or 0.0):
        if kept <= most:
            break
        kept -= channel.kept
        dropped.append(channel)
    return dropped


class _Signals(wasyncore.file_dispatcher):  # type: ignore[misc]
    """Ends a wait when a signal arrives, by the pipe that gunicorn has for it."""

    def writable(self) -> bool:
        """Nothing is written here."""
        return False

    def handle_read(self) -> None:
        """That it came is all there is to it."""
        self.recv(64)


class Worker(base.Worker):  # type: ignore[misc]
    """The process's loop."""

    def run(self) -> None:
        """Serve until the master says stop or is gone; then answer what was asked, and leave."""
        logging.getLogger("waitress").setLevel(logging.ERROR)  # it warns of busy moments, and of clients gone
        settings = Settings.from_environment()
        self.most_of_one = settings.connections
        self.most = _allow_files(ADDRESSES * settings.connections)
        self.request_seconds = settings.request_seconds
        self.dispatchers: dict[int, Any] = {}
        self.looked = 0.0
        threads = ThreadedTaskDispatcher()
        threads.set_thread_count(self.cfg.threads)
        _Signals(self.PIPE[0], self.dispatchers)
        servers = [self._listen(each.sock, threads) for each in self.sockets]
        while self.alive and self.ppid == os.getppid():
            self._turn(1.0)
        for server in servers:
            wasyncore.dispatcher.close(server)  # no more than its socket: its threads are still answering
        self._finish()
        threads.shutdown(timeout=1)

    def _listen(self, sock: socket.socket, threads: ThreadedTaskDispatcher) -> BaseWSGIServer:
        name = sock.getsockname()
        local = sock.family == socket.AF_UNIX
        adjustments = Adjustments(
            backlog=self.cfg.backlog,
            clear_untrusted_proxy_headers=False,  # nothing reads them
            connection_limit=2**31,  # ours are below
            ident=None,
            inbuf_overflow=MAX_KEPT,  # nothing goes into a file
            log_socket_errors=False,
            max_request_body_size=MOST_BYTES + 1,  # the app knows which address takes less
            max_request_header_size=MAX_HEAD,
            outbuf_high_watermark=MAX_KEPT,
            outbuf_overflow=MAX_KEPT,
            server_name="localhost" if local else name[0],
        )
        kind: type[BaseWSGIServer] = UnixWSGIServer if local else TcpWSGIServer
        server = kind(
            self.wsgi,
            self.dispatchers,
            _sock=sock,
            dispatcher=threads,
            adj=adjustments,
            sockinfo=(sock.family, sock.type, sock.proto, name),
            bind_socket=False,
        )
        server.channel_class = self._admitted
        return server

    def _admitted(self, *args: Any, **kwargs: Any) -> Channel:
        """Open a connection, at the cost of another where there are too many."""
        channel = Channel(*args, **kwargs)
        if excess := too_many(self._channels(), self.most, self.most_of_one):
            excess.drop()
        return channel

    def _channels(self) -> list[Channel]:
        return [each for each in self.dispatchers.values() if isinstance(each, Channel)]

    def _turn(self, seconds: float) -> None:
        wasyncore.loop(timeout=seconds, use_poll=True, map=self.dispatchers, count=1)
        now = time.monotonic()
        if now - self.looked < LOOK:
            return
        self.looked = now
        self.notify()
        channels = self._channels()
        for channel in channels:
            channel.look_at_clock(now, self.request_seconds, self.cfg.keepalive)
        for channel in too_much(channels, MAX_KEPT):
            channel.drop()

    def _finish(self) -> None:
        """Answer what was asked by now, and wait no longer than a moment for what is still being asked."""
        end = time.monotonic() + self.cfg.graceful_timeout
        while self._channels() and (now := time.monotonic()) < end:
            self._turn(0.05)
            for channel in self._channels():
                if channel.may_end(now):
                    channel.drop()


def _allow_files(connections: int) -> int:
    """Let the process open as many files as connections need; return how many of these it may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + OTHER_FILES
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(connections, soft - OTHER_FILES)
