"""Switches a board from the application to the REPL and back; the two share one serial port.

The application ignores Ctrl-C, because the host may send any byte. On the repl command it resets into the REPL.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from ..device.events import BoardText, Hello, SchemaMismatch
from ..device.port import Port, PortInfo, choose_board, connected_ports
from ..device.session import Session
from ..errors import FlashError, PortError

ANSWER_S = 1.5  # an application answers hello_request within about 20 ms
RESET_S = 10.0  # a reset and enumeration on a slow USB hub
START_S = 20.0  # with source files, the board compiles some 40 of them first
_POLL_S = 0.25  # between two searches for a port

Application = Hello | SchemaMismatch


@dataclass(frozen=True, slots=True)
class Environment:
    """Injected dependencies (ports, clock, sleep), replaced in tests."""

    open_port: Callable[[str], Port] = Port
    ports: Callable[[], list[PortInfo]] = connected_ports
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Location:
    """Where a board is connected: its device, and its USB serial number if it has one."""

    device: str
    serial: str = ""


def find(url: str | None, env: Environment) -> Location:
    """Return the board at `url`, or the only one connected. Raises PortError for none or several."""
    ports = env.ports()
    device = url or choose_board(ports)
    return Location(device, next((port.serial for port in ports if port.device == device), ""))


def ask(location: Location, env: Environment) -> Application | None:
    """Return the HELLO of the application on the board, or None if none answers. Raises PortError."""
    session = Session()
    port = env.open_port(location.device)
    try:
        session.open()
        return _await_hello(port, session, ANSWER_S, env)
    finally:
        port.close()


def leave_application(location: Location, env: Environment) -> Location:
    """Reset the application into the REPL and return the board's new location. Raises FlashError, PortError."""
    session = Session()
    port = env.open_port(location.device)
    try:
        session.open()
        session.command("repl")
        end = env.clock() + RESET_S
        while env.clock() < end:
            port.write(session.take())
            if any(isinstance(event, BoardText) and _is_prompt(event.text) for event in session.feed(port.read())):
                return location
    except PortError:
        port.close()  # the board resets, as intended
        return wait_for(location, env)
    finally:
        port.close()
    raise FlashError(
        f"{location.device}: the application does not release the port; hold the board's button while plugging it in"
    )


def wait_for(location: Location, env: Environment) -> Location:
    """Wait until the board's port opens again, perhaps as another device. Raises FlashError."""
    end = env.clock() + RESET_S
    while True:
        found = next(
            (port.device for port in env.ports() if location.serial and port.serial == location.serial), location.device
        )
        try:
            env.open_port(found).close()
            return Location(found, location.serial)
        except PortError as error:
            if env.clock() >= end:
                raise FlashError(f"the board did not come back after its reset: {error}") from None
        env.sleep(_POLL_S)


def meet_application(location: Location, env: Environment) -> Application:
    """Wait for the application to start and return its HELLO. Raises FlashError with what the board printed."""
    end = env.clock() + START_S
    printed: list[str] = []
    while env.clock() < end:
        location = wait_for(location, env)
        session = Session()
        try:
            port = env.open_port(location.device)
        except PortError:
            continue
        try:
            session.open()
            hello = _await_hello(port, session, end - env.clock(), env, printed)
            if hello is not None:
                return hello
        except PortError:
            continue  # it was still resetting
        finally:
            port.close()
    last = f"; the board printed: {printed[-1]}" if printed else ""
    raise FlashError(f"the application did not start on {location.device}{last}")


def _await_hello(
    port: Port, session: Session, seconds: float, env: Environment, printed: list[str] | None = None
) -> Application | None:
    """Send hello_request twice a second until HELLO comes; append lines of text to `printed`."""
    end = env.clock() + seconds
    ask_at = 0.0
    while (now := env.clock()) < end:
        if now >= ask_at:
            ask_at = now + 0.5
            session.request_hello()
        port.write(session.take())
        for event in session.feed(port.read()):
            if isinstance(event, Hello | SchemaMismatch):
                return event
            if printed is not None and isinstance(event, BoardText):
                printed.append(event.text)
    return None


def _is_prompt(text: str) -> bool:
    """Return whether `text` comes from MicroPython's REPL."""
    return text.startswith(("MicroPython ", ">>>"))
