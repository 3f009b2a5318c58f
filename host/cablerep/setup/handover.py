"""From the board's application to its REPL and back: the two share one port and no program can have both.

The application ignores Ctrl-C, since any byte may come from the host, and gives
the port up by a reset when it is told to.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from ..device.events import BoardText, Hello, SchemaMismatch
from ..device.port import Port, PortInfo, choose_board, connected_ports
from ..device.session import Session
from ..errors import FlashError, PortError

ANSWER_S = 1.5  # an application answers HELLO within a few turns of its loop, some 20 ms
RESET_S = 10.0  # a reset, a new enumeration on USB, and a slow hub
START_S = 20.0  # a start from sources: the board compiles some 40 files first
_PAUSE_S = 0.25  # between looks for a port

Application = Hello | SchemaMismatch


@dataclass(frozen=True, slots=True)
class World:
    """What lies outside: ports, the clock, patience. Tests have another one."""

    open_port: Callable[[str], Port] = Port
    ports: Callable[[], list[PortInfo]] = connected_ports
    clock: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Place:
    """Where a board is plugged in: its device, and its USB serial number where it has one."""

    device: str
    serial: str = ""


def find(url: str | None, world: World) -> Place:
    """Return the board at `url`, or the only one there is. Raises PortError for none and for several."""
    ports = world.ports()
    device = url or choose_board(ports)
    return Place(device, next((port.serial for port in ports if port.device == device), ""))


def ask(place: Place, world: World) -> Application | None:
    """Return the HELLO of the application on the board, or None where none answers. Raises PortError."""
    session = Session()
    port = world.open_port(place.device)
    try:
        session.open()
        return _hear(port, session, ANSWER_S, world)
    finally:
        port.close()


def leave_application(place: Place, world: World) -> Place:
    """Make the application give its port to the REPL; return where the board is then. Raises FlashError, PortError."""
    session = Session()
    port = world.open_port(place.device)
    try:
        session.open()
        session.command("repl")
        end = world.clock() + RESET_S
        while world.clock() < end:
            port.write(session.data_to_send())
            if any(isinstance(event, BoardText) and _is_prompt(event.text) for event in session.feed(port.read())):
                return place
    except PortError:
        port.close()  # gone: the board resets, as it should
        return wait_for(place, world)
    finally:
        port.close()
    raise FlashError(
        f"{place.device}: the application does not give the port up; hold the board's button while plugging it in"
    )


def wait_for(place: Place, world: World) -> Place:
    """Return where the board is once its port can be opened again, on another device maybe. Raises FlashError."""
    end = world.clock() + RESET_S
    while True:
        found = next(
            (port.device for port in world.ports() if place.serial and port.serial == place.serial), place.device
        )
        try:
            world.open_port(found).close()
            return Place(found, place.serial)
        except PortError as error:
            if world.clock() >= end:
                raise FlashError(f"the board did not come back after its reset: {error}") from None
        world.wait(_PAUSE_S)


def meet_application(place: Place, world: World) -> Application:
    """Wait for the application to start and return its HELLO. Raises FlashError with what the board said instead."""
    end = world.clock() + START_S
    said: list[str] = []
    while world.clock() < end:
        place = wait_for(place, world)
        session = Session()
        try:
            port = world.open_port(place.device)
        except PortError:
            continue
        try:
            session.open()
            hello = _hear(port, session, end - world.clock(), world, said)
            if hello is not None:
                return hello
        except PortError:
            continue  # it was still on its way down
        finally:
            port.close()
    words = f"; it said: {said[-1]}" if said else ""
    raise FlashError(f"the application did not start on {place.device}{words}")


def _hear(
    port: Port, session: Session, seconds: float, world: World, said: list[str] | None = None
) -> Application | None:
    """Ask twice a second until HELLO comes; lines of text go into `said`."""
    end = world.clock() + seconds
    ask_at = 0.0
    while (now := world.clock()) < end:
        if now >= ask_at:
            ask_at = now + 0.5
            session.request_hello()
        port.write(session.data_to_send())
        for event in session.feed(port.read()):
            if isinstance(event, Hello | SchemaMismatch):
                return event
            if said is not None and isinstance(event, BoardText):
                said.append(event.text)
    return None


def _is_prompt(text: str) -> bool:
    """Say whether the board's REPL has spoken."""
    return text.startswith(("MicroPython ", ">>>"))
