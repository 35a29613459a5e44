from __future__ import annotations

from pathlib import Path

import pytest

from tests import bundle, deno


@pytest.mark.parametrize("made", [*bundle.MADE, bundle.SHEET], ids=lambda made: str(made.name))
def test_what_is_made_is_made_of_the_present_sources(made: Path) -> None:
    """Whoever changed one has run `make bundle`: what the browser gets is what one reads here."""
    assert bundle.is_fresh(made), f"assets/{made.name} is stale: run `make bundle`."


def test_every_part_of_the_style_sheet_is_in_it_and_short() -> None:
    """Whoever reads one sees it whole."""
    parts = {path.stem: path for path in (bundle.ASSETS / "css").iterdir()}

    assert parts.keys() == {*bundle.SHEETS}
    assert all(path.read_text(encoding="utf-8").count("\n") <= 300 for path in parts.values())


def test_a_changed_module_makes_the_script_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change of a module, its name or its place is noticed; the same modules give the same first line."""
    monkeypatch.setattr(deno, "MODULES", tmp_path)
    module, made = tmp_path / "one.js", tmp_path / "made"
    module.write_text("one();\n")
    made.write_text(bundle.first_line())
    assert bundle.is_fresh(made)

    module.write_text("two();\n")
    assert not bundle.is_fresh(made)
    module.write_text("one();\n")
    assert bundle.is_fresh(made)
    module.rename(tmp_path / "other.js")
    assert not bundle.is_fresh(made)
