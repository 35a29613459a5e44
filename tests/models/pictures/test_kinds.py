from __future__ import annotations

import pytest

from models.pictures.kinds import READ, split
from models.pictures.parts import FormatError, ImageError
from tests.models.image_files import PILLOW, REFUSED, file_of


@pytest.mark.parametrize("kind", PILLOW)
def test_the_kind_is_decided_by_content(kind: str) -> None:
    """And the size is known before anything is decoded."""
    found = split(file_of(kind))

    assert found.format == kind
    assert (found.width, found.height) == ((64, 64) if kind == "HEIC" else (40, 30))  # in whole blocks
    assert kind in READ


@pytest.mark.parametrize("kind", PILLOW)
def test_a_file_that_ends_early_is_refused_or_read(kind: str) -> None:
    """Wherever it ends; from a third of it on nothing passes for another kind."""
    whole = file_of(kind)
    for length in range(len(whole)):
        try:
            found = split(whole[:length])
        except FormatError:
            assert length < 64
        except ImageError:
            continue
        else:
            assert found.format == kind


@pytest.mark.parametrize("name", REFUSED)
def test_other_kinds_are_refused_with_what_to_do(name: str) -> None:
    """Whatever they are called: what it is where that is known, and a way to an image that is read."""
    with pytest.raises(FormatError) as refused:
        split(REFUSED[name])

    words = str(refused.value)
    assert words.endswith("send that.") or "PNG" in words
    if name.startswith(("PDF", "SVG", "JPEG", "raw", "BigTIFF", "film")):
        assert words.startswith("This is a")
        assert name.split(maxsplit=1)[0].removesuffix(",") in words
    assert "alert" not in words
