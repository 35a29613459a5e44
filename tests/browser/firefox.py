"""Firefox as it is installed, by the protocol that it speaks: Playwright drives a Firefox of its own alone.

Source: WebDriver BiDi, https://www.w3.org/TR/webdriver-bidi/
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from websocket import WebSocket, create_connection

NAMES = ("firefox-esr", "firefox")
LISTENING = "WebDriver BiDi listening on "
PATIENCE = 60  # seconds for anything, on a machine that has much else to do
ONCE = """new Promise((done, fail) => {
  const end = performance.now() + %d;
  const look = () => {
    const found = (%s)();
    if (found) done(JSON.stringify(found));
    else if (performance.now() > end) fail(new Error("It does not come."));
    else setTimeout(look, 50);
  };
  look();
})"""
MIDDLE = """() => {
  const box = document.querySelector(%s)?.getBoundingClientRect();
  return box && [Math.round(box.left + box.width / 2), Math.round(box.top + box.height / 2)];
}"""


def installed() -> str | None:
    """Return the Firefox of this machine, None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Firefox:
    """One tab.

    Attributes:
        complaints: What the page's console got as errors, and exceptions that nobody caught.
    """

    def __init__(self, socket: WebSocket) -> None:
        """Take the tab that a Firefox begins with; `socket` speaks to it."""
        self._socket, self._numbers = socket, count(1)
        self.complaints: list[str] = []
        self._ask("session.new", capabilities={})
        self._ask("session.subscribe", events=["log.entryAdded"])
        self._tab = self._ask("browsingContext.getTree")["contexts"][0]["context"]

    def open(self, url: str, width: int, height: int) -> None:
        """Open an address in a window of so many pixels."""
        viewport = {"width": width, "height": height}
        self._ask("browsingContext.setViewport", context=self._tab, viewport=viewport)
        self._ask("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def told(self, function: str) -> Any:
        """Return what a JavaScript function without arguments returns, as soon as that is truthy."""
        answer = self._ask(
            "script.evaluate",
            expression=ONCE % (1000 * PATIENCE, function),
            target={"context": self._tab},
            awaitPromise=True,
        )
        assert answer["type"] == "success", (function, answer)
        return json.loads(answer["result"]["value"])

    def click(self, selector: str) -> None:
        """Move the pointer to the middle of what a selector finds first, and click."""
        x, y = self.told(MIDDLE % json.dumps(selector))
        steps = [
            {"type": "pointerMove", "x": x, "y": y},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self._act({"type": "pointer", "id": "mouse", "actions": steps})

    def press(self, key: str) -> None:
        """Press a key and let it go; one without a letter has the value that WebDriver gives it."""
        steps = [{"type": each, "value": key} for each in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keys", "actions": steps})

    def _act(self, actions: dict[str, Any]) -> None:
        self._ask("input.performActions", context=self._tab, actions=[actions])

    def _ask(self, method: str, **params: Any) -> Any:
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while (said := json.loads(self._socket.recv())).get("id") != number:
            if said.get("method") == "log.entryAdded" and said["params"]["level"] == "error":
                self.complaints.append(said["params"]["text"])
        assert said["type"] == "success", said
        return said["result"]


@contextmanager
def launched(executable: str, profile: Path) -> Iterator[Firefox]:
    """Start a Firefox without a window, with a profile of its own; stop it in the end."""
    command = [
        executable,
        "--headless",
        "--no-remote",
        "--profile",
        str(profile),
        "--remote-debugging-port=0",
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stderr
            said = next(line for line in process.stderr if line.startswith(LISTENING))
            address = f"{said.removeprefix(LISTENING).strip()}/session"
            socket = create_connection(address, timeout=2 * PATIENCE, suppress_origin=True)
            try:
                yield Firefox(socket)
            finally:
                socket.close()
        finally:
            process.terminate()
