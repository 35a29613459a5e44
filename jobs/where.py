"""Where long work is done: on this machine, or on a cluster whose scheduler has an address."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from jobs.bounds import Bounds
from jobs.job import JobsError

AUTHORITY, CERTIFICATE, KEY = "ca.pem", "cert.pem", "key.pem"  # names in the folder of certificates


@dataclass(frozen=True)
class Where:
    """Where long work is done.

    Attributes:
        workers: How many jobs at a time this machine works at, where there is no cluster.
        address: Of a cluster's scheduler, "" for none.
        certificates: Folder of what shows a cluster who this is, None for none.
    """

    workers: int = 1
    address: str = ""
    certificates: Path | None = None

    def __post_init__(self) -> None:
        """Refuse what would let others in.

        Raises:
            JobsError: The address cannot be used, or is of a machine that others reach without certificates.
        """
        if not self.address:
            return
        scheme, host = _parts(self.address)
        if scheme == "tls" and self.certificates is None:
            raise JobsError(
                f"{self.address} takes certificates: name the folder that has {AUTHORITY}, {CERTIFICATE} "
                f"and {KEY}."
            )
        if scheme == "tcp" and not _is_here(host):
            raise JobsError(
                f"{self.address} is not used: whoever reaches a scheduler without TLS can run programs on "
                f"all its machines. Start it with certificates, and name it as tls://{host}:…"
            )


def _parts(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        port = None
    if port is None or parts.scheme not in ("tls", "tcp") or not parts.hostname or parts.path:
        raise JobsError(f"{address} is no address of a scheduler, such as tls://scheduler.example.org:8786.")
    return parts.scheme, parts.hostname


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
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
