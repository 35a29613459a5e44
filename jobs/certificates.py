"""Certificates for a cluster of one's own: `python -m jobs.certificates FOLDER`.

Scheduler, workers and ConvLens show each other the same one, and trust no other: whoever has the folder
belongs to the cluster, and can run programs on all its machines.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from jobs.job import JobsError
from jobs.where import AUTHORITY, CERTIFICATE, KEY

DAYS = "3650"
REQUEST = (
    *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-sha256"),
    *("-noenc", "-days", DAYS, "-subj", "/CN=ConvLens jobs"),
    *("-addext", "keyUsage=critical,digitalSignature,keyCertSign"),
)


def made(folder: Path) -> bool:
    """Make certificates unless they are there; return whether they were made.

    Raises:
        JobsError: They cannot be; the message says why.
    """
    if all((folder / name).is_file() for name in (AUTHORITY, CERTIFICATE, KEY)):
        return False
    if shutil.which(REQUEST[0]) is None:
        raise JobsError("Certificates are made by openssl, which is not installed here.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder) as place:
        certificate, key = Path(place, CERTIFICATE), Path(place, KEY)
        command = [*REQUEST, "-keyout", str(key), "-out", str(certificate)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, umask=0o077)
        if done.returncode:
            raise JobsError(f"openssl made no certificate: {done.stderr.strip().splitlines()[-1]}")
        shutil.copyfile(certificate, Path(place, AUTHORITY))
        for name in (KEY, CERTIFICATE, AUTHORITY):
            os.replace(Path(place, name), folder / name)  # noqa: PTH105  as one speaks of it
    return True


def main(folder: str) -> None:
    """Make them, and say so."""
    try:
        new = made(Path(folder))
    except (JobsError, OSError) as error:
        sys.exit(f"ConvLens: {error}")
    print(f"Certificates {'were made' if new else 'are there already'}: {folder}")


if __name__ == "__main__":
    main(*sys.argv[1:])
