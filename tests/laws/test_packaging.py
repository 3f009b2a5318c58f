"""Whatever way it is installed, the same files arrive: the firmware's sources travel with the host that flashes them.

The environments have no pip and no dependency of their own, and nothing is downloaded; each takes about a second.
"""

import json
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from cablerep_fw import __version__

ROOT = Path(__file__).parents[2]
PACKAGES = {"cablerep_fw": "firmware", "cablerep": "host", "cablerep_sim": "sim"}
# Prints what an installation holds of the three packages, by content, from where it is imported.
NOT_SHIPPED = {"__pycache__", "node_modules", "test"}  # made or fetched on the spot, and the harness's own tests
LIST = f"""
import hashlib, importlib, json, pathlib
found = {{}}
for name in {list(PACKAGES)}:
    folder = pathlib.Path(importlib.import_module(name).__file__).parent
    for path in folder.rglob("*"):
        if path.is_file() and not {NOT_SHIPPED} & set(path.parts):
            found[f"{{name}}/{{path.relative_to(folder).as_posix()}}"] = hashlib.sha256(path.read_bytes()).hexdigest()
print(json.dumps(found))
"""


def run(*command: object, cwd: Path = ROOT) -> str:
    ended = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=120, cwd=cwd, check=False)
    assert ended.returncode == 0, f"{' '.join(map(str, command))}\n{ended.stdout}{ended.stderr}"
    return ended.stdout


def files_of_the_tree() -> set[str]:
    return {
        f"{name}/{path.relative_to(ROOT / top / name).as_posix()}"
        for name, top in PACKAGES.items()
        for path in (ROOT / top / name).rglob("*")
        if path.is_file() and not NOT_SHIPPED & set(path.parts)
    }


class Environment:
    """A virtual environment in a folder, and what is installed into it by the pip that runs here."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=False)
        self.folder = folder
        self.bin = folder / ("Scripts" if sys.platform == "win32" else "bin")

    def install(self, wheel: Path) -> "Environment":
        offline = ("--no-deps", "--no-index", "--disable-pip-version-check")
        run(sys.executable, "-m", "pip", "--python", self.bin / "python", "install", "-q", *offline, wheel)
        return self

    def files(self) -> dict[str, str]:
        return json.loads(run(self.bin / "python", "-I", "-c", LIST, cwd=self.folder))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist of this tree."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-d", folder)
    return folder


@pytest.fixture(scope="module")
def plain(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with the wheel in it."""
    return Environment(tmp_path_factory.mktemp("plain")).install(next(built.glob("*.whl")))


def test_the_wheel_holds_the_files_of_the_tree(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        names = wheel.namelist()
    inside = {name for name in names if name.split("/")[0] in PACKAGES}
    assert inside == files_of_the_tree()
    rest = {name.split("/", 1)[1] for name in names if name not in inside}
    assert rest == {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}


@pytest.mark.parametrize(
    "needed",
    [
        "cablerep/py.typed",
        "cablerep_sim/py.typed",
        "cablerep/text/replay.schema.json",
        "cablerep/exercise/profiles/generic.toml",
    ],
)
def test_what_is_no_module_is_among_them(needed: str) -> None:
    assert needed in files_of_the_tree()


def test_the_sdist_builds_the_same_wheel(built: Path, tmp_path: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as sdist:
        sdist.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.iterdir()
    for name in ("LICENSE", "README.md", "CHANGELOG.md", "mkdocs.yml", "tests/conftest.py"):
        assert (unpacked / name).read_bytes() == (ROOT / name).read_bytes()
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, cwd=unpacked)

    def contents(path: Path) -> dict[str, bytes]:
        with zipfile.ZipFile(path) as wheel:
            return {name: wheel.read(name) for name in wheel.namelist()}

    assert contents(next(tmp_path.glob("*.whl"))) == contents(next(built.glob("*.whl")))


def test_plain_and_editable_installations_agree(plain: Environment, tmp_path: Path) -> None:
    run(sys.executable, "-c", f"from hatchling.build import build_editable; build_editable({str(tmp_path)!r})")
    editable = Environment(tmp_path / "editable").install(next(tmp_path.glob("*.whl")))
    assert plain.files() == editable.files()
    assert set(plain.files()) == files_of_the_tree()


def test_the_command_says_its_version_without_any_dependency(plain: Environment) -> None:
    """Heavy imports stand inside the subcommands, so that the command line answers at once."""
    version = f"cablerep {__version__}\n"
    assert run(plain.bin / "cablerep", "--version", cwd=plain.folder) == version
    assert run(plain.bin / "python", "-I", "-m", "cablerep", "--version", cwd=plain.folder) == version
