"""An emulated board with the shipped files and a host of its own, for tests that need the user's two files."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from cablerep.device.events import Health, Hello, Rep, SetOver
from cablerep.device.link import Link
from cablerep.device.session import Session
from cablerep.lab.chip_host import START
from cablerep.setup import firmware_image
from cablerep_sim.pico import chip_flash
from cablerep_sim.pico.emulator import Chip, Emulator
from cablerep_sim.pico.image import Image
from cablerep_sim.pico.rows import BoardRows
from cablerep_sim.trace.trace import from_arrays

PATIENCE_S = 120.0  # of ours, for one step; a loaded machine emulates a second of the chip in ten of ours


@dataclass(frozen=True)
class ChipFiles:
    """What the user brings, read."""

    image: Image
    bootrom: bytes


def firmware() -> dict[str, bytes]:
    """Return the files that `cablerep flash` would write, compiled where mpy-cross is there."""
    kind = firmware_image.MpyFormat(6, 3, "armv6m")
    compiler = firmware_image.compiler_for(kind)
    return {file.path: file.data for file in firmware_image.build("rp2", compiler, kind.architecture)}


def kicks(
    reps: int, rate_hz: int = 200, load: bool = True, rest_s: float = 1.0, angle_sensor: str | None = None
) -> BoardRows:
    """Return `reps` kicks of 300 mm in 3 s each: out, hold and back a second each, at rest before and behind.

    With an angle sensor the cable turns by 20° on the way out: its kicks go to the side.
    """
    one = np.concatenate((_ramp(0, 300, rate_hz), np.full(rate_hz, 300.0), _ramp(300, 0, rate_hz)))
    still = np.zeros(int(rest_s * rate_hz))
    travel_mm = np.concatenate((still, np.tile(np.concatenate((one, np.zeros(rate_hz // 2))), reps), still))
    t_us = np.rint(np.arange(len(travel_mm)) * 1e6 / rate_hz).astype(int)
    counts = np.rint(travel_mm * 10).astype(int)
    noise = np.random.default_rng(1).integers(-20, 20, len(counts))
    weight = np.where(travel_mm > 5, 50_000, 20_000) + noise if load else None
    every = max(1, rate_hz // 80)
    readings = None if weight is None else np.where(np.arange(len(counts)) % every, -0x20000000, weight)
    if readings is None:
        readings = np.full(len(counts), -0x20000000)
    meta = {"rate_hz": rate_hz, "um_per_count": 100, "mn_per_count": 1}
    if angle_sensor is None:
        return BoardRows(from_arrays("kicks", meta, t_us, counts, readings))
    meta |= {"angle_per_turn": 16384, "angle_zero": 1000, "free_mm": 900}
    angle = np.rint(1000 + travel_mm / 300 * 20 / 360 * 16384).astype(int)
    return BoardRows(from_arrays("kicks", meta, t_us, counts, readings, angle), angle_sensor)


def _ramp(start: float, end: float, count: int) -> Any:
    """Return a smooth way from `start` to `end`."""
    x = np.arange(count) / count
    return start + (end - start) * (x - np.sin(2 * np.pi * x) / (2 * np.pi))


class ChipBoard:
    """A chip with a host on its USB serial. Use it in a `with` block."""

    def __init__(
        self, files: ChipFiles, rows: BoardRows | None = None, *, extra: dict[str, bytes] | None = None, **options: Any
    ) -> None:
        flash = chip_flash.lay(files.image, {**firmware(), **(extra or {})}, rows)
        options = {**START, "pace": 0, **options}
        self.emulator = Emulator(Chip(flash, files.bootrom, rows, options))
        self.url = f"socket://127.0.0.1:{self.emulator.port}"
        self.link = self.new_link()
        self.news: list[dict[str, Any]] = []  # of the harness
        self.heard: list[Any] = []  # of the board
        self.keeps = True  # acknowledge what the board keeps

    def __enter__(self) -> "ChipBoard":
        return self

    def __exit__(self, *_: object) -> None:
        self.link.close()
        self.emulator.close()

    def new_link(self) -> Link:
        """Return a host for the chip, on the chip's own clock."""
        return Link(self.url, Session(), clock=lambda: self.emulator.now_us / 1e6, wait=lambda seconds: None)

    def connect(self) -> Hello:
        """Let the host open the port and wait for the application's HELLO."""
        self.emulator.wait_for("usb", PATIENCE_S)
        self.link.open()
        return self.until_heard(Hello)

    def turn(self) -> None:
        """Do one turn of the host, and hear the harness."""
        for event in self.link.poll():
            self.heard.append(event)
            if self.keeps and isinstance(event, Rep | SetOver):
                self.link.session.acknowledge(event)
        self.link.flush()
        self.hear()

    def hear(self) -> None:
        """Take what the harness has to say."""
        while (event := self.emulator.next()) is not None:
            self.news.append(event)

    def until(self, what: str, done: Callable[[], Any]) -> Any:
        """Do turns until `done` returns something, and return that; fail where it takes too long."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            answer = done()
            if answer:
                return answer
            self.turn()
        raise AssertionError(f"no {what}; the board said {self.heard[-5:]}, the harness {self.news[-5:]}")

    def until_heard(self, kind: type, test: Callable[[Any], bool] = lambda event: True) -> Any:
        """Wait for an event of `kind` that passes `test`, from now on."""
        since = len(self.heard)
        return self.until(
            kind.__name__, lambda: next((e for e in self.heard[since:] if isinstance(e, kind) and test(e)), None)
        )

    def until_news(self, name: str, **fields: Any) -> dict[str, Any]:
        """Wait for an event of the harness, from now on."""
        since = len(self.news)
        return self.until(
            name,
            lambda: next((e for e in self.news[since:] if e["event"] == name and fields.items() <= e.items()), None),
        )

    def kinds(self, kind: type) -> list[Any]:
        """Return all that was heard of `kind`."""
        return [event for event in self.heard if isinstance(event, kind)]

    def reps(self) -> list[Rep]:
        """Return the reps heard, each once: what is not acknowledged comes again."""
        return list({rep.seq: rep for rep in self.kinds(Rep)}.values())

    def health(self) -> Health:
        """Return the next HEALTH."""
        return self.until_heard(Health)
