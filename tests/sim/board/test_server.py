"""A virtual board in its own process: hosts come and go, and a kill loses nothing that was saved."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import flash_log
import pytest
import serial
from line_host import LineHost

from cablerep_sim.board.server import serve_pty, serve_tcp
from cablerep_sim.errors import SourceError

pty = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals on Windows")
_PATIENCE_S = 30.0


@contextmanager
def board(kind: str, source: str, **options: object) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start a board of its own and yield its process and where it is."""
    arguments = "".join(f", {name}={value!r}" for name, value in options.items())
    program = (
        "from pathlib import Path, PosixPath, WindowsPath\n"
        f"from cablerep_sim.board.server import serve_{kind}\n"
        f"serve_{kind}({source!r}, lambda name: print(name, flush=True){arguments})\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


def talk(port: serial.SerialBase, host: LineHost, until) -> None:
    """Talk to the board until `until()` holds; fail after `_PATIENCE_S`."""
    deadline = time.monotonic() + _PATIENCE_S
    while not until():
        assert time.monotonic() < deadline, f"still waiting, with {host.names()[-20:]}"
        out = host.take()
        if out:
            port.write(out)
        data = port.read(max(1, port.in_waiting))
        assert data, "the board is silent"
        host.feed(data)


def opened(address: str) -> serial.SerialBase:
    return serial.serial_for_url(address, timeout=_PATIENCE_S)


@pytest.mark.parametrize("kind", [pytest.param("pty", marks=pty), "tcp"])
def test_hosts_come_and_go(kind: str) -> None:
    with board(kind, "clean?seed=3&reps=4&speed=16") as (_, address):
        hosts = [LineHost() for _ in range(4)]

        def received() -> set[tuple[int, int]]:
            return {rep for host in hosts for rep in host.reps()}

        # Goals count the reps of all hosts: a slow machine may give one host more than its share.
        for host, goal in zip(hosts, (1, 3, 4), strict=False):
            with opened(address) as port:
                talk(
                    port, host, lambda host=host, goal=goal: len(received()) >= goal and not host.out and host.messages
                )
        with opened(address) as port:
            talk(port, hosts[-1], lambda: any("set" in host.names() for host in hosts))
    sessions = {hello["session"] for host in hosts for hello in host.of("hello")}
    assert len(sessions) == 1, "the board ran on all the time"
    assert hosts[0].of("hello")[0]["samples"] == 0, "it began when the first host came"
    reps = [rep for host in hosts for rep in host.reps()]
    assert len(set(reps)) == 4
    assert len(reps) - len(set(reps)) <= 3, "at most the last before each hang-up comes twice"


@pty
def test_a_host_that_sets_no_terminal_modes_gets_raw_bytes() -> None:
    with board("pty", "clean?speed=16") as (_, path):
        for _ in range(2):
            port = os.open(path, os.O_RDWR | os.O_NOCTTY)
            host = LineHost()
            os.write(port, host.take())
            while "reply" not in host.names():
                host.feed(os.read(port, 100))
            os.close(port)
            assert host.decoder.bad <= 1, "no echo; at most what the last host left half read"


def test_a_second_host_is_told_that_the_board_is_busy() -> None:
    with board("tcp", "clean?speed=16") as (_, address), opened(address) as port:
        host = LineHost()
        talk(port, host, lambda: "reply" in host.names())
        with opened(address) as second:
            second.write(b"\0")
            received = b""
            with pytest.raises(serial.SerialException):
                while True:
                    received += second.read(1)
            assert received == b"\0busy: another program is connected to this board\n\0"
        talk(port, host, lambda: len(host.samples) > 500)


@pytest.mark.parametrize("kind", [pytest.param("pty", marks=pty), "tcp"])
def test_at_the_end_the_board_hangs_up_and_the_process_exits(kind: str) -> None:
    with board(kind, "clean?seed=3&reps=1&speed=0.1&end=hangup", speed=0) as (process, address):
        host = LineHost()
        with opened(address) as port, pytest.raises(serial.SerialException):
            talk(port, host, lambda: False)
        assert process.wait(_PATIENCE_S) == 0
    assert len(host.reps()) == 1
    assert host.names().count("set") == 1
    assert host.missed_frames == 0


@pty
def test_a_killed_board_comes_back_under_the_same_name_with_its_journal(tmp_path: Path) -> None:
    link = tmp_path / "port"
    flash = tmp_path / "flash"
    (tmp_path / "port.part").symlink_to("what a kill left behind")
    source = "clean?seed=3&reps=2&speed=0&start=now"
    sessions = []
    for _ in range(2):
        with board("pty", source, link=link, state_dir=flash) as (process, address):
            assert address == str(link)
            host = LineHost()
            if not sessions:
                # Nobody fetches the first set; it is in flash once the board has written it there.
                deadline = time.monotonic() + _PATIENCE_S
                while flash_log.journalled(flash) < 3:  # two reps and their set
                    assert process.poll() is None and time.monotonic() < deadline
                    time.sleep(0.02)
                with opened(address) as port:
                    host = LineHost(acknowledges=False)
                    talk(port, host, lambda host=host: "hello" in host.names())
                process.send_signal(signal.SIGKILL)
            else:
                with opened(address) as port:
                    talk(port, host, lambda host=host: sessions[0] in [key[0] for key in host.reps()])
                    talk(port, host, lambda host=host: len(host.reps()) == 4)
            sessions.append(host.of("hello")[0]["session"])
    assert [key[0] for key in host.reps()].count(sessions[0]) == 2
    assert sessions[0] != sessions[1]


@pty
def test_an_interrupted_board_removes_its_link(tmp_path: Path) -> None:
    link = tmp_path / "port"
    with board("pty", "clean", link=link) as (process, _):
        assert link.is_symlink()
        process.send_signal(signal.SIGINT)
        process.wait(_PATIENCE_S)
    assert not link.is_symlink()


def test_an_error_is_reported_before_anything_is_announced(tmp_path: Path) -> None:
    def announce(name: str) -> None:
        raise AssertionError(name)

    with pytest.raises(SourceError, match="there is no scenario 'x'"):
        serve_tcp("x", announce)
    with pytest.raises(SourceError, match=r"cannot listen on 127\.0\.0\.1:70000"):
        serve_tcp("clean", announce, port=70_000)
    (tmp_path / "file").write_text("")
    with pytest.raises(SourceError, match="cannot keep a board's state there"):
        serve_tcp("clean", announce, state_dir=tmp_path / "file")


@pty
def test_a_link_never_replaces_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SourceError, match="exists and is not a symbolic link"):
        serve_pty("clean", print, link=tmp_path / "file")
    with pytest.raises(SourceError, match="cannot be created"):
        serve_pty("clean", print, link=tmp_path / "nowhere" / "port")
