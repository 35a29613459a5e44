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
from typing import Any

from gunicorn.workers import base
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.server import BaseWSGIServer, TcpWSGIServer, UnixWSGIServer
from waitress.task import ThreadedTaskDispatcher

from dashboard.serving.channel import Channel
from dashboard.serving.crowding import too_many, too_much
from dashboard.settings import Settings
from models.pictures.parts import MOST_BYTES

ADDRESSES = 4  # that may hold all the connections that one may hold, at the same time
MAX_HEAD = 32 * 2**10  # bytes of a request's first line and headers
MAX_KEPT = 128 * 2**20  # bytes of requests and answers that wait for their clients, in one process
LOOK = 0.1  # seconds between two looks at the clock, and at what is kept
OTHER_FILES = 256  # open in a process beside connections, with a good margin


class _Signals(wasyncore.file_dispatcher):  # type: ignore[misc]
    """Ends a wait when a signal arrives, by the pipe that gunicorn has for it."""

    def writable(self) -> bool:
        """Never: the pipe is only read."""
        return False

    def handle_read(self) -> None:
        """Empty the pipe: that a signal came is all that it says."""
        self.recv(64)


class Worker(base.Worker):  # type: ignore[misc]
    """The loop of one process: it waits for all clients at once, and hands what they ask to its threads."""

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
