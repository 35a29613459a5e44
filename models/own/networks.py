"""Model files, opened apart and kept under the hashes of their bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from models.datasets.own_names import shortened
from models.opening import apart
from models.own.training import Taught
from models.own.wish import Wish, WishError
from models.store.loading import refuse_foreign
from models.training import snapshots

LONGEST = 40  # characters of a key, and of a name
FORM = 2  # changes whenever files are opened otherwise


@dataclass(frozen=True)
class Opened:
    """A network that was opened apart.

    Attributes:
        key: Short and unique, made of the file's name.
        title: The file's name.
        short: That without its ending; where several are called so, the key.
        path: Of the checkpoint that was made of it.
        sha256: Of the file that was brought, of what has its layers, and of what was put in front of it.
        taught: Where its training lies, None of a file, or of one of its moments alone.
    """

    key: str
    title: str
    short: str
    path: Path
    sha256: str
    taught: Taught | None = None


def opened(wish: Wish, cache: Path, say: Callable[[str], None]) -> tuple[Opened, ...]:
    """Return the networks of a wish; what was opened before is not opened again.

    Args:
        wish: Names their files, or snapshots of a training: "run", or "run@12" for that after 12 steps.
        cache: Folder for what may be lost.
        say: Is told what takes a while.

    Raises:
        WishError: One cannot be opened.
    """
    if wish.preprocessing:
        say(f"Pixels are fed {wish.preprocessing.said}.")
    cache.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=cache) as folder:
        paths = [_packed(path, Path(folder)) for path in wish.networks]
        stems = [path.stem for path in paths]
        keys = unique(stems)
        alone = [key if stems.count(stem) > 1 else stem for stem, key in zip(stems, keys, strict=True)]
        named = zip(paths, keys, alone, strict=True)
        found = [
            _opened(path, (key, shortened(name, LONGEST)), wish, cache, say) for path, key, name in named
        ]
    taught = (_taught(path, wish) for path in wish.networks)
    return tuple(replace(each, taught=its) for each, its in zip(found, taught, strict=True))


def _taught(path: Path, wish: Wish) -> Taught | None:
    """Return where the training of a network lies, None of a file, or of one moment alone."""
    meant = snapshots.named(path)
    if not meant or meant[1] is not None:
        return None
    return Taught(meant[0].absolute(), wish.size, wish.preprocessing)


def _packed(path: Path, into: Path) -> Path:
    """Return a model file: the path itself, or what is packed of the snapshot that it means."""
    if not (meant := snapshots.named(path)):
        return path
    folder, step = meant
    try:
        found = snapshots.read(folder)
        return found.pack(found.at(step), into)
    except snapshots.SnapshotError as error:
        raise WishError(str(error)) from error


def _opened(
    path: Path, called: tuple[str, str], wish: Wish, cache: Path, say: Callable[[str], None]
) -> Opened:
    key, short = called
    try:
        sha256 = _hash(path, wish)
    except OSError as error:
        raise WishError(f"{path} cannot be read: is it there, and may you read it?") from error
    size = "x".join(map(str, wish.size or ()))
    made = cache / f"{sha256[:32]}-{FORM}{size and '-'}{size}.keras"
    if not made.is_file():
        say(f"Opening {path.name} …")
        with TemporaryDirectory(dir=cache) as folder:
            try:
                how = wish.size, wish.architecture, wish.preprocessing
                written = apart.opened(path, Path(folder), *how)
                refuse_foreign(written)  # what wrote it had a stranger's file in its hands
                written.replace(made)
            except ValueError as error:
                raise WishError(f"{path.name} was not opened: {error}.") from error
    return Opened(key, path.name, short, made, sha256)


def _hash(path: Path, wish: Wish) -> str:
    """Return the hash of a file, of that which has its layers, and of what is put in front of it.

    Raises:
        OSError: One cannot be read.
    """
    told = hashlib.sha256()
    named = Path(wish.architecture)
    for each in (path, *([named] if named.is_absolute() else [])):
        if each.is_file():  # of anything else it is said later what it is
            with each.open("rb") as file:
                told.update(hashlib.file_digest(file, "sha256").digest())
        elif not each.exists():
            raise FileNotFoundError(each)
    told.update(repr((wish.architecture, wish.preprocessing)).encode())
    return told.hexdigest()


def unique(names: Sequence[str]) -> list[str]:
    """Return keys of networks, made of the names of their files.

    >>> unique(["My net (3)", "my_net-3", "Ünet", "☃"])
    ['my-net-3', 'my-net-3-2', 'net', 'network']
    """
    keys: list[str] = []
    for name in names:
        plain = "-".join(re.findall(r"[a-z0-9]+", name.lower()))[:LONGEST].strip("-") or "network"
        taken = (each for each in range(2, len(names) + 2) if f"{plain}-{each}" not in keys)
        keys.append(plain if plain not in keys else f"{plain}-{next(taken)}")
    return keys
