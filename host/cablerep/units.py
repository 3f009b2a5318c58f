"""Units: kilograms, pounds and newtons, and the unit that a name's suffix states.

The board's integers are converted in `device/decoding.py`; from there on everything is in mm, m/s, s, N, J and W.
"""

STANDARD_GRAVITY = 9.80665  # m/s², exact by definition, third CGPM (1901)
POUND_KG = 0.45359237  # exact by definition, international yard and pound agreement (1959)

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
