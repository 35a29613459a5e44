"""The rule of addresses: whatever a page, its script or its style asks for is named from its own folder."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WRITTEN = re.compile(r"^/[a-z_?<]")  # a whole string, as Python has it
WITHIN = re.compile(r"""(?:href|src|action)=["']?/(?!/)""")  # a string of HTML
IN_SCRIPT = re.compile(r"""(?<![<*/\w])["'`]/(?:[a-z_?]|\$\{)|href\s*[=:]\s*["'`]/""")
IN_STYLE = re.compile(r"""url\(\s*["']?/|@import\s+["']/""")
ROUTES = {  # what the server answers, as WSGI says it: without a prefix
    "dashboard.callback_request": {"/_dash-update-component"},
    "dashboard.compression": {"/assets/", "/_dash-component-suites/"},
    "dashboard.pages.mailing": {"/api/page.html"},
    "dashboard.factory": {
        "/_dash-dependencies",
        "/_dash-layout",
        "/dash/dcc/",
        "/digits/",
        "/healthz",
        "/images/",
    },
    "dashboard.pages.relative": {
        "/_dash-component-suites/plotly/package_data/plotly.min.js",
        "/dash_table/",
        "/deps/polyfill@",
        "/<path:path>",
    },
    "dashboard.moments": {"/at/<moment>"},
    "dashboard.pages.words": {"/words"},
    "models.analysis.cost": {"/proc/cpuinfo"},  # a file
    "dashboard.selection": {"/compare", "/filters"},
}


def addresses(source: str) -> Iterator[str]:
    """Yield the strings of a module that are addresses from a server's root, but for those of routes."""
    tree = ast.parse(source)
    passed = {id(each) for node in ast.walk(tree) for each in _of_route(node)}
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg="href" | "src" | "link", value=ast.Constant(value="/")):
                yield "/"
            case ast.Constant(value=str(text)) if id(node) not in passed:
                if WRITTEN.match(text) or WITHIN.search(text):
                    yield text


def _of_route(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what says which addresses a view answers, and the parts of a text behind its first."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="routes")), args=[address, *_]):
            yield from ast.walk(address)
        case ast.Assign(targets=[ast.Name(id="ROOT")], value=address):
            yield from ast.walk(address)
        case ast.JoinedStr(values=[_, *rest]):
            yield from rest


@pytest.mark.parametrize(
    "line",
    [
        'link = f"/api/models/{key}"',
        'element("a", href="/compare")',
        'element("a", href="/")',
        'LINK = "/?digit=3"',
        "INDEX = '<link href=\"/_dash-layout\">'",
        'PAGE = "<script src=/a.js></script>"',
        'other.get("/api/models")',
    ],
)
def test_an_absolute_address_is_found(line: str) -> None:
    """Each way in which Python could write one."""
    assert [*addresses(line)]


@pytest.mark.parametrize(
    "line",
    [
        '@routes.get("/api/models/<key>")\ndef all(): ...',
        'link = "./?digit=3"',
        'HALF = "/ 2"',
        'x = f"{a}/layers"',
    ],
)
def test_routes_and_relative_addresses_are_left_alone(line: str) -> None:
    """What the server answers stands without a prefix; what is relative is what is wanted."""
    assert [*addresses(line)] == []


def test_no_page_is_asked_from_the_root_of_the_server() -> None:
    """Behind a proxy with a prefix an address from the root leads out of ConvLens."""
    files = [
        file for room in ("dashboard", "models/analysis") for file in sorted((ROOT / room).rglob("*.py"))
    ]
    found = {}
    for file in files:
        module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        if wrong := set(addresses(file.read_text())) - ROUTES.get(module, set()):
            found[module] = wrong

    assert len(files) > 80
    assert found == {}


@pytest.mark.parametrize(
    "line", ["fetch(`/api/models/${key}`)", 'link.href = "/words"', "`/${page}`", "tab.href = '/'"]
)
def test_an_absolute_address_is_found_in_a_script(line: str) -> None:
    """Each way in which JavaScript could write one."""
    assert IN_SCRIPT.search(line)


@pytest.mark.parametrize("line", ["`api/models/${key}`", '"./"', "text.split('/')", "`${base}/layers`"])
def test_other_slashes_of_a_script_are_left_alone(line: str) -> None:
    """Relative addresses, expressions and what is put together from parts."""
    assert not IN_SCRIPT.search(line)


def test_no_script_and_no_style_asks_from_the_root_of_the_server() -> None:
    """As for what Python writes: one line of a module would be enough to leave the prefix."""
    scripts = sorted((ROOT / "assets" / "js").rglob("*.js"))
    found = [
        f"{file.name}: {line.strip()}"
        for file in scripts
        for line in file.read_text().splitlines()
        if IN_SCRIPT.search(line) and not line.lstrip().startswith(("*", "//", "/**"))
    ]

    assert len(scripts) > 80
    assert found == []
    assert not IN_STYLE.search((ROOT / "assets" / "style.css").read_text())
