import io
import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from benchmarks import askers


def test_askers_ask_for_every_line_and_again_after_a_refusal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Three clients share the lines; a file is posted; what is refused with a time is asked again."""
    asked: Counter[str] = Counter()
    file = tmp_path / "image"
    file.write_bytes(b"pixels")

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked[f"{self.command} {self.path}"] += 1
            busy = self.path == "/busy" and asked["GET /busy"] < 3
            self.send_response(503 if busy else 404 if self.path == "/none" else 200)
            self.send_header("Content-Length", "0")
            if busy:
                self.send_header("Retry-After", "0")
            self.end_headers()

        def do_POST(self) -> None:
            assert self.rfile.read(int(self.headers["Content-Length"])) == b"pixels"
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    monkeypatch.setattr("sys.stdin", io.StringIO(f"/a\n/busy\n/none\n/post\t{file}\n/b\n"))
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        askers.main(f"127.0.0.1:{server.server_port}", 3)
        server.shutdown()
    told = json.loads(capsys.readouterr().out)

    assert asked == {"GET /a": 1, "GET /busy": 3, "GET /none": 1, "POST /post": 1, "GET /b": 1}
    assert {name: told[name] for name in told if name != "seconds"} == {"200": 4, "404": 1, "refused": 2}
