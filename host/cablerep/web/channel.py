"""The numbered frames of one board: a snapshot of the view, then what changed, about twelve times a second.

A frame is encoded once, whatever the number of viewers. A ring keeps the last of them: a viewer that missed some
continues by number, and one that missed more than the ring holds, or is too slow, gets a snapshot. So a slow phone
costs no memory, and the oldest frames are what it loses.
"""

import asyncio
import json
import secrets
from collections import deque
from collections.abc import Mapping
from typing import Any

FRAMES_MAX = 60  # 5 s at FRAME_S
GROWING = ("curve", "curve_before")  # lists of which a frame sends only the new tail
Values = Mapping[str, Any]


class Channel:
    """What the viewers of one board receive. `epoch` names this run of the server, so that numbers are not mixed up."""

    def __init__(self) -> None:
        self.epoch = secrets.token_hex(4)
        self.number = 0  # of the newest frame
        self._values: Values = {}
        self._frames: deque[str] = deque(maxlen=FRAMES_MAX)
        self._snapshot: str | None = None  # of `number`, encoded when the first viewer needs it
        self._news = asyncio.Event()

    def publish(self, values: Values) -> bool:
        """Make a frame of what changed since the last one; return False if nothing did."""
        changed: dict[str, Any] = {}
        grown: dict[str, Any] = {}
        for name, value in values.items():
            before = self._values.get(name)
            if value == before:
                continue
            if name in GROWING and before and len(value) > len(before) and value[: len(before)] == before:
                grown[name] = value[len(before) :]
            else:
                changed[name] = value
        if not changed and not grown:
            return False
        self._values = dict(values)
        self.number += 1
        self._snapshot = None
        frame: dict[str, Any] = {"n": self.number, "set": changed}
        if grown:
            frame["add"] = grown
        self._frames.append(encode(frame))
        self._news.set()
        self._news = asyncio.Event()
        return True

    def after(self, number: int) -> list[str]:
        """Return the messages that bring a viewer from frame `number` to the newest; -1: it has nothing."""
        missing = self.number - number
        if 0 <= missing <= len(self._frames) and number >= 0:
            return [self._frames[index] for index in range(len(self._frames) - missing, len(self._frames))]
        if self._snapshot is None:
            self._snapshot = encode({"n": self.number, "epoch": self.epoch, "all": self._values})
        return [self._snapshot]

    async def wait(self, number: int) -> None:
        """Return once there is a frame after `number`."""
        while self.number <= number:
            await self._news.wait()


def encode(value: Any) -> str:
    """Return compact JSON. NaN would not be JSON; there is none."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
