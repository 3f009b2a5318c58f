"""The firmware functions that the bench times, and the boot.py that marks their start and end on the chip.

MicroPython runs boot.py before main.py, so the shipped files need no change. A mark is a write to a register that is
read-only on a real chip; the harness records its cycle. Marks cost time themselves, some 20 µs a call.
"""

import ast
from dataclasses import dataclass
from pathlib import Path

import cablerep_fw

TURN = 1  # from the end of one `idle` to the start of the next; main.py is not a module that could be wrapped
_END = 0x100  # added to a stage's number at its end, see PROTOCOL.md
NOTE = "bench: "  # prefix of the notes that boot.py leaves for the host
_FOLDER = Path(cablerep_fw.__file__).parent


@dataclass(frozen=True, slots=True)
class Stage:
    """A method or function of `module` to time: `target` is "Class.method" or a function's name."""

    label: str
    module: str
    target: str


# The loop: few calls, so marks hardly add to the figures.
LOOP = (
    Stage("idle, sleep not counted", "board/rp2/station", "Board.idle"),
    Stage("engine: all samples in the ring", "core/engine", "Engine.feed"),
)
# The stages: a mark costs as much as some of them, so compare their figures but do not add them up.
STAGES = (
    *LOOP,
    Stage("engine: detector tick", "core/detect/detector", "Detector._tick"),
    Stage("decimator, calibration", "core/detect/decimator", "Decimator.take"),
    Stage("motion filters", "core/detect/motion", "Motion.step"),
    Stage("phases", "core/detect/phases", "Phases.step"),
    Stage("reps", "core/detect/reps", "Reps.step"),
    Stage("sets: is it over", "core/detect/sets", "Sets.watch"),
    Stage("cues", "core/cues", "Cues.step"),
    Stage("sample frames", "core/link/samples", "SampleBatch.send"),
    Stage("kept frames to the outbox", "core/link/outbox", "Outbox.send_kept"),
    Stage("host: read", "board/stdio_link", "StdioLink.read"),
    Stage("host: write", "board/stdio_link", "StdioLink.write"),
    Stage("health of the board", "board/rp2/station", "Board.fill_health"),
)


def arity(stage: Stage) -> int | None:
    """Return the number of arguments of the stage's function, including `self`, or None if it does not exist."""
    path = _FOLDER / f"{stage.module}.py"
    if not path.is_file():
        return None
    body: list[ast.stmt] = ast.parse(path.read_text(encoding="utf-8")).body
    *classes, name = stage.target.split(".")
    for wanted in classes:
        body = next((node.body for node in body if isinstance(node, ast.ClassDef) and node.name == wanted), [])
    for node in body:
        if isinstance(node, ast.FunctionDef) and node.name == name and not (node.args.vararg or node.args.kwonlyargs):
            return len(node.args.args)
    return None


def numbered(stages: tuple[Stage, ...]) -> dict[int, Stage]:
    """Return the stages that exist in the firmware, by the number of their marks."""
    return dict(enumerate((stage for stage in stages if arity(stage) is not None), TURN + 1))


def boot_script(stages: tuple[Stage, ...]) -> str:
    """Return a boot.py that marks `stages` and the turn of the loop, and notes how much heap is left after imports."""
    marks = [_mark(number, stage) for number, stage in numbered(stages).items()]
    return "\n\n".join([_HEAD, *marks, _TAIL.replace("{turn}", str(TURN)).replace("{note}", NOTE)])


def _mark(number: int, stage: Stage) -> str:
    """Return the lines that wrap one function with its exact number of arguments: `*a` would cost 0.9 ms a call."""
    arguments = ", ".join(f"a{i}" for i in range(arity(stage) or 0))
    *classes, name = stage.target.split(".")
    module = "cablerep_fw." + stage.module.replace("/", ".")
    owner = ".".join([f"module({module!r})", *classes])
    return _MARK.format(arguments=arguments, owner=owner, name=name, begin=number, end=number + _END)


_HEAD = """\
# Written by cablerep's bench. Marks the stages of the firmware without changing its files.
import gc
import sys

import micropython
from machine import mem32

gc.threshold(16384)  # as main.py has it before it imports
_A = 0x40000000


def module(name):
    __import__(name)
    return sys.modules[name]


def put(owner, name, f, g):
    setattr(owner, name, g)
    if not isinstance(owner, type):
        for user in sys.modules.values():  # modules that imported the function by name
            if getattr(user, name, None) is f:
                setattr(user, name, g)
"""
_MARK = """\
def mark(f):
    @micropython.native
    def g({arguments}):
        mem32[_A] = {begin}
        r = f({arguments})
        mem32[_A] = {end}
        return r

    return g


put({owner}, {name!r}, {owner}.{name}, mark({owner}.{name}))
"""
_TAIL = """\
def around(board):
    start = board.start
    idle = board.idle

    def noted(self, rate):
        self.notes.append("{note}heap %d used, %d free at the start" % (gc.mem_alloc(), gc.mem_free()))
        gc.collect()
        self.notes.append("{note}heap %d used, %d free, collected" % (gc.mem_alloc(), gc.mem_free()))
        start(self, rate)

    @micropython.native
    def turned(self):
        mem32[_A] = {turn} + 256
        idle(self)
        mem32[_A] = {turn}

    board.start = noted
    board.idle = turned


around(module("cablerep_fw.board.rp2.station").Board)
"""
