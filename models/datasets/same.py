"""Whether two machines have the same images: by a hash of what all of their files are compared with."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from models.datasets.dataset import DataError
from models.datasets.idx import CHECKSUMS
from models.datasets.shipped import SOURCES, Source


def fingerprint(source: Source) -> str:
    """Return a hash (SHA-256) of the files of a data set, which are not read for that.

    Raises:
        DataError: It is not known what they should be.
    """
    try:
        return hashlib.sha256((source.folder / CHECKSUMS).read_bytes()).hexdigest()
    except OSError as error:
        raise DataError(f"{source.title} has no {CHECKSUMS}, so its images cannot be told.") from error


def require_same(meant: Mapping[str, str], sources: Mapping[str, Source] = SOURCES) -> None:
    """Refuse images that are not those of whoever asked for work with them.

    Args:
        meant: Fingerprints by the keys of data sets.
        sources: The data sets of this machine.

    Raises:
        DataError: One is another here, or is not known.
    """
    for key, sha256 in meant.items():
        if key not in sources or fingerprint(sources[key]) != sha256:
            title = sources[key].title if key in sources else key
            raise DataError(
                f"{title} is not the same on the machine that was to work with it. Both machines need the "
                "same version of ConvLens, with its data."
            )
