"""A cluster's processes, started with certificates, without Dask's own page, one job a process.

`python -m jobs.member scheduler CERTIFICATES` and `python -m jobs.member worker CERTIFICATES ADDRESS` are for
a machine each; `python -m jobs.member cluster CERTIFICATES` starts both on this machine alone, for trying,
with certificates made for it.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from jobs.certificates import made
from jobs.job import JobsError
from jobs.where import AUTHORITY, CERTIFICATE, KEY, Where
from models.remedy import ROOT

PORT = 8786
AGAIN = 0.1  # seconds between two looks whether a scheduler listens
NO_PAGE = ("--no-dashboard", "--dashboard-address", "127.0.0.1:0")


def shown(certificates: Path) -> list[str]:
    """Return the words by which a process is told its certificates."""
    return [
        *("--tls-ca-file", str(certificates / AUTHORITY)),
        *("--tls-cert", str(certificates / CERTIFICATE)),
        *("--tls-key", str(certificates / KEY)),
    ]


def scheduler(certificates: Path, host: str, port: int) -> list[str]:
    """Return the command that is a scheduler."""
    program = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--protocol", "tls"]
    return [*program, "--host", host, "--port", str(port), *NO_PAGE, *shown(certificates)]


def worker(certificates: Path, address: str, count: int, host: str = "") -> list[str]:
    """Return the command that is so many workers.

    Raises:
        JobsError: The address cannot be used.
    """
    Where(address=address, certificates=certificates)
    program = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--protocol", "tls"]
    named = ["--name", f"{socket.gethostname()}-{os.getpid()}"]  # whoever takes the place of one has its name
    here = ["--host", host] if host else []
    return [
        *program,
        *named,
        *here,
        "--nthreads",
        "1",
        "--nworkers",
        str(count),
        *NO_PAGE,
        *shown(certificates),
    ]


def cluster(certificates: Path, port: int, count: int) -> int:
    """Start a scheduler and workers on this machine alone, until it is interrupted; return how that ended.

    Raises:
        JobsError: Certificates cannot be made.
    """
    made(certificates)
    address = f"tls://127.0.0.1:{port}"
    commands = [
        scheduler(certificates, "127.0.0.1", port),
        worker(certificates, address, count, "127.0.0.1"),
    ]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    processes = [subprocess.Popen(command, cwd=ROOT) for command in commands]
    try:
        if not _listens(port, processes[0]):
            return 1
        print(f"JOBS_ADDRESS={address} JOBS_CERTIFICATES={certificates.absolute()} make run", flush=True)
        os.waitpid(-1, 0)  # neither is of use without the other
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait()


def _listens(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Wait until a process listens, and return whether it does; else it has ended."""
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=AGAIN).close()
        except OSError:
            time.sleep(AGAIN)
        else:
            return True
    return False


def parser() -> argparse.ArgumentParser:
    """Return what understands the command line."""
    words = argparse.ArgumentParser(prog="python -m jobs.member", description=__doc__)
    words.add_argument("part", choices=("scheduler", "worker", "cluster"))
    words.add_argument("certificates", type=Path, help="folder of ca.pem, cert.pem and key.pem")
    words.add_argument("address", nargs="?", default="", help="of the scheduler, such as tls://10.0.0.3:8786")
    words.add_argument("--host", default="", help="address of this machine that the others reach")
    words.add_argument("--port", type=int, default=PORT, help=f"of the scheduler ({PORT})")
    words.add_argument("--count", type=int, default=1, help="of workers, each of which does one job (1)")
    return words


def main(arguments: Sequence[str]) -> None:
    """Become what the command line says."""
    asked = parser().parse_args(arguments)
    certificates = asked.certificates.absolute()
    try:
        if asked.part == "cluster":
            sys.exit(cluster(certificates, asked.port, asked.count))
        command = (
            scheduler(certificates, asked.host or "0.0.0.0", asked.port)  # noqa: S104  behind certificates
            if asked.part == "scheduler"
            else worker(certificates, asked.address, asked.count, asked.host)
        )
    except JobsError as error:
        sys.exit(f"ConvLens: {error}")
    os.chdir(ROOT)
    os.execv(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
