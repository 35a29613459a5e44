"""The rule of the browser tests: what is there now is read in one module, which first waits until it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
READER = TESTS / "browser" / "at_rest.py"
READS = {
    "all_inner_texts",
    "all_text_contents",
    "aria_snapshot",
    "bounding_box",
    "content",
    "element_handle",
    "element_handles",
    "eval_on_selector",
    "eval_on_selector_all",
    "evaluate_all",
    "get_attribute",
    "inner_html",
    "inner_text",
    "input_value",
    "is_checked",
    "is_disabled",
    "is_editable",
    "is_enabled",
    "is_hidden",
    "is_visible",
    "query_selector",
    "query_selector_all",
    "screenshot",
    "text_content",
}
PAUSES = {
    "sleep",
    "wait_for_timeout",
    "wait_for_load_state",
}  # the last waits only once after a page is opened
ITERATING = {"enumerate", "list", "sorted", "tuple", "zip"}


def reads(source: str) -> list[int]:
    """Return the lines of a browser test that read, or pause, without waiting for a state."""
    tree = ast.parse(source)
    over = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    return sorted(node.lineno for node in _reading(tree, over))


def _reading(tree: ast.AST, over: dict[ast.AST, ast.AST]) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="at_rest"))):
                continue
            case ast.Call(func=ast.Attribute(attr=name)) if name in READS | PAUSES:
                yield node
            case ast.Call(func=ast.Attribute(attr="evaluate" | "evaluate_handle")):
                if not isinstance(over[node], ast.Expr):  # alone in its line it acts, and nobody reads
                    yield node
            case ast.Call(func=ast.Attribute(value=counted, attr="count"), args=[], keywords=[]):
                if getattr(counted, "id", "") != "visitor":  # of the wall, which waits
                    yield node
            case ast.Call(func=ast.Attribute(attr="all"), args=[], keywords=[]) if _walks(node, over):
                yield node  # NumPy's of the same name is true or false
            case ast.Attribute(value=ast.Name(id="page") | ast.Attribute(attr="page"), attr="url"):
                yield node


def _walks(node: ast.expr, over: dict[ast.AST, ast.AST]) -> bool:
    """Return whether something is gone through one by one."""
    match over[node]:
        case ast.For(iter=walked) | ast.comprehension(iter=walked):
            return walked is node
        case ast.Call(func=ast.Name(id=name)):
            return name in ITERATING
        case ast.Assign(targets=[ast.Tuple()]) | ast.Starred() | ast.Subscript():
            return True
    return False


@pytest.mark.parametrize(
    "line",
    [
        "rows = table.locator('tr').evaluate_all('(rows) => rows.length')",
        "assert page.locator('h1').inner_text() == 'Digit'",
        "assert links.count() == 3",
        "found = [link.get_attribute('href') for link in links]",
        "if page.evaluate('() => window.same'): pass",
        "eventually(lambda: page.evaluate('() => window.same'))",
        "for row in rows.all(): pass",
        "titles = [row.title for row in rows.all()]",
        "first, second = rows.all()",
        "assert page.url == address",
        "assert visitor.page.url == address",
        "page.wait_for_timeout(200)",
        "page.wait_for_load_state('networkidle')",
    ],
)
def test_a_reading_that_does_not_wait_is_found(line: str) -> None:
    """Each way in which Playwright tells what is there at this moment, be it about to change or not."""
    assert reads(f"x = 1\n{line}") == [2]


@pytest.mark.parametrize(
    "line",
    [
        "expect(page.locator('h1')).to_have_text('Digit')",
        "assert at_rest.text(page.locator('h1')) == 'Digit'",
        "page.evaluate('() => { window.same = true; }')",
        "assert (values == 0).all()",
        "assert (values == 0).all() == (others == 0).all()",
        "assert words.count('a') == 1",
        "assert visitor.count() == 10_000",
        "connection.open(visitor.url)",
    ],
)
def test_what_waits_or_acts_is_left_alone(line: str) -> None:
    """Expectations, readings at rest, steps of a visitor, and what only has the name of a reading."""
    assert reads(line) == []


def test_browser_tests_read_only_what_is_at_rest() -> None:
    """No browser test, and nothing beside them, asks what is there now but the module that waits first."""
    found = {file.name: reads(file.read_text()) for file in READER.parent.glob("*.py")}

    assert len(found) > 30
    assert len(found.pop(READER.name)) >= 10
    found.pop("serving.py")  # it waits for a server, and reads no page
    assert {name: lines for name, lines in found.items() if lines} == {}
