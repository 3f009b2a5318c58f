"""Constants folded across the modules of the firmware before it is compiled."""

import ast

import pytest

from cablerep.setup import firmware_image, folding


def folded(**sources: str) -> dict[str, str]:
    """Fold modules named like the arguments, "link__wire" being link/wire.py; white space is not compared."""
    found = folding.fold({name.replace("__", "."): source for name, source in sources.items()})
    return {name: source.strip() for name, source in found.items()}


def test_a_constant_of_another_module_becomes_its_value():
    found = folded(
        link="",
        link__wire="NULL = const(-5)\nSIZE = const(NULL * 2 + 1 << 1)",
        app="from .link import wire\nfrom .link.wire import SIZE as WIDTH\nprint(wire.NULL, WIDTH)",
    )
    assert found == {"link": "", "link.wire": "", "app": "print(-5, -18)"}


def test_a_module_passes_on_what_it_imports():
    found = folded(
        message="KEPT = const(2)\ndef pack(): pass",
        wire="from .message import KEPT, pack",
        app="from . import wire\nwire.pack(wire.KEPT)",
    )
    assert found["wire"] == "from .message import pack"
    assert found["app"] == "from . import wire\nwire.pack(2)"


@pytest.mark.parametrize(
    "source",
    [
        "RATE = 1\nRATE = 2",
        "RATE = 1\n\ndef set_rate():\n    global RATE\n    RATE = 2",
        "RATE = 1\n\ndef run(RATE):\n    return RATE",
        "RATE = 1073741824",
        "RATE = 'fast'",
        "RATE = True",
        "rate = 1",
        "RATE = rate()",
    ],
)
def test_what_is_no_constant_stays(source):
    module = f"{source}\nprint(RATE)"
    assert ast.dump(ast.parse(folded(app=module)["app"])) == ast.dump(ast.parse(module))


def test_names_that_only_the_compiler_knows_are_not_imported():
    compat = "def const(value): return value\ndef words(count): return [0] * count\nptr8 = micropython = None"
    source = """
from .core.compat import const, micropython, ptr8, words
__all__ = ("first",)
_LIMIT = const(3)
@micropython.viper
def first(data: ptr8) -> int:
    return ptr8(data)[_LIMIT]
print(words(_LIMIT))
"""
    found = folding.fold({"": "", "core.compat": compat, "app": source})["app"]
    assert found.splitlines() == [
        "from .core.compat import words",
        "",
        "@micropython.viper",
        "def first(data: ptr8) -> int:",
        "    return ptr8(data)[3]",
        "print(words(3))",
    ]


def test_no_constant_of_the_firmware_is_left():
    names = {
        node.id
        for source in firmware_image.folded_sources("rp2").values()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Name) and node.id.isupper()
    }
    assert "MESSAGES" in names
    assert not names & {"TICK_HZ", "RATE_HZ", "PAYLOAD", "SLOT", "GAP", "_STATE", "KEPT", "NOTHING"}
