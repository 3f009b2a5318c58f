"""The order of imports between and within the packages, and the dialect of the core, read from the sources.

core <- storage.py <- board <- app.py <- main.py      core, storage.py, app.py <- sim <- host      everything <- tests
"""

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FIRMWARE = ROOT / "firmware" / "cablerep_fw"
CORE = FIRMWARE / "core"
# Not in MicroPython on a board.
ABSENT = {"typing", "enum", "dataclasses", "__future__", "functools", "itertools", "pathlib", "logging", "abc"}


def sources(folder: Path) -> list[Path]:
    found = sorted(folder.rglob("*.py"))
    assert found, f"{folder} holds no module"
    return found


def package_of(path: Path) -> str:
    """Return the dotted package that holds the module in `path`."""
    for top in ("firmware", "host", "sim"):
        if path.is_relative_to(ROOT / top):
            return ".".join(path.relative_to(ROOT / top).parent.parts)
    raise AssertionError(path)


def imports(tree: ast.AST, package: str) -> Iterator[tuple[int, str]]:
    """Yield line and absolute name of every module that `tree`, a module of `package`, imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            base = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, (base, node.module)))
            for name in node.names:
                yield node.lineno, f"{module}.{name.name}"


def within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def strangers(text: str, package: str, module: str = "") -> list[str]:
    """Return what the text of a module of `package` imports against the order of the layers."""
    core, board, sim, host = "cablerep_fw.core", "cablerep_fw.board", "cablerep_sim", "cablerep"
    storage = "cablerep_fw.storage"
    found = []
    for line, name in imports(ast.parse(text), package):
        top = name.split(".")[0]
        if within(package, core):
            allowed = within(name, core, "struct", "array") or (
                module == "compat" and within(name, "micropython", "sys")
            )
        elif within(package, board):
            below = within(name, core, storage, board)
            allowed = top not in ABSENT and (below or not within(name, "cablerep_fw", sim, host))
        elif package == "cablerep_fw" and module in ("storage", "old_journal"):
            below = within(name, core, "cablerep_fw.old_journal")
            allowed = top not in ABSENT and (below or not within(name, "cablerep_fw", sim, host))
        elif within(package, "cablerep_fw"):
            allowed = top not in ABSENT and not within(name, sim, host)
        elif within(package, sim):
            allowed = not within(name, host, board)
        else:
            allowed = not within(name, board)
        if not allowed:
            found.append(f"line {line} imports {name}")
    return found


@pytest.mark.parametrize("folder", ["firmware/cablerep_fw", "sim/cablerep_sim", "host/cablerep"])
def test_every_import_follows_the_order_of_the_layers(folder: str) -> None:
    breaches = [
        f"{path.relative_to(ROOT)}: {breach}"
        for path in sources(ROOT / folder)
        for breach in strangers(path.read_text(encoding="utf-8"), package_of(path), path.stem)
    ]
    assert not breaches, "\n".join(breaches)


@pytest.mark.parametrize(
    ("package", "line", "forbidden"),
    [
        ("cablerep_fw.core", "from .. import board", True),
        ("cablerep_fw.core", "from ..board import pins", True),
        ("cablerep_fw.core", "import micropython", True),
        ("cablerep_fw.core", "import sys", True),
        ("cablerep_fw.core", "from . import wire", False),
        ("cablerep_fw.core", "from array import array", False),
        ("cablerep_fw.board", "from .. import main", True),
        ("cablerep_fw.board.rp2", "from ...core import ring", False),
        ("cablerep_fw.board", "from ..storage import SettingsFile", False),
        ("cablerep_fw.board.rp2", "import machine", False),
        ("cablerep_fw.board.rp2", "from typing import Any", True),
        ("cablerep_fw", "from .board import pins", False),
        ("cablerep_fw", "import cablerep_sim", True),
        ("cablerep_sim.scenarios", "from cablerep import store", True),
        ("cablerep_sim.scenarios", "from ..trace import Trace", False),
        ("cablerep_sim", "from cablerep_fw.app import App", False),
        ("cablerep_sim", "from cablerep_fw.storage import JournalLog", False),
        ("cablerep_sim", "from cablerep_fw.board import sampler", True),
        ("cablerep", "from cablerep_sim import replay", False),
    ],
)
def test_the_order_is_told_from_its_breach(package: str, line: str, forbidden: bool) -> None:
    assert bool(strangers(line, package)) is forbidden


# The rooms of each package, lowest first: a room imports rooms from lines above its own only. Rooms of one line do not
# import each other.
ORDER = {
    "host/cablerep": (
        "errors units words",
        "preferences",
        "exercise",
        "device",
        "store",
        "history people",
        "setup lab text model",
        "monitor export gym",
        "report",
        "live web",
        "cli",
        "__main__",
    ),
    "sim/cablerep_sim": (
        "errors",
        "limits",
        "trace athlete",
        "equipment",
        "truth",
        "scenarios",
        "replay board",
        "protocol_sim protocol_cablerep pico",
    ),
    "firmware/cablerep_fw/core": (
        "compat units",
        "sense",
        "link",
        "settings",
        "cues",
        "detect",
        "commands engine lifetime press signals",
    ),
}


def module_imports(top: str) -> dict[str, set[str]]:
    """Return, for each module under the folder `top`, the modules there that it imports; names relative to `top`."""
    folder = ROOT / top
    package = ".".join(Path(top).parts[1:])
    names = {".".join(path.relative_to(folder).with_suffix("").parts): path for path in sources(folder)}
    names = {name.removesuffix(".__init__"): path for name, path in names.items() if name != "__init__"}
    found: dict[str, set[str]] = {name: set() for name in names}
    for name, path in names.items():
        for _, imported in imports(ast.parse(path.read_text(encoding="utf-8")), package_of(path)):
            target = imported.removeprefix(package + ".") if within(imported, package) else ""
            while target and target not in names:
                target = target.rpartition(".")[0]
            if target and target != name:
                found[name].add(target)
    return found


def breaches_of(order: tuple[str, ...], graph: Mapping[str, set[str]]) -> list[str]:
    """Return each import of `graph` that does not go to a lower line of `order`."""
    rank = {room: line for line, rooms in enumerate(order) for room in rooms.split()}
    found = []
    for name, targets in graph.items():
        room = name.split(".")[0]
        if room not in rank:
            found.append(f"{room} has no line in ORDER")
            continue
        for target in targets:
            other = target.split(".")[0]
            if other != room and rank.get(other, len(order)) >= rank[room]:
                found.append(f"{name} imports {target}")
    return found


@pytest.mark.parametrize("top", ORDER)
def test_rooms_import_only_lower_rooms(top: str) -> None:
    breaches = breaches_of(ORDER[top], module_imports(top))
    assert not breaches, "\n".join(breaches)


def test_a_breach_of_the_order_is_found() -> None:
    order = ("low other", "high")
    assert breaches_of(order, {"high.a": {"low.b", "high.c"}}) == []
    assert breaches_of(order, {"low.b": {"high.a"}}) == ["low.b imports high.a"]
    assert breaches_of(order, {"low.b": {"other"}}) == ["low.b imports other"]
    assert breaches_of(order, {"new": set()}) == ["new has no line in ORDER"]


@pytest.mark.parametrize("top", [*ORDER, "firmware/cablerep_fw"])
def test_modules_do_not_import_in_circles(top: str) -> None:
    graph = module_imports(top)
    assert sum(map(len, graph.values())) > 10
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


# Modules that run where these packages are missing, such as a browser's Python.
PLAIN = (
    *("device.events", "device.fields", "device.decoding", "device.session", "device.coach"),
    *("model.screen", "model.phase_style", "model.tempo", "model.cues"),
    *("store.database", "store.records", "store.plates", "store.curve"),
)


@pytest.mark.parametrize("name", PLAIN)
def test_plain_modules_import_without_third_party_packages(name: str) -> None:
    missing = "".join(f"sys.modules[{package!r}] = None\n" for package in ("serial", "pydantic", "numpy", "rich"))
    subprocess.run([sys.executable, "-c", f"import sys\n{missing}import cablerep.{name}"], check=True)


def foreign_words(text: str, module: str = "") -> list[str]:
    """Return what in the text of a core module is a float, a clock, an output, or a question which Python this is."""
    found = []
    for node in ast.walk(ast.parse(text)):
        what = ""
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            what = f"the float {node.value}"
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            what = "a true division"
        elif isinstance(node, ast.Name) and node.id in ("print", "input", "open", "float", "round", "eval", "exec"):
            what = node.id
        elif module != "compat" and isinstance(node, ast.Attribute) and node.attr in ("implementation", "platform"):
            what = f"the question for {node.attr}"
        elif module != "compat" and isinstance(node, ast.ExceptHandler) and "ImportError" in ast.dump(node):
            what = "the question whether a module is there"
        if what:
            found.append(f"line {node.lineno} has {what}")
    return found


def test_the_core_has_no_float_no_clock_and_no_output() -> None:
    breaches = [
        f"{path.relative_to(ROOT)}: {breach}"
        for path in sources(CORE)
        for breach in foreign_words(path.read_text(encoding="utf-8"), path.stem)
    ]
    assert not breaches, "\n".join(breaches)


@pytest.mark.parametrize(
    "line",
    [
        "x = 0.5",
        "x = a / b",
        "x /= 2",
        "print(1)",
        "x = float(a)",
        "sys.implementation.name",
        "try: a\nexcept ImportError: b",
    ],
)
def test_a_foreign_word_is_found(line: str) -> None:
    assert foreign_words(line)


def test_the_core_knows_only_whole_divisions() -> None:
    assert not foreign_words("x = a // b\nx //= 2\nx = 1 << 3")


@pytest.mark.parametrize("folder", ["firmware/cablerep_fw", "sim/cablerep_sim", "host/cablerep"])
def test_every_module_opens_with_its_job(folder: str) -> None:
    bare = [
        str(path.relative_to(ROOT))
        for path in sources(ROOT / folder)
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not bare


def test_the_core_runs_under_this_python_without_micropython() -> None:
    import cablerep_fw.core.compat as compat

    assert sys.implementation.name == "cpython"
    assert compat.const(3) == 3
    assert compat.micropython.native(len) is len
    assert compat.micropython.viper(len) is len
