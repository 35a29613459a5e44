"""The command line: whose networks and images are opened, and how they are read."""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryFile, mkdtemp
from typing import NoReturn

from dashboard.settings import ROOT, Settings, SettingsError, environment
from models import architectures
from models.opening.preprocessing import WORDS, Preprocessing
from models.own import state
from models.own.following import followed
from models.own.keeper import point
from models.own.state import WORLD
from models.own.wish import FOLDER, PART, PLAIN, PROGRESS, Span, Wish

OPENED = "own/opened"  # in the cache folder: a folder for each server
FIRST = "first"  # in such a folder: a first part of the images
LOG = "keeper.log"  # beside the folders that are kept
ABOUT = """\
Open trained image classifiers and see what they do with images: every layer's maps and kernels, the
arithmetic behind every value, and, of several networks, how sure it is which of them is better.
Without a network the ones that come with ConvLens are opened."""
MORE = """\
networks
  .keras archives of Keras 3, and .h5 or .hdf5 files of Keras 2 and 3. A file is never run: its plan is
  read, layers are allowed by list, and the network is built anew in a process of its own. What has a Lambda
  or a layer of its own is refused by name. The networks of one command read images of one form.
  A folder that convlens.Snapshots wrote stands for its last snapshot, FOLDER@12 for that after 12 steps.
  A file of weights alone needs --architecture: the JSON of model.to_json() or of a configuration, another
  .keras or .h5 file of the same layers, or a recipe that comes with ConvLens, such as cnn.
  ONNX, SavedModel, TensorFlow.js and PyTorch do not open: rebuild the network in Keras and save it.

images
  a folder with a subfolder for each class; a folder with a labels.csv (file,label); an .npz with x and y
  (and class_names); an IDX file as MNIST has it. PNG, JPEG, WebP, BMP and TIFF of any size, grey or in
  colours. Without --images: the shipped test images, where the networks read such.

what pixels become
  --range says what pixels of 0 and 255 become; without it the range is taken with which most images are named
  right. --mean, --std and --order do more to that: they become layers in front of the network, rgb_to_bgr and
  standardise, seen like all others. --preprocess is all of it at once, by the words of keras.applications:
  caffe (0 to 255, blue first, less the means of ImageNet), torch (0 to 1, means, deviations), tf (-1 to 1).

what is kept
  What was opened and measured lies in the cache folder (CACHE_DIR) and is found again the next time.

while the page is open
  Where all images would take long, the first of them are opened at once; the others are read and measured
  meanwhile, and the page says how far that is. What takes longest (every channel switched off, images moved
  and blurred, their arrangement) comes last. A network that is written anew is offered to be opened anew.

examples
  {program} my.keras
  {program} last.keras best.keras --images photos --range 0,255
  {program} my.weights.h5 --architecture my.json
  {program} old.h5 --images data.npz --classes names.txt --port 8051"""


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
    cache = settings.cache_dir
    try:
        (cache / OPENED).mkdir(parents=True, exist_ok=True)
        place = Path(mkdtemp(dir=cache / OPENED))  # that nobody else can read or write
    except OSError as error:
        sys.exit(f"ConvLens: {cache} cannot be written ({error.strerror}): name another folder as CACHE_DIR.")
    point(place, _prepared(wish, cache, place))
    _keep(wish, cache, place)
    # at a terminal no line for each request
    level = "warning" if settings.log_level == "info" else settings.log_level
    chosen = {} if port is None else {"PORT": str(port)}
    served = environment(CHECKPOINTS_DIR=str(place / WORLD), LOG_LEVEL=level, **chosen)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until gunicorn knows what to do when files have changed
    os.execve(sys.executable, [sys.executable, str(ROOT / "app.py")], served)  # the same process, but as new


def _keep(wish: Wish, cache: Path, place: Path) -> None:
    """Start what brings and measures the rest, as long as this process lives."""
    keeper = [sys.executable, "-m", "models.own.keeper", str(place), str(cache), str(os.getpid())]
    with TemporaryFile() as given, (cache / OPENED / LOG).open("w") as log:
        given.write(PLAIN.dump_json(wish))
        given.seek(0)
        subprocess.Popen(keeper, cwd=ROOT, stdin=given, stdout=log, stderr=log)


def _prepared(wish: Wish, cache: Path, place: Path) -> Path:
    """Return the folder that another process makes of a wish, or of a part; pass on what it says.

    Raises:
        SystemExit: It cannot be made.
    """
    heard = Heard()
    command = [sys.executable, "-m", "models.own.world", str(cache), str(place / FIRST)]
    ending = followed(command, PLAIN.dump_json(wish).decode(), heard.hear, lambda: True)
    if ending.status:
        place.rmdir()
        sys.exit(f"ConvLens: {ending.fault or 'it could not be opened'}")
    state.write(state.State(opened=heard.opened, count=heard.count), place)
    return Path(heard.folder)


