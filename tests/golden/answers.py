"""Golden answers: what ConvLens says to what is always asked, written down; as a program, writes them anew.

They are compared with tolerances, since other processors round otherwise: a level of a picture may be one
off, a number a thousandth of a per cent. Whoever changes an answer on purpose runs `make golden` and reads
the difference.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from dashboard.panels.compare import PANELS
from dashboard.panels.panel import Panel
from models.datasets.dataset import Noun
from tests.browser.serving import Server, served
from tests.golden import picture
from tests.golden.asked import ASKED, COMPARED

FOLDER = Path(__file__).parent / "answers"
HEAD = re.compile(r'"version":"([0-9a-f]{16})"')
RELATIVE, ABSOLUTE = 1e-5, 2e-6
NOUN = Noun("digit", "digits")
SHOWN = 2e-5  # of numbers that are written with fewer digits, or are differences of large ones


def words(component: Any) -> list[str]:
    """Return what a drawing of Compare, as JSON of a component, shows in words, part by part."""
    content = component["props"]["content"]
    return [*_WORDS[component["props"]["kind"]](content), component["props"]["file"]["text"]]


def _texts(cells: list[dict[str, str]]) -> list[str]:
    return [cell["text"] for cell in cells]


_WORDS: Mapping[str, Callable[[Any], list[str]]] = {  # by kind, in the order of assets/js/compare/drawing.js
    "chart": lambda it: [it["caption"], it["summary"]],
    "plane": lambda it: [it["caption"], it["summary"]],
    "words": lambda it: [*(text for each in it["sentences"] for text in _texts(each)), it["caption"]],
    "table": lambda it: [
        it["caption"],
        *(text for row in (it["header"], *it["rows"]) for text in _texts(row)),
    ],
    "gallery": lambda it: [
        it["caption"],
        *(text for each in it["thumbs"] for text in _texts(each["under"])),
        *_texts([it["rest"]] if "rest" in it else []),
    ],
}


def _told(server: Server, panel: Panel, pair: Sequence[str], model: str) -> list[str]:
    """Return all words of a section of Compare: what the page has there, and the drawings."""
    drawn = (part for each in server.compared(panel, pair, model) for part in words(each))
    return [word for part in (*panel.said(NOUN), *drawn) for word in part.split()]


def answers(server: Server) -> Iterator[tuple[str, bytes]]:
    """Yield by name of a file what a server answers; its networks are awake."""
    version = _version(server)
    for name, path in ASKED.items():
        status, body = server.get(path.replace("VERSION", version))
        assert status == 200, (path, status, body[:300])
        yield name, body.replace(version.encode(), b"VERSION")
    for name, (pair, model) in COMPARED.items():
        told = [word for panel in PANELS for word in _told(server, panel, pair.split(","), model)]
        yield name, json.dumps(told).encode()


def _version(server: Server) -> str:
    found = HEAD.search(server.get("/")[1].decode())
    assert found, "The page does not say of which version it is."
    return found[1]


def differences(name: str, expected: bytes, found: bytes) -> list[str]:
    """Return where two answers differ by more than a rounding, at most five places."""
    kind = Path(name).suffix
    if kind == ".json":
        return list(_of_json(json.loads(expected), json.loads(found), ""))[:5]
    if kind == ".npy":
        return _of_tensors(*(np.load(io.BytesIO(each), allow_pickle=False) for each in (expected, found)))
    if kind == ".bin":
        return _of_pictures(name, expected, found)
    return [] if expected == found else [f"{expected!r} is now {found!r}"]


def _of_json(expected: Any, found: Any, place: str) -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(found, dict):
        if missing := expected.keys() ^ found.keys():
            yield f"{place}: only one has {sorted(missing)}"
        for key in expected.keys() & found.keys():
            yield from _of_json(expected[key], found[key], f"{place}.{key}")
    elif isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            yield f"{place}: {len(expected)} are now {len(found)}"
        for index, (one, other) in enumerate(zip(expected, found, strict=False)):
            yield from _of_json(one, other, f"{place}[{index}]")
    elif isinstance(expected, float) and isinstance(found, float | int):
        if not np.isclose(expected, found, rtol=SHOWN, atol=SHOWN):
            yield f"{place}: {expected} is now {found}"
    elif expected != found:
        yield f"{place}: {expected!r} is now {found!r}"


def _of_tensors(expected: np.ndarray[Any, Any], found: np.ndarray[Any, Any]) -> list[str]:
    if (expected.shape, expected.dtype) != (found.shape, found.dtype):
        return [f"{expected.dtype} {expected.shape} is now {found.dtype} {found.shape}"]
    apart = ~np.isclose(expected, found, rtol=RELATIVE, atol=ABSOLUTE * max(1, np.abs(expected).max()))
    return [f"{apart.sum()} of {apart.size} numbers differ"] if apart.any() else []


def _of_pictures(name: str, expected: bytes, found: bytes) -> list[str]:
    """Compare the numbers of two pictures as numbers, and let levels be one off."""
    pair = [_layers()[key] for key in ASKED[name].split("/")[3].split(",")]
    stage = "pre" if "/pre.bin" in ASKED[name] else "post"
    compared = "reference=" in ASKED[name]
    one, other = (picture.read(gzip.decompress(each), pair, stage, compared) for each in (expected, found))
    if one.levels.shape != other.levels.shape:
        return [f"{one.levels.size} cells are now {other.levels.size}"]
    apart = np.abs(one.levels.astype(int) - other.levels).max(initial=0)
    return _of_tensors(one.numbers, other.numbers) + ([f"levels differ by {apart}"] if apart > 1 else [])


@cache
def _layers() -> dict[str, list[list[int]]]:
    """Return of each network the shapes of the layers that are painted, as was written down."""
    models = json.loads((FOLDER / "models.json").read_bytes())["models"]
    return {
        model["key"]: [each["output_shape"] for each in model["layers"] if each["kind"] != "Flatten"]
        for model in models
    }


def write(folder: Path = FOLDER) -> Mapping[str, list[str]]:
    """Write all answers of a server that is started for it; return by name where they differ from before."""
    folder.mkdir(exist_ok=True)
    changed = {}
    with tempfile.TemporaryDirectory() as cache, served(Path(cache)) as server:
        server.wait_until_ready()
        for name, body in answers(server):
            path = folder / name
            before = path.read_bytes() if path.exists() else None
            if before is not None and not (where := differences(name, before, body)):
                continue
            changed[name] = ["is new"] if before is None else where
            path.write_bytes(_laid_out(name, body))
    for stale in {path.name for path in folder.iterdir()} - {*ASKED, *COMPARED}:
        (folder / stale).unlink()
    return changed


def _laid_out(name: str, body: bytes) -> bytes:
    """Return an answer so that a difference can be read: JSON with a line for each of its parts."""
    if not name.endswith(".json"):
        return body
    return json.dumps(json.loads(body), indent=1, ensure_ascii=False).encode() + b"\n"


if __name__ == "__main__":
    for name, where in write().items():
        print(f"{name}: {'; '.join(where)}")
