from __future__ import annotations

from dashboard.words.moments import moment_file, moment_words
from tests import deno

MOMENTS = ["", "0", "step1", "step256", "1", "24"]


def test_both_languages_call_a_moment_alike() -> None:
    """In words, and in the names of files."""
    asked = "({ momentWords, momentFile }, keys) => [momentWords, momentFile].map((of) => keys.map(of))"
    words, files = deno.told("core/moments.js", asked, [*MOMENTS, "trained"])

    assert words == [*map(moment_words, MOMENTS), moment_words("")]
    assert files == [moment_file(key) for key in (*MOMENTS, "trained")]