@dataclass
class Heard:
    """What the process says that prepares a wish.

    Attributes:
        folder: That it made.
        opened: Images that are in it, of so many (`count`); 0 where these are all.
        count: As above.
    """

    folder: str = ""
    opened: int = 0
    count: int = 0

    def hear(self, line: str) -> None:
        """Take a line for what it says of the folder; all others are for people, and printed."""
        if line.startswith(FOLDER):
            self.folder = line.removeprefix(FOLDER)
        elif line.startswith(PART):
            self.opened, self.count = map(int, line.removeprefix(PART).split(" of "))
        elif not line.startswith(PROGRESS):
            print(line, flush=True)


def asked(arguments: Sequence[str]) -> tuple[Wish, int | None]:
    """Return what a command line asks for, and the port that it names.

    Raises:
        SystemExit: It makes no sense, or asks for help.
    """
    program = "python app.py" if Path(sys.argv[0]).name == "app.py" else "convlens"
    parser = argparse.ArgumentParser(
        prog=program,
        description=ABOUT,
        epilog=MORE.format(program=program),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("network", nargs="+", type=Path, help="a .keras or .h5 file, or snapshots")
    parser.add_argument(
        "--architecture", type=_architecture, metavar="FILE", help="layers of weights-only files"
    )
    parser.add_argument("--images", type=Path, metavar="PATH", help="a folder or a file of images")
    parser.add_argument("--labels", type=Path, metavar="FILE", help="their labels, where they lie elsewhere")
    parser.add_argument("--classes", type=_names, default=(), metavar="FILE", help="names, one a line")
    parser.add_argument(
        "--range", type=_span, metavar="LOW,HIGH", help="what pixels of 0 and 255 become, such as 0,1 or -1,1"
    )
    parser.add_argument(
        "--preprocess", choices=sorted(WORDS), help="what keras.applications calls so: range, means and order"
    )
    parser.add_argument("--mean", type=_numbers, metavar="A,B,C", help="taken from what is fed, by channel")
    parser.add_argument("--std", type=_positive, metavar="A,B,C", help="by which the rest is divided")
    parser.add_argument("--order", choices=("rgb", "bgr"), help="of the channels that the networks read")
    parser.add_argument("--size", type=_size, metavar="ROWSxCOLUMNS", help="of images that may have any size")
    parser.add_argument("--most", type=_count, metavar="N", help="open only so many of the images")
    parser.add_argument("--port", type=int, help="instead of PORT, or 8050")
    told = parser.parse_args(arguments)
    absolute = [each.absolute() for each in told.network]
    images, labels = (each and each.absolute() for each in (told.images, told.labels))
    span, steps = _fed(told)
    known = told.classes, span, told.size, told.most, told.architecture or "", steps
    return Wish(tuple(absolute), images, labels, *known), told.port


def _fed(told: argparse.Namespace) -> tuple[Span | None, Preprocessing]:
    """Return what pixels become, and what is done to that: by a word, and where more is told by that."""
    span, steps = WORDS.get(told.preprocess, (None, Preprocessing()))
    chosen = {"mean": told.mean, "std": told.std, "order": told.order}
    return told.range or span, replace(steps, **{key: each for key, each in chosen.items() if each})


def _count(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,8}", text, re.ASCII):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of images, from 1 on")
    return int(text)


def _names(text: str) -> tuple[str, ...]:
    try:
        lines = Path(text).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise argparse.ArgumentTypeError(f"{text} is no file of names that can be read") from error
    return tuple(line.strip() for line in lines if line.strip())


def _architecture(text: str) -> str:
    recipes = architectures.keys()
    if text in recipes and not Path(text).exists():
        return text
    if not Path(text).is_file():
        raise argparse.ArgumentTypeError(f"{text} is neither a file nor one of {', '.join(recipes)}")
    return str(Path(text).absolute())


def _numbers(text: str) -> tuple[float, ...]:
    try:
        numbers = tuple(map(float, text.split(",")))
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no list of numbers, such as 103.9,116.8,123.7"
        ) from error
    if len(numbers) not in (1, 3) or not all(-1e6 < each < 1e6 for each in numbers):
        raise argparse.ArgumentTypeError(f"{text!r} is not one number, nor one for each of three channels")
    return numbers


def _positive(text: str) -> tuple[float, ...]:
    numbers = _numbers(text)
    if not all(each > 1e-6 for each in numbers):
        raise argparse.ArgumentTypeError(f"{text!r} has a number that nothing can be divided by")
    return numbers


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
