"""Profile files: what may stand in them, what each mistake is told as, and that names and numbers mean one thing."""

from pathlib import Path

import pytest

from cablerep.errors import ProfileError
from cablerep.exercise import library as profile_library
from cablerep.exercise import profile_template

GOOD = 'number = 120\nname = "Mine"\ntempo = "2-0-1-1"\n'


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The user's folder, empty."""
    monkeypatch.setenv(profile_library.FOLDER_VARIABLE, str(tmp_path / "own"))
    (tmp_path / "own").mkdir()
    return tmp_path / "own"


def put(folder: Path, text: str, name: str = "mine") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path) -> str:
    with pytest.raises(ProfileError) as told:
        profile_library.load(str(path))
    assert "\n" not in str(told.value)
    return str(told.value)


def test_a_file_is_found_by_its_name_and_by_its_path(folder: Path) -> None:
    path = put(folder, GOOD)
    assert profile_library.load("mine") == profile_library.load(str(path))
    assert (profile_library.load("mine").id, profile_library.load("mine").number) == ("mine", 120)
    assert profile_library.by_number(120) == profile_library.load("mine")
    assert profile_library.by_number(2) == profile_library.load("glute-medius-kickback")
    assert profile_library.by_number(0) is None
    assert profile_library.by_number(121) is None


def test_the_users_folder_is_the_platforms(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(profile_library.FOLDER_VARIABLE, raising=False)
    monkeypatch.setattr(profile_library, "user_config_path", lambda *_, **__: tmp_path)
    assert profile_library.folder() == tmp_path / "profiles"
    assert [one.id for one in profile_library.known()[0]] == [one.id for one in profile_library.shipped()]


def test_a_profile_says_only_what_is_different_from_its_base(folder: Path) -> None:
    put(folder, 'based_on = "glute-medius-kickback"\nnumber = 120\nname = "Mine"\n[rom]\nover_percent = 130\n')
    put(folder, 'based_on = "mine"\nnumber = 121\nname = "Also"\nhold_s = 1\n', "also")
    base, mine, also = map(profile_library.load, ("glute-medius-kickback", "mine", "also"))
    assert mine.rom == base.rom.model_copy(update={"over_percent": 130})
    assert mine.model_copy(update={"id": base.id, "number": 2, "name": base.name, "rom": base.rom}) == base
    assert (also.hold_s, also.rom, also.cues) == (1, mine.rom, base.cues)


def test_a_profile_needs_number_and_name_of_its_own(folder: Path) -> None:
    path = put(folder, 'based_on = "generic"\n')
    assert refused(path) == (
        f"{path}: number is missing; it must be a whole number from 1 to 255 "
        f"(and 1 more: cablerep profiles check {path})"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tempo = 3012", 'tempo is 3012; it must be four figures in quotes, such as "3-0-1-2" or "30X2" (it is'),
        ('tempo = "3-0-1"', "tempo is '3-0-1'; it must be four figures in quotes, such as"),
        ("hold_s = -1", "hold_s is -1; it must be a number from 0 to 60"),
        ('hold_s = "2"', "hold_s is '2'; it must be a number"),
        ("hold_s = nan", "hold_s is nan; it must be a number from 0 to 60"),
        ("hold_s = true", "hold_s is True; it must be a number"),
        ("hold_max_s = 61", "hold_max_s is 61; it must be a number from 5 to 60"),
        ("hold_s = 30", "hold_s is 30: it must not be more than hold_max_s, 20"),
        ("eccentric_s = [3]", "eccentric_s, entry 2, is missing; it must be two numbers"),
        ("eccentric_s = [3, 2]", "eccentric_s is [3, 2]: the shortest comes first"),
        ('eccentric_s = [3, "x"]', "eccentric_s, entry 2, is 'x'; it must be two numbers"),
        ('load = "rope"', 'load is \'rope\'; it must be "stack" or "band"'),
        ('sides = "both"', 'sides is \'both\'; it must be "each" or "alternating" or "none"'),
        ('cues = "brace"', "cues is 'brace'; it must be at most 12 lines of text"),
        ("holds = 3", "there is no key holds; did you mean hold_s?"),
        ("target_mm = 300", "there is no key target_mm; did you mean rom.target_mm?"),
        ('id = "x"', "there is no key 'id': a profile's name is that of its file"),
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
        ('based_on = "mine"', "based_on goes round in a circle"),
        ("hold_s = ", "this is no TOML: Invalid value"),
        ("hold_s = 1\nhold_s = 2", "this is no TOML: Cannot overwrite a value"),
    ],
)
def test_a_mistake_is_told_with_file_key_value_and_what_is_allowed(folder: Path, text: str, told: str) -> None:
    kept = "".join(line + "\n" for line in GOOD.splitlines() if line.split(" ")[0] != text.split(" ")[0])
    path = put(folder, kept + text + "\n")
    assert refused(path).startswith(f"{path}: ") and told in refused(path)


