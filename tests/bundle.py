"""Makes the scripts that a browser gets of the modules in `assets/js`: of pages, and of a page to mail.

Serving needs no deno: the scripts lie in git. Their first line names the sources that they were made of, so
whether one is stale is known without making it again. To make it takes esbuild, which deno fetches from npm's
registry the first time.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from dashboard.bundle import MAILED, NAME, TRAIN
from dashboard.settings import ROOT
from tests import deno

ASSETS = ROOT / "assets"
MADE = {
    ASSETS / name: deno.MODULES / room / "main.js"
    for name, room in ((NAME, "page"), (MAILED, "mail"), (TRAIN, "train"))
}


def first_line() -> str:
    """Return what the script of the present sources begins with."""
    digest = hashlib.sha256()
    for path in sorted(deno.MODULES.rglob("*.js")):
        digest.update(f"{path.relative_to(deno.MODULES).as_posix()}\0".encode())
        digest.update(path.read_bytes() + b"\0")
    return f"/* Made of assets/js by `make bundle`: {digest.hexdigest()[:32]} */\n"


def is_fresh(made: Path) -> bool:
    """Return whether a script was made of the present sources."""
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
        stale = [made.name for made in MADE if not is_fresh(made)]
        sys.exit(f"Stale in assets: {', '.join(stale)}. Run `make bundle`." if stale else None)
    for made, main in MADE.items():
        make(made, main)
