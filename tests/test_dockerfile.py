from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from jobs import member

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
WRITTEN = [
    ROOT / "Dockerfile",
    *(
        path
        for pattern in ("*.md", "docs/**/*.md", "**/compose*.y*ml", ".ci/*")
        for path in ROOT.glob(pattern)
    ),
]


def test_the_base_image_is_one_and_the_same() -> None:
    """Named by its digest, or by a version of Python to the patch and a release of Debian: 3.11 moves on."""
    (base,) = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)

    assert re.fullmatch(r"python:3\.11\.\d+-slim-[a-z]+|python(:\S+)?@sha256:[0-9a-f]{64}", base), base


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_examples_publish_to_this_machine_alone(path: Path) -> None:
    """A port that is published without an address is open to the whole network, past the firewall."""
    published = re.findall(r"(?:-p|--publish)[ =]([\d.:]*\d+:\d+)", path.read_text(encoding="utf-8"))

    assert [each for each in published if not each.startswith("127.0.0.1:")] == []


def test_commands_of_the_compose_file_are_ours() -> None:
    """They are programs that there are, with words that they know; the scheduler's address is the page's."""
    services = yaml.safe_load((ROOT / "docs" / "compose.yaml").read_text(encoding="utf-8"))["services"]
    commands = {name: service["command"] for name, service in services.items() if "command" in service}

    assert commands.keys() == {"certificates", "scheduler", "worker"}
    for words in commands.values():
        assert (ROOT / words[2].replace(".", "/")).with_suffix(".py").is_file()
    for name in ("scheduler", "worker"):
        assert member.parser().parse_args(commands[name][3:]).part == name
    assert commands["worker"][-1] == services["convlens"]["environment"]["JOBS_ADDRESS"]


def test_the_readme_has_such_an_example() -> None:
    """The rule above looks at something."""
    assert "docker run" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "-p 127.0.0.1:8050:8050" in (ROOT / "README.md").read_text(encoding="utf-8")
