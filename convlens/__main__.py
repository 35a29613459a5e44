"""The command: `convlens my.keras --images DIR`, or `python -m convlens`."""

from __future__ import annotations

import sys

from convlens import __version__
from convlens.home import home


def main() -> None:
    """Serve what a command line names, or what is shipped."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        sys.stdout.write(f"convlens {__version__}\n")
        return
    sys.path.insert(0, str(home()))  # in front of whatever else is called app, dashboard or models
    from app import main as serve  # noqa: PLC0415 - it is found only now

    serve(arguments)


if __name__ == "__main__":
    main()
