"""Profile files: their errors, inheritance, and names and numbers that each mean one profile."""

from pathlib import Path

import pytest

from cablerep.errors import ProfileError
from cablerep.exercise import library, schema
from cablerep_fw.core.link import wire

GOOD = 'number = 120\nname = "Mine"\ntempo = "2-0-1-1"\n'


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The user's folder, empty."""
    monkeypatch.setenv(library.FOLDER_VARIABLE, str(tmp_path / "own"))
    (tmp_path / "own").mkdir()
    return tmp_path / "own"


def put(folder: Path, text: str, name: str = "mine") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def error_of(path: Path) -> str:
    with pytest.raises(ProfileError) as error:
        library.load(str(path))
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_profile_loads_by_name_and_by_path(folder: Path) -> None:
    path = put(folder, GOOD)
    assert library.load("mine") == library.load(str(path))
    assert (library.load("mine").id, library.load("mine").number) == ("mine", 120)
    assert library.by_number(120) == library.load("mine")
    assert library.by_number(2) == library.load("glute-medius-kickback")
    assert library.by_number(0) is None
    assert library.by_number(121) is None


def test_the_default_folder_is_the_platforms(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(library.FOLDER_VARIABLE, raising=False)
    monkeypatch.setattr(library, "user_config_path", lambda *_, **__: tmp_path)
    assert library.folder() == tmp_path / "profiles"
    assert [one.id for one in library.known()[0]] == [one.id for one in library.shipped()]


def test_a_profile_overrides_keys_of_its_base(folder: Path) -> None:
    put(folder, 'based_on = "glute-medius-kickback"\nnumber = 120\nname = "Mine"\n[rom]\nover_percent = 130\n')
    put(folder, 'based_on = "mine"\nnumber = 121\nname = "Also"\nhold_s = 1\n', "also")
    base, mine, also = map(library.load, ("glute-medius-kickback", "mine", "also"))
    assert mine.rom == base.rom.model_copy(update={"over_percent": 130})
    assert mine.model_copy(update={"id": base.id, "number": 2, "name": base.name, "rom": base.rom}) == base
    assert (also.hold_s, also.rom, also.cues) == (1, mine.rom, base.cues)


def test_number_and_name_are_not_inherited(folder: Path) -> None:
    path = put(folder, 'based_on = "generic"\n')
    assert error_of(path) == (
        f"{path}: number is missing; it must be a whole number from 1 to 255 "
        f"(and 1 more: cablerep profiles check {path})"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tempo = 3012", 'tempo is 3012; it must be four numbers in quotes, such as "3-0-1-2" or "30X2" (write it'),
        ('tempo = "3-0-1"', "tempo is '3-0-1'; it must be four numbers in quotes, such as"),
        ("hold_s = -1", "hold_s is -1; it must be a number from 0 to 60"),
        ('hold_s = "2"', "hold_s is '2'; it must be a number"),
        ("hold_s = nan", "hold_s is nan; it must be a number from 0 to 60"),
        ("hold_s = true", "hold_s is True; it must be a number"),
        ("hold_max_s = 61", "hold_max_s is 61; it must be a number from 5 to 60"),
        ("hold_s = 30", "hold_s is 30: it must not be more than hold_max_s, 20"),
        ("eccentric_s = [3]", "eccentric_s, entry 2, is missing; it must be two numbers"),
        ("eccentric_s = [3, 2]", "eccentric_s is [3, 2]: the minimum comes first"),
        ('eccentric_s = [3, "x"]', "eccentric_s, entry 2, is 'x'; it must be two numbers"),
        ('load = "rope"', 'load is \'rope\'; it must be "stack" or "band"'),
        ('sides = "both"', 'sides is \'both\'; it must be "each" or "alternating" or "none"'),
        ('cues = "brace"', "cues is 'brace'; it must be at most 12 lines of text"),
        ("holds = 3", "there is no key holds; did you mean hold_s?"),
        ("target_mm = 300", "there is no key target_mm; did you mean rom.target_mm?"),
        ('id = "x"', "there is no key 'id'; a profile takes its name from its file"),
        ("rom = 3", "rom is 3; it must be a table, [rom]"),
        ("[rom]\nover_percent = 90", "over_percent is 90: it must be 0, or more than 100"),
        ("[rom]\ntarget_mm = 400\nlargest_mm = 300", "largest_mm is 300: it must be more than target_mm, 400"),
        ("[rom]\nlearn_reps = 2.5", "rom.learn_reps is 2.5; it must be a whole number from 1 to 10"),
        ("[rest]\nends_set_s = 0", "rest.ends_set_s is 0; it must be a number from 1 to 120"),
        ('[flags]\nslamm = "x"', "there is no key flags.slamm; did you mean flags.slam?"),
        ("[flags]\nslam = 3", "flags.slam is 3; it must be a line of text"),
        ('[flags]\nslam = "a\\nb"', "flags.slam is 'a\\nb'; it must be a line of text"),
        ("flags = 3", "flags is 3; it must be a line of text for each of hold_short"),
        ('based_on = "nothing"', "based_on is 'nothing': there is no profile 'nothing'; the profiles are generic, "),
        ("based_on = 3", "based_on is 3; it must be the name of a profile, in quotes"),
        ('based_on = "mine"', "based_on is circular"),
        ("hold_s = ", "not valid TOML: Invalid value"),
        ("hold_s = 1\nhold_s = 2", "not valid TOML: Cannot overwrite a value"),
    ],
)
def test_an_error_names_file_key_value_and_what_is_allowed(folder: Path, text: str, message: str) -> None:
    others = "".join(line + "\n" for line in GOOD.splitlines() if line.split(" ")[0] != text.split(" ")[0])
    path = put(folder, others + text + "\n")
    assert error_of(path).startswith(f"{path}: ") and message in error_of(path)


