"""The demo's sets: a virtual board for each, whose athlete keeps the tempo of the exercise."""

from urllib.parse import quote

from ..exercise.profile import Profile
from .loop import MonitorPlan

SPEED = 4  # multiple of real time; 0: as fast as possible
_EXTRA_HOLD_S = 0.4  # beyond the tempo's hold: the simulated holds vary by some 4 %
_SLOWER = 1.25  # times the tempo: phases are timed from 25 mm/s on, which omits a fifth of a smooth movement
_PLATE_KG = 12.5  # for both legs, so that they can be compared
_OTHER = {"left": "right", "right": "left", "": ""}


def plan(
    sets: int = 1, side: str = "", faults: str = "", profile: Profile | None = None, speed: float = SPEED
) -> MonitorPlan:
    """Return one board for each of `sets` sets; sides alternate starting with `side`, "" for none.

    `speed` is a multiple of real time, 0 as fast as possible.
    """
    sides = tuple(side if number % 2 == 0 else _OTHER[side] for number in range(sets))
    urls = tuple(address(one, faults, profile, seed, speed) for seed, one in enumerate(sides, 1))
    return MonitorPlan(urls, sides, sets=1, profile=profile, stream=True)


def address(
    side: str = "", faults: str = "", profile: Profile | None = None, seed: int = 1, speed: float = SPEED
) -> str:
    """Return a board's address. Its athlete keeps the tempo of `profile`, so only `faults` are flagged.

    Another `seed` is another set of the same athlete.
    """
    tempo = profile.tempo if profile is not None else None
    options = {
        "reps": "8",
        "hold_s": f"{tempo.hold_s + _EXTRA_HOLD_S:g}" if tempo else "2",
        "concentric_s": f"{_SLOWER * tempo.concentric_s:g}" if tempo and tempo.concentric_s else "",
        "eccentric_s": f"{_SLOWER * tempo.eccentric_s:g}" if tempo else "",
        "plate_kg": f"{_PLATE_KG:g}" if side else "",
        "side": side,
        **_directed(profile),
        "faults": faults,
        "load_hz": "80" if faults else "",  # a cell of 10 readings a second misses a swing
        "seed": str(seed) if seed > 1 else "",  # the first is the default
        "speed": f"{speed:g}",
    }
    return "sim://glute-kickback?" + "&".join(
        f"{name}={quote(value, safe='@,')}" for name, value in options.items() if value
    )


def _directed(profile: Profile | None) -> dict[str, str]:
    """Return the options of an angle sensor and of kicks in the middle of the profile's band, if it has one."""
    if profile is None or profile.direction_deg is None or profile.load != "stack":
        return {}
    # With a light arm: friction of 0.3 degrees would look like a drift here and there.
    middle_deg = sum(profile.direction_deg) / 2
    return {"angle": "mt6701", "direction_deg": f"{middle_deg:g}", "drift_mm": "4", "arm_lag_deg": "0.1"}
