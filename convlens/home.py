"""Where ConvLens itself lies: beside this package in its tree, within it where it was installed."""

from __future__ import annotations

from pathlib import Path

START = "app.py"


def home() -> Path:
    """Return the folder that has `app.py`, `dashboard/`, `models/` and `assets/`."""
    here = Path(__file__).resolve().parent
    return here if (here / START).is_file() else here.parent