def test_check_lists_all_errors(folder: Path) -> None:
    path = put(folder, GOOD + 'hold_s = 70\nload = "rope"\n[rom]\nusual_mm = 1\n')
    assert len(library.check(path)) == 3
    assert error_of(path).endswith(f"(and 2 more: cablerep profiles check {path})")
    assert library.check(put(folder, GOOD)) == []


def test_missing_and_binary_files_are_errors(folder: Path) -> None:
    path = folder / "mine.toml"
    assert "cannot be read (No such file" in error_of(path)
    path.write_bytes(b"number = 1\xff")
    assert "byte 10 is not valid UTF-8" in error_of(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"number = {'9' * 5000}", "not valid TOML: Exceeds the limit"),
        ("x = " + "[" * 5000, "it is nested too deeply"),
        ("x = " + "{a=" * 5000, "it is nested too deeply"),
    ],
    ids=["digits", "lists", "tables"],
)
def test_absurd_files_are_one_line_errors(folder: Path, text: str, message: str) -> None:
    error = error_of(put(folder, text))
    assert message in error
    assert len(error) < 300


@pytest.mark.parametrize("number", [1, 99])
def test_shipped_numbers_are_reserved(folder: Path, number: int) -> None:
    path = put(folder, GOOD.replace("120", str(number)))
    assert "use 100 to 255 (100 is free)" in error_of(path)


def test_two_files_with_one_number_are_errors(folder: Path) -> None:
    mine, other = put(folder, GOOD), put(folder, GOOD, "other")
    assert error_of(mine) == f"{mine}: number is 120, which {other} has too; change one of them (100 is free)"
    profiles, wrong = library.known()
    assert len(wrong) == 2
    assert {one.id for one in profiles} == {one.id for one in library.shipped()}
    assert library.by_number(120) is None, "ambiguous"


def test_a_broken_file_does_not_affect_the_others(folder: Path) -> None:
    put(folder, GOOD)
    put(folder, "nonsense", "broken")
    assert library.by_number(120) is not None
    assert len(library.known()[1]) == 1


def test_a_shipped_name_loads_the_shipped_profile(folder: Path) -> None:
    path = put(folder, GOOD, "generic")
    assert library.load("generic").number == 1
    assert "comes with cablerep" in error_of(path)


def test_a_new_file_is_valid_as_written_and_uncommented(folder: Path) -> None:
    base = library.load("glute-medius-kickback")
    path = library.add("my-own", schema.template("my-own", library.free_number(), base))
    own = library.load("my-own")
    assert (own.number, own.name) == (100, "My own")
    assert own.model_copy(update={"id": base.id, "number": base.number, "name": base.name}) == base
    lines = path.read_text(encoding="utf-8").splitlines()
    said = [line[2:] if line[:2] == "# " and (" = " in line or line[2:3] in " ]") else line for line in lines]
    path.write_text("\n".join(said), encoding="utf-8")
    again = library.load("my-own")
    assert again.limits() == own.limits()
    assert (again.cues, again.rest, again.sources) == (own.cues, own.rest, own.sources)
    assert len(again.flags) == len(wire.FLAGS), "every flag has a sentence"
    assert library.free_number() == 101


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("My", "is not a valid name"),
        ("../x", "is not a valid name"),
        ("a b", "is not a valid name"),
        ("", "is not a valid name"),
        ("generic", "comes with cablerep"),
        ("mine", "the file exists"),
    ],
)
def test_add_does_not_overwrite(folder: Path, name: str, message: str) -> None:
    before = put(folder, GOOD).read_text()
    with pytest.raises(ProfileError, match=message):
        library.add(name, schema.template(name, 100, library.load("generic")))
    assert (folder / "mine.toml").read_text() == before
    assert [path.name for path in folder.iterdir()] == ["mine.toml"]


def test_no_free_number_is_an_error(folder: Path) -> None:
    for number in range(100, 256):
        put(folder, GOOD.replace("120", str(number)), f"p{number}")
    with pytest.raises(ProfileError, match="all 156 numbers are taken"):
        library.free_number()
