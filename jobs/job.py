"""What is known of one piece of long work."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import JsonValue, TypeAdapter

State = Literal["waiting", "running", "paused", "finished", "failed", "cancelled", "cut-off"]
ENDED: frozenset[State] = frozenset({"finished", "failed", "cancelled"})
CAN_GO_ON: frozenset[State] = frozenset({"paused", "cut-off", "failed"})
BUSY: frozenset[State] = frozenset({"waiting", "running"})
CANCELLED, PAUSED = "It was cancelled.", "It can go on from what it had kept."
CUT_OFF = "It was cut off when the server ended that ran it; it can go on from what it had kept."
ID = re.compile(r"[0-9a-f]{32}")
Event = dict[str, Any]  # what a work told, with its "number", from 1, and "at", in seconds since 1970


class JobsError(Exception):
    """What was asked of the jobs cannot be; the message is a sentence for whoever asked."""


class UnknownJobError(JobsError):
    """There is no such job."""


class FullError(JobsError):
    """There are too many jobs, or they take too much, for another one."""


class FitError(JobsError):
    """A job is not in a state in which that can be asked of it."""


@dataclass(frozen=True)
class Job:
    """One piece of long work. All times are in seconds since 1970.

    Attributes:
        id: Random, so that two people with equal settings have two jobs.
        kind: The name of the work.
        settings: What the work is given, as JSON has it.
        owner: Whose it is, as the page calls its visitors.
        created: When it was asked for.
        state: What it is doing.
        title: What its owner calls it, "" for nothing.
        group: The jobs that were asked for together have the same, "" for one alone.
        given: Hashes (SHA-256) of the files that came with the settings.
        begun: When it was last begun, None where it never was.
        ended: When it last ended, None while it goes on.
        spent: Seconds that it ran before it was last begun.
        sentence: How it ended, in words for a person, "" while it goes on.
    """

    id: str
    kind: str
    settings: Mapping[str, JsonValue]
    owner: str
    created: float
    state: State = "waiting"
    title: str = ""
    group: str = ""
    given: tuple[str, ...] = ()
    begun: float | None = None
    ended: float | None = None
    spent: float = 0.0
    sentence: str = ""

    def ran(self, now: float) -> float:
        """Return for how many seconds it has run in all."""
        return self.spent + ((self.ended or now) - self.begun if self.begun else 0.0)


FORM = TypeAdapter(Job)


def fresh_id() -> str:
    """Return an id that nobody can guess, and nobody has."""
    return secrets.token_hex(16)
