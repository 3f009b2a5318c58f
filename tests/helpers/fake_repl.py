"""A MicroPython board at its REPL: the flasher's own snippets run on a file system in memory of a given size.

No answers are made up: what the flasher believes to be there is what its snippets found.
"""

import ast
import builtins
import functools
import io
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from mpremote.transport import Transport, TransportExecError

from cablerep.setup.raw_repl import RawRepl

BLOCK = 4096


class Unplugged(OSError):
    """The cable came out."""


class FakeBoard:
    """Files by path, `blocks` of room; `cut_after` writes the board is unplugged."""

    def __init__(self, blocks: int = 200, version: tuple[int, ...] = (1, 26, 1), port: str = "rp2") -> None:
        self.files: dict[str, bytes] = {}
        self.folders = {""}
        self.blocks = blocks
        self.version = version
        self.port = port
        self.mpy = 6 | 3 << 8 | 4 << 10  # version 6.3, armv6m
        self.machine = "Raspberry Pi Pico with RP2040"
        self.resets = 0
        self.cut_after: int | None = None
        self._globals: dict[str, Any] = {}
        self.changes: list[str] = []  # what was done to the file system, in order

    def free(self) -> int:
        """Blocks that are free."""
        return self.blocks - sum(-(-len(data) // BLOCK) for data in self.files.values())

    def execute(self, code: str) -> str:
        """Run `code` as the board's interpreter would and return what it printed. Raises what the code raises."""
        printed = io.StringIO()
        names = {**vars(builtins), "open": self._open, "__import__": self._import}
        names["print"] = functools.partial(print, file=printed)
        self._globals["__builtins__"] = names
        exec(compile(code, "<stdin>", "exec"), self._globals)
        return printed.getvalue()

    def _import(self, name: str, *arguments: Any) -> Any:
        if name == "os":
            return SimpleNamespace(
                statvfs=lambda path: (BLOCK, BLOCK, self.blocks, self.free()),
                ilistdir=self._list,
                mkdir=self._mkdir,
                remove=self._remove,
                rename=self._rename,
            )
        if name == "sys":
            implementation = SimpleNamespace(version=(*self.version, ""), _mpy=self.mpy, _machine=self.machine)
            return SimpleNamespace(platform=self.port, implementation=implementation)
        if name == "machine":
            return SimpleNamespace(reset=self._reset)
        assert name in ("binascii", "hashlib"), f"MicroPython on a board has no {name}"
        return builtins.__import__(name, *arguments)

    def _reset(self) -> None:
        self.resets += 1

    def _change(self, what: str) -> None:
        if self.cut_after is not None and len(self.changes) >= self.cut_after:
            raise Unplugged("device disconnected")
        self.changes.append(what)

    def _list(self, folder: str = "") -> list[tuple[str, int, int, int]]:
        folder = folder.strip("/")
        if folder not in self.folders:
            raise OSError(2, "ENOENT")
        inside = [path for path in (*self.files, *self.folders) if path and _folder(path) == folder]
        return [
            (path.rpartition("/")[2], 0x4000, 0, 0)
            if path in self.folders
            else (path.rpartition("/")[2], 0x8000, 0, len(self.files[path]))
            for path in inside
        ]

    def _mkdir(self, path: str) -> None:
        if path in self.folders:
            raise OSError(17, "EEXIST")
        assert _folder(path) in self.folders
        self._change(f"mkdir {path}")
        self.folders.add(path)

    def _remove(self, path: str) -> None:
        if path not in self.files:
            raise OSError(2, "ENOENT")
        self._change(f"remove {path}")
        del self.files[path]

    def _rename(self, old: str, new: str) -> None:
        self._change(f"rename {new}")
        self.files[new] = self.files.pop(old)

    def _open(self, path: str, mode: str = "r") -> Any:
        if mode == "rb":
            if path not in self.files:
                raise OSError(2, "ENOENT")
            return io.BytesIO(self.files[path])
        assert mode == "wb" and _folder(path) in self.folders, (path, mode)
        self._change(f"open {path}")
        return _Writer(self, path)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


class _Writer:
    def __init__(self, board: FakeBoard, path: str) -> None:
        self.board = board
        self.path = path
        board.files[path] = b""

    def write(self, data: bytes) -> int:
        self.board._change(f"write {self.path}")
        grown = self.board.files[self.path] + data
        before = -(-len(self.board.files[self.path]) // BLOCK)
        if -(-len(grown) // BLOCK) - before > self.board.free():
            raise OSError(28, "ENOSPC")
        self.board.files[self.path] = grown
        return len(data)

    def close(self) -> None:
        """Nothing is buffered."""


class FakeTransport(Transport):
    """mpremote's file calls on a FakeBoard."""

    def __init__(self, board: FakeBoard) -> None:
        self.board = board

    def enter_raw_repl(self, soft_reset: bool = True) -> None:
        """There is no other REPL."""

    def close(self) -> None:
        """There is no port."""

    def exec(self, code: str, data_consumer: Callable[[bytes], None] | None = None) -> bytes:
        try:
            printed = self.board.execute(code).encode()
        except Unplugged:
            raise
        except OSError as error:
            raise TransportExecError(1, f"OSError: [Errno {error.errno}] {error.strerror}") from None
        if data_consumer is not None:
            data_consumer(printed)
        return printed

    def eval(self, expression: str) -> Any:
        return ast.literal_eval(self.exec(f"print(repr({expression}))").decode())


class FakeRepl(RawRepl):
    """The real RawRepl on a FakeBoard."""

    def __init__(self, board: FakeBoard) -> None:
        super().__init__("fake", FakeTransport(board))
        self.board = board
