"""Makes what browsers get: scripts of the modules in `assets/js`, a style sheet of the parts in `assets/css`.

Serving needs no deno: what is made lies in git. The first line of a script names the sources that it was made
of, so whether it is stale is known without making it again. To make it takes esbuild, which deno fetches from
npm's registry the first time.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from dashboard.bundle import MAILED, NAME, STYLE, TRAIN
from dashboard.settings import ROOT
from tests import deno

ASSETS = ROOT / "assets"
MADE = {
    ASSETS / name: deno.MODULES / room / "main.js"
    for name, room in ((NAME, "page"), (MAILED, "mail"), (TRAIN, "train"))
}
SHEET = ASSETS / STYLE
SHEETS = (
    *("base", "header", "lanes", "rail", "verdict", "asked", "sheet", "words", "dock", "mailed", "inspector"),
    *("compare", "filters", "sizes", "contrast", "paper"),
)  # in `assets/css`, in the order in which one has the last word over those before


def style() -> str:
    """Return the style sheet of all parts."""
    parts = ((ASSETS / "css" / f"{name}.css").read_text(encoding="utf-8") for name in SHEETS)
    return "\n".join(("/* Made of assets/css by `make bundle`. */", *parts))


def first_line() -> str:
    """Return what the script of the present sources begins with."""
    digest = hashlib.sha256()
    for path in sorted(deno.MODULES.rglob("*.js")):
        digest.update(f"{path.relative_to(deno.MODULES).as_posix()}\0".encode())
        digest.update(path.read_bytes() + b"\0")
    return f"/* Made of assets/js by `make bundle`: {digest.hexdigest()[:32]} */\n"


def is_fresh(made: Path) -> bool:
    """Return whether a script, or the style sheet, was made of the present sources."""
    if made == SHEET:
        return made.read_text(encoding="utf-8") == style()
    with made.open(encoding="utf-8") as script:
        return script.readline() == first_line()


def make(made: Path, main: Path) -> None:
    """Make a script of the module that begins, and of all that it imports.

    Raises:
        RuntimeError: deno could not; the message says why.
    """
    options = ("--quiet", "--minify", "--format", "iife", "--platform", "browser")
    done = deno.run("bundle", *options, str(main))
    if done.returncode:
        raise RuntimeError(done.stderr)
    made.write_text(first_line() + done.stdout, encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        stale = [made.name for made in (*MADE, SHEET) if not is_fresh(made)]
        sys.exit(f"Stale in assets: {', '.join(stale)}. Run `make bundle`." if stale else None)
    for made, main in MADE.items():
        make(made, main)
    SHEET.write_text(style(), encoding="utf-8")
