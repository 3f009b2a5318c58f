"""The words people read for the names in the data: one TOML file per language, one table per kind of name.

Every screen, table, report, export and page of the manual takes its labels from here, so that each name reads the same
everywhere. Imports nothing of cablerep.
"""

import tomllib
from collections.abc import Iterable, Mapping
from importlib import resources

LANGUAGE = "en"


def languages() -> list[str]:
    """Return the languages that have a file, by their two letters."""
    return sorted(file.name[:-5] for file in resources.files(__name__).iterdir() if file.name.endswith(".toml"))


def load(language: str) -> dict[str, dict[str, str]]:
    """Return the tables of one language; English where it lacks a name."""
    if language == LANGUAGE:
        return _read(language)
    tables = _read(language)
    return {kind: {**labels, **tables.get(kind, {})} for kind, labels in _read(LANGUAGE).items()}


def _read(language: str) -> dict[str, dict[str, str]]:
    return tomllib.loads(resources.files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8"))


_TABLES: Mapping[str, Mapping[str, str]] = load(LANGUAGE)


def table(name: str) -> Mapping[str, str]:
    """Return one table, such as "flag": labels by name, in the order of the file. Raises KeyError."""
    return _TABLES[name]


def label(kind: str, name: str) -> str:
    """Return what people read for `name`; a name that the table lacks, from a newer board, reads as itself."""
    return _TABLES[kind].get(name, name.replace("_", " "))


def flag(name: str) -> str:
    """Return the label of a form flag."""
    return label("flag", name)


def flags(names: Iterable[str]) -> str:
    """Return the labels of some form flags with commas between them."""
    return ", ".join(map(flag, names))


def rejection(reason: str) -> str:
    """Return why a movement was not counted."""
    return label("rejection", reason)


def fault(name: str) -> str:
    """Return the label of a latched sensor fault."""
    return label("fault", name)


def kind(name: str) -> str:
    """Return the label of a rep's kind."""
    return label("kind", name)


def figure(key: str) -> str:
    """Return what a figure is called, without its unit."""
    return label("figure", key)


_RANGE_DEG = 80.0  # from here on the cable hardly moves: outside the sensor's range (contract)


def direction(direction_deg: float | None) -> str:
    """Return a kick's direction: "38° right", "straight back", or that it is outside the sensor's range."""
    if direction_deg is None:
        return ""
    if abs(direction_deg) >= _RANGE_DEG:
        return label("direction", "outside")
    if round(direction_deg) == 0:
        return label("direction", "straight")
    return f"{abs(direction_deg):.0f}° {label('side', 'right' if direction_deg > 0 else 'left')}"
