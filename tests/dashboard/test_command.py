from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.command import asked
from models.own.wish import PLAIN, Wish


def test_a_command_line_becomes_a_wish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths are made absolute, for another process has another folder; it survives the way there."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "names.txt").write_text("cat\n\n  dog \n", encoding="utf-8")
    wish, port = asked(
        [
            "a.keras",
            "b.h5",
            "--images",
            "photos",
            "--classes",
            "names.txt",
            "--range=-1,1",
            "--size",
            "12x20",
            "--architecture",
            "cnn",
            "--port",
            "8051",
        ]
    )

    assert wish == Wish(
        (tmp_path / "a.keras", tmp_path / "b.h5"),
        tmp_path / "photos",
        names=("cat", "dog"),
        span=(-1.0, 1.0),
        size=(12, 20),
        architecture="cnn",
    )
    assert port == 8051
    assert PLAIN.validate_json(PLAIN.dump_json(wish)) == wish
    assert asked(["a.keras"]) == (Wish((tmp_path / "a.keras",)), None)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--images", "x"], "network"),
        (["a.keras", "--range", "0"], "'0' is not two numbers"),
        (["a.keras", "--range", "1,0"], "does not go from a smaller number to a larger one"),
        (["a.keras", "--range", "nan,1"], "does not go from"),
        (["a.keras", "--architecture", "nowhere.json"], "is neither a file nor one of cnn, "),
        (["a.keras", "--size", "12"], "is not rows and columns"),
        (["a.keras", "--classes", "nowhere.txt"], "is no file of names"),
        (["a.keras", "--port", "x"], "--port"),
    ],
)
def test_what_makes_no_sense_is_said(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    """Before anything is opened."""
    with pytest.raises(SystemExit) as end:
        asked(arguments)
    assert end.value.code == 2
    assert words in capsys.readouterr().err


def test_help_reads_like_a_page_of_a_manual(capsys: pytest.CaptureFixture[str]) -> None:
    """What opens, which images, what is kept, and examples."""
    with pytest.raises(SystemExit):
        asked(["--help"])
    told = capsys.readouterr().out
    for part in (
        "networks",
        "images",
        "what is kept",
        "examples",
        "--range",
        "--classes",
        "--architecture",
        "labels.csv",
    ):
        assert part in told
