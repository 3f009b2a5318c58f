"""What viper code does otherwise than Python, and so may not contain: CPython runs the same source."""

import ast
from collections.abc import Iterator
from pathlib import Path

FIRMWARE = Path(__file__).parents[2] / "firmware" / "cablerep_fw"


def vipers(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and "micropython.viper" in map(ast.unparse, node.decorator_list):
            yield node


def changed_by_minus(tree: ast.AST) -> list[str]:
    """Return the unary minuses of viper functions whose operand is a local: MicroPython 1.26 negates that as well."""
    return [
        f"{function.name}: {ast.unparse(node)}"
        for function in vipers(tree)
        for node in ast.walk(function)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Name)
        if not node.operand.id.isupper()  # a const, which the compiler folds
    ]


def test_no_local_is_negated() -> None:
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FIRMWARE.rglob("*.py")}
    assert sum(1 for tree in trees.values() for _ in vipers(tree)) >= 10
    assert not [found for tree in trees.values() for found in changed_by_minus(tree)]


def test_a_negated_local_is_found() -> None:
    source = "@micropython.viper\ndef low(most: int) -> int:\n    return {}\n"
    assert changed_by_minus(ast.parse(source.format("-most"))) == ["low: -most"]
    assert not changed_by_minus(ast.parse(source.format("0 - most - _MOST * -1 - -_MOST")))
