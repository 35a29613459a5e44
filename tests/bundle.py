"""Makes the one script that the browser gets of the modules in `assets/js`; as a program, does so.

Serving needs no deno: the script lies in git. Its first line names the sources that it was made of, so
whether it is stale is known without making it again. To make it takes esbuild, which deno fetches from npm's
registry the first time.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from dashboard.bundle import NAME
from dashboard.settings import ROOT
from tests import deno

MAIN = deno.MODULES / "page" / "main.js"
MADE = ROOT / "assets" / NAME


def first_line() -> str:
    """Return what the script of the present sources begins with."""
    digest = hashlib.sha256()
    for path in sorted(deno.MODULES.rglob("*.js")):
        digest.update(f"{path.relative_to(deno.MODULES).as_posix()}\0".encode())
        digest.update(path.read_bytes() + b"\0")
    return f"/* Made of assets/js by `make bundle`: {digest.hexdigest()[:32]} */\n"


def is_fresh(made: Path = MADE) -> bool:
    """Return whether a script was made of the present sources."""
    with made.open(encoding="utf-8") as script:
        return script.readline() == first_line()


def make(made: Path = MADE) -> None:
    """Make the script.

    Raises:
        RuntimeError: deno could not; the message says why.
    """
    options = ("--quiet", "--minify", "--format", "iife", "--platform", "browser")
    done = deno.run("bundle", *options, str(MAIN))
    if done.returncode:
        raise RuntimeError(done.stderr)
    made.write_text(first_line() + done.stdout, encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit(None if is_fresh() else f"assets/{NAME} is stale: run `make bundle`.")
    make()
