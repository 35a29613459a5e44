"""Which Chromium the browser tests drive; as a program, sees to it that there is one.

Tried in this order: the one that CHROMIUM names, Playwright's own, one that is installed on this machine.
Where none starts, the program installs Playwright's own, or else one of Debian's packages.
"""

import os
import shutil
import subprocess
import sys

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DEBIANS = ("chromium-headless-shell", "chromium")  # the first has no window to look after
BESIDE = ("fonts-liberation", "libatomic1")  # the last is for Playwright's driver
ADVICE = (
    "The browser tests need Chromium and libatomic (on Debian: chromium, libatomic1): install them, or set "
    "CHROMIUM to the path of a Chromium or Chrome."
)


class NoChromiumError(RuntimeError):
    """No Chromium starts here; the message is one sentence that says what to do."""


def launch(playwright: Playwright, *flags: str) -> Browser:
    """Start the first Chromium that can be started, without a window, with such flags.

    Raises:
        NoChromiumError: There is none, or CHROMIUM names one that does not start.
    """
    named = os.environ.get("CHROMIUM")
    found = filter(None, map(shutil.which, NAMES))
    for executable in [named] if named else [None, *found]:
        try:
            return playwright.chromium.launch(executable_path=executable, args=flags)
        except Error:
            continue
    raise NoChromiumError(f"CHROMIUM is {named!r}, which does not start as a browser." if named else ADVICE)


def ensure() -> str:
    """Return the version of the Chromium that starts, installing one where none does.

    Raises:
        NoChromiumError: None starts, and none could be installed.
    """
    for install in (_nothing, _playwrights_own, _debians_packages):
        install()
        if not _run(sys.executable, "-m", "playwright", "--version"):
            continue  # Playwright's own program does not start, whatever the browser
        with sync_playwright() as playwright:
            try:
                with launch(playwright) as browser:
                    return browser.version
            except NoChromiumError:
                if os.environ.get("CHROMIUM"):
                    raise
    raise NoChromiumError(ADVICE)


def _nothing() -> None:
    pass


def _playwrights_own() -> None:
    print("Installing Playwright's Chromium …", flush=True)
    _run(sys.executable, "-m", "playwright", "install", "chromium")


def _debians_packages() -> None:
    if shutil.which("apt-get"):
        print("That did not work. Installing Debian's Chromium …", flush=True)
        root = () if os.geteuid() == 0 else ("sudo", "-n")
        _run(*root, "apt-get", "update")
        install = (*root, "apt-get", "install", "--yes", "--no-install-recommends", *BESIDE)
        any(_run(*install, browser) for browser in DEBIANS)  # the first that this Debian has


def _run(*command: str) -> bool:
    """Run a program without its words and say whether it ended well."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=300, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


if __name__ == "__main__":
    try:
        print(f"The browser tests use Chromium {ensure()}.", flush=True)
    except NoChromiumError as error:
        sys.exit(str(error))
