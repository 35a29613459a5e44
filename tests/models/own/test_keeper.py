"""What a command opened is kept up: the rest is brought, and whoever looks is told how far it is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from models.own import state
from models.own.following import followed
from models.own.keeper import Keeper, Server, changed, point, seen
from models.own.state import WORLD, State
from models.own.wish import PLAIN, Wish

BRING = """
import sys, time
wish = sys.stdin.read()
print("Measuring every channel of a.keras over 40 images …", flush=True)
for done in (10, 20, 40):
    time.sleep(0.4)
    print(f"progress: {done} of 40", flush=True)
print("folder: " + sys.argv[1] + "/whole", flush=True)
"""
ENDLESS = 'import time; print("Measuring … (1 of 1)", flush=True); time.sleep(600)'
FAULTY = 'import sys; sys.exit("The disk is full.")'
MEASURE = 'print("Measuring … (1 of 1)", flush=True)'
NOTHING = ""


class Kept:
    """A keeper of made-up programs, what it said, and how often its server read anew."""

    def __init__(self, place: Path, bring: str, rest: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """Begin with a first part of the images."""
        (place / "first").mkdir()
        point(place, place / "first")
        state.write(State(opened=10, count=40), place)
        self.place, self.said, self.reloads, self.is_there = place, list[State](), list[str](), True
        programs = [(sys.executable, "-c", program) for program in (bring, rest)]
        server = Server(lambda: self.is_there, lambda: self.reloads.append(str((place / WORLD).readlink())))
        self.network = place / "a.keras"
        self.network.write_bytes(b"one")
        self.keeper = Keeper(place, place, Wish((self.network,)), server, programs)
        write = state.write

        def heard(told: State, where: Path) -> None:
            self.said.append(told)
            write(told, where)

        monkeypatch.setattr("models.own.state.write", heard)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Kept]:
    """Return what makes a keeper of two programs."""
    return lambda bring, rest: Kept(tmp_path, bring, rest, monkeypatch)


def test_all_is_brought_then_measured_and_said(kept: Callable[[str, str], Kept]) -> None:
    """The link leads to the whole before the server reads it; shares and seconds are those of the step."""
    one = kept(BRING, MEASURE)
    one.keeper.bring()

    doing = [each for each in one.said if each.doing.startswith("Measuring")]
    assert doing[0].share is None
    assert any(each.share == 0.5 and each.left and 0 < each.left < 60 for each in doing)
    assert one.reloads == [f"{one.place}/whole"] * 2
    assert one.said[-1] == State(opened=40, count=40)


def test_where_nothing_is_left_to_measure_the_server_reads_nothing_anew(
    kept: Callable[[str, str], Kept],
) -> None:
    """Its networks would fall asleep for it; once for the whole, and no second time."""
    one = kept(BRING, NOTHING)
    one.keeper.bring()
    assert one.reloads == [f"{one.place}/whole"]


def test_a_fault_is_said_and_what_is_open_stays_open(kept: Callable[[str, str], Kept]) -> None:
    """In the words of the process; trying again goes through all of it."""
    one = kept(FAULTY, NOTHING)
    one.keeper.bring()
    assert one.said[-1] == State(opened=10, count=40, fault="The disk is full.")
    assert one.reloads == []
    assert (one.place / WORLD).readlink().name == "first"


def test_it_can_be_cancelled_within_a_second(kept: Callable[[str, str], Kept]) -> None:
    """The process is ended; no fault is said of that, and what was brought stays."""
    one = kept(BRING, ENDLESS)
    work = Thread(target=one.keeper.bring)
    work.start()
    while not any("(1 of 1)" in each.doing for each in one.said):
        work.join(0.05)
    state.ask("cancel", one.place)
    work.join(10)
    assert not work.is_alive()
    assert one.said[-1] == State(opened=40, count=40, cancelled=True)
    assert one.reloads[0].endswith("whole")


def test_a_network_that_is_written_anew_is_said_and_opened_on_request(
    kept: Callable[[str, str], Kept],
) -> None:
    """Not before it is asked for; the folder of the keeper goes with its server."""
    one = kept(BRING, MEASURE)
    work = Thread(target=one.keeper.run)
    work.start()
    while not (one.said and one.said[-1] == State(opened=40, count=40)):
        work.join(0.05)
    one.network.write_bytes(b"another")
    while not one.said[-1].changed:
        work.join(0.05)
    assert one.said[-1].changed == ("a.keras",)
    reloads = len(one.reloads)
    state.ask("again", one.place)
    while one.said[-1] != State(opened=40, count=40):
        work.join(0.05)
    assert len(one.reloads) > reloads
    one.is_there = False
    work.join(10)
    assert not one.place.exists()


def test_what_is_written_anew_while_it_is_measured_is_said_at_once(
    kept: Callable[[str, str], Kept],
) -> None:
    """Opened anew on request, without a wait for the end of what is measured of the network before."""
    one = kept(BRING, ENDLESS)
    work = Thread(target=one.keeper.run)
    work.start()
    while not any("(1 of 1)" in each.doing for each in one.said):
        work.join(0.05)
    one.network.write_bytes(b"another")
    while not one.said[-1].changed:
        work.join(0.05)
    said = len(one.said)
    state.ask("again", one.place)
    while not any("(1 of 1)" in each.doing for each in one.said[said:]):
        work.join(0.05)
    assert not any(each.fault or each.cancelled for each in one.said)
    assert one.said[-1].changed == ()
    one.is_there = False
    work.join(10)
    assert not one.place.exists()


def test_files_are_told_apart_by_what_the_system_says_of_them(tmp_path: Path) -> None:
    """One that is gone for a moment, as while it is written, is no other one yet."""
    path = tmp_path / "a.keras"
    path.write_bytes(b"one")
    before = seen([path])
    assert changed(before) == []
    path.unlink()
    assert changed(before) == []
    path.write_bytes(b"other")
    assert changed(before) == [path]


def test_a_process_gets_its_words_and_its_wish() -> None:
    """What is given is read by it; a status that is not 0 comes with its last words."""
    heard: list[str] = []
    wish = PLAIN.dump_json(Wish((Path("a"),))).decode()
    program = "import sys; print(sys.stdin.read()); print(sys.argv[1]); sys.exit('No.')"
    ending = followed([sys.executable, "-c", program, "word"], wish, heard.append, lambda: True)
    assert heard == [wish, "word"]
    assert (ending.status, ending.fault) == (1, "No.")


def test_an_error_that_nobody_foresaw_is_for_the_log_alone(capfd: pytest.CaptureFixture[str]) -> None:
    """Its stack stands among the errors of whoever followed the program, and no word of it is said."""
    program = 'raise ValueError("/home/me: conv has no cells")'
    ending = followed([sys.executable, "-c", program], "", print, lambda: True)

    assert (ending.status, ending.fault) == (1, "")
    assert "ValueError: /home/me: conv has no cells" in capfd.readouterr().err


def test_a_state_that_is_damaged_is_none(tmp_path: Path) -> None:
    """The same as one that is not there; requests are taken once, and unknown ones not at all."""
    assert state.read(tmp_path) is None
    (tmp_path / state.STATE).write_text('{"opened": "many"}')
    assert state.read(tmp_path) is None
    state.ask("again", tmp_path)
    assert state.taken(tmp_path) == "again"
    assert state.taken(tmp_path) is None
    (tmp_path / state.ASKED).write_text("shutdown")
    assert state.taken(tmp_path) is None
