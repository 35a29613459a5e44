from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.errors import RefusedError
from dashboard.pages.train_view import state
from dashboard.runs.address import Address
from dashboard.runs.runs import Action, Runs, state_words
from tests.dashboard.runs.conftest import ADA, BEGIN, BOB, SMALL, Trainings, batch, epoch


def refused(caught: pytest.ExceptionInfo[RefusedError]) -> tuple[int, str]:
    return caught.value.status, caught.value.message


def test_equal_settings_are_two_trainings(trainings: Trainings) -> None:
    """Each has its own id, and each visitor sees their own alone."""
    one, other = trainings.started(ADA), trainings.started(BOB)

    assert one != other
    assert [run.job.id for run in trainings.runs.own(ADA)] == [one]
    assert [run.job.id for run in trainings.runs.own(BOB)] == [other]
    assert trainings.runs.own("") == []


def test_the_table_does_not_hold_what_proves_who_somebody_is(trainings: Trainings) -> None:
    """Whoever reads the folder cannot come as its visitors."""
    trainings.started(ADA)

    assert all(ADA not in path.read_text() for path in trainings.folder.rglob("*.json"))


@pytest.mark.parametrize("action", ["pause", "cancel", "go_on", "delete"])
def test_only_its_owner_changes_a_training(trainings: Trainings, action: Action) -> None:
    """Whoever has the link sees it, and is told why a button does nothing."""
    run = trainings.started(ADA)

    assert trainings.runs.get(run).name == "FCN 8 on MNIST"
    for visitor in (BOB, ""):
        with pytest.raises(RefusedError) as caught:
            trainings.runs.act(run, action, visitor)
        assert refused(caught) == (403, "This training is somebody else's: only they can change it.")
        with pytest.raises(RefusedError):
            trainings.runs.rename(run, "mine", visitor)


def test_forty_starts_of_one_client_leave_room_for_others(trainings: Trainings) -> None:
    """All but the first few are refused in a sentence with the numbers, and say when to ask again."""
    caught = []
    for _ in range(40):
        try:
            trainings.started(ADA)
        except RefusedError as error:
            caught.append(error)

    assert len(trainings.runs.own(ADA)) == 40 - len(caught) == 10
    assert {error.status for error in caught} == {429}
    assert all(error.retry_after for error in caught)
    assert "10 may at a time" in caught[0].message
    assert trainings.started(BOB)


def test_nothing_begins_where_it_is_switched_off(trainings: Trainings) -> None:
    """Nor for who cannot be told from others; what was trained before is still there."""
    run = trainings.started()
    off = Runs(trainings.runs.jobs, is_on=False)

    with pytest.raises(RefusedError, match="switched off"):
        off.start(SMALL, ADA)
    with pytest.raises(RefusedError, match="keeps no cookie"):
        trainings.runs.start(SMALL, "")
    assert off.get(run).job.id == run


@pytest.mark.parametrize("run", ["", "x", "../..", "a" * 31, "A" * 32, "a" * 32])
def test_a_training_that_there_is_not_is_not_found(trainings: Trainings, run: str) -> None:
    """No id is a path."""
    with pytest.raises(RefusedError) as caught:
        trainings.runs.get(run)

    assert caught.value.status == 404


def test_nonsense_is_refused_as_a_sentence(trainings: Trainings) -> None:
    """That of the order; and nothing is begun."""
    with pytest.raises(RefusedError) as caught:
        trainings.started(epochs=0)

    assert refused(caught) == (400, "Epochs must be a whole number from 1 to 100, not 0.")
    assert not trainings.runs.own(ADA)


def test_a_name_is_kept_as_it_is_read(trainings: Trainings) -> None:
    """Without what cannot be seen; a long one is refused, none means what is trained."""
    run = trainings.started()
    trainings.runs.rename(run, " my \n first ", ADA)
    assert trainings.runs.get(run).name == "my first"

    with pytest.raises(RefusedError, match="at most 60 letters, not 61"):
        trainings.runs.rename(run, "x" * 61, ADA)
    trainings.runs.rename(run, "", ADA)
    assert trainings.runs.get(run).name == "FCN 8 on MNIST"


def test_no_time_is_left_once_all_steps_are_made(trainings: Trainings) -> None:
    """The held-out and the test images are named then, which takes its time: it is not said to be over."""
    run = trainings.started()
    found = trainings.runs.get(run)
    trainings.tell(run, BEGIN, batch(1), batch(found.steps))
    found = trainings.runs.get(run)

    assert (
        state_words(replace(found, job=replace(found.job, state="running"))) == "has learned, and is measured"
    )


def test_what_was_cancelled_is_said_once(trainings: Trainings) -> None:
    """The state says all that its sentence does."""
    run = trainings.started()
    trainings.runs.act(run, "cancel", ADA)

    assert state(trainings.runs.get(run), None) == "Cancelled."


def test_what_was_cut_off_is_said_and_can_go_on(trainings: Trainings) -> None:
    """A job that runs although nobody has it done was cut off by a crash."""
    run = trainings.started()
    trainings.put(run, state="running", begun=10.0)
    trainings.tell(run, BEGIN, batch(1), epoch(1, 0.81))
    found = trainings.runs.get(run)

    assert state_words(found) == "cut off"
    assert "go on from what it had kept" in found.job.sentence
    assert found.resumes == "That is after epoch 1."
    assert found.accuracy == 0.81
    trainings.runs.act(run, "go_on", ADA)
    assert trainings.runs.get(run).resumes == ""
    assert trainings.runs.get(run).job.state == "waiting"


def test_what_was_cut_off_in_its_first_epoch_begins_anew(trainings: Trainings) -> None:
    """Nothing but whole epochs is kept of a training, which is said before it goes on."""
    run = trainings.started()
    trainings.put(run, state="running", begun=10.0)
    trainings.tell(run, BEGIN, batch(1))

    assert trainings.runs.get(run).resumes == "That is its beginning: no epoch is over."


def test_what_does_not_fit_its_state_is_refused(trainings: Trainings) -> None:
    """In the sentence of the jobs."""
    run = trainings.started()
    trainings.runs.act(run, "cancel", ADA)

    with pytest.raises(RefusedError, match="does not run") as caught:
        trainings.runs.act(run, "pause", ADA)
    assert caught.value.status == 409


def test_an_address_says_what_is_chosen() -> None:
    """And is read again; what makes no sense in it is left out."""
    one, other = "1" * 32, "2" * 32
    for address in (Address(), Address(one), Address(one, other, 7)):
        assert Address.read(address.query) == address
    assert Address.read(f"?run={one}&with={one}&digit=-3") == Address(one)
    assert (
        Address.read(f"?with={other}&run=../etc").run == "../etc"
    )  # which is refused by whoever looks for it
    assert Address.read(["?run"]) == Address.read("?" + "x" * 9999) == Address()
