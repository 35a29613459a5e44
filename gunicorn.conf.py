"""How gunicorn serves ConvLens. It finds this file by itself in the folder that it is started in."""

import ipaddress
import os
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

from gunicorn import systemd
from gunicorn.workers import base
from gunicorn.workers.workertmp import WorkerTmp

from dashboard.address import AddressError, require_free
from dashboard.settings import Settings, SettingsError
from models.engine import heap
from models.gc_freeze import frozen
from models.remedy import MachineError, require_temporary


class InMemory(WorkerTmp):  # type: ignore[misc]
    """Shows that a worker lives where no folder at all can be written, in a file that lies in none."""

    def __init__(self, _: Any) -> None:
        self._tmp = os.fdopen(os.memfd_create("convlens"), "w+b", 0)


def _can_make_files() -> bool:
    try:
        require_temporary()
    except MachineError:
        return False
    return True


try:
    settings = Settings.from_environment()
except SettingsError as error:
    sys.exit(f"ConvLens: {error}")

heap.share(os.environ)  # before there are threads; the workers inherit it
bind = settings.bind
worker_class = "dashboard.serving.worker.Worker"
workers = settings.workers
threads = settings.threads
preload_app = False  # TensorFlow does not survive a fork
keepalive = 75
timeout = 60
graceful_timeout = 8  # containers are killed after 10
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  memory, writable in a read-only container
control_socket_disable = True  # no file in the home folder, no other door
if not worker_tmp_dir and not _can_make_files() and hasattr(os, "memfd_create"):
    base.WorkerTmp = InMemory
wanted = {"OPENBLAS_NUM_THREADS": "1"}  # another would spin for a tenth of a second, as it starts
if settings.log_level != "debug":
    wanted["TF_CPP_MIN_LOG_LEVEL"] = "2"
raw_env = [f"{name}={value}" for name, value in wanted.items() if name not in os.environ]
loglevel = "warning" if settings.log_level == "info" else settings.log_level


def on_starting(server: Any) -> None:
    """Say in one sentence why an address cannot be listened on, rather than try five times."""
    if server.master_pid or systemd.listen_fds(unset_environment=False):
        return  # the sockets are inherited
    for address in server.cfg.address:
        if isinstance(address, tuple):
            try:
                require_free(*address[:2])
            except AddressError as error:
                sys.exit(f"ConvLens: {error}")


def when_ready(server: Any) -> None:
    """Print where the page is."""
    print(f"ConvLens: {_url(server.LISTENERS[0].sock)}", flush=True)
    _prepare()


def _prepare() -> None:
    """Import what every worker needs, and read what it shows, before they are forked.

    So it is done once, and lies in memory that they share. To read is to hash and to unpack, for which there
    is a second processor. What is wrong with a file is said by the workers, who then read it themselves.
    No model is among it: TensorFlow does not survive a fork.
    """
    with frozen(), ThreadPoolExecutor(1) as pool:
        pool.submit(import_module("models.analysis.collection").read, settings.checkpoints, settings.data)
        import_module("dashboard.factory")


def _url(listener: socket.socket) -> str:
    """Return the address to open in a browser of this machine."""
    name = listener.getsockname()
    if not isinstance(name, tuple):
        return f"unix:{name}"
    host = ipaddress.ip_address(name[0])
    if host.is_unspecified:
        host = ipaddress.ip_address("::1" if host.version == 6 else "127.0.0.1")
    return f"http://[{host}]:{name[1]}" if host.version == 6 else f"http://{host}:{name[1]}"
