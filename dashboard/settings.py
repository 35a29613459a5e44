"""What can be set from outside, and the only reader of the environment."""

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from jobs.job import JobsError
from jobs.where import Where
from models.own import state
from models.remedy import into

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ROOT / "models" / "checkpoints"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
LOG_LEVELS = ("debug", "info", "warning", "error")

_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*", re.IGNORECASE | re.ASCII)
# An origin, whose host may begin and whose port may be *; or a scheme alone, such as vscode-webview:.
_ANCESTOR = re.compile(r"https?://(\*\.)?[a-z0-9.-]+(:(\d{1,5}|\*))?|[a-z][a-z0-9.+-]*:", re.I | re.A)
_PATH = re.compile(r"[\w.~@-]+(/[\w.~@-]+)*", re.ASCII)
_WHOLE = re.compile(r"[0-9]{1,6}", re.ASCII)


class SettingsError(ValueError):
    """A variable has a value that cannot be used; the message is one sentence for whoever set it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set, valid.

    Attributes:
        host: Address or name to listen on, without brackets.
        port: TCP port to listen on; 0 lets the system choose a free one.
        workers: Processes that serve.
        threads: Threads in each of them.
        connections: How many of each of them one address may hold.
        request_seconds: From the first byte of a request to the last of its answer.
        cache_dir: Folder for what may be lost at any time; absolute.
        trusted_hosts: Names that a request may call this server by, lower case, IPv6 in brackets; one that
            starts with a dot stands for its subdomains too. Empty trusts every name.
        log_level: One of `LOG_LEVELS`.
        checkpoints: Folder of the trained models and their manifest; absolute, where links lead.
        opened: Folder in which is said how far it is with a person's own networks, None for shipped ones.
        data: Folder of MNIST; absolute.
        jobs_dir: Folder of long work, which nobody wants to lose; absolute.
        jobs: Where long work is done.
        training: Whether visitors may train networks here.
        base_path: Below which it is answered too; begins and ends with a slash.
        frame_ancestors: Whose pages may show ConvLens in a frame, as CSP writes them; empty for nobody's.
    """

    host: str
    port: int
    workers: int
    threads: int
    connections: int
    request_seconds: int
    cache_dir: Path
    trusted_hosts: tuple[str, ...]
    log_level: str
    checkpoints: Path
    opened: Path | None
    data: Path
    jobs_dir: Path
    jobs: Where
    training: bool = True
    base_path: str = "/"
    frame_ancestors: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls, env: Mapping[str, str] = os.environ) -> Self:
        """Read and check every variable; one that is missing or blank takes its default.

        Raises:
            SettingsError: A value cannot be used.
        """
        host = _host(env)
        checkpoints = _folder(env, "CHECKPOINTS_DIR") or SHIPPED
        return cls(
            host=host,
            port=_whole(env, "PORT", 8050, 0, 65535),
            workers=_whole(env, "WORKERS", 2, 1, 64),
            threads=_whole(env, "THREADS", 16, 1, 256),
            connections=_whole(env, "CONNECTIONS", 1024, 1, 100_000),
            request_seconds=_whole(env, "REQUEST_SECONDS", 60, 1, 3600),
            cache_dir=_folder(env, "CACHE_DIR") or _default_cache(env),
            trusted_hosts=_trusted_hosts(env, host),
            log_level=_log_level(env),
            checkpoints=checkpoints.resolve(),
            opened=checkpoints.parent if state.read(checkpoints.parent) else None,
            data=_folder(env, "DATA_DIR") or ROOT / "models" / "data",
            jobs_dir=_folder(env, "JOBS_DIR") or _default_jobs(env),
            jobs=_jobs(env),
            training=_switch(env, "TRAINING"),
            base_path=_base_path(env),
            frame_ancestors=_frame_ancestors(env),
        )

    def discreet(self, sentence: str) -> str:
        """Return a sentence for whoever asks: folders that were set are called by their variables."""
        set_here = {self.checkpoints: "$CHECKPOINTS_DIR", self.data: "$DATA_DIR"}
        for folder in sorted(set_here, key=lambda each: -len(str(each))):  # one may lie in the other
            if not folder.is_relative_to(ROOT) and folder != folder.parent:
                sentence = sentence.replace(str(folder), set_here[folder])
        return sentence

    @property
    def elsewhere(self) -> str:
        """What a command needs to write where the networks lie, "" where it does so by itself."""
        return self.discreet(into(self.checkpoints, SHIPPED))

    @property
    def bind(self) -> str:
        """Where to listen, as `host:port`."""
        return f"{_bracketed(self.host)}:{self.port}"


def environment(**changed: str) -> dict[str, str]:
    """Return the variables of this process with some of them set anew, for another one."""
    return {**os.environ, **changed}


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the host; a name other than localhost counts as reachable."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _host(env: Mapping[str, str]) -> str:
    text = _value(env, "HOST") or "127.0.0.1"
    host = text.removeprefix("[").removesuffix("]")
    if not (_is_address(host) or _NAME.fullmatch(text)):
        raise SettingsError(
            f"HOST is {_quote(text)}, but it must be an address or a host name, such as 127.0.0.1 or 0.0.0.0."
        )
    return host


