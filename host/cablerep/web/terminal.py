"""The server's terminal: the address with its pairing code, and approval of devices that ask to be let in."""

import asyncio
import sys
import threading
from collections.abc import Callable

from .devices import CONTROL, Devices

_LOOK_S = 0.5  # between two looks for waiting devices


class Doorkeeper:
    """Prints who wants to come in, and takes the answers: y or n for the oldest, Enter for a new link."""

    def __init__(self, devices: Devices, invite: Callable[[], None], report: Callable[[str], None]) -> None:
        self._devices = devices
        self._invite = invite
        self._report = report
        self._asked: set[str] = set()
        self._lines: asyncio.Queue[str] = asyncio.Queue()

    async def run(self) -> None:
        """Serve until cancelled."""
        loop = asyncio.get_running_loop()
        if sys.stdin is not None and sys.stdin.isatty():
            threading.Thread(target=self._read, args=(loop,), daemon=True).start()
        while True:
            waiting = [device for device in self._devices.all() if not device.approved]
            for device in waiting:
                if device.id not in self._asked:
                    self._asked.add(device.id)
                    may = "control" if device.role == CONTROL else "watch"
                    self._report(
                        f"{device.name} at {device.address} wants to {may}; it shows {device.check}. "
                        "Let it in? y or n, then Enter"
                    )
            try:
                line = await asyncio.wait_for(self._lines.get(), _LOOK_S)
            except TimeoutError:
                continue
            self._take(line.strip().lower())

    def _take(self, line: str) -> None:
        waiting = [device for device in self._devices.all() if not device.approved]
        if line in ("y", "yes", "n", "no") and waiting:
            device = waiting[0]
            if line.startswith("y"):
                self._devices.approve(device.id)
                self._report(f"{device.name} is in; 'cablerep serve devices' lists and revokes")
            else:
                self._devices.revoke(device.id)
                self._report(f"{device.name} was turned away")
        elif not line:
            self._invite()

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(self._lines.put_nowait, line)
