"""ConvLens: `python app.py` serves this machine; `gunicorn "app:server()"` serves others.

`python app.py my.keras --images DIR` opens somebody's own network on their own images.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Flask

UNKNOWN = (
    "Something is wrong that ConvLens has no words for; its log says what. It may be a file of the networks, "
    "of the digits, or of the installation. Restore them: {}"
)
FIRST_PAGE = 1.5  # seconds that the first page has to itself before the networks are loaded


def server() -> Flask:
    """Return the web server; its networks are loaded in the background."""
    from models.gc_freeze import frozen  # noqa: PLC0415 - importing this file does nothing

    with frozen():
        return _server()


def _server() -> Flask:
    from dashboard import logs  # noqa: PLC0415 - importing this file does nothing
    from dashboard.factory import broken_server, create_app  # noqa: PLC0415
    from dashboard.settings import SHIPPED, Settings  # noqa: PLC0415
    from dashboard.workspace import Workspace  # noqa: PLC0415
    from models.datasets.dataset import DataError  # noqa: PLC0415
    from models.remedy import restored_all  # noqa: PLC0415
    from models.store import exhibits  # noqa: PLC0415
    from models.store.artefact import CheckpointError  # noqa: PLC0415

    settings = Settings.from_environment(os.environ)
    log = logs.configure(settings.log_level)  # before anything has something to report
    try:
        workspace = Workspace.open(settings)
        shown = exhibits.shipped() if settings.checkpoints == SHIPPED else ()
        app = create_app(workspace, settings, shown, next(iter(shown), None))
    except (CheckpointError, DataError) as error:
        log.error("cannot start", extra={"fault": str(error)})
        return broken_server(settings.discreet(str(error)), settings)
    except Exception:  # whatever prevents the start is a page and a line of the log
        log.exception("cannot start")
        return broken_server(UNKNOWN.format(restored_all()), settings)
    workspace.networks.wake(pause=FIRST_PAGE)
    flask: Flask = app.server
    return flask


def main(arguments: Sequence[str] = ()) -> None:
    """Serve as gunicorn.conf.py says what is shipped, or what a command line names."""
    if arguments:
        from dashboard.command import open_own  # noqa: PLC0415

        open_own(arguments)
    from gunicorn.app.wsgiapp import WSGIApplication  # noqa: PLC0415

    home = Path(__file__).resolve().parent
    sys.path.append(str(Path.cwd()))  # or gunicorn puts it first, with whatever is called dashboard there
    sys.argv = ["gunicorn", "--chdir", str(home), "--config", str(home / "gunicorn.conf.py"), "app:server()"]
    WSGIApplication("%(prog)s").run()


if __name__ == "__main__":
    main(sys.argv[1:])
