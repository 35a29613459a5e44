"""Which Chromium the browser tests drive; as a program, sees to it that there is one.

Tried in this order: the one that CHROMIUM names, Playwright's own, one that is installed on this machine.
Where none starts, the program installs Playwright's own, or else Debian's package.
"""

import os
import shutil
import subprocess
import sys

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = "The browser tests need Chromium: install it, or set CHROMIUM to the path of a Chromium or Chrome."


class NoChromiumError(RuntimeError):
    """No Chromium starts here; the message is one sentence that says what to do."""


def launch(playwright: Playwright) -> Browser:
    """Start the first Chromium that can be started, without a window.

    Raises:
        NoChromiumError: There is none, or CHROMIUM names one that does not start.
    """
    named = os.environ.get("CHROMIUM")
    found = filter(None, map(shutil.which, NAMES))
    for executable in [named] if named else [None, *found]:
        try:
            return playwright.chromium.launch(executable_path=executable)
        except Error:
            continue
    raise NoChromiumError(f"CHROMIUM is {named!r}, which does not start as a browser." if named else ADVICE)


def ensure() -> str:
    """Return the version of the Chromium that starts, installing one where none does.

    Raises:
        NoChromiumError: None starts, and none could be installed.
    """
    for install in (_nothing, _playwrights_own, _debians_package):
        install()
        with sync_playwright() as playwright:
            try:
                with launch(playwright) as browser:
                    return browser.version
            except NoChromiumError:
                if "CHROMIUM" in os.environ:
                    raise
    raise NoChromiumError(ADVICE)


def _nothing() -> None:
    pass


def _playwrights_own() -> None:
    print("Installing Playwright's Chromium …", flush=True)
    _run(sys.executable, "-m", "playwright", "install", "chromium")


def _debians_package() -> None:
    if shutil.which("apt-get"):
        print("That did not work. Installing Debian's Chromium …", flush=True)
        root = () if os.geteuid() == 0 else ("sudo", "-n")
        _run(*root, "apt-get", "update")
        _run(*root, "apt-get", "install", "--yes", "--no-install-recommends", "chromium", "fonts-liberation")


def _run(*command: str) -> None:
    """Run an installer without its words: what counts is whether a browser starts afterwards."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=300, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"{command[0]}: {error}", flush=True)


if __name__ == "__main__":
    try:
        print(f"The browser tests use Chromium {ensure()}.", flush=True)
    except NoChromiumError as error:
        sys.exit(str(error))
