"""The keys of a profile: the manual's table, the schema for editors and error messages agree."""

import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest

from cablerep.exercise import library
from cablerep.exercise import schema as keys
from cablerep.exercise.profile import Profile, Rest, Rom

PAGE = (Path(__file__).parents[3] / "docs" / "profiles.md").read_text(encoding="utf-8")
FOLDER = Path(library.__file__).parent / "profiles"


def test_every_field_is_a_key() -> None:
    own = set(Profile.model_fields) - {"id", "rom", "rest"}
    tables = {f"rom.{name}" for name in Rom.model_fields} | {f"rest.{name}" for name in Rest.model_fields}
    assert {key.path for key in keys.all_keys()} == own | tables | {"based_on"}
    assert all(key.meaning and key.allowed for key in keys.all_keys())


def test_the_manuals_table_is_current() -> None:
    cure = "paste the output into docs/profiles.md: python -m cablerep.exercise.schema"
    assert keys.table() in PAGE, cure
    printed = subprocess.run([sys.executable, "-m", "cablerep.exercise.schema"], capture_output=True, check=True)
    assert printed.stdout.decode("utf-8") == keys.table()


def test_the_manual_lists_the_shipped_profiles() -> None:
    for one in library.shipped():
        assert f"| {one.number} | `{one.id}` | {one.tempo} |" in PAGE


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_the_schema_accepts_the_shipped_files(path: Path) -> None:
    jsonschema.validate(tomllib.loads(path.read_text(encoding="utf-8")), keys.schema())


@pytest.mark.parametrize(
    "change",
    [
        {"hold_s": 61},
        {"load": "rope"},
        {"foo": 1},
        {"rom": {"over": 1}},
        {"tempo": "3-0"},
        {"number": 0},
        {"flags": {"x": ""}},
    ],
    ids=str,
)
def test_the_schema_rejects_what_the_model_rejects(change: dict[str, object]) -> None:
    valid = {"number": 100, "name": "X", "tempo": "30X2"}
    jsonschema.validate(valid, keys.schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**valid, **change}, keys.schema())
    with pytest.raises(ValueError, match="validation error"):
        Profile.model_validate({"id": "x", **valid, **change})


def test_ranges_are_phrases() -> None:
    assert keys.allowed("number") == "a whole number from 1 to 255"
    assert keys.allowed("nothing") == ""
