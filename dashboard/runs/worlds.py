"""A training's network beside the shipped ones: measured by a job, and shown at an address of its own."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from dashboard.errors import RefusedError, not_found
from dashboard.panels.wording import percent
from dashboard.runs.curves import Event, newest
from dashboard.runs.routes import network_of
from dashboard.runs.runs import Run, Runs
from jobs.job import BUSY, FitError, Job
from models.own.completing import archive
from models.store import exhibits, manifest
from models.store.artefact import CheckpointError
from models.training.opening import WORLD

KIND, REST = "opening", "completing"  # what the pages need to open, and what takes minutes
DAMAGED = "What was measured of this network is damaged: measure it again."
BESIDE = 2  # shipped networks that stand beside it: the pair that the pages open on


@dataclass(frozen=True)
class Opening:
    """What is measured of a training's network, or was.

    Attributes:
        shown: The measuring whose result can be opened, None before there is one.
        busy: The measuring that waits or runs, None where none does.
        words: How far that is.
        broken: The newest measuring where it failed or was cut off, None where it did not.
    """

    shown: Job | None
    busy: Job | None
    words: str = ""
    broken: Job | None = None

    @property
    def step(self) -> int:
        """Which step the network is of that can be opened, 0 where none can."""
        return step_of(self.shown) if self.shown else 0

    @property
    def is_whole(self) -> bool:
        """Whether all is measured of what can be opened."""
        return self.shown is not None and self.shown.kind == REST


def opening_of(runs: Runs, run: Run) -> Opening | None:
    """Return what is measured of a training's network, None where nothing is or was to be."""
    jobs = runs.measurings(run.job.id)
    shown = next((job for job in reversed(jobs) if job.state == "finished"), None)
    busy = next((job for job in reversed(jobs) if job.state in BUSY), None)
    broken = jobs[-1] if jobs and jobs[-1].state in ("failed", "cut-off") else None
    if shown is None and busy is None and broken is None:
        return None
    return Opening(shown, busy, _words(runs.jobs.events(busy.id)) if busy else "", broken)


def _words(events: Sequence[Event]) -> str:
    """Return how far a measuring is, in words: which of its steps, and how much of that."""
    step = newest(events, "measuring")
    since = events[events.index(step) :] if step else events
    told = newest(since, "measured")
    share = f" {percent(told['images'] / told['of'], 0)}" if told else ""
    return f"{step['what'] if step else 'Being measured …'}{share}"


def step_of(job: Job) -> int:
    """Return which step a measured network is of."""
    step = job.settings.get("step")
    return step if isinstance(step, int) else 0


def ask(runs: Runs, run: Run, visitor: str) -> None:
    """Have a training's network measured as it is now, or what is not measured of it yet; or refuse.

    What the pages need comes first, the rest when it is asked for again; what was stopped or cut off goes on
    from what it had kept. Where all is measured, or something is on its way, nothing happens. What was
    measured before and is not shown any more is removed.
    """
    runs.require_own(run.job.id, visitor)
    before, step = opening_of(runs, run), now(run)
    if step is None:
        raise not_found("Nothing is written down of this training yet.")
    shown = before.shown if before else None
    is_known = shown is not None and step_of(shown) == step
    if before and (before.busy or (is_known and before.is_whole)):
        return
    for job in runs.measurings(run.job.id):
        if job.state in ("paused", "cut-off") and step_of(job) == step:
            runs.go_on(job.id)
            return
    kept = shown.id if shown else ""
    runs.forget([job for job in runs.measurings(run.job.id) if job.state not in BUSY and job.id != kept])
    if shown and is_known:
        _ask_for_the_rest(runs, run, shown)
        return
    epochs: Sequence[Any] = [dict(each) for each in run.events if each.get("event") == "epoch"]
    told = {
        "order": run.order.settings,
        "title": run.name,
        "result": dict(run.result) if run.result else None,
        "epochs": epochs if run.result else [],
    }
    runs.submit(KIND, _settings(run, step) | told, run.job.owner, network_of(run))


def stop(runs: Runs, run: Run, visitor: str) -> None:
    """Stop the measuring of a training's network, if there is one, or refuse; what can be opened stays."""
    runs.require_own(run.job.id, visitor)
    found = opening_of(runs, run)
    if found and found.busy:
        with suppress(FitError):  # it has ended by itself meanwhile
            runs.jobs.pause(found.busy.id)


def _ask_for_the_rest(runs: Runs, run: Run, shown: Job) -> None:
    try:
        world = archive(runs.jobs.folder(shown.id) / WORLD)
    except CheckpointError as error:
        raise not_found(DAMAGED) from error
    runs.submit(REST, _settings(run, step_of(shown)), run.job.owner, world)


def _settings(run: Run, step: int) -> dict[str, Any]:
    return {
        "run": run.job.id,
        "step": step,
        "dataset": run.order.dataset,
        "key": f"run-{run.job.id[:6]}",
    }


def now(run: Run) -> int | None:
    """Return which step the network of a training is of that is to be had now, None where there is none.

    Of one that is over that is the end of the epoch that was kept, of another the newest snapshot.
    """
    if run.result:
        return int(run.result["chosen_epoch"]) * run.order.steps
    return run.snapshots.at().step if run.snapshots else None


def assembled(runs: Runs, name: str, cache: Path) -> Path:
    """Return a folder with a manifest of measured networks and of the shipped pair beside them; or refuse.

    Args:
        runs: All trainings.
        name: Id of the measuring, or of two of the same images, with a dot between them.
        cache: Folder for what may be lost.
    """
    found = [_measured(runs, job) for job in dict.fromkeys(name.split("."))]
    if len({job.settings.get("dataset") for job in found}) > 1:
        raise RefusedError(400, "unlike", "These networks read different images: open one alone.")
    folder = cache / "runs" / ".".join(job.id for job in found)
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(mkdtemp(dir=folder.parent))
        try:
            _assemble([runs.jobs.folder(job.id) / WORLD for job in found], unfinished)
            unfinished.rename(folder)
        except CheckpointError as error:
            raise not_found(DAMAGED) from error
        except OSError:
            if not folder.is_dir():  # else another process was faster
                raise
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def _measured(runs: Runs, job: str) -> Job:
    """Return the measuring of a network that is over; or refuse."""
    found = runs.job(job, KIND, REST)
    if found.state != "finished":
        raise RefusedError(409, "unmeasured", "This network is not measured yet: go back to its training.")
    return found


def _assemble(worlds: Sequence[Path], folder: Path) -> None:
    """Name in a folder what was measured, and behind it the shipped networks, that of its pair last first."""
    own = [(world, entry) for world in worlds for entry in manifest.read(world)]
    shipped = exhibits.folder_of(own[0][1].dataset)
    beside = manifest.read(shipped)[:BESIDE][::-1]
    for source, entry in (*own, *((shipped, each) for each in beside)):
        for file in entry.files:
            (folder / file.name).symlink_to(source / file.name)
        manifest.write(entry, folder)
