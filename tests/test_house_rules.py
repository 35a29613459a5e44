"""The rules of the house, checked by reading what every module imports."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

from dashboard.api.questions import QUESTIONS

ROOT = Path(__file__).parents[1]
ROOMS = ("models", "jobs", "dashboard")
MUTABLE = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
MAKERS = {
    "list",
    "dict",
    "set",
    "bytearray",
    "defaultdict",
    "deque",
    "Counter",
    "OrderedDict",
    "Queue",
    "local",
}
CHANGES = {
    "append",
    "extend",
    "insert",
    "add",
    "update",
    "setdefault",
    "pop",
    "popitem",
    "remove",
    "clear",
    "discard",
}


def module_name(path: Path) -> str:
    """Return the dotted name of a file of the tree."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def trees() -> dict[str, ast.Module]:
    """Return the syntax tree of every module of the app, by name."""
    files = [ROOT / "app.py", *(file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py")))]
    return {module_name(file): ast.parse(file.read_text()) for file in files}


@cache
def imports(tree: ast.AST) -> tuple[str, ...]:
    """Return every module that is imported anywhere: at the top, in functions, for types alone."""
    return tuple(_imports(tree))


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            for each in node.names:
                name = f"{node.module}.{each.name}"
                yield name if name in trees() else str(node.module)


def importers_of(*packages: str) -> set[str]:
    """Return the modules that import one of these packages."""
    return {
        name
        for name, tree in trees().items()
        if any(used.split(".")[0] in packages for used in imports(tree))
    }


def in_room(name: str, *rooms: str) -> bool:
    """Return whether a module is one of these or lies in one of these packages."""
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def test_the_tree_is_read() -> None:
    """The rules look at the real modules: the ones that every visitor of the tree is told about are there."""
    assert {
        "app",
        "models.engine.probe",
        "models.store.manifest",
        "dashboard.factory",
        "dashboard.picture",
    } <= set(trees())
    assert "dash" in {used.split(".")[0] for used in imports(trees()["dashboard.factory"])}


def test_the_networks_know_no_web() -> None:
    """Neither they nor long work import the page or what it is made with; nor do they know who works long."""
    web = importers_of("dash", "dash_bootstrap_components", "plotly", "flask", "werkzeug", "dashboard", "app")

    assert not {name for name in web if in_room(name, "models", "jobs")}
    assert not {name for name in importers_of("jobs") if in_room(name, "models")}


def test_only_one_module_knows_how_processes_are_reached() -> None:
    """What has jobs done could be another library; and it is imported only where jobs are done."""
    assert importers_of("distributed", "dask") == {"jobs.cluster"}


def test_what_is_pure_knows_neither_dash_nor_keras() -> None:
    """Figures, panels and pictures take numbers and give values."""
    pure = ("dashboard.figures", "dashboard.panels", "dashboard.picture")
    users = importers_of("dash", "dash_bootstrap_components", "keras", "tensorflow")

    assert not {name for name in users if in_room(name, *pure)}


def test_only_the_wiring_imports_dash() -> None:
    """Pages, callbacks, factory and the start know Dash; nothing else does."""
    users = importers_of("dash", "dash_bootstrap_components")

    assert "dashboard.pages.explore" in users
    assert not {
        name
        for name in users
        if not in_room(name, "dashboard.pages", "dashboard.callbacks", "dashboard.factory", "app")
    }


def test_nothing_private_of_dash_is_used() -> None:
    """Dash may rearrange what its names mark as its own; the page would break with the next release."""
    used = {each for tree in trees().values() for each in imports(tree) if each.split(".")[0] == "dash"}

    assert used
    assert not {each for each in used if "._" in each}


def test_only_the_store_imports_diskcache() -> None:
    """The one file that knows an unmaintained package is the one that makes it safe."""
    assert importers_of("diskcache") == {"dashboard.store"}


def test_nothing_unpickles() -> None:
    """No module imports pickle or its kin, or lets NumPy unpickle."""
    assert not importers_of("pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal")
    allowing = {
        name
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle"
        if getattr(node.value, "value", None) is not False
    }
    assert not allowing


def test_no_two_modules_import_each_other() -> None:
    """Following imports, in functions and for types too, never leads back to where one started."""
    graph = {name: {used for used in imports(tree) if used in trees()} for name, tree in trees().items()}
    done: set[str] = set()

    def follow(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " → ".join((*way[way.index(name) :], name))
        if name not in done:
            for used in sorted(graph[name]):
                follow(used, (*way, name))
            done.add(name)

    for name in graph:
        follow(name, ())


LEVELS = (
    ("arrays", "gc_freeze", "limits", "pictures", "remedy", "watcher", "whole"),
    ("datasets", "graph", "store", "architectures"),
    ("engine", "sketch", "opening"),
    ("analysis",),
    ("training",),
    ("measure", "train"),
    ("own",),
)  # the rooms of the networks, and the files that stand beside them, from the ground up


JOB_LEVELS = (
    ("job", "lock", "works"),
    ("bounds", "events", "table", "turns"),
    ("where", "scratch"),
    ("certificates", "presence", "working"),
    ("cluster",),
    ("link",),
    ("following",),
    ("engine", "runner"),
    ("member",),
)  # the files of long work, likewise


def rooms_used(top: str) -> dict[str, set[str]]:
    """Return of every room of `models/` or `jobs/` the other rooms that its modules import."""
    used: dict[str, set[str]] = {}
    for name, tree in trees().items():
        if in_room(name, top) and name != top:
            own = name.split(".")[1]
            others = {each.split(".")[1] for each in imports(tree) if each.startswith(f"{top}.")}
            used.setdefault(own, set()).update(others - {own})
    return used


@pytest.mark.parametrize(
    ("top", "levels", "upper", "lower"),
    [("models", LEVELS, "engine", "graph"), ("jobs", JOB_LEVELS, "runner", "cluster")],
)
def test_rooms_point_down(top: str, levels: Sequence[Sequence[str]], upper: str, lower: str) -> None:
    """Each room uses those of its own floor and below; no two of a floor use each other."""
    used = rooms_used(top)
    floor = {room: number for number, rooms in enumerate(levels) for room in rooms}

    assert floor.keys() == used.keys()
    assert lower in used[upper]
    assert not [f"{room} → {other}" for room in used for other in used[room] if floor[other] > floor[room]]
    assert not [f"{room} ↔ {other}" for room in used for other in used[room] if room in used[other]]


LINES, FILE_LINES = 45, 300  # of a function, and of a file


def test_functions_and_files_are_short() -> None:
    """Who reads one sees it whole."""
    files = {name: (ROOT / _path(name)).read_text(encoding="utf-8").count("\n") for name in trees()}
    longer = {name for name, lines in files.items() if lines > FILE_LINES}
    longer |= {
        f"{name}.{node.name}"
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (node.end_lineno or node.lineno) - node.lineno >= LINES
    }

    assert not longer


def _path(name: str) -> str:
    """Return where a module lies."""
    path = name.replace(".", "/")
    return f"{path}/__init__.py" if (ROOT / path).is_dir() else f"{path}.py"


def test_every_question_with_an_address_is_in_the_list() -> None:
    """A file of `dashboard/api/` that has a blueprint is one of those that the page registers."""
    having = {
        name
        for name, tree in trees().items()
        if in_room(name, "dashboard.api")
        if any(isinstance(node, ast.FunctionDef) and node.name == "blueprint" for node in tree.body)
    }

    assert having == {question.__module__ for question in QUESTIONS}


def test_callbacks_are_registered_on_the_app_they_are_given() -> None:
    """`dash.callback` is global to the process and is not used, so that two apps can live in one."""
    guilty = []
    for name, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and str(node.module).split(".")[0] == "dash":
                guilty += [
                    name for each in node.names if each.name in ("callback", "clientside_callback", "get_app")
                ]
            if isinstance(node, ast.Attribute) and node.attr in (
                "callback",
                "clientside_callback",
                "get_app",
            ):
                guilty += [name] * (isinstance(node.value, ast.Name) and node.value.id == "dash")
    assert not guilty


def test_one_module_reads_the_environment() -> None:
    """Only the settings read it; others may hand it to them, or set what TensorFlow and OpenMP look for."""
    guilty = []
    for name, tree in trees().items():
        if name == "dashboard.settings":
            continue
        allowed = set(map(id, _allowed_environments(tree)))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "os":
                guilty += [name for each in node.names if each.name in ("environ", "environb", "getenv")]
            if isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv", "getenvb"):
                guilty += [f"{name}:{node.lineno}"] * (id(node) not in allowed)
    assert not guilty


def _allowed_environments(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="request"), attr="environ"):
                yield node  # of a request, not of the process
            case ast.Call(
                func=ast.Attribute(attr="from_environment"), args=[ast.Attribute(attr="environ") as handed]
            ):
                yield handed
            case (
                ast.Expr(
                    ast.Call(
                        func=ast.Attribute(value=written, attr="setdefault"),
                        args=[ast.Constant(value=str(name)), _],
                    )
                )
                | ast.Assign(targets=[ast.Subscript(value=written, slice=ast.Constant(value=str(name)))])
            ):
                if name.startswith(("TF_", "OMP_")):
                    yield written


def test_no_module_holds_state() -> None:
    """What a module holds does not change: collections are constants, and nothing adds to them."""
    guilty = []
    for name, tree in trees().items():
        held = set()
        for node in tree.body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            value = getattr(node, "value", None)
            for target in targets:
                if isinstance(target, ast.Name) and _is_mutable(value):
                    held.add(target.id)
                    if not target.id.isupper() and target.id != "__all__":
                        guilty.append(f"{name}.{target.id} is a collection that could change")
        guilty += [f"{name}:{line} changes what the module holds" for line in _changes(tree, held)]
    assert not guilty


def _is_mutable(value: ast.AST | None) -> bool:
    if isinstance(value, ast.Call):
        called = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
        return called in MAKERS
    return isinstance(value, MUTABLE)


def _changes(tree: ast.Module, held: set[str]) -> Iterator[int]:
    for node in ast.walk(tree):
        match node:
            case ast.Global() | ast.Nonlocal():
                yield node.lineno
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=change)) if change in CHANGES:
                if name in held:
                    yield node.lineno
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()) if name in held:
                yield node.lineno
            case ast.AugAssign(target=ast.Name(id=name)) if name in held:
                yield node.lineno


