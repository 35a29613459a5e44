"""Our own scripts: one file, made of the modules in `assets/js` by `make bundle`."""

from __future__ import annotations

import hashlib
from pathlib import Path

NAME = "convlens.js"


def script_address(folder: Path) -> str:
    """Return where the script lies; the address changes with the content, so it may be kept for ever."""
    digest = hashlib.sha256((folder / NAME).read_bytes()).hexdigest()
    return f"/assets/{NAME}?v={digest[:16]}"
