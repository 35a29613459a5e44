from __future__ import annotations

import re

import pytest

from dashboard.panels.wording import chance, percent
from dashboard.settings import ROOT
from tests import deno

WRITERS = ("dashboard/panels/wording.py", "assets/js/core/number.js")
OWN_WAY = re.compile(r"(toFixed\(\w*\)|format\([^)]*\)|:\.\df?)[^\n<;]{0,12} %[`\")]|:\.\d%")

SHARES = [
    *(0, 1, 0.5, 0.9852, 0.98525, 0.005, 0.025, 0.125, 0.9995, 0.99949, 0.99995, 0.0005, 0.00049, 0.00005),
    *(1e-7, 1e-300, 1 - 1e-7, 1 - 2**-53, 1.0001, 1.5, -0.25, -1e-9),
]


@pytest.mark.parametrize("written", [percent, chance])
def test_both_languages_write_a_share_alike(written: object) -> None:
    """One rule: what is not all is never written as all, what is not nothing never as nothing."""
    name = "percent" if written is percent else "chance"
    shares = SHARES if written is percent else [share for share in SHARES if 0 <= share <= 1]
    asked: list[tuple[float, int]] = [(share, decimals) for share in shares for decimals in range(4)]

    told = deno.told("core/number.js", f"({{ {name} }}, asked) => asked.map((one) => {name}(...one))", asked)

    expected = percent if written is percent else chance
    assert told == [expected(share, decimals) for share, decimals in asked]


def test_no_other_place_writes_a_share() -> None:
    """Of what the page says in percent all is written by that rule: nothing is rounded beside it."""
    files = [*(ROOT / "assets/js").rglob("*.js"), *(ROOT / "dashboard").rglob("*.py")]
    sources = {file.relative_to(ROOT).as_posix(): file.read_text("utf-8") for file in files}

    own = {path: found.group() for path, text in sources.items() if (found := OWN_WAY.search(text))}

    assert not {path: found for path, found in own.items() if path not in WRITERS}
