"""How the tests are run: all of them, in any order, and to an end whatever happens."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
COMMAND = re.findall(r"-m pytest ([^$\n]*)", MAKEFILE)[0].split()  # the options of `make test`
MODES = {"alone": [], "make": [*COMMAND, "--numprocesses", "2"]}  # the last of a number is the one
PATIENCE = 90  # seconds; it takes three

CRASH = "import os\n\ndef test_crash():\n    os.abort()\n"
HANG = (
    "import ctypes\n\ndef test_hang():\n    ctypes.PyDLL(None).sleep(600)\n"  # no other Python runs meanwhile
)
GOOD = "import pytest\n\n@pytest.mark.parametrize('i', range(30))\ndef test_good(i):\n    pass\n"


@pytest.mark.parametrize("fault", [CRASH, HANG], ids=["crash", "hang"])
@pytest.mark.parametrize("mode", MODES)
def test_a_run_ends_by_itself(tmp_path: Path, mode: str, fault: str) -> None:
    """A test that takes its process with it, or never comes back, ends the run, and the run has failed."""
    for name in "abcd":
        (tmp_path / f"test_{name}.py").write_text(fault * (name == "a") + GOOD)
    settings = [
        "-c",
        str(ROOT / "pyproject.toml"),
        "--rootdir",
        str(tmp_path),
        "-o",
        "faulthandler_timeout=1",
    ]

    done = subprocess.run(
        [sys.executable, "-m", "pytest", *settings, *MODES[mode], "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False,
    )  # fmt: skip

    assert done.returncode != 0
    assert ("Fatal Python error" if fault is CRASH else "Timeout (0:00:01)!") in done.stderr


def test_the_order_is_random_and_can_be_repeated(tmp_path: Path) -> None:
    """Two seeds give two orders, one seed one; the run says which it had."""
    (tmp_path / "test_good.py").write_text(GOOD)

    def order(seed: int) -> list[str]:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(tmp_path),
             "-v", "-p", "no:cacheprovider", "--randomly-seed", str(seed), str(tmp_path)],
            cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=True,
        )  # fmt: skip
        assert f"--randomly-seed={seed}" in done.stdout
        return re.findall(r"test_good\[(\d+)\]", done.stdout)

    first = order(1)
    assert sorted(map(int, first)) == list(range(30))
    assert order(1) == first
    assert order(2) != first


def test_what_must_pass_is_the_readmes_own_command() -> None:
    """`.ci/run` ends with the README's command for the tests, which leaves none of them out."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    last = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1]

    assert re.search(r"^make test ", readme, re.MULTILINE)
    assert last == "exec make test"
    assert all(
        re.fullmatch(r"--(numprocesses|dist|no-loadscope-reorder)|\d|loadscope", part) for part in COMMAND
    )


def test_what_takes_long_is_begun_first(request: pytest.FixtureRequest) -> None:
    """Of all that this run has, in whatever order: else one process would end long after the others."""
    long = [item.get_closest_marker("long") is not None for item in request.session.items]

    assert long == sorted(long, reverse=True)
