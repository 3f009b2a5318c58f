"""Ports as pyserial lists them."""

from types import SimpleNamespace
from typing import Any


def found(device: str = "/dev/ttyACM0", vid: int | None = 0x2E8A, pid: int | None = 0x0005, **more: Any) -> Any:
    fields = {"description": "n/a", "serial_number": "E66", "manufacturer": None, "product": None} | more
    return SimpleNamespace(device=device, vid=vid, pid=pid, **fields)
