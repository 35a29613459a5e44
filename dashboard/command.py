"""The command line: whose networks and images are opened, and how they are read."""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import NoReturn

from dashboard.settings import ROOT, Settings, SettingsError, environment
from models.own.wish import FOLDER, PLAIN, Span, Wish

LOG = "rest.log"  # what is measured meanwhile says so there
ABOUT = """\
Open trained image classifiers and see what they do with images: every layer's maps and kernels, the
arithmetic behind every value, and, of several networks, how sure it is which of them is better.
Without a network the ones that come with ConvLens are opened."""
MORE = """\
networks
  .keras archives of Keras 3, and .h5 or .hdf5 files of Keras 2 and 3. A file is never run: its plan is
  read, layers are allowed by list, and the network is built anew in a process of its own. What has a Lambda
  or a layer of its own is refused by name. The networks of one command read images of one form.

images
  a folder with a subfolder for each class; a folder with a labels.csv (file,label); an .npz with x and y
  (and class_names); an IDX file as MNIST has it. PNG, JPEG, WebP, BMP and TIFF of any size, grey or in
  colours. Without --images: the shipped test images, where the networks read such.

what is kept
  What was opened and measured lies in the cache folder (CACHE_DIR) and is found again the next time.

examples
  python app.py my.keras
  python app.py last.keras best.keras --images photos --range 0,255
  python app.py old.h5 --images data.npz --classes names.txt --port 8051"""


def open_own(arguments: Sequence[str]) -> NoReturn:
    """Open what a command line names, and go on as the server of it.

    Raises:
        SystemExit: Something cannot be opened; the sentence says what.
    """
    wish, port = asked(arguments)
    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        sys.exit(f"ConvLens: {error}")
    folder = _prepared(wish, settings.cache_dir)
    with (folder / LOG).open("w") as log:
        rest = [sys.executable, "-m", "models.own.rest", str(folder), str(os.getpid())]
        subprocess.Popen(rest, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    # at a terminal no line for each request
    level = "warning" if settings.log_level == "info" else settings.log_level
    chosen = {} if port is None else {"PORT": str(port)}
    served = environment(CHECKPOINTS_DIR=str(folder), LOG_LEVEL=level, **chosen)
    os.execve(sys.executable, [sys.executable, str(ROOT / "app.py")], served)  # the same process, but as new


def _prepared(wish: Wish, cache: Path) -> Path:
    """Return the folder that another process makes of a wish, and pass on what it says.

    Raises:
        SystemExit: It cannot be made.
    """
    command = [sys.executable, "-m", "models.own.world", str(cache)]
    with TemporaryFile("w+") as given, TemporaryFile("w+") as faults:
        given.write(PLAIN.dump_json(wish).decode())
        given.seek(0)
        with subprocess.Popen(
            command, cwd=ROOT, stdin=given, stdout=subprocess.PIPE, stderr=faults, text=True
        ) as preparing:
            folder = _passed_on(preparing.stdout or ())
        if preparing.returncode:
            faults.seek(0)
            sys.exit(f"ConvLens: {(faults.read().strip() or 'it could not be opened').splitlines()[-1]}")
    return Path(folder)


def _passed_on(said: Iterable[str]) -> str:
    """Print lines as they come, but for the one that names a folder, which is returned."""
    folder = ""
    for line in said:
        if line.startswith(FOLDER):
            folder = line.removeprefix(FOLDER).strip()
        else:
            print(line, end="", flush=True)
    return folder


def asked(arguments: Sequence[str]) -> tuple[Wish, int | None]:
    """Return what a command line asks for, and the port that it names.

    Raises:
        SystemExit: It makes no sense, or asks for help.
    """
    parser = argparse.ArgumentParser(
        prog="python app.py",
        description=ABOUT,
        epilog=MORE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("network", nargs="+", type=Path, help="a .keras or .h5 file")
    parser.add_argument("--images", type=Path, metavar="PATH", help="a folder or a file of images")
    parser.add_argument("--labels", type=Path, metavar="FILE", help="their labels, where they lie elsewhere")
    parser.add_argument("--classes", type=_names, default=(), metavar="FILE", help="names, one a line")
    parser.add_argument(
        "--range", type=_span, metavar="LOW,HIGH", help="what pixels of 0 and 255 become, such as 0,1 or -1,1"
    )
    parser.add_argument("--size", type=_size, metavar="ROWSxCOLUMNS", help="of images that may have any size")
    parser.add_argument("--port", type=int, help="instead of PORT, or 8050")
    told = parser.parse_args(arguments)
    absolute = [each.absolute() for each in told.network]
    images, labels = (each and each.absolute() for each in (told.images, told.labels))
    return Wish(tuple(absolute), images, labels, told.classes, told.range, told.size), told.port


def _names(text: str) -> tuple[str, ...]:
    try:
        lines = Path(text).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise argparse.ArgumentTypeError(f"{text} is no file of names that can be read") from error
    return tuple(line.strip() for line in lines if line.strip())


def _span(text: str) -> Span:
    try:
        low, high = map(float, text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not two numbers, such as 0,1") from error
    if not -1e6 < low < high < 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} does not go from a smaller number to a larger one")
    return low, high


def _size(text: str) -> tuple[int, int]:
    if not (found := re.fullmatch(r"([1-9]\d{0,3})[x×]([1-9]\d{0,3})", text)):
        raise argparse.ArgumentTypeError(f"{text!r} is not rows and columns, such as 224x224")
    return int(found[1]), int(found[2])
