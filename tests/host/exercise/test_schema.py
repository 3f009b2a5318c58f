"""The keys of a profile: one source for the manual's table, the schema for editors and the words of an error."""

import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest

from cablerep.exercise import library as profile_library
from cablerep.exercise import schema as profile_keys
from cablerep.exercise.profile import Profile, Rest, Rom

PAGE = (Path(__file__).parents[3] / "docs" / "profiles.md").read_text(encoding="utf-8")
FOLDER = Path(profile_library.__file__).parent / "profiles"


def test_every_field_of_the_model_is_a_key() -> None:
    own = set(Profile.model_fields) - {"id", "rom", "rest"}
    tables = {f"rom.{name}" for name in Rom.model_fields} | {f"rest.{name}" for name in Rest.model_fields}
    assert {key.path for key in profile_keys.every_key()} == own | tables | {"based_on"}
    assert all(key.meaning and key.allowed for key in profile_keys.every_key())


def test_the_manuals_table_is_not_stale() -> None:
    cure = "put into docs/profiles.md what this prints: python -m cablerep.exercise.schema"
    assert profile_keys.table() in PAGE, cure
    printed = subprocess.run([sys.executable, "-m", "cablerep.exercise.schema"], capture_output=True, check=True)
    assert printed.stdout.decode("utf-8") == profile_keys.table()


def test_the_manual_lists_the_profiles_that_come_with_it() -> None:
    for one in profile_library.shipped():
        assert f"| {one.number} | `{one.id}` | {one.tempo} |" in PAGE


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_the_schema_takes_the_shipped_files(path: Path) -> None:
    jsonschema.validate(tomllib.loads(path.read_text(encoding="utf-8")), profile_keys.schema())


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
def test_the_schema_refuses_what_the_model_refuses(change: dict[str, object]) -> None:
    sound = {"number": 100, "name": "X", "tempo": "30X2"}
    jsonschema.validate(sound, profile_keys.schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**sound, **change}, profile_keys.schema())
    with pytest.raises(ValueError, match="validation error"):
        Profile.model_validate({"id": "x", **sound, **change})


def test_a_number_from_here_to_there() -> None:
    assert profile_keys.allowed("number") == "a whole number from 1 to 255"
    assert profile_keys.allowed("nothing") == ""
