from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.command import asked
from models.opening.preprocessing import WORDS, Preprocessing
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


def test_a_word_says_what_pixels_become_and_more_can_be_said(tmp_path: Path) -> None:
    """What stands beside the word counts more."""
    (span, caffe), (_, torch) = WORDS["caffe"], WORDS["torch"]
    wish, _ = asked(["a.keras", "--preprocess", "caffe"])
    assert (wish.span, wish.preprocessing) == (span, caffe)
    wish, _ = asked(["a.keras", "--preprocess", "torch", "--std", "0.5", "--range=-1,1"])
    assert (wish.span, wish.preprocessing) == ((-1.0, 1.0), Preprocessing(torch.mean, (0.5,)))
    wish, _ = asked(["a.keras", "--mean", "1,2,3", "--order", "bgr"])
    assert (wish.span, wish.preprocessing) == (None, Preprocessing((1.0, 2.0, 3.0), order="bgr"))
    assert PLAIN.validate_json(PLAIN.dump_json(wish)) == wish


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["a.keras", "--mean", "1,2"], "is not one number, nor one for each of three channels"),
        (["a.keras", "--mean", "a"], "is no list of numbers"),
        (["a.keras", "--std", "0"], "has a number that nothing can be divided by"),
        (["a.keras", "--order", "gbr"], "--order"),
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
