"""A small reverse proxy that serves what lies behind it under a prefix, and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

ONE_HOP = {"connection", "keep-alive", "transfer-encoding", "date", "server"}


@dataclass(frozen=True)
class Proxied:
    """What is served under a prefix.

    Attributes:
        origin: Scheme, name and port of the proxy.
        url: Where it lies there, without a slash at the end.
        refused: Paths outside the prefix that were asked for.
        missing: Paths under it that do not exist, or where something went wrong.
    """

    origin: str
    url: str
    refused: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


class Passing(BaseHTTPRequestHandler):
    """Passes requests on; what it needs to know is its server's."""

    server: Proxy
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Pass a request on, or show the proxy's own page."""
        if self.path == "/around":
            self._answer(200, [("Content-Type", "text/html")], self.server.around.encode())
        else:
            self._pass_on()

    def do_POST(self) -> None:
        """Pass a request on."""
        self._pass_on()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _pass_on(self) -> None:
        proxy = self.server
        if not self.path.startswith(f"{proxy.prefix}/"):
            proxy.told.refused.append(self.path)
            self._answer(404, [], b"")
            return
        path = self.path.removeprefix(proxy.prefix) if proxy.strips else self.path
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        behind = HTTPConnection(urlsplit(proxy.address).netloc, timeout=120)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ONE_HOP}
        behind.request(self.command, path, body, headers)
        response = behind.getresponse()
        if response.status >= 400 and response.status != 503:
            proxy.told.missing.append(f"{response.status} {path}")
        self._answer(response.status, response.getheaders(), response.read())
        behind.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in ONE_HOP | {"content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Proxy(ThreadingHTTPServer):
    """Listens on a port that the system chooses."""

    def __init__(self, address: str, prefix: str, strips: bool, around: str) -> None:
        """Take what `proxied` says."""
        super().__init__(("127.0.0.1", 0), Passing)
        self.address, self.prefix, self.strips, self.around = address, prefix, strips, around
        origin = f"http://127.0.0.1:{self.server_port}"
        self.told = Proxied(origin, origin + prefix)


@contextmanager
def proxied(address: str, prefix: str, *, strips: bool = True, around: str = "") -> Iterator[Proxied]:
    """Put a proxy in front of a server, and end it afterwards.

    Args:
        address: Scheme, name and port of the server.
        prefix: Begins with a slash, and ends with none.
        strips: Whether the server gets paths without it.
        around: HTML of the proxy's own page at `/around`.
    """
    with Proxy(address, prefix, strips, around) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.told
        finally:
            server.shutdown()
            thread.join()