def test_all_mistakes_are_told_by_a_check(folder: Path) -> None:
    path = put(folder, GOOD + 'hold_s = 70\nload = "rope"\n[rom]\nusual_mm = 1\n')
    assert len(profile_library.check(path)) == 3
    assert refused(path).endswith(f"(and 2 more: cablerep profiles check {path})")
    assert profile_library.check(put(folder, GOOD)) == []


def test_files_that_are_no_text_or_not_there(folder: Path) -> None:
    path = folder / "mine.toml"
    assert "cannot be read (No such file" in refused(path)
    path.write_bytes(b"number = 1\xff")
    assert "byte 10 is no UTF-8" in refused(path)


@pytest.mark.parametrize("number", [1, 99])
def test_a_number_of_the_shipped_ones_is_not_the_users(folder: Path, number: int) -> None:
    path = put(folder, GOOD.replace("120", str(number)))
    assert "your own go from 100 to 255 (100 is free)" in refused(path)


def test_two_files_with_one_number_are_both_named(folder: Path) -> None:
    mine, other = put(folder, GOOD), put(folder, GOOD, "other")
    assert refused(mine) == f"{mine}: number is 120, which {other} has too; change one of them (100 is free)"
    profiles, wrong = profile_library.known()
    assert len(wrong) == 2
    assert {one.id for one in profiles} == {one.id for one in profile_library.shipped()}
    assert profile_library.by_number(120) is None, "nobody can say which"


def test_a_broken_file_does_not_take_the_others_with_it(folder: Path) -> None:
    put(folder, GOOD)
    put(folder, "nonsense", "broken")
    assert profile_library.by_number(120) is not None
    assert len(profile_library.known()[1]) == 1


def test_a_shipped_name_means_the_shipped_one(folder: Path) -> None:
    path = put(folder, GOOD, "generic")
    assert profile_library.load("generic").number == 1
    assert "comes with cablerep" in refused(path)


def test_a_new_file_is_good_as_it_is_and_with_every_comment_taken_off(folder: Path) -> None:
    base = profile_library.load("glute-medius-kickback")
    path = profile_library.add("my-own", profile_template.text("my-own", profile_library.free_number(), base))
    own = profile_library.load("my-own")
    assert (own.number, own.name) == (100, "My own")
    assert own.model_copy(update={"id": base.id, "number": base.number, "name": base.name}) == base
    lines = path.read_text(encoding="utf-8").splitlines()
    said = [line[2:] if line[:2] == "# " and (" = " in line or line[2:3] in " ]") else line for line in lines]
    path.write_text("\n".join(said), encoding="utf-8")
    again = profile_library.load("my-own")
    assert again.limits() == own.limits()
    assert (again.cues, again.rest, again.sources) == (own.cues, own.rest, own.sources)
    assert len(again.flags) == 7, "every flag's sentence stands there"
    assert profile_library.free_number() == 101


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("My", "is no name"),
        ("../x", "is no name"),
        ("a b", "is no name"),
        ("", "is no name"),
        ("generic", "comes with cablerep"),
        ("mine", "is there already"),
    ],
)
def test_a_new_file_overwrites_nothing(folder: Path, name: str, told: str) -> None:
    before = put(folder, GOOD).read_text()
    with pytest.raises(ProfileError, match=told):
        profile_library.add(name, profile_template.text(name, 100, profile_library.load("generic")))
    assert (folder / "mine.toml").read_text() == before
    assert [path.name for path in folder.iterdir()] == ["mine.toml"]


def test_there_are_only_so_many_numbers(folder: Path) -> None:
    for number in range(100, 256):
        put(folder, GOOD.replace("120", str(number)), f"p{number}")
    with pytest.raises(ProfileError, match="all 156 numbers are taken"):
        profile_library.free_number()
