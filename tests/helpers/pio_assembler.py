"""Assemble the firmware's own PIO functions into machine words, as the board's `rp2.asm_pio` would.

Written from the RP2040 datasheet, chapter 3.4 ("Instruction Set"), so that the emulator runs what the board runs.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

_SOURCES = {"pins": 0, "x": 1, "y": 2, "null": 3, "status": 5, "isr": 6, "osr": 7}
_CONDITIONS = {"not_x": 1, "x_dec": 2, "not_y": 3, "y_dec": 4, "x_not_y": 5, "pin": 6, "not_osre": 7}


@dataclass(frozen=True)
class _Name:
    """A register or condition as the program spells it; `bits` is what `invert` adds."""

    name: str
    bits: int = 0


@dataclass
class Program:
    """Words of one program at offset 0, with its wrap and the settings of the decorator."""

    words: list[int] = field(default_factory=list)
    wrap_target: int = 0
    wrap_top: int = 0
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def needs_address_0(self) -> bool:
        """Whether a computed jump makes it work nowhere else."""
        return any(word & 0xE0E0 == 0xA0A0 for word in self.words)


class _Instruction:
    """What an instruction returns: `.side(v)` and `[delay]` finish its five upper bits."""

    def __init__(self, assembly: "_Assembly", place: int) -> None:
        self.assembly = assembly
        self.place = place

    def side(self, value: int) -> "_Instruction":
        self.assembly.sides[self.place] = value
        return self

    def __getitem__(self, delay: int) -> "_Instruction":
        self.assembly.delays[self.place] = delay
        return self


class _Assembly:
    def __init__(self, sides: int) -> None:
        self.side_bits = sides
        self.items: list[Callable[[], int]] = []
        self.labels: dict[str, int] = {}
        self.sides: dict[int, int] = {}
        self.delays: dict[int, int] = {}
        self.wrap_target = 0
        self.wrap_top: int | None = None

    def emit(self, word: Callable[[], int] | int) -> _Instruction:
        self.items.append(word if callable(word) else lambda: word)
        return _Instruction(self, len(self.items) - 1)

    def names(self) -> dict[str, Any]:
        def jmp(condition: Any, label: str | None = None) -> _Instruction:
            if label is None:
                return self.emit(lambda: self.labels[condition])
            return self.emit(lambda: _CONDITIONS[condition.name] << 5 | self.labels[label])

        def wait(polarity: int, source: _Name, index: int) -> _Instruction:
            return self.emit(0x2000 | polarity << 7 | {"gpio": 0, "pin": 1, "irq": 2}[source.name] << 5 | index)

        def set_wrap_target() -> None:
            self.wrap_target = len(self.items)

        def wrap() -> None:
            self.wrap_top = len(self.items) - 1

        def label(name: str) -> None:
            self.labels[name] = len(self.items)

        def mov(destination: _Name, source: _Name) -> _Instruction:
            return self.emit(0xA000 | _DESTINATIONS[destination.name] << 5 | source.bits | _SOURCES[source.name])

        registers = {name: _Name(name) for name in (*_SOURCES, *_CONDITIONS, "pc", "pindirs", "gpio", "irq")}
        return registers | {
            "noblock": True,
            "invert": lambda register: _Name(register.name, 0x08),
            "wrap_target": set_wrap_target,
            "wrap": wrap,
            "label": label,
            "jmp": jmp,
            "wait": wait,
            "mov": mov,
            "in_": lambda source, bits: self.emit(0x4000 | _SOURCES[source.name] << 5 | bits & 0x1F),
            "out": lambda target, bits: self.emit(0x6000 | _OUT_DESTINATIONS[target.name] << 5 | bits & 0x1F),
            "push": lambda noblock=False: self.emit(0x8000 if noblock else 0x8020),
            "set": lambda target, value: self.emit(0xE000 | {"pins": 0, "x": 1, "y": 2}[target.name] << 5 | value),
            "nop": lambda: self.emit(0xA042),  # mov y, y
        }

    def words(self) -> Iterable[int]:
        for place, item in enumerate(self.items):
            delay_bits = 5 - self.side_bits
            delay = self.delays.get(place, 0)
            assert delay < 1 << delay_bits, f"instruction {place}: delay {delay} does not fit"
            assert bool(self.side_bits) == (place in self.sides), f"instruction {place}: side set on all or none"
            yield item() | (self.sides.get(place, 0) << delay_bits | delay) << 8


_DESTINATIONS = {"pins": 0, "x": 1, "y": 2, "exec": 4, "pc": 5, "isr": 6, "osr": 7}
_OUT_DESTINATIONS = {"pins": 0, "x": 1, "y": 2, "null": 3, "pindirs": 4, "pc": 5, "isr": 6, "exec": 7}


def assemble(function: Callable[[], None], **options: Any) -> Program:
    """Run `function` with the assembler's names in place of its module's, as MicroPython does, and encode it."""
    assembly = _Assembly(1 if options.get("sideset_init") is not None else 0)
    names = function.__globals__
    kept = dict(names)
    names.clear()
    names.update({"__builtins__": kept["__builtins__"]})
    names.update(assembly.names())
    try:
        function()
    finally:
        names.clear()
        names.update(kept)
    assert len(assembly.items) <= 32, f"{len(assembly.items)} instructions; a block has 32"
    top = len(assembly.items) - 1 if assembly.wrap_top is None else assembly.wrap_top
    return Program(list(assembly.words()), assembly.wrap_target, top, options)
