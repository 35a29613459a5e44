from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from dashboard import settings
from dashboard.api.questions import QUESTIONS
from dashboard.pages import mailing, words
from dashboard.panels.compare import PANELS
from dashboard.panels.panel import Panel
from models.datasets.dataset import Noun

DIGITS = Noun("digit", "digits")
README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_every_setting_stands_in_the_readme() -> None:
    """Whatever the settings read from the environment is in the README's table."""
    source = Path(settings.__file__).read_text(encoding="utf-8")
    names = set(re.findall(r'env(?:\.get)?[\(\[, ]+"([A-Z_]+)"', source)) - {"HOME"}

    assert {"HOST", "PORT", "CACHE_DIR"} <= names
    assert [name for name in sorted(names) if name not in README] == []


def test_every_route_stands_in_the_readme() -> None:
    """Every address that the app itself answers is written in the README as the code writes it."""
    server = Flask("routes", static_folder=None)
    for question in QUESTIONS:
        server.register_blueprint(question(_Nothing()))  # type: ignore[arg-type]
    rules = [rule.rule for rule in server.url_map.iter_rules()]

    rules += [words.PATH, mailing.PATH]

    assert "/api/models" in rules
    assert [rule for rule in rules if f"{rule}`" not in README] == []


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: str(panel.key))
def test_every_panel_stands_in_the_readme(panel: Panel) -> None:
    """Every question of Compare is in the README, as it is asked of digits."""
    assert f"**{DIGITS.said(panel.question)}**" in README


def test_every_target_named_exists() -> None:
    """Every make target that the README names is one of the Makefile's."""
    makefile = (Path(__file__).parent.parent / "Makefile").read_text(encoding="utf-8")

    for target in set(re.findall(r"make ([a-z-]+)", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_target_is_told() -> None:
    """Every make target with a word on what it does stands in the README or in CONTRIBUTING.md."""
    root = Path(__file__).parent.parent
    told = README + (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)) - {"help", "clean"}

    assert {"run", "audit"} <= targets
    assert {target for target in targets if f"`make {target}" not in told} == set()


class _Nothing:
    """Routes are only listed here, not answered."""

    images: tuple[()] = ()
