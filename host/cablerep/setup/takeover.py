"""Takes the reps and sets that a board holds into the store, before its firmware is replaced."""

from pathlib import Path

from ..device.events import Hello, Rep, SetOver
from ..device.link import Link
from ..device.released import KeptReader
from ..errors import FlashError
from ..store.database import Store
from .handover import ANSWER_S, Environment, Location

_QUIET_S = 5.0  # a board resends what was not acknowledged after 2 s


def take_over(location: Location, store_path: Path, env: Environment) -> int:
    """Store what the board holds, and return how many messages were new. Raises FlashError, PortError, StoreError."""
    link = Link(location.device, KeptReader(), open_port=env.open_port, clock=env.clock, wait=env.sleep)
    stored = 0
    board: Hello | None = None
    with Store(store_path) as store:
        link.open()
        try:
            end = env.clock() + ANSWER_S
            while env.clock() < end:
                for event in link.poll():
                    if isinstance(event, Hello):
                        if not event.kept:
                            return stored
                        if board is None:
                            store.add_session(event, location.device)
                            end = env.clock() + _QUIET_S
                        board = event
                    elif isinstance(event, Rep | SetOver) and board is not None:
                        added = store.add(board.board, event)
                        link.session.acknowledge(event)
                        if added:
                            stored += 1
                            end = env.clock() + _QUIET_S
                            link.session.request_hello()  # it says how many are left
                link.flush()
        finally:
            link.close()
    raise FlashError(
        f"{location.device}: the board still holds reps that could not be read; give --discard to lose them"
    )
