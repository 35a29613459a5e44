"""`show`: ConvLens on networks and images that are variables, in a notebook or anywhere else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import mkdtemp
from threading import Thread
from typing import IO, TYPE_CHECKING, Any

from convlens.home import home
from convlens.surroundings import Surroundings, surroundings

if TYPE_CHECKING:
    import keras
    from numpy.typing import ArrayLike

ADDRESS = re.compile(r"ConvLens: http://\S+:(\d+)$")
FAULTS = "faults.log"
FRAME = (
    '<iframe src="{url}" title="ConvLens" width="100%" height="{height}" style="border:0" '
    'allow="clipboard-write; fullscreen"></iframe>'
)
SETTINGS = {"HOST": "127.0.0.1", "WORKERS": "1", "LOG_LEVEL": "error", "PYTHONUNBUFFERED": "1"}


class ShowError(Exception):
    """It cannot be shown; the message is the sentence that says why."""


class Shown:
    """ConvLens, as it runs for this program; it ends with it, or by `stop`.

    Attributes:
        url: Where it is, for a browser that shows this notebook.
    """

    def __init__(self, url: str, frame: str, process: subprocess.Popen[str]) -> None:
        """Take what runs, and the HTML that a notebook shows of this value, "" for none."""
        self.url = url
        self._frame = frame
        self._process = process

    def stop(self) -> None:
        """End it, and return once it has ended."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()

    def __repr__(self) -> str:
        return f"ConvLens: {self.url}"

    def _repr_html_(self) -> str | None:
        return self._frame or None


def show(
    model: keras.Model | Sequence[keras.Model] | Mapping[str, keras.Model],
    x: ArrayLike | None = None,
    y: ArrayLike | None = None,
    *,
    class_names: Sequence[str] = (),
    pixels: tuple[float, float] | None = None,
    height: int = 900,
    proxy: str | None = None,
) -> Shown:
    """Open networks on images, in a frame where there is a notebook, and print the link.

    It runs in processes of its own, which end when this one does, however it ends.

    Args:
        model: One network, several to be compared, or several by the names that they are to have.
        x: Images, (n, rows, columns) or (n, rows, columns, channels); None for the shipped ones that fit.
        y: Labels, (n,) whole numbers or names.
        class_names: Of the classes, in the order of the outputs.
        pixels: What the networks are fed of a pixel of 0 and of 255; None where that is to be found out.
        height: Of the frame, in pixels.
        proxy: Path of a proxy that has a port's number behind it, such as "/proxy/"; None to find out.

    Raises:
        ShowError: A network or the images cannot be opened; the message says why.
    """
    folder = Path(mkdtemp(prefix="convlens-"))
    command = [sys.executable, str(Path(__file__).with_name("ending.py")), str(folder)]
    command += [sys.executable, str(home() / "app.py"), *saved(model, folder), "--port", "0"]
    if x is not None:
        command += ["--images", str(_images(folder, x, y, class_names))]
    elif class_names:
        (folder / "names.txt").write_text("\n".join(class_names), encoding="utf-8")
        command += ["--classes", str(folder / "names.txt")]
    if pixels:
        command.append(f"--range={pixels[0]},{pixels[1]}")
    around = surroundings(proxy)
    process = _started(command, around, folder)
    url = around.link(_port(process, folder))
    frame = FRAME.format(url=url, height=height)
    print(f"ConvLens: {url}", flush=True)  # noqa: T201 - always, for where no frame can be shown
    return Shown(url, "" if around.display(frame) else frame, process)


def saved(model: Any, folder: Path) -> list[str]:
    """Save networks into a folder; return their files."""
    if isinstance(model, Mapping):
        named = dict(model)
    else:
        models = list(model) if isinstance(model, list | tuple) else [model]
        named = {each.name if len(models) == 1 else f"{each.name}-{i}": each for i, each in enumerate(models)}
    files = []
    for name, each in named.items():
        files.append(str(folder / f"{re.sub('[^A-Za-z0-9_.-]', '-', name)}.keras"))
        each.save(files[-1])
    return files


def _images(folder: Path, x: Any, y: Any, class_names: Sequence[str]) -> Path:
    import numpy as np  # noqa: PLC0415 - nobody who only trains needs it from here

    told = {"x": np.asarray(x)}
    if y is not None:
        told["y"] = np.asarray(y)
    if len(class_names):
        told["class_names"] = np.asarray(list(class_names))
    np.savez(folder / "images.npz", **told)  # type: ignore[arg-type] # its stubs know no such names
    return folder / "images.npz"


def _started(command: Sequence[str], around: Surroundings, folder: Path) -> subprocess.Popen[str]:
    """Start the server in a process that ends once nobody can write to its input any more."""
    settings = SETTINGS | {"FRAME_ANCESTORS": " ".join(around.ancestors), "TRUSTED_HOSTS": around.hosts}
    with (folder / FAULTS).open("w") as faults:
        return subprocess.Popen(  # noqa: S603 - programs of ours
            command,
            env=os.environ | settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=faults,
            text=True,
        )


def _port(process: subprocess.Popen[str], folder: Path) -> int:
    """Return where the server listens, once it does; pass on what it says before.

    Raises:
        ShowError: It ended instead.
    """
    assert process.stdout  # noqa: S101 - a pipe, as was asked for
    for line in process.stdout:
        if found := ADDRESS.match(line.strip()):
            Thread(target=_drain, args=[process.stdout], daemon=True).start()
            return int(found[1])
        print(line, end="", flush=True)  # noqa: T201 - what is guessed is said
    faults = (folder / FAULTS).read_text().strip().splitlines() if (folder / FAULTS).exists() else []
    if process.stdin:
        process.stdin.close()
    process.wait()
    raise ShowError(faults[-1].removeprefix("ConvLens: ") if faults else "ConvLens ended without a word.")


def _drain(said: IO[str]) -> None:
    """Read on, or who writes would wait one day."""
    for _ in said:
        pass
