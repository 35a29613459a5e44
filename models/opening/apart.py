"""A stranger's file is opened in a process of its own, with limits, that nothing else depends on.

As a program: `python -m models.opening.apart FILE INTO ROWSxCOLUMNS ARCHITECTURE STEPS` writes
INTO/model.keras.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from pydantic import TypeAdapter

from models.gc_freeze import frozen
from models.graph.refusal import UnopenableError
from models.limits import limited
from models.opening.preprocessing import Preprocessing
from models.opening.tidied import Size
from models.remedy import ROOT

SECONDS = 180  # until it is given up
PROCESSOR = 240  # seconds of all its threads
MEMORY = 8 * 2**30  # bytes of addresses; TensorFlow alone takes three quarters of a gigabyte of memory
FILE = 2**29  # bytes of the largest file
REFUSED = 3  # how the process ends that has said in a sentence what is in the way
LIMITS: Mapping[int, int] = MappingProxyType(
    {
        resource.RLIMIT_AS: MEMORY,
        resource.RLIMIT_CPU: PROCESSOR,
        resource.RLIMIT_FSIZE: FILE,
        resource.RLIMIT_CORE: 0,
    }
)
MADE = "model.keras"
PREPROCESSING = TypeAdapter(Preprocessing)  # as JSON, from one process to another
QUIET: Mapping[str, str] = MappingProxyType({"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONDONTWRITEBYTECODE": "1"})


def opened(
    path: Path,
    into: Path,
    size: Size | None = None,
    architecture: str = "",
    preprocessing: Preprocessing | None = None,
) -> Path:
    """Build the network of a model file again, in another process; return the checkpoint that it wrote.

    Args:
        path: The file.
        into: An empty folder that belongs to nobody else.
        size: Rows and columns of its images, where the file leaves them open.
        architecture: What has its layers, where it holds weights alone: an absolute path, or a recipe's key.
        preprocessing: What is done to images first, None for nothing.

    Raises:
        UnopenableError: It cannot be opened, or takes more memory or time than there may be; the sentence
            goes on where the file has been named.
    """
    command = [sys.executable, "-m", "models.opening.apart", str(path.absolute()), str(into.absolute())]
    steps = PREPROCESSING.dump_json(preprocessing or Preprocessing()).decode()
    command += ["x".join(map(str, size or ())), architecture, steps]
    try:
        done = subprocess.run(
            [*_walls(into), *command],
            cwd=ROOT,
            env={"PATH": os.defpath, "TMPDIR": str(into.absolute()), **QUIET},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UnopenableError(f"could not be opened within {SECONDS} seconds") from error
    made = into / MADE
    if done.returncode == 0 and made.is_file():
        return made
    if done.returncode == REFUSED and (said := done.stdout.strip().splitlines()):
        raise UnopenableError(said[-1])
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGABRT) or "Memory" in done.stderr:
        raise UnopenableError("takes more memory or time to open than a network of its file's size needs")
    raise UnopenableError("cannot be opened: the process that tried it came to an end")


@cache
def _can_be_walled() -> bool:
    """Whether bubblewrap is here and may make walls; in many containers it may not."""
    if not shutil.which("bwrap"):
        return False
    tried = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "true"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


def _walls(into: Path) -> list[str]:
    """Return what a command is run behind: no network, one folder to write in; [] where walls cannot be."""
    if not _can_be_walled():
        return []
    walls = ["bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/"]
    own = str(into.absolute())
    return [*walls, "--dev", "/dev", "--proc", "/proc", "--bind", own, own]


def rewritten(
    path: Path,
    into: Path,
    size: Size | None = None,
    architecture: str = "",
    preprocessing: Preprocessing | None = None,
) -> Path:
    """Do what `opened` does, but in this process, with whatever comes of it."""
    from models.opening.rebuilt import rebuilt  # noqa: PLC0415 - behind the limits of a process of its own

    model = rebuilt(path, size, architecture, preprocessing or Preprocessing())
    model.save(into / MADE)
    return into / MADE


@frozen()
def main(path: str, into: str, size: str = "", architecture: str = "", steps: str = "{}") -> int:
    """Open a file and write it anew; return how the process ends."""
    limited(LIMITS)
    rows, _, columns = size.partition("x")
    try:
        sides = (int(rows), int(columns)) if size else None
        rewritten(Path(path), Path(into), sides, architecture, PREPROCESSING.validate_json(steps))
    except UnopenableError as error:
        print(error, flush=True)
        return REFUSED
    except MemoryError:
        print("takes more memory to open than a network of its file's size needs", flush=True)
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
