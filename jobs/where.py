"""Where long work is done: on this machine, or on a cluster whose scheduler has an address."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from jobs.bounds import Bounds
from jobs.job import JobsError

AUTHORITY, CERTIFICATE, KEY = "ca.pem", "cert.pem", "key.pem"  # names in the folder of certificates
_ADDRESS = re.compile(r"(?P<scheme>tls|tcp)://(?P<host>[\w.-]+|\[[0-9a-f:]+\]):\d{1,5}", re.I | re.A)


@dataclass(frozen=True)
class Where:
    """Where long work is done.

    Attributes:
        workers: How many jobs at a time this machine works at where there is no cluster, 0 for none.
        address: Of a cluster's scheduler, "" for none.
        certificates: Folder of what shows a cluster who this is, None for none.
    """

    workers: int = 1
    address: str = ""
    certificates: Path | None = None

    @property
    def is_open(self) -> bool:
        """Whether anybody does it."""
        return bool(self.workers or self.address)

    def __post_init__(self) -> None:
        """Refuse what would let others in.

        Raises:
            JobsError: Why the address cannot be used, as the end of a sentence that begins with it.
        """
        if not self.address:
            return
        scheme, host = _parts(self.address)
        if scheme == "tls" and self.certificates is None:
            raise JobsError(
                "what takes certificates has to be shown some: name their folder, JOBS_CERTIFICATES, which "
                f"has {AUTHORITY}, {CERTIFICATE} and {KEY}."
            )
        if scheme == "tcp" and not _is_here(host):
            raise JobsError(
                "whoever reaches a scheduler without TLS can run programs on all its machines: start it with "
                f"certificates, and name it as tls://{host}:8786."
            )


def _parts(address: str) -> tuple[str, str]:
    found = _ADDRESS.fullmatch(address)
    if not found:
        raise JobsError("it must be the address of a scheduler, such as tls://scheduler.example.org:8786.")
    return found["scheme"], found["host"]


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True)
class Errand:
    """What the process is told that has jobs done.

    Attributes:
        folder: Of the table.
        where: They are done.
        bounds: Of what they may take.
        works: Where the function of each kind of work stands.
    """

    folder: Path
    where: Where
    bounds: Bounds
    works: Mapping[str, str]


PLAIN = TypeAdapter(Errand)  # as JSON, from one process to another
