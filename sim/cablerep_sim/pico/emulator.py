"""Runs the emulated chip in its own process: starts it, sends commands, receives events and stops it.

The chip ends when its standard input does, so that even a `kill -9` of this program leaves no orphan.
"""

import collections
import contextlib
import json
import queue
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from ..errors import PicoError
from . import installation
from .rows import BoardRows

Event = dict[str, Any]

PROTOCOL = 1
START_S = 30.0  # for Node to load the packages on a slow machine
_END_S = 5.0
_LAST_LINES = 5  # of standard error, shown in a message


@dataclass(frozen=True, slots=True)
class Chip:
    """What to emulate: the chip's memories and the rows played into its pins; `options` are those of PROTOCOL.md."""

    flash: bytes
    bootrom: bytes
    rows: BoardRows | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


class Emulator:
    """A running chip. Use it in a `with` block. All methods raise PicoError if the process stopped by itself.

    `port` is the TCP port of the chip's USB serial on 127.0.0.1; `now_us` is the latest known time on the chip.
    """

    def __init__(self, chip: Chip, *, harness: Path | None = None, node: str | None = None) -> None:
        """Start the chip. `harness` and `node` are for tests."""
        self.now_us = 0.0
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._output: collections.deque[str] = collections.deque(maxlen=_LAST_LINES)
        self._skipped: collections.deque[Event] = collections.deque()  # arrived while waiting for another event
        node = node or installation.node()
        folder = harness or installation.harness()
        # The files are read at the start and removed right after it, so that nothing is left behind on any exit.
        with tempfile.TemporaryDirectory(prefix="cablerep-pico-") as scratch:
            config = _write_config(Path(scratch), chip)
            self._process = subprocess.Popen(
                [node, str(folder / "main.mjs"), str(config)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
                bufsize=1,
                start_new_session=True,  # Ctrl-C reaches only this program, which then stops the chip in order
            )
            targets = (self._read_events, self._read_errors)
            self._readers = [threading.Thread(target=target, daemon=True) for target in targets]
            for reader in self._readers:
                reader.start()
            try:
                ready = self.wait_for("ready", START_S)
            except BaseException:
                self._end()
                raise
        if ready.get("protocol") != PROTOCOL:
            self._end()
            raise PicoError(
                f"the emulator in {folder} has protocol version {ready.get('protocol')}, this program {PROTOCOL}; run "
                "the command with --install"
            )
        self.port = int(ready["serial_port"])

    def __enter__(self) -> "Emulator":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def send(self, do: str, **fields: Any) -> None:
        """Send a command of PROTOCOL.md."""
        line = json.dumps({"do": do, **fields})
        try:
            assert self._process.stdin is not None
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except (OSError, ValueError):
            raise self._failure() from None

    def next(self, seconds: float = 0.0) -> Event | None:
        """Return the next event, or None if none arrives within `seconds`."""
        if self._skipped:
            return self._skipped.popleft()
        return self._take(seconds)

    def wait_for(self, name: str, seconds: float) -> Event:
        """Return the next event `name`; earlier ones are left for `next`. Raises PicoError after `seconds`."""
        for event in self._skipped:
            if event.get("event") == name:
                self._skipped.remove(event)
                return event
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            event_or_none = self._take(left)
            if event_or_none is None:
                continue
            if event_or_none.get("event") == name:
                return event_or_none
            self._skipped.append(event_or_none)
        raise PicoError(f"the emulated chip sent no event {name!r} within {seconds:.0f} s; run the command again")

    def ask(self, do: str, reply: str, seconds: float, **fields: Any) -> Event:
        """Send a command and return the event `reply`."""
        self.send(do, **fields)
        return self.wait_for(reply, seconds)

    def save_flash(self, path: Path) -> None:
        """Write the chip's whole flash to `path`; an old file stays until the new one is complete."""
        self.ask("save_flash", "saved", _END_S * 2, path=str(path.resolve()))

    def close(self) -> None:
        """End the chip; one that has ended is ended as well."""
        with contextlib.suppress(PicoError):
            self.send("stop")
        self._end()

    def _take(self, seconds: float) -> Event | None:
        try:
            event = self._events.get(timeout=seconds) if seconds > 0 else self._events.get_nowait()
        except queue.Empty:
            return None
        if event is None:
            self._events.put(None)  # so that the next call fails as well
            raise self._failure()
        if "us" in event:
            self.now_us = max(self.now_us, float(event["us"]))
        if event.get("event") == "error":
            value = f" {event['value']!r}" if event.get("value") not in (None, "") else ""
            raise PicoError(f"the emulator: {event.get('what')}{value}; {event.get('cure') or 'run the command again'}")
        return event

    def _read_events(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            try:
                event = json.loads(line)
            except json.JSONDecodeError:
                self._output.append(line.strip())
                continue
            if isinstance(event, dict):
                self._events.put(event)
        self._events.put(None)

    def _read_errors(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if line.strip():
                self._output.append(line.strip())

    def _failure(self) -> PicoError:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_S)
        self._readers[1].join(_END_S)
        output = " ".join(self._output)
        return PicoError(
            f"the emulator ended with status {self._process.returncode}{': ' if output else ''}{output[:500]}; run the "
            "command again, with --install if its packages may be damaged"
        )

    def _end(self) -> None:
        process = self._process
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for reader in self._readers:
            reader.join(_END_S)
        process.stdout.close()
        process.stderr.close()


def _write_config(folder: Path, chip: Chip) -> Path:
    """Write the files that the harness reads at its start; return the path of the first."""
    paths = {"flash": folder / "flash.bin", "bootrom": folder / "bootrom.bin", "rows": folder / "rows.bin"}
    paths["flash"].write_bytes(chip.flash)
    paths["bootrom"].write_bytes(chip.bootrom)
    paths["rows"].write_bytes(chip.rows.dump() if chip.rows is not None else b"")
    config: dict[str, Any] = {name: str(path) for name, path in paths.items()}
    if chip.rows is None:
        config["rows"] = None
    if chip.rows is not None and (angles := chip.rows.dump_angles()) is not None:
        path = folder / "angles.bin"
        path.write_bytes(angles)
        config |= {"angles": str(path), "angle_sensor": chip.rows.angle_sensor}
    config["cell"] = "hx711" if chip.rows is None or chip.rows.has_load else None
    config |= chip.options
    path = folder / "config.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    return path
