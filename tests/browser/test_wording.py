from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from dashboard.panels.wording import chance, percent
from dashboard.settings import ROOT
from tests.browser import at_rest

pytestmark = pytest.mark.browser

SHARES = [
    *(0, 1, 0.5, 0.9852, 0.98525, 0.005, 0.025, 0.125, 0.9995, 0.99949, 0.99995, 0.0005, 0.00049, 0.00005),
    *(1e-7, 1e-300, 1 - 1e-7, 1 - 2**-53, 1.0001, 1.5, -0.25, -1e-9),
]


@pytest.mark.parametrize("decimals", [0, 1, 2, 3])
def test_both_languages_write_a_share_alike(browser: Browser, decimals: int) -> None:
    """One rule: what is not all is never written as all, what is not nothing never as nothing."""
    page = browser.new_page()
    page.add_script_tag(path=ROOT / "assets" / "wording.js")

    for name, written in (("percent", percent), ("chance", chance)):
        shares = SHARES if written is percent else [share for share in SHARES if 0 <= share <= 1]
        told = at_rest.told(
            page,
            f"([shares, decimals]) => shares.map((share) => convlens.{name}(share, decimals))",
            [shares, decimals],
        )
        assert told == [written(share, decimals) for share in shares]
    page.close()
