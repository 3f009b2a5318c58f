"""Imports a second copy of the core in which every value that an expression takes is looked at while it is watched.

The sources are rewritten on their way in: each arithmetic operation, call, subscript and attribute becomes
`_see(it)`, so that intermediates count, not only what is kept. A float, or an integer that a 32-bit MicroPython would
have to put on its heap, raises Breach where it arises.
"""

import ast
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

CORE = Path(__file__).parents[2] / "firmware" / "cablerep_fw" / "core"
NAME = "watched_core_copy"  # of the package that holds the copy
LIMIT = 1 << 30  # small ints of a 32-bit MicroPython: -LIMIT to LIMIT - 1


class Breach(AssertionError):
    """A value that has no place in the sample path."""


class Watch:
    """Whether values are looked at: not while objects are made, when the heap is free to use."""

    on = False
    seen = 0


def _see(value: object) -> object:
    if Watch.on:
        kind = type(value)
        if kind is int:
            Watch.seen += 1
            if not -LIMIT <= value < LIMIT:  # type: ignore[operator]
                raise Breach(f"{value} is beyond a small int")
        elif kind is float:
            raise Breach(f"the float {value}")
    return value


class _Rewriter(ast.NodeTransformer):
    """Puts `_see(...)` around what computes a value, and behind what changes one in place."""

    def _seen(self, node: ast.expr) -> ast.expr:
        call = ast.Call(ast.Name("_see", ast.Load()), [node], [])
        return ast.copy_location(call, node)

    def _loaded(self, node: ast.Attribute | ast.Subscript) -> ast.expr:
        self.generic_visit(node)
        return self._seen(node) if isinstance(node.ctx, ast.Load) else node

    visit_Attribute = _loaded
    visit_Subscript = _loaded

    def _computed(self, node: ast.expr) -> ast.expr:
        self.generic_visit(node)
        return self._seen(node)

    visit_BinOp = _computed
    visit_UnaryOp = _computed
    visit_Call = _computed

    def visit_AugAssign(self, node: ast.AugAssign) -> list[ast.stmt]:
        self.generic_visit(node)
        value: ast.expr = ast.parse(ast.unparse(node.target), mode="eval").body
        return [node, ast.copy_location(ast.Expr(self._seen(value)), node)]

    def _plain(self, node: ast.FunctionDef) -> ast.FunctionDef:
        # Decorators and annotations are no values of the sample path.
        node.body = [part for child in node.body for part in self._parts(self.visit(child))]
        return node

    @staticmethod
    def _parts(made: ast.stmt | list[ast.stmt]) -> list[ast.stmt]:
        return made if isinstance(made, list) else [made]

    visit_FunctionDef = _plain


class _Loader(importlib.abc.SourceLoader):
    def __init__(self, path: Path) -> None:
        self.path = path

    def get_filename(self, fullname: str) -> str:
        return str(self.path)

    def get_data(self, path: str) -> bytes:
        return Path(path).read_bytes()

    def path_stats(self, path: str) -> dict[str, int]:
        raise OSError("no byte code: the source is rewritten at each import")

    def source_to_code(self, data, path, *, _optimization=-1):  # type: ignore[no-untyped-def]
        tree = _Rewriter().visit(ast.parse(data))
        return compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__["_see"] = _see
        super().exec_module(module)


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, fullname, path=None, target=None):  # type: ignore[no-untyped-def]
        if fullname != NAME and not fullname.startswith(NAME + "."):
            return None
        rest = fullname.split(".")[1:]
        place = CORE.joinpath(*rest)
        if place.is_dir():
            place = place / "__init__.py"
            return importlib.util.spec_from_file_location(
                fullname, place, loader=_Loader(place), submodule_search_locations=[str(place.parent)]
            )
        place = place.with_suffix(".py")
        if not place.exists():
            return None
        return importlib.util.spec_from_file_location(fullname, place, loader=_Loader(place))


sys.meta_path.insert(0, _Finder())


def module(name: str) -> ModuleType:
    """Return the watched copy of a module of the core."""
    return importlib.import_module(f"{NAME}.{name}")
