"""Units: kilograms, pounds and newtons, and the unit that a name's suffix states.

The board's integers are converted in `device/decoding.py`; from there on everything is in mm, m/s, s, N, J and W.
"""

from dataclasses import dataclass

STANDARD_GRAVITY = 9.80665  # m/s², exact by definition, third CGPM (1901)
POUND_KG = 0.45359237  # exact by definition, international yard and pound agreement (1959)


@dataclass(frozen=True, slots=True)
class WeightUnit:
    """A unit in which a load is shown, `newtons` of it and the decimals it is shown with."""

    symbol: str
    newtons: float
    digits: int


KG = WeightUnit("kg", STANDARD_GRAVITY, 1)
LB = WeightUnit("lb", STANDARD_GRAVITY * POUND_KG, 1)
NEWTON = WeightUnit("N", 1.0, 0)
WEIGHT_UNITS = {unit.symbol: unit for unit in (KG, LB, NEWTON)}
_chosen = KG
MAX_WEIGHT = 2000  # that can be typed, in any unit

_SYMBOLS = {"s": "s", "mm": "mm", "m_s": "m/s", "n": "N", "j": "J", "w": "W", "hz": "Hz", "deg": "°"}


def kilograms(force_n: float) -> float:
    """Return the mass in kg whose weight is `force_n`: what a stack of that mass pulls with at rest."""
    return force_n / STANDARD_GRAVITY


def newtons(mass_kg: float) -> float:
    """Return the weight in N of `mass_kg`."""
    return mass_kg * STANDARD_GRAVITY


def pounds(mass_kg: float) -> float:
    """Return `mass_kg` in lb."""
    return mass_kg / POUND_KG


def unit_of(name: str) -> str:
    """Return the symbol of the unit in which `name` ends, such as "m/s" for eccentric_mean_m_s; "" without one."""
    words = name.split("_")
    endings = ("_".join(words[-count:]) for count in (2, 1) if count < len(words))
    return next((_SYMBOLS[ending] for ending in endings if ending in _SYMBOLS), "")


def choose_weight_unit(symbol: str) -> None:
    """Choose the unit in which every screen, table and report shows loads: a key of WEIGHT_UNITS. Raises KeyError.

    With newtons they also show power and speeds, which mean little to most lifters.
    """
    global _chosen
    _chosen = WEIGHT_UNITS[symbol]


def weight_unit() -> WeightUnit:
    """Return the chosen unit of loads."""
    return _chosen


def shows_si() -> bool:
    """Return whether newtons are chosen, and with them watts and speeds in m/s."""
    return _chosen is NEWTON


def weight(force_n: float) -> float:
    """Return a load in the chosen unit."""
    return force_n / _chosen.newtons


def weight_text(force_n: float) -> str:
    """Return a load in the chosen unit, such as "12.5 kg"."""
    return f"{weight(force_n):.{_chosen.digits}f} {_chosen.symbol}"


def parse_weight(text: str) -> float:
    """Return the newtons of a weight such as "12.5 kg", "27lb" or, in the chosen unit, "12,5". Raises ValueError."""
    plain = text.strip().lower().replace(",", ".")
    number = plain.rstrip("abcdefghijklmnopqrstuvwxyz ")
    symbol = plain[len(number) :].strip()
    units = {unit.symbol.lower(): unit for unit in WEIGHT_UNITS.values()} | {"lbs": LB, "": _chosen}
    if symbol not in units or not number.replace(".", "", 1).isdigit() or not 0 <= float(number) <= MAX_WEIGHT:
        raise ValueError(f"{text!r} is not a weight; write a number with kg or lb, such as 12.5 kg")
    return float(number) * units[symbol].newtons