def _whole(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = _value(env, name)
    if not text:
        return default
    if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
        raise SettingsError(
            f"{name} is {_quote(text)}, but it must be a whole number from {least} to {most}."
        )
    return int(text)


def _trusted_hosts(env: Mapping[str, str], host: str) -> tuple[str, ...]:
    """Return the names to trust; this machine's own are always among them, for its health checks."""
    text = _value(env, "TRUSTED_HOSTS")
    if text == "*":
        return ()
    if not text:
        named = [_bracketed(host).lower()]
        return tuple(dict.fromkeys([*LOOPBACK, *named])) if is_loopback(host) else ()
    named = [part.strip().lower() for part in text.split(",") if part.strip()]
    for name in named:
        if not _can_be_trusted(name):
            raise SettingsError(
                f"TRUSTED_HOSTS has {_quote(name)}, but it must be host names or addresses without a port, "
                "with commas between them, such as lens.example.org, .example.org or [::1]; * trusts all."
            )
    return tuple(dict.fromkeys([*LOOPBACK, *named]))


def _can_be_trusted(name: str) -> bool:
    if name.startswith("[") and name.endswith("]"):
        return ":" in name and _is_address(name[1:-1])
    return bool(_NAME.fullmatch(name.removeprefix(".")))


def _base_path(env: Mapping[str, str]) -> str:
    text = _value(env, "BASE_PATH").strip("/")
    if text and not (_PATH.fullmatch(text) and {".", ".."}.isdisjoint(text.split("/"))):
        raise SettingsError(
            f"BASE_PATH is {_quote(text)}, but it must be a path such as /lens/: letters, numbers, -._~@."
        )
    return f"/{text}/" if text else "/"


def _frame_ancestors(env: Mapping[str, str]) -> tuple[str, ...]:
    """Return the sources of `frame-ancestors`; what is none could end the policy and begin another."""
    named = _value(env, "FRAME_ANCESTORS").replace(",", " ").split()
    for name in named:
        if name not in ("self", "*") and not _ANCESTOR.fullmatch(name):
            raise SettingsError(
                f"FRAME_ANCESTORS has {_quote(name)}, but it must be self, or origins with spaces between, "
                "such as https://hub.example.org or http://localhost:*; * lets every page do it."
            )
    return tuple(dict.fromkeys("'self'" if name == "self" else name for name in named))


def _jobs(env: Mapping[str, str]) -> Where:
    workers = _whole(env, "JOBS_WORKERS", max(1, (os.cpu_count() or 1) // 2), 0, 64)
    address = _value(env, "JOBS_ADDRESS")
    try:
        return Where(workers, address, _folder(env, "JOBS_CERTIFICATES"))
    except JobsError as error:
        raise SettingsError(f"JOBS_ADDRESS is {_quote(address)}, but {error}") from error


def _switch(env: Mapping[str, str], name: str) -> bool:
    text = _value(env, name) or "on"
    if text.lower() not in ("on", "off"):
        raise SettingsError(f"{name} is {_quote(text)}, but it must be on or off.")
    return text.lower() == "on"


def _log_level(env: Mapping[str, str]) -> str:
    text = _value(env, "LOG_LEVEL") or "info"
    if text.lower() not in LOG_LEVELS:
        raise SettingsError(f"LOG_LEVEL is {_quote(text)}, but it must be one of {', '.join(LOG_LEVELS)}.")
    return text.lower()


def _folder(env: Mapping[str, str], name: str) -> Path | None:
    text = _value(env, name)
    if "\0" in text:
        raise SettingsError(f"{name} is {_quote(text)}, but it must be the path of a folder.")
    return Path(text).absolute() if text else None


def _default_jobs(env: Mapping[str, str]) -> Path:
    """Return the folder for data that the XDG base directories give, or one beside what is remembered."""
    own = _folder_if_absolute(env, "XDG_DATA_HOME"), _folder_if_absolute(env, "HOME", ".local/share")
    base = next((each / "convlens" for each in own if each), None)
    return (base or _folder(env, "CACHE_DIR") or _default_cache(env)) / "jobs"


def _default_cache(env: Mapping[str, str]) -> Path:
    """Return the folder that the XDG base directories give; a relative one does not count there."""
    for base in (_folder_if_absolute(env, "XDG_CACHE_HOME"), _folder_if_absolute(env, "HOME", ".cache")):
        if base:
            return base / "convlens"
    raise SettingsError(
        "CACHE_DIR is not set, and must be where HOME is not: name a folder that can be written."
    )


def _folder_if_absolute(env: Mapping[str, str], name: str, below: str = ".") -> Path | None:
    text = _value(env, name)
    return Path(text) / below if text.startswith("/") and "\0" not in text else None


def _value(env: Mapping[str, str], name: str) -> str:
    return env.get(name, "").strip()


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _quote(text: str) -> str:
    """Return the text as it was given, cut to a length that fits in a sentence."""
    return repr(text if len(text) <= 60 else f"{text[:59]}…")