def test_no_fault_is_swallowed() -> None:
    """No `except: pass`, and no `try` in a callback: errors are raised and shown in one place."""
    silent = [
        f"{name}:{node.lineno}"
        for name, tree in trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and all(isinstance(each, ast.Pass) for each in node.body)
    ]
    assert not silent
    assert not [node for node in ast.walk(trees()["dashboard.callbacks"]) if isinstance(node, ast.Try)]


def test_everything_public_says_what_it_is() -> None:
    """Each module, public class and public function has a docstring."""
    nameless = []
    for name, tree in trees().items():
        if tree.body and not ast.get_docstring(tree):
            nameless.append(name)
        classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
        for node in [*tree.body, *(inner for each in classes for inner in each.body)]:
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
                nameless += [f"{name}.{node.name}"] * (not ast.get_docstring(node))
    assert not nameless


IMPORT_ALL = """
import importlib, json, os, sys, threading
root, rooms = {root!r}, {rooms!r}
opened = []
def watch(event, arguments):
    path = os.path.abspath(arguments[0]) if event == "open" and isinstance(arguments[0], str) else ""
    if path.startswith(root + "/"):
        opened.append(path)
sys.addaudithook(watch)
for names in rooms:
    for name in names:
        importlib.import_module(name)
    callbacks = getattr(sys.modules.get("dash._callback"), "GLOBAL_CALLBACK_LIST", [])
    print(json.dumps(dict(
        opened=[path for path in opened if "/.venv/" not in path and ".py" not in path],
        heavy=sorted({{"tensorflow", "keras"}} & set(sys.modules)),
        threads=threading.active_count(),
        callbacks=len(callbacks),
    )))
"""


