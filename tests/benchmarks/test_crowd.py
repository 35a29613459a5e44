import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from benchmarks import crowd


def test_crowd_asks_once_for_every_digit_and_counts_errors(capsys: pytest.CaptureFixture[str]) -> None:
    """Eight clients share the digits between them; an answer other than 200 is an error."""
    asked: Counter[str] = Counter()

    class Digits(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked[self.path] += 1
            self.send_response(503 if self.path == "/7" else 200)
            self.send_header("Content-Length", "3")
            self.end_headers()
            self.wfile.write(b"abc")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Digits) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        crowd.main(f"127.0.0.1:{server.server_port}", "/{}", 5, 40)
        server.shutdown()
    told = json.loads(capsys.readouterr().out)

    assert asked == {f"/{digit}": 1 for digit in range(5, 45)}
    assert (told["errors"], len(told["milliseconds"]), sum(told["bytes"])) == (1, 39, 117)
