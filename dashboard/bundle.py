"""Our own files: one script, made of the modules in `assets/js` by `make bundle`, and one style sheet."""

from __future__ import annotations

import hashlib
from pathlib import Path

NAME = "convlens.js"
STYLE = "style.css"


def script_address(folder: Path) -> str:
    """Return where the script lies; the address changes with the content, so it may be kept for ever."""
    return _address(folder, NAME)


def style_address(folder: Path) -> str:
    """Return where the style sheet lies, for a page that Dash does not make; it may be kept as long."""
    return _address(folder, STYLE)


def _address(folder: Path, name: str) -> str:
    digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    return f"assets/{name}?v={digest[:16]}"
