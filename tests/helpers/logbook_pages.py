"""Sets as the logbook has them, made of the few figures that a test cares for."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from cablerep.history.logbook import Entry, Target
from cablerep.store.database import StoredRep, StoredSet

FIRST = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday
ASKED = Target(2.0, (3.0, 6.0), 0.1)  # of 300 mm in 3 s


def rep(number: int = 1, **changes: Any) -> StoredRep:
    """Return a full rep that meets ASKED, or what `changes` makes of it."""
    fields: dict[str, Any] = {
        "board": "desk",
        "session": 1,
        "set": 1,
        "start_s": 10.0 * number,
        "seq": number,
        "kind": "full",
        "rep": number,
        "top_s": 10.0 * number + 1.0,
        "release_s": 10.0 * number + 3.2,
        "end_s": 10.0 * number + 6.5,
        "concentric_s": 1.0,
        "hold_s": 2.2,
        "eccentric_s": 3.3,
        "rom_mm": 300.0,
        "concentric_mean_m_s": 0.30,
        "concentric_peak_m_s": 0.50,
        "eccentric_mean_m_s": 0.09,
        "eccentric_peak_m_s": 0.15,
        "force_mean_n": 150.0,
        "force_peak_n": 170.0,
        "work_j": 45.0,
        "power_mean_w": 45.0,
        **dict.fromkeys(("chord_mm", "direction_deg", "bow_mm", "drift_mm")),
        "flags": (),
        "known_s": 10.0 * number + 6.6,
        "side": "",
        "amended": False,
        "was": "full",
        "paused": False,
    }
    return StoredRep(**fields | changes)


def page(
    reps: Sequence[StoredRep] | int = 6,
    *,
    day: int = 0,
    minute: int = 0,
    side: str = "",
    exercise: str = "Kickback",
    target: Target | None = ASKED,
    plate: int | None = None,
    load_n: float | None = 150.0,
    **changes: Any,
) -> Entry:
    """Return a set of `reps`, so many days and minutes after FIRST; `changes` are of each rep where it is a number."""
    made = [rep(number, **changes) for number in range(1, reps + 1)] if isinstance(reps, int) else list(reps)
    kinds = [one.kind for one in made]
    rom_mm = max((one.rom_mm for one in made), default=None)
    stored = StoredSet(
        *("desk", 100 * day + minute, 1, FIRST + timedelta(days=day, minutes=minute), side, True),
        *(kinds.count("full"), kinds.count("partial"), rom_mm, load_n, tuple(made)),
    )
    return Entry(stored, exercise, exercise.lower().replace(" ", "-"), target, plate)
