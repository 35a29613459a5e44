"""A training's network beside the shipped ones: measured by a job, and shown at an address of its own."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from dashboard.errors import RefusedError, not_found
from dashboard.runs.curves import newest
from dashboard.runs.routes import network_of
from dashboard.runs.runs import Run, Runs
from jobs.job import BUSY, Job
from models.store import exhibits, manifest
from models.store.artefact import CheckpointError
from models.training.opening import WORLD

KIND = "opening"
BESIDE = 2  # shipped networks that stand beside it: the pair that the pages open on


@dataclass(frozen=True)
class Opening:
    """A moment of a training that is measured, or was.

    Attributes:
        job: Of the measuring.
        step: That the network is of.
        share: How much of the measuring is done, from 0 to 1.
    """

    job: Job
    step: int
    share: float

    @property
    def is_busy(self) -> bool:
        """Whether it waits or runs."""
        return self.job.state in BUSY

    @property
    def key(self) -> str:
        """What its network is called among the others."""
        return str(self.job.settings["key"])


def opening_of(runs: Runs, run: Run) -> Opening | None:
    """Return the newest measuring of a training's network that has not failed, None where there is none."""
    jobs = [job for job in runs.jobs.list() if job.kind == KIND and job.settings.get("run") == run.job.id]
    found = [job for job in jobs if job.state in BUSY or job.state == "finished"]
    if not found:
        return None
    told = newest(runs.jobs.events(found[-1].id), "measured")
    share = told["images"] / told["of"] if told else 0.0
    return Opening(found[-1], step_of(found[-1]), share)


def step_of(job: Job) -> int:
    """Return which step a measured network is of."""
    step = job.settings.get("step")
    return step if isinstance(step, int) else 0


def ask(runs: Runs, run: Run, visitor: str) -> None:
    """Have a training's network measured as it is now, unless that is done or on its way; or refuse."""
    runs.require_own(run.job.id, visitor)
    before, step = opening_of(runs, run), now(run)
    if step is None:
        raise not_found("Nothing is written down of this training yet.")
    if before and (before.is_busy or before.step == step):
        return
    epochs: Sequence[Any] = [dict(each) for each in run.events if each.get("event") == "epoch"]
    key = f"run-{run.job.id[:6]}"
    network = network_of(run)
    runs.submit(
        KIND,
        {
            "run": run.job.id,
            "step": step,
            "dataset": run.order.dataset,
            "order": run.order.settings,
            "key": key,
            "title": run.name,
            "result": dict(run.result) if run.result else None,
            "epochs": epochs if run.result else [],
        },
        run.job.owner,
        network,
    )


def now(run: Run) -> int | None:
    """Return which step the network of a training is of that is to be had now, None where there is none.

    Of one that is over that is the end of the epoch that was kept, of another the newest snapshot.
    """
    if run.result:
        return int(run.result["chosen_epoch"]) * run.order.steps
    return run.snapshots.at().step if run.snapshots else None


def assembled(runs: Runs, job: str, cache: Path) -> Path:
    """Return a folder with a manifest of a measured network and of the shipped pair beside it; or refuse.

    Args:
        runs: All trainings.
        job: Id of the measuring.
        cache: Folder for what may be lost.
    """
    found = runs.job(job, KIND)
    if found.state != "finished":
        raise RefusedError(409, "unmeasured", "This network is not measured yet: go back to its training.")
    folder = cache / "runs" / found.id
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(mkdtemp(dir=folder.parent))
        try:
            _assemble(runs.jobs.folder(found.id) / WORLD, unfinished)
            unfinished.rename(folder)
        except CheckpointError as error:
            raise not_found("What was measured of this network is damaged: measure it again.") from error
        except OSError:
            if not folder.is_dir():  # else another process was faster
                raise
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def _assemble(world: Path, folder: Path) -> None:
    """Name in a folder what was measured, and behind it the shipped networks, that of its pair last first."""
    own = manifest.read(world)
    shipped = exhibits.folder_of(own[0].dataset)
    beside = manifest.read(shipped)[:BESIDE][::-1]
    for source, entry in (*((world, each) for each in own), *((shipped, each) for each in beside)):
        for file in entry.files:
            (folder / file.name).symlink_to(source / file.name)
        manifest.write(entry, folder)
