"""Who was let in: paired devices and pairing codes, in a small database beside the store.

A file, so that `cablerep serve devices` reaches a running server: it asks the file at each request and once a second.
Tokens and codes are stored as hashes only.
"""

import hashlib
import os
import secrets
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

WATCH, CONTROL = "watch", "control"
ROLES = (WATCH, CONTROL)
CODE_S = 300.0  # a code's life, and that of a device that waits for approval
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without I, O, 0 and 1, for people who type
_CODE_LENGTH = 12  # 60 bits: with the rate limit beyond guessing in five minutes
_NAME_MAX = 40  # characters
_SEEN_S = 60.0  # how exactly `seen` is kept

_SCHEMA = """
CREATE TABLE IF NOT EXISTS device (
    id TEXT PRIMARY KEY, token BLOB NOT NULL UNIQUE, name TEXT NOT NULL, address TEXT NOT NULL, role TEXT NOT NULL,
    approved INTEGER NOT NULL, added REAL NOT NULL, seen REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS code (
    code BLOB PRIMARY KEY, role TEXT NOT NULL, local INTEGER NOT NULL, expires REAL NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class Device:
    """A browser. `check` is a number that it shows too, so that the right one is approved."""

    id: str
    name: str
    address: str
    role: str
    approved: bool
    added: float  # seconds since 1970, as `seen`
    seen: float

    @property
    def check(self) -> str:
        """Three digits."""
        return f"{int(self.id, 16) % 1000:03}"


class Devices:
    """The database in `path`, used by one thread. `clock` is injected for tests."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._clock = clock
        self._base = sqlite3.connect(path, isolation_level=None, timeout=5.0, check_same_thread=False)
        self._base.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the database."""
        self._base.close()

    def new_code(self, role: str, *, local: bool = False) -> str:
        """Return a new single-use code for `role`. A `local` one needs no approval, but works on this computer only."""
        code = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))
        self._base.execute("DELETE FROM code WHERE expires < ?", (self._clock(),))
        self._base.execute("INSERT INTO code VALUES (?, ?, ?, ?)", (_hash(code), role, local, self._clock() + CODE_S))
        return code

    def redeem(self, code: str, name: str, address: str, *, is_local: bool) -> str | None:
        """Use up `code` for a new device and return its token; None for a code that is not valid here."""
        plain = code.strip().upper().replace("-", "")
        found = self._base.execute(
            "DELETE FROM code WHERE code = ? AND expires >= ? AND (NOT local OR ?) RETURNING role, local",
            (_hash(plain), self._clock(), is_local),
        ).fetchone()
        if found is None:
            return None
        role, local = found
        token = secrets.token_urlsafe(32)
        now = self._clock()
        label = "".join(letter for letter in name if letter.isprintable()).strip()[:_NAME_MAX] or "a browser"
        self._base.execute(
            "INSERT INTO device VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (secrets.token_hex(4), _hash(token), label, address, role, local, now, now),
        )
        return token

    def of_token(self, token: str) -> Device | None:
        """Return the device with this token, approved or waiting; None for a stranger or one that was revoked."""
        row = self._base.execute(f"{_SELECT} WHERE token = ?", (_hash(token),)).fetchone()
        device = None if row is None else _device(row)
        if device is None or self._is_stale(device):
            return None
        if self._clock() - device.seen > _SEEN_S:
            self._base.execute("UPDATE device SET seen = ? WHERE id = ?", (self._clock(), device.id))
        return device

    def all(self) -> list[Device]:
        """Return all devices, the oldest first, without those that waited too long."""
        found = map(_device, self._base.execute(f"{_SELECT} ORDER BY added").fetchall())
        return [device for device in found if not self._is_stale(device)]

    def approve(self, id: str) -> bool:
        """Let a waiting device in; return False if there is none with this id."""
        done = self._base.execute(
            "UPDATE device SET approved = 1 WHERE id = ? AND NOT approved AND added >= ?",
            (id, self._clock() - CODE_S),
        )
        return done.rowcount > 0

    def revoke(self, id: str) -> bool:
        """Forget a device, which is out at once; return False if there is none with this id."""
        return self._base.execute("DELETE FROM device WHERE id = ?", (id,)).rowcount > 0

    def version(self) -> int:
        """Return a number that changes when another program changes the file."""
        return int(self._base.execute("PRAGMA data_version").fetchone()[0])

    def _is_stale(self, device: Device) -> bool:
        return not device.approved and self._clock() - device.added > CODE_S


_SELECT = "SELECT id, name, address, role, approved, added, seen FROM device"


def _device(row: tuple[str, str, str, str, int, float, float]) -> Device:
    id, name, address, role, approved, added, seen = row
    return Device(id, name, address, role, bool(approved), added, seen)


def _hash(secret: str) -> bytes:
    """Return the hash of a secret of 60 bits or more: with so much chance in it a plain one will do."""
    return hashlib.sha256(secret.encode()).digest()
