"""Words for what is wrong with a file: the folder in force, the fault, the command that mends it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from errno import EDQUOT, ENOSPC, EROFS
from pathlib import Path

ROOT = Path(os.path.realpath(__file__)).parent.parent
FULL = (ENOSPC, EDQUOT, EROFS)


class MachineError(Exception):
    """The machine lacks something that no file of ours can give; the message says what, and what mends it."""


def is_package() -> bool:
    """Return whether this was installed by pip: the package's command then lies beside the rooms."""
    return (ROOT / "__main__.py").is_file()


def anew() -> str:
    """Return the command that installs everything anew."""
    return "pip install --force-reinstall convlens" if is_package() else "make clean run"


def restored_all() -> str:
    """Return the command that brings back all that was shipped."""
    return anew() if is_package() else f"git checkout -- models && {anew()}"


def place(folder: Path) -> str:
    """Return how a folder is called: from the top of the tree where it is one of ours, else as it was set.

    >>> place(ROOT / "models" / "data")
    'models/data'
    """
    for known in (folder, Path(os.path.realpath(folder))):
        if known.is_relative_to(ROOT):
            return known.relative_to(ROOT).as_posix()
    return str(folder)


def restored(folder: Path, shipped: Path) -> str:
    """Return the command that brings back what was shipped, into the folder that is in force.

    >>> restored(ROOT / "models" / "data", ROOT / "models" / "data")
    'git checkout -- models/data'
    >>> restored(Path("/srv/mnist"), ROOT / "models" / "data")
    'git checkout -- models/data && mkdir -p "/srv/mnist" && cp models/data/* "/srv/mnist"'
    """
    name = place(folder)
    checkout = anew() if is_package() else f"git checkout -- {place(shipped)}"
    if name == place(shipped):
        return checkout
    source = shipped if is_package() else place(shipped)
    return f'{checkout} && mkdir -p "{name}" && cp {source}/* "{name}"'


def into(folder: Path, shipped: Path) -> str:
    """Return what a command needs to write into a folder, "" where it does so by itself."""
    return "" if place(folder) == place(shipped) else f' --folder "{place(folder)}"'


def unread(error: OSError) -> str:
    """Return, as a sentence goes on that has named a file, why it cannot be read."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "is missing"
    if isinstance(error, IsADirectoryError):
        return "is a folder, not a file"
    if isinstance(error, PermissionError):
        return "may not be read by this user"
    return "cannot be read"


def allowed(error: BaseException, folder: Path) -> str | None:
    """Return a sentence with the command that lets a user read a folder; None of another fault."""
    if not isinstance(error, PermissionError):
        return None
    return f'Allow it: chmod -R a+rX "{place(folder)}"'


def require_temporary(folder: Callable[[], str] = tempfile.gettempdir) -> None:
    """Refuse to go on where no temporary folder can be written: TensorFlow cannot even be imported there.

    Raises:
        MachineError: There is none.
    """
    try:
        folder()
    except FileNotFoundError as error:
        raise MachineError(
            "No temporary folder can be written, and without one the networks cannot be opened. "
            "Set TMPDIR to a folder that can be; for a container: docker run --tmpfs /tmp."
        ) from error


def of_machine(error: Exception) -> MachineError | None:
    """Return the error that says what the machine lacks, None where something else is to blame."""
    if isinstance(error, MemoryError):
        return MachineError("The free memory is too small for the networks. Free some, or set WORKERS=1.")
    if isinstance(error, OSError) and error.errno in FULL:
        return MachineError("The temporary folder cannot be written. Empty it, or set TMPDIR to another.")
    if isinstance(error, ImportError):
        return MachineError(
            f"TensorFlow or Keras cannot be imported; the log says why. Install them anew: {anew()}."
        )
    return None
