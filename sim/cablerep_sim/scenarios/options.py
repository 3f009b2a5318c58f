"""The options of a scenario with their units and ranges, given from code or as text from a sim:// address.

One table, so that the command line, the address and the error messages offer the same choices.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..athlete.faults import FLAWS, ON_FLOOR, RANDOM, Flaw
from ..athlete.legs import Unsteadiness
from ..errors import SourceError


@dataclass(frozen=True)
class Option:
    """A number from `low` to `high` in `unit`; with `whole` it must be a whole number."""

    low: float
    high: float
    unit: str
    meaning: str
    whole: bool = False


NUMBERS = {
    "reps": Option(1, 200, "", "full reps of a set", whole=True),
    "rom_mm": Option(20, 2000, "mm", "range of motion"),
    "concentric_s": Option(0.15, 30, "s", "duration of the concentric"),
    "hold_s": Option(0, 18, "s", "pause at the top"),
    "eccentric_s": Option(0.15, 30, "s", "duration of the eccentric"),
    "bottom_s": Option(0, 10, "s", "pause at the bottom"),
    "stance_mm": Option(0, 2000, "mm", "how far from the stack the athlete stands"),
    "tremor_mm": Option(0, 2, "mm", "largest tremor"),
    "plate_kg": Option(1, 150, "kg", "weight chosen on the stack"),
    "ratio": Option(0.25, 1, "", "pull of the cable in weights of the stack: 0.5 behind a moving pulley"),
    "um_per_count": Option(10, 1000, "um", "resolution of the encoder"),
    "load_hz": Option(1, 1000, "Hz", "rate of the load cell"),
    "overshoot": Option(0, 0.24, "", "largest fall behind the top, as a fraction of the rise"),
    "sway_mm": Option(0, 5, "mm", "rms of the slow sway of a leg that holds or stands"),
    "plates": Option(1, 40, "", "plates of a stack that is calibrated", whole=True),
    # Of the floor plan, with an angle sensor. Angles as for the right leg; a left one is its mirror image.
    "free_mm": Option(200, 3000, "mm", "from the swivel's axis to the strap at the stack"),
    "free_error_mm": Option(-200, 200, "mm", "how much longer the header says that it is"),
    "bearing_deg": Option(-60, 60, "degrees", "bearing of the stance"),
    "direction_deg": Option(-85, 85, "degrees", "direction of the kicks"),
    "bow_mm": Option(0, 200, "mm", "largest bow of the way out"),
    "drift_mm": Option(0, 200, "mm", "largest drift in a hold"),
    "rise_mm": Option(0, 400, "mm", "how much higher the strap is at the top"),
    "arm_lag_deg": Option(0, 20, "degrees", "how far the follower arm lags behind the cable, from friction"),
    "arm_play_deg": Option(0, 20, "degrees", "backlash between follower arm and magnet"),
    "angle_noise_deg": Option(0, 10, "degrees", "noise of the angle sensor, standard deviation"),
    "angle_bend_deg": Option(0, 10, "degrees", "nonlinearity of the angle sensor, largest error"),
    "angle_zero_deg": Option(-20, 20, "degrees", "error of the angle sensor's zero"),
}
ANGLES = ("none", "mt6701", "as5600")
FLOOR = tuple(NUMBERS)[tuple(NUMBERS).index("free_mm") :]
LISTS = {  # numbers, separated by commas
    "marks": Option(0, 2000, "mm", "lengths at which the cable is held"),
    "weights": Option(0, 150, "kg", "weights that are hung on the cable"),
}
SWITCHES = {  # 0 or 1
    "sway_whole": "sway through the whole set, not only in holds and stands",
    "lopsided": "movements that are faster early or late, not symmetric",
    "judged": "judge form by limits that a coach would set, as with faults of form",
}
CHOICES = {
    "side": ("left", "right"),
    "angle": ANGLES,  # sensor of the cable's bearing
    "legs": ("still", "real"),  # real: overshoot, swing, sinking, squeezes and sway as people's legs do
}
LEGS = "real"  # unless the option says otherwise
FAULTS = {
    "outliers": "lone wrong samples in both channels",
    "missed": "missed samples, alone and in short rows",
    "coarse": "an encoder of 0.3 to 0.5 mm a count",
    "no-load": "no load cell",
    "load-silent": "a load cell that falls silent for seconds",
    "load-saturated": "a load cell too small for the weight",
    "encoder-reversed": "an encoder mounted the other way",
    "load-reversed": "a load cell mounted the other way",
    "load-backwards": "a load cell wired backwards, which the calibration does not know",
    "load-tared": "a load cell tared under load",
}
FAULT_NAMES = (*FLAWS, RANDOM, *FAULTS)
_AT = "@"  # between a fault of form and the number of its rep
_MAX_REPS = 1000
NAMES = (*NUMBERS, *LISTS, *SWITCHES, *CHOICES, "faults")


@dataclass(frozen=True)
class Options:
    """The options given; everything else is drawn from the seed."""

    numbers: Mapping[str, float]
    lists: Mapping[str, tuple[float, ...]]
    switches: Mapping[str, bool] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    faults: frozenset[str] = frozenset()  # of the equipment
    flaws: tuple[Flaw, ...] = ()  # of form

    @property
    def angle(self) -> str:
        """The angle sensor, "" for none."""
        name = self.choices.get("angle", ANGLES[0])
        return "" if name == ANGLES[0] else name

    def unsteadiness(self) -> Unsteadiness:
        """Return how unsteady the legs are to be."""
        return Unsteadiness(
            real=self.choices.get("legs", LEGS) == "real",
            overshoot=self.numbers.get("overshoot"),
            sway_mm=self.numbers.get("sway_mm"),
            sway_whole=self.switches.get("sway_whole", False),
            lopsided=self.switches.get("lopsided"),
        )


def parse(given: Mapping[str, object]) -> Options:
    """Check and convert options. Raises SourceError, which lists the choices, for anything not in the tables."""
    numbers: dict[str, float] = {}
    lists: dict[str, tuple[float, ...]] = {}
    switches: dict[str, bool] = {}
    choices: dict[str, str] = {}
    faults: frozenset[str] = frozenset()
    flaws: tuple[Flaw, ...] = ()
    for name, value in given.items():
        if name in NUMBERS:
            numbers[name] = _number(name, value, NUMBERS[name])
        elif name in LISTS:
            values = value.split(",") if isinstance(value, str) else value
            if not isinstance(values, Iterable):
                raise SourceError(f"{name} is {value!r}; it must be numbers separated by commas")
            lists[name] = tuple(_number(name, one, LISTS[name]) for one in values)
        elif name in SWITCHES:
            if str(value) not in ("0", "1"):
                raise SourceError(f"{name} is {value!r}; it must be 0 or 1")
            switches[name] = str(value) == "1"
        elif name in CHOICES:
            choices[name] = str(value)
            if choices[name] not in CHOICES[name]:
                raise SourceError(f"{name} is {value!r}; it must be one of {', '.join(CHOICES[name])}")
        elif name == "faults":
            faults, flaws = _faults(value)
        else:
            raise SourceError(f"there is no option {name!r}; the options are {', '.join(NAMES)}")
    asked = Options(numbers, lists, switches, choices, faults, flaws)
    _check_floor(asked)
    return asked


def _check_floor(asked: Options) -> None:
    """Raise SourceError if something of the floor plan is asked for without an angle sensor."""
    if asked.angle:
        return
    names = [flaw.name for flaw in asked.flaws if flaw.name in ON_FLOOR]
    names += [name for name in FLOOR if name in asked.numbers]
    if names:
        raise SourceError(f"{names[0]} needs an angle sensor; add angle={ANGLES[1]} or angle={ANGLES[2]}")


def _number(name: str, value: object, option: Option) -> float:
    kind = "a whole number" if option.whole else "a number"
    unit = f" {option.unit}" if option.unit else ""
    expected = f"{kind} from {option.low:g} to {option.high:g}{unit}"
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise SourceError(f"{name} is {value!r}; it must be {expected}")
    try:
        number = float(value)
    except (ValueError, OverflowError):
        number = math.nan
    if not option.low <= number <= option.high or (option.whole and number != int(number)):
        raise SourceError(f"{name} is {str(value)[:40]!r}; it must be {expected}")
    return number


def _faults(value: object) -> tuple[frozenset[str], tuple[Flaw, ...]]:
    """Return the faults of the equipment and those of form; hyphens and underscores are the same."""
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, Iterable):
        raise SourceError(f"faults is {value!r}; it must be names separated by commas, of {', '.join(FAULT_NAMES)}")
    equipment: set[str] = set()
    flaws: list[Flaw] = []
    for word in filter(None, (str(name).strip() for name in names)):
        name, at, number = word.partition(_AT)
        if name.replace("_", "-") in FAULTS and not at:
            equipment.add(name.replace("_", "-"))
        elif name.replace("-", "_") in (*FLAWS, RANDOM):
            flaws.append(Flaw(name.replace("-", "_"), _rep_number(word, number) if at else None))
        elif name.replace("_", "-") in FAULTS:
            raise SourceError(f"{word!r} is a fault of the equipment and not of one rep; leave out {at + number!r}")
        else:
            raise SourceError(
                f"there is no fault {name[:40]!r}; the faults of form are {', '.join((*FLAWS, RANDOM))}, "
                f"each with {_AT}REP for one rep; those of the equipment are {', '.join(FAULTS)}"
            )
    return frozenset(equipment), tuple(flaws)


def _rep_number(word: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= _MAX_REPS:
        raise SourceError(f"fault {word[:40]!r} names rep {text[:20]!r}; it must be a whole number from 1")
    return int(text)
