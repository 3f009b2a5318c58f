"""What several tests share: where the recordings are, and a MicroPython with the board's small ints.

Both come from outside the project. A test that cannot have them is skipped with the reason; with their names in
CABLEREP_REQUIRE (as in `.ci/run`) it fails instead, so that nobody takes a lane for passed that did not run.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FIRMWARE = ROOT / "firmware"
_REQUIRED = os.environ.get("CABLEREP_REQUIRE", "").split()
_SMALL_INTS = 2**31 - 1  # sys.maxsize of a 32-bit port; its small ints end at 2**30
_TIMEOUT_S = 120

Runner = Callable[..., str]


def give_up(what: str, reason: str) -> None:
    """Skip the test for `reason`; fail where `what` is required."""
    if what in _REQUIRED:
        pytest.fail(f"{what} is required here, but {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def missing() -> Callable[[str, str], None]:
    """`give_up`, for tests that look for their own program."""
    return give_up


@pytest.fixture(scope="session")
def micropython_path() -> str:
    """Path of a 32-bit MicroPython: the environment's MICROPYTHON, or `micropython` on the path."""
    path = os.environ.get("MICROPYTHON") or shutil.which("micropython")
    if not path:
        give_up("micropython", "there is no MicroPython: set MICROPYTHON to one of 32 bits, see .ci/micropython")
    asked = subprocess.run(
        [path, "-c", "import sys; print(sys.maxsize)"], capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
    )
    if asked.stdout.strip() != str(_SMALL_INTS):
        give_up("micropython", f"{path} is no 32-bit MicroPython, but answers {asked.stdout or asked.stderr!r}")
    return path


@pytest.fixture(scope="session")
def micropython(micropython_path: str) -> Runner:
    """Runs a script of tests/micropython on the 32-bit MicroPython with the firmware on its path; gives its output.

    `firmware` is the folder with `cablerep_fw`, by default that of the sources.
    """

    def run(script: str, *arguments: object, firmware: Path = FIRMWARE) -> str:
        return run_script([micropython_path, "-X", "heapsize=16m"], script, *arguments, firmware=firmware)

    return run


@pytest.fixture(scope="session")
def cpython() -> Runner:
    """The same for the Python that runs the tests."""

    def run(script: str, *arguments: object) -> str:
        return run_script([sys.executable], script, *arguments)

    return run


@pytest.fixture(scope="session")
def stubs_path() -> str:
    """Folder with the types of the board's MicroPython: the environment's MICROPYTHON_STUBS.

    In a folder of their own, because among CPython's packages they hide `typing`, `time` and others.
    """
    path = os.environ.get("MICROPYTHON_STUBS")
    if not path or not Path(path, "machine.pyi").is_file():
        give_up(
            "stubs",
            "there are no MicroPython stubs: pip install --target DIR micropython-rp2-stubs, MICROPYTHON_STUBS=DIR",
        )
    return path


@pytest.fixture(scope="session")
def node():
    """Path of a Node that the harness runs on."""
    from cablerep_sim.errors import PicoError
    from cablerep_sim.pico import installation

    try:
        return installation.node()
    except PicoError as error:
        give_up("node", str(error))


@pytest.fixture(scope="session")
def harness_folder(node):
    """The harness with its Node packages."""
    from cablerep_sim.errors import PicoError
    from cablerep_sim.pico import installation

    try:
        return installation.harness()
    except PicoError as error:
        give_up("node", str(error))


@pytest.fixture(scope="session")
def chip_files(harness_folder: Path) -> object:
    """MicroPython image and boot ROM for the emulated chip: CABLEREP_PICO_IMAGE and CABLEREP_PICO_BOOTROM."""
    from chip_board import ChipFiles

    from cablerep_sim.pico.image import read_bootrom, read_image

    paths = [os.environ.get(name) for name in ("CABLEREP_PICO_IMAGE", "CABLEREP_PICO_BOOTROM")]
    if not all(paths):
        give_up(
            "pico",
            "there is no MicroPython image and boot ROM: name them in CABLEREP_PICO_IMAGE and CABLEREP_PICO_BOOTROM",
        )
    return ChipFiles(read_image(Path(str(paths[0]))), read_bootrom(Path(str(paths[1]))))


@pytest.fixture(scope="session")
def folded_firmware(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with `cablerep_fw` as it is compiled for a board: constants folded, without empty packages."""
    from cablerep.setup import firmware_image

    folder = tmp_path_factory.mktemp("folded")
    for name, source in firmware_image.folded_sources("rp2").items():
        path = folder / firmware_image.ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return folder


def pytest_terminal_summary(terminalreporter) -> None:
    """Say so where the firmware was not run on the emulated chip: one more skipped test among many is overlooked."""
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if "pico" in report.keywords]
    if skipped:
        terminalreporter.section("NOT RUN on the emulated Pico", yellow=True, bold=True)
        terminalreporter.line(
            f"{len(skipped)} tests of the firmware: name CABLEREP_PICO_IMAGE and CABLEREP_PICO_BOOTROM"
        )


def run_script(command: list[str], script: str, *arguments: object, firmware: Path = FIRMWARE) -> str:
    path = ROOT / "tests" / "micropython" / script
    ended = subprocess.run(
        [*command, str(path), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
        env={**os.environ, "MICROPYPATH": f"{firmware}:.frozen", "PYTHONPATH": str(firmware)},
    )
    assert ended.returncode == 0, f"{script} ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}"
    return ended.stdout


def recordings() -> dict[str, list[Path]]:
    """Return each `recording` that there is, those of them with holds seen by eye (`seen_holds`), each `case_trace`.

    They are in CABLEREP_TRACES and CABLEREP_CASES, or in the folder `shared` beside the project.
    """
    shared = ROOT.parent / "shared"
    traces = sorted(Path(os.environ.get("CABLEREP_TRACES") or shared / "traces").rglob("*.csv*"))
    cases = sorted(Path(os.environ.get("CABLEREP_CASES") or shared / "cases").glob("*.csv*"))
    return {
        "recording": traces,
        "seen_holds": [path for path in traces if '"holds"' in _truth(path)],
        "case_trace": [path for path in cases if _truth(path)],
    }


def _truth(trace: Path) -> str:
    path = trace.with_name(trace.name.split(".")[0] + ".truth.json")
    return path.read_text(encoding="utf-8") if path.exists() else ""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `recording`, `seen_holds` or `case_trace` runs once for each of them."""
    for name, found in recordings().items():
        if name in metafunc.fixturenames and found:
            metafunc.parametrize(name, found, ids=[path.name.split(".")[0] for path in found])
        elif name in metafunc.fixturenames:
            absent = pytest.mark.skip(reason="there are no recordings: set CABLEREP_TRACES and CABLEREP_CASES")
            metafunc.parametrize(name, [pytest.param(None, marks=absent)])
