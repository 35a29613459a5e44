"""What pip installs: built, installed where nothing can be written, and run from a folder of somebody's."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import convlens
from tests.browser.serving import Server

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PYPI = 100 * 2**20  # bytes that a file may have there


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as `make wheel` does."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Its programs in an environment of their own, whose other packages are those of this one.

    Nobody may write where it is installed, as in one that belongs to the system.
    """
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, symlinks=True, with_pip=False)
    (packages,) = folder.glob("lib/python3*/site-packages")
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--offline", "--no-deps"]
    command += ["--python", str(folder / "bin" / "python"), str(wheel)]
    subprocess.run(command, check=True, capture_output=True)
    (packages / "others.pth").write_text(sysconfig.get_path("purelib"))
    for place in (packages / "convlens", *(packages / "convlens").rglob("*")):
        place.chmod(place.stat().st_mode & ~0o222)
    yield folder / "bin"
    for place in (packages / "convlens", *(packages / "convlens").rglob("*")):
        place.chmod(place.stat().st_mode | 0o200)


def test_it_holds_what_serves_and_nothing_else(wheel: Path) -> None:
    """One package, so that no name is in the way of others', with its licences; PyPI would take it."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()

    tops = {name.split("/")[0] for name in names}
    assert tops == {"convlens", f"convlens-{convlens.__version__}.dist-info"}
    served = [f"assets/{file.name}" for file in (ROOT / "assets").iterdir() if file.is_file()]
    assert "assets/convlens.js" in served
    for needed in (
        *served,
        "app.py",
        "models/checkpoints/manifest.json",
        "dashboard/settings.py",
        "jobs/runner.py",
    ):
        assert f"convlens/{needed}" in names
    assert [name for name in names if name.endswith(("/LICENSE", "licenses/models/data/README.md"))]
    assert not [name for name in names if re.search(r"\.pyc$|\.tmp$|/js/|/tests/", name)]
    assert wheel.stat().st_size < PYPI


def test_its_command_is_a_page_of_a_manual(installed: Path, tmp_path: Path) -> None:
    """By both names; the examples are of this command."""
    for command in ([str(installed / "convlens")], [str(installed / "python"), "-m", "convlens"]):
        told = subprocess.run([*command, "--help"], cwd=tmp_path, capture_output=True, text=True, check=True)
        assert told.stdout.startswith("usage: convlens ")
        assert "convlens my.keras" in told.stdout
    told = subprocess.run(
        [str(installed / "convlens"), "--version"], capture_output=True, text=True, check=True
    )
    assert told.stdout == f"convlens {convlens.__version__}\n"


@pytest.mark.keras
def test_it_serves_from_any_folder(installed: Path, tmp_path: Path) -> None:
    """Modules of the same names lie in that folder; what is remembered lies in the person's cache folder."""
    here = tmp_path / "here"
    here.mkdir()
    for name in ("app", "models", "dashboard"):
        (here / f"{name}.py").write_text("raise RuntimeError('not this one')")
    known = {name: value for name, value in os.environ.items() if name != "CACHE_DIR"}
    environment = known | {"PORT": "0", "WORKERS": "1", "LOG_LEVEL": "error", "XDG_CACHE_HOME": str(tmp_path)}
    with subprocess.Popen(
        [str(installed / "convlens")], cwd=here, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            line = process.stdout.readline()
            assert line.startswith("ConvLens: http://"), line
            server = Server(line.split()[1])
            server.wait_until_ready()
            shipped = server.json("/api/models")
            page = server.get("/")[1].decode()
            found = re.search(r'"version":"(\w+)"', page)
            assert found
            assert server.get(f"/pictures/{found[1]}/fcn,cnn/3/post.bin")[0] == 200
            assert shipped
        finally:
            process.terminate()
    assert (tmp_path / "convlens").is_dir()


def test_what_mends_it_is_said_of_the_package(installed: Path) -> None:
    """Where there is neither git nor make, files are brought back by pip."""
    program = (
        "import sys; from convlens.home import home; sys.path.insert(0, str(home())); "
        "from models import remedy; shipped = home() / 'models' / 'data'; "
        "print(remedy.restored(shipped, shipped)); print(remedy.restored_all())"
    )
    command = [str(installed / "python"), "-c", program]
    told = subprocess.run(command, cwd=installed, capture_output=True, text=True, check=True)

    assert told.stdout == 2 * "pip install --force-reinstall convlens\n"


def test_its_ranges_hold_what_is_tested() -> None:
    """Every package that serves has a range that begins at the version in the lock, and ends somewhere."""
    pinned = (
        Requirement(line) for line in (ROOT / "requirements.in").read_text().splitlines() if line[0] != "#"
    )
    wanted = {each.name.removesuffix("-cpu"): each for each in pinned}
    ranges = {each.name: each for each in map(Requirement, PROJECT["dependencies"])}

    assert ranges.keys() == wanted.keys()
    for name, each in ranges.items():
        here = str(wanted[name].specifier).removeprefix("==")
        assert each.specifier.contains(here), each
        assert {part.operator for part in each.specifier} == {">=", "<"}, each
    assert version("keras") in ranges["keras"].specifier
