import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dashboard import panels
from dashboard.panels.compare import PANELS
from dashboard.panels.export import write
from dashboard.panels.panel import Chart, Table


def test_every_panel_of_the_folder_is_on_the_page() -> None:
    """A file with a PANEL stands in the order, or nobody ever sees it."""
    folder = Path(panels.__file__).parent
    with_a_panel = {path.stem for path in folder.glob("*.py") if "\nPANEL = " in path.read_text()}

    assert with_a_panel == {panel.key for panel in PANELS}


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.key)
def test_every_panel_asks_and_says_how_to_read_its_answer(panel: Any) -> None:
    """The heading is a question; below it stands one sentence."""
    assert panel.question.endswith("?")
    assert panel.how_to_read.endswith(".")
    assert panel.how_to_read.count(". ") == 0


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.key)
@pytest.mark.parametrize("model", ["both", "fcn", "cnn"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_drawing_has_its_words(compare: Any, panel: Any, model: Any, theme: Any) -> None:
    """Each has its own caption and numbers to take away; a chart a summary, a table rows of equal length."""
    drawings = panel.draw(compare(model, theme))

    assert len({drawing.caption for drawing in drawings}) == len(drawings) > 0
    for drawing in drawings:
        assert len(write(drawing).splitlines()) > 1
        if isinstance(drawing, Chart):
            assert drawing.summary.endswith(".")
        if isinstance(drawing, Table):
            assert {len(row) for row in drawing.rows} == {len(drawing.header)}


def test_panels_need_neither_dash_nor_keras() -> None:
    """Importing and drawing them loads none of dash, keras and tensorflow."""
    program = (
        "import sys, dashboard.panels.compare; "
        "print([name for name in ('dash', 'keras', 'tensorflow') if name in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)

    assert printed.stdout.strip() == "[]"
