from __future__ import annotations

from benchmarks import glyphs
from benchmarks.glyphs import CHOOSING, LETTERS, LOOKALIKES, REPORTING, read_strokes

FONT = "12345  1JZ\n12345  6JZNFNM RVFVM\n12345 12H]SBLb RYBRb R\nLOZO RKUYU\n"


def test_strokes_are_read_around_the_middle() -> None:
    """A space has none, a quotation mark two lines of two corners; a glyph may go on in the next line."""
    space, quotation, number = read_strokes(FONT)

    assert space == []
    assert [stroke.tolist() for stroke in quotation] == [[[-4, -12], [-4, -5]], [[4, -12], [4, -5]]]
    assert len(number) == 4
    assert number[3].tolist() == [[-7, 3], [7, 3]]


def test_what_chooses_does_not_report() -> None:
    """No font and no kind of clothes is in both halves."""
    for part in ("printed", "written", "strokes", "symbols", "clothes"):
        assert not set(getattr(CHOOSING, part)) & set(getattr(REPORTING, part))


def test_letters_that_look_like_digits_stand_apart() -> None:
    """All letters are in one of the two sets."""
    assert not set(LETTERS) & set(LOOKALIKES)
    assert len(LETTERS) + len(LOOKALIKES) == 2 * 26
    assert set("OIlSZBbgq") <= set(LOOKALIKES)


def test_what_is_not_installed_is_left_out() -> None:
    """Nothing is made up in its place."""
    half = glyphs.Half(
        ("no-such-folder",), ("no-such-font.ttf",), ("no-such",), ("no-such",), range(0), "t10k"
    )

    assert glyphs.groups(half) == {}
