"""Choices that hold for every command, such as the unit of weight: a TOML file in the user's configuration folder."""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from . import units
from .errors import PreferenceError

UNITS_VARIABLE = "CABLEREP_UNITS"  # overrides the file's unit, for one command or a script


@dataclass(frozen=True, slots=True)
class Preferences:
    """The choices; `units` is a key of units.WEIGHT_UNITS."""

    units: str = units.KG.symbol


def path() -> Path:
    """Return the file, which need not exist."""
    from platformdirs import user_config_path

    return user_config_path("cablerep", appauthor=False) / "preferences.toml"


def load() -> Preferences:
    """Return the choices of the file and the environment; without either the defaults. Raises PreferenceError."""
    file = path()
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        raise PreferenceError(f"{file}: cannot be read ({error}); check the file or delete it") from None
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PreferenceError(f"{file}: not TOML ({error}); correct the file or delete it") from None
    symbol, source = values.get("units", units.KG.symbol), str(file)
    if os.environ.get(UNITS_VARIABLE):
        symbol, source = os.environ[UNITS_VARIABLE], UNITS_VARIABLE
    if not isinstance(symbol, str) or symbol not in units.WEIGHT_UNITS:
        raise PreferenceError(f"{source}: units is {symbol!r}; it must be one of {', '.join(units.WEIGHT_UNITS)}")
    return Preferences(units=symbol)


def save(preferences: Preferences) -> None:
    """Write the file. Raises PreferenceError."""
    file = path()
    text = f'units = "{preferences.units}"  # of weight: {", ".join(units.WEIGHT_UNITS)}\n'
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise PreferenceError(f"{file}: cannot be written ({error.strerror}); check the folder") from None


def apply() -> None:
    """Make the choices effective in this program. Raises PreferenceError."""
    units.choose_weight_unit(load().units)