def imported(*rooms: list[str]) -> list[dict[str, object]]:
    """Return what a fresh process has done once it has imported some modules, and then once more as well."""
    code = IMPORT_ALL.format(root=str(ROOT), rooms=rooms)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()[-len(rooms) :]]


@cache
def needs_tensorflow(name: str) -> bool:
    """Return whether a module imports Keras or TensorFlow at its top, itself or through others."""
    top = ast.Module(
        [node for node in trees()[name].body if isinstance(node, ast.Import | ast.ImportFrom)], []
    )
    used = set(imports(top))
    heavy = any(each.split(".")[0] in ("keras", "tensorflow") for each in used)
    return heavy or any(needs_tensorflow(each) for each in used if each in trees())


def test_the_page_starts_without_tensorflow() -> None:
    """Only what runs or trains a network needs it; the whole page and the list of networks do not."""
    heavy = {name for name in trees() if needs_tensorflow(name)}

    assert not {name for name in heavy if in_room(name, "dashboard", "app", "models.architectures")}
    light = {
        *("models.analysis.collection", "models.analysis.metrics", "models.datasets.mnist"),
        *("models.engine.networks", "models.store.manifest"),
    }
    assert light <= trees().keys()
    assert not heavy & light


@pytest.mark.keras
def test_importing_does_nothing() -> None:
    """All that the page is made of is imported: no file read, no thread, no callback, no TensorFlow.

    Probe and training, which need that, read no file of ours either until they are asked to.
    """
    light = [name for name in trees() if not needs_tensorflow(name)]
    heavy = [name for name in trees() if needs_tensorflow(name)]
    assert "models.engine.probe" in heavy

    first, then = imported(light, heavy)

    assert first == {"opened": [], "heavy": [], "threads": 1, "callbacks": 0}
    assert then["opened"] == []


