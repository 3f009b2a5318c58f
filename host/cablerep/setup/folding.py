"""Replaces the firmware's integer constants by their values before it is compiled for a board.

MicroPython's `const` works within one module. A constant that another module uses costs a board its name, an entry in
one or two dictionaries and the code that loads it. So the whole firmware is read at once and folded across modules, and
what only the compiler needs (`const`, code emitters, pointer casts) is no longer imported. Nothing else changes.
"""

import ast
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

_CONSTANT = re.compile(r"_?[A-Z][A-Z0-9_]*")
_MAX = (1 << 30) - 1  # larger values are objects on a board, which it makes once for each constant and not for each use
_COMPAT = "core.compat"
_FOR_COMPILER = ("const", "micropython", "ptr8", "ptr16", "ptr32")  # names of _COMPAT that compiled code never looks up


@dataclass
class _Module:
    """One module: its constants, and what its names stand for."""

    tree: ast.Module
    assigned: Counter[str]  # how often each name is, as an argument too
    constants: dict[str, int] = field(default_factory=dict)
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)  # name to module and name there
    modules: dict[str, str] = field(default_factory=dict)  # name to module


def fold(sources: Mapping[str, str]) -> dict[str, str]:
    """Return the sources of a package, by module name relative to it ("core.link.wire", "core" for its __init__).

    A constant is an upper-case name that a module assigns once, outside any function, and whose value is an integer
    that a board does not allocate.
    """
    trees = {name: ast.parse(source) for name, source in sources.items()}
    modules = {name: _Module(tree, _assigned(tree)) for name, tree in trees.items()}
    packages = {name.rpartition(".")[0] for name in sources} | {""}
    for name, module in modules.items():
        _resolve_imports(name, module, modules, name in packages)
    found = True
    while found:  # a constant may be computed from those of another module
        found = False
        for module in modules.values():
            for statement in module.tree.body:
                found |= _define(statement, module, modules)
    for module in modules.values():
        _Folder(module, modules).visit(module.tree)
    elsewhere = _used_elsewhere(modules)
    for name, module in modules.items():
        _drop_unused_imports(name, module, elsewhere)
    return {name: ast.unparse(module.tree) + "\n" for name, module in modules.items()}


def is_empty(source: str) -> bool:
    """Return whether `source` does nothing: at most a docstring."""
    return all(isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) for node in ast.parse(source).body)


def _assigned(tree: ast.Module) -> Counter[str]:
    names: Counter[str] = Counter()
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            names[node.arg] += 1
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names[node.id] += 1
    return names


def _resolve_imports(name: str, module: _Module, modules: Mapping[str, _Module], is_package: bool) -> None:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            parts = name.split(".") if name else []
            base = parts[: len(parts) + is_package - node.level] + (node.module.split(".") if node.module else [])
            for alias in node.names:
                target = ".".join([*base, alias.name])
                if target in modules:
                    module.modules[alias.asname or alias.name] = target
                else:
                    module.imported[alias.asname or alias.name] = (".".join(base), alias.name)


def _define(statement: ast.stmt, module: _Module, modules: Mapping[str, _Module]) -> bool:
    """Add the constant that `statement` defines, if it is one and not known yet; return whether it was added."""
    name = _target(statement)
    if name is None or name in module.constants:
        return False
    assert isinstance(statement, ast.Assign)
    value = _value(statement.value, module, modules)
    if value is None or abs(value) > _MAX or module.assigned[name] != 1:
        return False
    module.constants[name] = value
    return True


def _target(statement: ast.stmt) -> str | None:
    """Return the upper-case name that `statement` assigns, or None."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Name) and _CONSTANT.fullmatch(target.id):
            return target.id
    return None


def _value(node: ast.expr, module: _Module, modules: Mapping[str, _Module]) -> int | None:
    """Return the value of an integer expression of literals and known constants, or None."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "const":
        return _value(node.args[0], module, modules)
    if isinstance(node, ast.Constant):
        return node.value if type(node.value) is int else None
    if isinstance(node, ast.UnaryOp | ast.BinOp):
        operands = [node.operand] if isinstance(node, ast.UnaryOp) else [node.left, node.right]
        values = [_value(operand, module, modules) for operand in operands]
        if None in values:
            return None
        literals = [ast.Constant(value) for value in values]
        folded = (
            ast.UnaryOp(node.op, literals[0])
            if isinstance(node, ast.UnaryOp)
            else ast.BinOp(literals[0], node.op, literals[1])
        )
        value = eval(compile(ast.fix_missing_locations(ast.Expression(folded)), "constant", "eval"))
        return value if type(value) is int else None
    return _known(node, module, modules)


def _known(node: ast.expr, module: _Module, modules: Mapping[str, _Module]) -> int | None:
    """Return the value of a name or attribute that is a constant, or None."""
    if isinstance(node, ast.Name):
        return _look_up(module, node.id, modules)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in module.modules:
        return _look_up(modules[module.modules[node.value.id]], node.attr, modules)
    return None


def _look_up(module: _Module, name: str, modules: Mapping[str, _Module]) -> int | None:
    """Return the constant `name` of `module`, its own or one that it imports, or None."""
    if name in module.constants:
        return module.constants[name]
    if name in module.imported:
        home, name = module.imported[name]
        return _look_up(modules[home], name, modules) if home in modules else None
    return None


class _Folder(ast.NodeTransformer):
    """Replaces the constants of one module, and removes their definitions and `__all__`."""

    def __init__(self, module: _Module, modules: Mapping[str, _Module]) -> None:
        self._module = module
        self._modules = modules

    def visit_Assign(self, node: ast.Assign) -> ast.AST | None:
        if _target(node) in self._module.constants and node in self._module.tree.body:
            return None
        if isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__":
            return None
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self._folded(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        return self._folded(node)

    def _folded(self, node: ast.Name | ast.Attribute) -> ast.AST:
        value = _known(node, self._module, self._modules) if isinstance(node.ctx, ast.Load) else None
        return self.generic_visit(node) if value is None else ast.Constant(value)


def _uses(module: _Module) -> set[str]:
    """Return the names that compiled code of `module` looks up."""
    names = {node.id for node in ast.walk(module.tree) if isinstance(node, ast.Name)}
    return names - {name for name in _FOR_COMPILER if module.imported.get(name, ("", ""))[0] == _COMPAT}


def _used_elsewhere(modules: Mapping[str, _Module]) -> set[tuple[str, str]]:
    """Return the names that modules take from one another, as (module, name)."""
    found = set()
    for module in modules.values():
        used = _uses(module)
        found |= {target for name, target in module.imported.items() if name in used}
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in module.modules:
                found.add((module.modules[node.value.id], node.attr))
    return found


def _drop_unused_imports(name: str, module: _Module, elsewhere: set[tuple[str, str]]) -> None:
    used = _uses(module) | {wanted for home, wanted in elsewhere if home == name}
    for parent in ast.walk(module.tree):
        body = getattr(parent, "body", None)
        if not isinstance(body, list):
            continue
        for node in [node for node in body if isinstance(node, ast.ImportFrom) and node.level]:
            node.names = [alias for alias in node.names if (alias.asname or alias.name) in used]
            if not node.names:
                body.remove(node)
