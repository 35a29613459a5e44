"""How far it is with what a command opened: the one file that its keeper writes, and what it can be asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from pydantic import TypeAdapter, ValidationError

from models.whole import write_whole

STATE, WORLD, ASKED = "state.json", "world", "asked"  # names in the keeper's folder; the second is a link
SAID = "said.json"  # in the folder that it leads to: the sentences on how networks and images were read
Request = Literal["cancel", "again"]
REQUESTS: tuple[Request, ...] = get_args(Request)


@dataclass(frozen=True)
class State:
    """How far it is with what was opened.

    Attributes:
        opened: Images that are open.
        count: Images that there are.
        doing: What is being done, "" for nothing.
        share: How much of that is done, from 0 to 1, None where it is not known.
        left: Seconds that it will take, None where that is not known.
        changed: Names of the networks' files that are others now than those that were opened.
        fault: Why it could not be gone on with, "" where it could.
        cancelled: Whether somebody did not want it to go on.
    """

    opened: int = 0
    count: int = 0
    doing: str = ""
    share: float | None = None
    left: float | None = None
    changed: tuple[str, ...] = ()
    fault: str = ""
    cancelled: bool = False


FORM = TypeAdapter(State)


def write(state: State, place: Path) -> None:
    """Write how far it is into the keeper's folder."""
    write_whole(place / STATE, FORM.dump_json(state))


def read(place: Path) -> State | None:
    """Return how far it is, None where no keeper says so."""
    try:
        return FORM.validate_json((place / STATE).read_bytes())
    except (OSError, ValidationError):
        return None


def requested(text: str) -> Request | None:
    """Return what a keeper can be asked for by its name, None for anything else."""
    return next((each for each in REQUESTS if each == text), None)


def ask(request: Request, place: Path) -> None:
    """Ask the keeper for something; what was asked before and not yet done is not done then."""
    write_whole(place / ASKED, request.encode())


def taken(place: Path) -> Request | None:
    """Return what the keeper is asked for, once."""
    try:
        text = (place / ASKED).read_text()
        (place / ASKED).unlink()
    except OSError:
        return None
    return requested(text)
