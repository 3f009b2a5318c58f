"""A board that is asked and answers, one question after the other: settings read, changed and saved.

For commands that do one thing and end; whoever watches a board for hours uses `watch.py`.
"""

import time
from collections.abc import Callable

from cablerep_fw.core.link import wire

from .. import __version__
from ..errors import PortError, SchemaMismatchError, SettingError
from .events import Hello, Reply, SchemaMismatch
from .link import Disconnected, Link, LinkEvent

HELLO_S = 5.0  # a board answers within 20 ms, or starts within a few seconds after the port was opened
REPLY_S = 2.0  # saving to flash takes up to 0.4 s a sector
_ATTEMPTS = 2
_AGAIN_S = 0.5  # between two attempts at what a movement forbids
_NUMBERS = {row[0]: place for place, row in enumerate(wire.SETTINGS, 1)}


class Conversation:
    """A talk over `link`, which it opens and, as a `with` block ends, closes. All methods raise PortError."""

    def __init__(self, link: Link, clock: Callable[[], float] = time.monotonic) -> None:
        self.link = link
        self._clock = clock

    def __enter__(self) -> "Conversation":
        return self

    def __exit__(self, *exception: object) -> None:
        self.link.close()

    def open(self) -> Hello:
        """Open the port and return the board's HELLO. Raises SchemaMismatchError."""
        self.link.open()
        end = self._clock() + HELLO_S
        while self._clock() < end:
            for event in self.turn():
                if isinstance(event, Hello):
                    return event
        raise PortError(f"{self.link.port}: no board answers; put the firmware on it with 'cablerep flash'")

    def turn(self) -> list[LinkEvent]:
        """Return what comes in the next moment. Raises SchemaMismatchError too."""
        events = self.link.poll()
        for event in events:
            if isinstance(event, SchemaMismatch):
                raise SchemaMismatchError(f"{self.link.port}: {mismatch_text(event)}")
            if isinstance(event, Disconnected):
                raise PortError(f"{event.port}: {event.why}")
        return events

    def ask(self, command: str, **fields: int) -> Reply:
        """Send a command and return its reply; ask again where none comes, for a full line may lose it.

        Asked twice, every command used here does the same as once.
        """
        for _ in range(_ATTEMPTS):
            tag = self.link.session.command(command, **fields)
            end = self._clock() + REPLY_S
            while self._clock() < end:
                for event in self.turn():
                    if isinstance(event, Reply) and event.tag == tag:
                        return event
        raise PortError(
            f"{self.link.port}: no answer to {command} within {_ATTEMPTS * REPLY_S:g} s; is another program on it?"
        )

    def read(self, name: str) -> int:
        """Return a setting. Raises SettingError."""
        reply = self.ask("get", setting=_NUMBERS[name])
        if reply.status != "done":
            raise SettingError(f"{self.link.port}: the board does not tell {name}: {reply.status}")
        return reply.value

    def write(self, values: dict[str, int], patience_s: float, told: Callable[[str], None]) -> None:
        """Set `values`, save them, and read them back; a change that fails is taken back.

        A board takes settings between sets and movements only: waits up to `patience_s` for that, and says so to
        `told` once. Raises SettingError, also where something is out of range; then nothing was changed.
        """
        for name, value in values.items():
            _, unit, least, most, *_ = wire.SETTINGS[_NUMBERS[name] - 1]
            if not least <= value <= most:
                raise SettingError(f"{name} would be {value} {unit}, beyond {least} to {most}; measure again")
        before = {name: self.read(name) for name in values}
        try:
            for name, value in values.items():
                self._patiently(name, patience_s, told, "set_setting", setting=_NUMBERS[name], value=value)
            self._patiently("saving", patience_s, told, "save")
            for name, value in values.items():
                found = self.read(name)
                if found != value:
                    raise SettingError(f"{self.link.port}: {name} reads {found} after {value} was written")
        except (SettingError, KeyboardInterrupt):
            for name, value in before.items():
                self.ask("set_setting", setting=_NUMBERS[name], value=value)
            raise

    def _patiently(
        self, what: str, patience_s: float, told: Callable[[str], None], command: str, **fields: int
    ) -> None:
        """Ask until the board is between movements."""
        end = self._clock() + patience_s
        said = False
        while True:
            reply = self.ask(command, **fields)
            if reply.status == "done":
                return
            if not reply.status.startswith("refused") or self._clock() > end:
                raise SettingError(f"{self.link.port}: {what} is {reply.status}; the board keeps what it had")
            if not said:
                told("let the cable go back to the stack: a board takes settings between movements only")
                said = True
            again = self._clock() + _AGAIN_S
            while self._clock() < again:
                self.turn()


def mismatch_text(event: SchemaMismatch) -> str:
    """Say which two versions met, and the command that makes them one."""
    return (
        f"the board speaks message table {event.theirs:04x}, cablerep {__version__} speaks {wire.SCHEMA_ID:04x}; "
        "bring the board to this version with 'cablerep flash', or install the cablerep that the board has"
    )
