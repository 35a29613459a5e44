"""Our own files: three scripts, made of the modules in `assets/js` by `make bundle`, and one style sheet."""

from __future__ import annotations

import hashlib
from pathlib import Path

NAME = "convlens.js"
TRAIN = "convlens-train.js"  # of the page on which networks are trained
MAILED = "convlens-mail.js"  # of a page to mail, which holds it
STYLE = "style.css"


def script_address(folder: Path, name: str = NAME) -> str:
    """Return where a script lies; the address changes with the content, so it may be kept for ever."""
    return _address(folder, name)


def style_address(folder: Path) -> str:
    """Return where the style sheet lies, for a page that Dash does not make; it may be kept as long."""
    return _address(folder, STYLE)


def release(folder: Path) -> str:
    """Return what these very files are called where they are all that can be named."""
    digest = hashlib.sha256()
    for name in (NAME, MAILED, STYLE):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:12]


def _address(folder: Path, name: str) -> str:
    digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    return f"assets/{name}?v={digest[:16]}"
