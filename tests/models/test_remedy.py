from __future__ import annotations

import errno
import tempfile
from pathlib import Path

import pytest

from models.datasets import mnist
from models.datasets.dataset import DataError
from models.remedy import ROOT, MachineError, of_machine, place, require_temporary
from models.store import artefact, manifest
from models.store.artefact import CheckpointError
from models.store.entry import File


def test_a_folder_is_called_as_it_was_set(tmp_path: Path) -> None:
    """Ours from the top of the tree, through a link too; any other by its whole path."""
    (tmp_path / "link").symlink_to(ROOT / "models" / "data")

    assert place(ROOT / "models" / "checkpoints") == "models/checkpoints"
    assert place(tmp_path / "link") == "models/data"
    assert place(tmp_path) == str(tmp_path)


def test_no_temporary_folder_is_not_a_checkpoints_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where none can be written, that is said, with the setting that helps; where one can, nothing is."""
    require_temporary()
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: ["/proc/nowhere"])

    with pytest.raises(MachineError, match=r"^No temporary folder .* TMPDIR"):
        require_temporary()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "memory"),
        (OSError(errno.ENOSPC, "No space left on device"), "TMPDIR"),
        (OSError(errno.EROFS, "Read-only file system"), "TMPDIR"),
        (ModuleNotFoundError("tensorflow"), "make clean run"),
    ],
)
def test_what_the_machine_lacks_is_told_from_a_bad_file(error: Exception, words: str) -> None:
    """No command that restores a file would help there."""
    found = of_machine(error)

    assert words in str(found)
    assert "checkpoint" not in str(found)
    assert of_machine(ValueError("bad magic number")) is None


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(errno.EACCES, "Denied"), r"may not be read by this user\. Allow it: chmod -R a\+rX"),
        (FileNotFoundError(errno.ENOENT, "No such file"), r"is missing\. Restore it"),
        (IsADirectoryError(errno.EISDIR, "Is a directory"), r"is a folder, not a file\. Restore it"),
        (OSError(errno.EIO, "Input/output error"), r"cannot be read\. Restore it"),
    ],
)  # fmt: skip
def test_why_a_file_cannot_be_read_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, words: str
) -> None:
    """Of manifest, checkpoint and digits alike: rights are not mended by restoring, and no file by rights."""

    def fail(*_: object) -> bytes:
        raise error

    monkeypatch.setattr(Path, "read_bytes", fail)
    monkeypatch.setattr(Path, "read_text", fail)

    with pytest.raises(CheckpointError, match=rf"^{tmp_path}/manifest\.json {words}"):
        manifest.read(tmp_path)
    with pytest.raises(CheckpointError, match=rf"^{tmp_path}/cnn\.keras {words}"):
        artefact.checked(File("cnn.keras", "0" * 64, 1), tmp_path, "cnn")
    with pytest.raises(DataError, match=rf"^{tmp_path}/CHECKSUMS {words}"):
        mnist.load("test", tmp_path)
