"""A request-response client for a board: read, change and save its settings.

For commands that do one thing and end. `monitor/watch.py` is for those that follow a board for hours.
"""

import time
from collections.abc import Callable

from cablerep_fw.core.link import wire

from .. import __version__
from ..errors import PortError, SchemaMismatchError, SettingError
from .events import Disconnected, Event, Hello, Reply, SchemaMismatch
from .link import MUTE, Link

HELLO_S = 5.0  # a running board answers within 20 ms; one that restarts when its port opens takes a few seconds
REPLY_S = 2.0  # saving to flash takes up to 0.4 s a sector
_ATTEMPTS = 2
_RETRY_S = 0.5  # between attempts while the board refuses because of a movement
_NUMBERS = {row[0]: number for number, row in enumerate(wire.SETTINGS, 1)}


class Client:
    """Requests over `link`, which `open` opens and the end of the `with` block closes. All methods raise PortError."""

    def __init__(self, link: Link, clock: Callable[[], float] = time.monotonic) -> None:
        self.link = link
        self._clock = clock

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *exception: object) -> None:
        self.link.close()

    def open(self) -> Hello:
        """Open the port and return the board's HELLO. Raises SchemaMismatchError."""
        self.link.open()
        deadline = self._clock() + HELLO_S
        while self._clock() < deadline:
            for event in self.poll():
                if isinstance(event, Hello):
                    return event
        raise PortError(f"{self.link.port}: no board answers. {MUTE}")

    def poll(self) -> list[Event]:
        """Return the events of one turn of the link. Raises SchemaMismatchError."""
        events = self.link.poll()
        for event in events:
            if isinstance(event, SchemaMismatch):
                raise SchemaMismatchError(f"{self.link.port}: {mismatch_text(event)}")
            if isinstance(event, Disconnected):
                raise PortError(f"{event.port}: {event.reason}")
        return events

    def request(self, command: str, **fields: int) -> Reply:
        """Send a command and return its reply. All commands used here are idempotent, so one is sent again if lost."""
        for _ in range(_ATTEMPTS):
            tag = self.link.session.command(command, **fields)
            deadline = self._clock() + REPLY_S
            while self._clock() < deadline:
                for event in self.poll():
                    if isinstance(event, Reply) and event.tag == tag:
                        return event
        raise PortError(
            f"{self.link.port}: no reply to {command} within {_ATTEMPTS * REPLY_S:g} s; "
            "is another program using the port?"
        )

    def read_setting(self, name: str) -> int:
        """Return a setting. Raises SettingError."""
        reply = self.request("get", setting=_NUMBERS[name])
        if reply.status != "done":
            raise SettingError(f"{self.link.port}: cannot read {name}: {reply.status}")
        return reply.value

    def write_settings(self, values: dict[str, int], wait_s: float, report: Callable[[str], None]) -> None:
        """Set `values`, save them and read them back; restore the old ones if anything fails.

        A board accepts settings only between sets and movements: this waits up to `wait_s` and calls `report` once
        with what to do. Raises SettingError, and changes nothing if a value is out of range.
        """
        for name, value in values.items():
            _, unit, minimum, maximum, *_ = wire.SETTINGS[_NUMBERS[name] - 1]
            if not minimum <= value <= maximum:
                raise SettingError(
                    f"{name} would be {value} {unit}, outside {minimum} to {maximum}; repeat the measurement"
                )
        before = {name: self.read_setting(name) for name in values}
        try:
            for name, value in values.items():
                self._request_when_idle(name, wait_s, report, "set_setting", setting=_NUMBERS[name], value=value)
            self._request_when_idle("saving", wait_s, report, "save")
            for name, value in values.items():
                found = self.read_setting(name)
                if found != value:
                    raise SettingError(f"{self.link.port}: {name} reads {found} after {value} was written")
        except (SettingError, KeyboardInterrupt):
            for name, value in before.items():
                self.request("set_setting", setting=_NUMBERS[name], value=value)
            raise

    def _request_when_idle(
        self, name: str, wait_s: float, report: Callable[[str], None], command: str, **fields: int
    ) -> None:
        """Repeat a command until the board is between movements. `name` is what an error calls it."""
        deadline = self._clock() + wait_s
        reported = False
        while True:
            reply = self.request(command, **fields)
            if reply.status == "done":
                return
            if not reply.status.startswith("refused") or self._clock() > deadline:
                raise SettingError(f"{self.link.port}: {name}: {reply.status}; the settings are unchanged")
            if not reported:
                report("let the weight down: a board accepts settings only between movements")
                reported = True
            retry_at = self._clock() + _RETRY_S
            while self._clock() < retry_at:
                self.poll()


def mismatch_text(event: SchemaMismatch) -> str:
    """Return which versions differ, and the command that aligns them."""
    return (
        f"the board uses message table {event.theirs:04x}, cablerep {__version__} uses {wire.SCHEMA_ID:04x}; "
        "update the board with 'cablerep flash', or install the cablerep version that the board has"
    )
