"""As many images as can be opened, 32×32 in colour, with a residual network: how long, and how large."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import numpy as np
from playwright.sync_api import Browser

from benchmarks.figures import Row, at_most, spread
from benchmarks.pages import ConvLens
from benchmarks.servers import CONVLENS, PATIENCE, Server, served, status
from dashboard.settings import ROOT
from models.datasets import coloured_mnist, own
from models.own.state import FORM, State

SIDE = 32
CLICKS = 20
FIRST = 100  # row of the wall, far from the image that the page opens on
POLL = 0.25  # seconds
OK, TIMES = 200, 8  # the status, and how often it is seen in a row
LIMIT = 1536.0  # MiB of the largest process
LEARNING = 6_000  # images that the network learns from
NAME = "resnet.keras"
TRAIN = "import sys; from pathlib import Path; from benchmarks.own import train; train(Path(sys.argv[1]))"


def measure(browser: Browser) -> Iterator[Row]:
    """Open them with an empty cache, wait until all are open and networks awake, and click."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        images = _images(folder)
        subprocess.run([sys.executable, "-c", TRAIN, str(images)], cwd=ROOT, check=True, capture_output=True)
        with served([*CONVLENS, str(folder / NAME), "--images", str(images)], folder) as server:
            page = time.time() - server.started
            first = _state(server).opened
            with _watched(server.process.pid) as largest:
                while (state := _state(server)).opened < state.count:
                    time.sleep(POLL)
                whole = time.time() - server.started
                _awake(server)
            yield Row(f"start → page of the first {first:,} of {state.count:,} images", f"{page:.1f} s")
            yield Row("start → all of them open, every channel measured", f"{whole:.1f} s")
            yield at_most("… the largest process", max(largest), LIMIT, " MiB", 0)
            # else a click may meet a server that just reads what is new
            _ask(server, "POST", "/api/opened/cancel")
            while _state(server).doing:
                time.sleep(POLL)
            _awake(server)
            clicks = _clicks(browser, server)
    yield Row("… click until it is painted, then", spread(clicks, " ms"))


def _images(folder: Path) -> Path:
    """Write coloured digits on a wider ground, and the same in other colours, until they are enough."""
    digits = coloured_mnist.load("train")
    several = [digits, coloured_mnist.load("test"), coloured_mnist.recoloured(digits, "unrelated")]
    images = np.concatenate([each.images for each in several])[: own.MOST]
    margin = (SIDE - images.shape[1]) // 2
    wide = np.pad(images, ((0, 0), (margin, margin), (margin, margin), (0, 0)))
    path = folder / "images.npz"
    labels = np.concatenate([each.labels for each in several])[: own.MOST]
    np.savez(path, x=wide, y=labels, class_names=np.array(digits.classes))
    return path


def train(images: Path) -> None:
    """Write a small residual network beside images, of which it has learned from some for one epoch."""
    from models.architectures import resnet_fashion  # noqa: PLC0415 - takes seconds
    from models.datasets.dataset import ImageSpec  # noqa: PLC0415
    from models.datasets.shipped import SOURCES  # noqa: PLC0415

    with np.load(images) as known:
        x, y = known["x"][:LEARNING].astype(np.float32) / 255, known["y"][:LEARNING]
    source = replace(SOURCES[coloured_mnist.KEY], spec=ImageSpec(SIDE, SIDE, 3))
    model = resnet_fashion.build(source, name="resnet")
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    model.fit(x, y, batch_size=128, verbose=0)
    model.save(images.with_name(NAME))


def _state(server: Server) -> State:
    return FORM.validate_json(_ask(server, "GET", "/api/opened"))


def _ask(server: Server, method: str, path: str) -> bytes:
    connection = http.client.HTTPConnection(server.host, timeout=PATIENCE)
    connection.request(method, path)
    body = connection.getresponse().read()
    connection.close()
    return body


def _awake(server: Server) -> None:
    """Wait until the networks are awake, and still are a moment later."""
    times = 0
    while times < TIMES:
        times = times + 1 if status(server.host, "/readyz") == OK else 0
        time.sleep(POLL)


@contextmanager
def _watched(root: int) -> Iterator[list[int]]:
    """Note the MiB of all processes below one, as long as the block lasts."""
    stop, largest = Event(), list[int]()
    watcher = Thread(target=_watch, args=(root, stop, largest))
    watcher.start()
    try:
        yield largest
    finally:
        stop.set()
        watcher.join()


def _watch(root: int, stop: Event, largest: list[int]) -> None:
    """Note the MiB that the largest of all processes had at most, until it is stopped."""
    while not stop.wait(POLL):
        for pid in _tree(root):
            try:
                told = Path(f"/proc/{pid}/status").read_text()
            except OSError:  # it ended meanwhile
                continue
            if found := re.search(r"^VmHWM:\s+(\d+) kB", told, re.MULTILINE):
                largest.append(int(found[1]) >> 10)


def _tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from _tree(int(child))


def _clicks(browser: Browser, server: Server) -> list[float]:
    lens = ConvLens(browser, server.address, FIRST)
    took = [lens.click(*place).painted for place in lens.fresh(CLICKS)]
    lens.close()
    return took