SCRIPTS = ROOT / "assets" / "js"
IMPORTED = re.compile(r'^(?:import|export) [^;]*?from "(?P<path>[^"]+)";$', re.MULTILINE)
BELOW = {
    "core": set(),
    "figures": {"core"},
    "edit": {"core"},
    "questions": {"core", "figures"},
    "inspector": {"core", "figures", "questions"},
    "explore": {"core", "figures", "edit", "questions", "inspector"},
    "compare": {"core", "figures", "edit"},
    "filters": {"core"},
    "page": {"core", "explore", "compare", "filters"},
    "mail": {"core", "explore"},
    "train": {"core"},
}  # the rooms of the browser, and those that each may use


@cache
def script_imports() -> dict[Path, set[Path]]:
    """Return what every module of the browser imports."""
    graph = {}
    for file in sorted(SCRIPTS.rglob("*.js")):
        paths = IMPORTED.findall(file.read_text(encoding="utf-8"))
        assert all(path.startswith((".", "/")) for path in paths), f"{file} imports what is not ours: {paths}"
        graph[file] = {(file.parent / path).resolve() for path in paths}
    return graph


def test_the_scripts_are_read() -> None:
    """The rules look at the real modules, and every import leads to one; each lies in a room."""
    graph = script_imports()

    assert SCRIPTS / "core" / "store.js" in graph[SCRIPTS / "page" / "main.js"]
    assert set().union(*graph.values()) <= set(graph)
    assert {file.relative_to(SCRIPTS).parts[0] for file in graph} == set(BELOW)
    assert not [file for file in graph if len(file.relative_to(SCRIPTS).parts) != 2]


def test_rooms_of_the_browser_point_down() -> None:
    """`core` knows nobody above it; each room uses only those that lie below."""
    upwards = {
        f"{file.relative_to(SCRIPTS)} → {used.relative_to(SCRIPTS)}"
        for file, others in script_imports().items()
        for used in others
        if used.parent != file.parent and used.parent.name not in BELOW[file.parent.name]
    }
    assert not upwards


def test_no_two_scripts_import_each_other() -> None:
    """No circle: what decides when a module runs is what it imports."""
    graph, done = script_imports(), set[Path]()

    def follow(file: Path, way: tuple[Path, ...]) -> None:
        assert file not in way, " → ".join(each.name for each in (*way[way.index(file) :], file))
        if file not in done:
            for used in sorted(graph[file]):
                follow(used, (*way, file))
            done.add(file)

    for file in graph:
        follow(file, ())


def test_every_script_is_used_and_says_what_it_is() -> None:
    """Each begins with what it is for; and is imported by another, but for those that start a page."""
    graph = script_imports()

    assert not [file for file in graph if not file.read_text(encoding="utf-8").startswith("/**")]
    starting = {SCRIPTS / room / "main.js" for room in ("page", "mail", "train")}
    assert set(graph) - set().union(*graph.values()) == starting


NAMED = re.compile(r"\b(?:models|dashboard)/[\w/]+\.py")


def test_scripts_name_files_that_are_there() -> None:
    """Where the browser repeats or reads what Python does, the place that is named exists."""
    named = {
        (file.name, path)
        for file in script_imports()
        for path in NAMED.findall(file.read_text(encoding="utf-8"))
    }
    assert named
    assert not {(name, path) for name, path in named if not (ROOT / path).exists()}


GLOBAL = re.compile(r"\b(?:window|globalThis)\)?\.(\w+) = ")


def test_scripts_give_the_page_two_names() -> None:
    """What Dash calls and what it draws, and nothing else; and Dash's requests are watched in one place."""
    given = {
        (file.name, name)
        for file in script_imports()
        for name in GLOBAL.findall(file.read_text(encoding="utf-8"))
    }
    own = {("main.js", "dash_clientside"), ("main.js", "convlens")}
    assert given == own | {("dash_requests.js", "fetch")}
