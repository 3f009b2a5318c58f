"""The modules of an RP2 board that CPython lacks: `machine`, `rp2` on a PIO emulator, the clocks of `time`.

Each call into a state machine costs a microsecond, during which the emulator runs on, as time does on the chip.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pio_assembler

from cablerep_fw.core import compat  # before the fake `micropython`, which has no emitters


class Reset(Exception):
    """`machine.reset()` was called."""


class Chip:
    """One board: pins, clock, timers, what hangs on its buses. `load` imports a module of the firmware onto it."""

    def __init__(self) -> None:
        self.now_us = 0
        self.levels: dict[Any, int] = {}
        self.pulls: dict[Any, int | None] = {}
        self.timers: list[Any] = []
        self.machines: dict[int, Any] = {}
        self.claimed: set[int] = set()  # state machines that a driver has
        self.room = dict.fromkeys(range(2), 32)  # free words of instruction memory
        self.wdt: Any = None
        self.tones: list[tuple[int, int]] = []
        self.scratch: dict[int, int] = {}
        self.reset_cause = 1
        self.interrupt_char = 3
        self.i2c: Any = None
        self.spi: Any = None
        self.sources: dict[int, Callable[[Any], int]] = {}  # by first pin: what a PIO program sees from there on
        self.words: dict[int, int | None] | None = None  # by first pin, in place of emulation: see `answer`
        self.most_pin = 29
        self.memory: dict[int, Any] = {_CLOCK: _Clock(self), **{_PIO[i]: _Block(self, i) for i in range(2)}}
        self.usb_interrupts = 0  # those that are enabled
        self.usb_memory = self.memory[_USB_MEMORY] = [0] * 64
        self.memory[_USB_SET] = _UsbInterrupts(self, True)
        self.memory[_USB_CLEAR] = _UsbInterrupts(self, False)
        self.core = "Raspberry Pi Pico with RP2040"

    def restart(self, cause: int) -> None:
        """What a reset leaves: the scratch registers, and a cause for `machine.reset_cause()`."""
        self.reset_cause = cause
        self.wdt = None
        self.claimed, self.machines, self.room = set(), {}, dict.fromkeys(self.room, 32)
        self.timers.clear()

    def answer(self, words: dict[int, int | None]) -> None:
        """Emulate no program, for tests of what lies above: a FIFO is full of its word, or empty (None)."""
        self.words = words

    def pass_us(self, us: int) -> None:
        """Let time pass: state machines run, timers tick in order."""
        end = self.now_us + us
        while True:
            due = [timer for timer in self.timers if timer.due is not None and timer.due <= end]
            timer = min(due, key=lambda one: one.due, default=None)
            self._run_to(end if timer is None else max(timer.due, self.now_us))
            if timer is None:
                return
            timer.tick()

    def _run_to(self, instant: int) -> None:
        if instant > self.now_us:
            for machine in self.machines.values():
                machine.run(instant - self.now_us)
            self.now_us = instant

    def addressof(self, words: Any) -> int:
        """`uctypes.addressof`: `pointer` finds the object again."""
        address = 0x20000000 + 0x10000 * len(self.memory)
        self.memory[address] = words
        return address

    def pointer(self, place: Any) -> Any:
        """Stand in for viper's ptr32: of an address, what is there; of a buffer, itself."""
        return self.memory[place] if isinstance(place, int) else place

    def load(self, name: str) -> Any:
        """Return the module `name` of the firmware's board layer."""
        return import_module("cablerep_fw.board." + name)

    @contextmanager
    def installed(self) -> Iterator["Chip"]:
        """Put the fake modules where imports find them, and take them and all that was loaded on them away again."""
        clocks = {name: getattr(time, name, None) for name in _CLOCKS}
        _forget_firmware()
        modules = {"machine": _machine, "rp2": _rp2, "micropython": _micropython, "uctypes": _uctypes}
        kept = {name: sys.modules.get(name) for name in modules}
        sys.modules.update({name: make(self) for name, make in modules.items()})
        compat.ptr32, ptr32 = self.pointer, compat.ptr32
        for name, make in _CLOCKS.items():
            setattr(time, name, make(self))
        sys.implementation._machine = self.core  # type: ignore[attr-defined]
        try:
            yield self
        finally:
            del sys.implementation._machine  # type: ignore[attr-defined]
            compat.ptr32 = ptr32
            _forget_firmware()
            for name, module in kept.items():
                if module is None:
                    sys.modules.pop(name, None)
                else:
                    sys.modules[name] = module
            for name, clock in clocks.items():
                if clock is None:
                    delattr(time, name)
                else:
                    setattr(time, name, clock)


def _forget_firmware() -> None:
    for name in [name for name in sys.modules if name.startswith("cablerep_fw.board")]:
        del sys.modules[name]


_CLOCKS: dict[str, Callable[[Chip], Callable[..., Any]]] = {
    "ticks_us": lambda chip: lambda: chip.now_us & 0x3FFFFFFF,
    "ticks_ms": lambda chip: lambda: chip.now_us // 1000 & 0x3FFFFFFF,
    "ticks_diff": lambda chip: lambda one, other: ((one - other + 0x20000000) & 0x3FFFFFFF) - 0x20000000,
    "sleep_us": lambda chip: chip.pass_us,
    "sleep_ms": lambda chip: lambda ms: chip.pass_us(1000 * ms),
}


_CLOCK = 0x40054028  # TIMERAWL of an RP2040
_PIO = (0x50200000, 0x50300000)
_USB_MEMORY = 0x50100000
_USB_SET, _USB_CLEAR = 0x50112090, 0x50113090  # aliases of the USB controller's interrupt enable register


class _UsbInterrupts:
    """The register that enables interrupts of the USB controller, or the one that disables them."""

    def __init__(self, chip: Chip, enable: bool) -> None:
        self.chip = chip
        self.enable = enable

    def __setitem__(self, index: int, bits: int) -> None:
        assert index == 0
        if self.enable:
            self.chip.usb_interrupts |= bits
        else:
            self.chip.usb_interrupts &= ~bits


class _Clock:
    """The register that counts µs."""

    def __init__(self, chip: Chip) -> None:
        self.chip = chip

    def __getitem__(self, index: int) -> int:
        assert index == 0
        return self.chip.now_us & 0xFFFFFFFF


class _Block:
    """The registers of a PIO block that the sampler reads: the FIFOs' levels and the receive FIFOs."""

    def __init__(self, chip: Chip, number: int) -> None:
        self.chip = chip
        self.number = number

    def __getitem__(self, index: int) -> int:
        if index == 3:
            self.chip.pass_us(1)
            machines = ((number, self._machine(number)) for number in range(4))
            return sum(machine.level() << 8 * number + 4 for number, machine in machines if machine)
        assert 8 <= index < 12
        return self._machine(index - 8).pop()

    def _machine(self, number: int) -> Any:
        return self.chip.machines.get(4 * self.number + number)


def _uctypes(chip: Chip) -> ModuleType:
    module = ModuleType("uctypes")
    module.addressof = chip.addressof  # type: ignore[attr-defined]
    return module


def _micropython(chip: Chip) -> ModuleType:
    module = ModuleType("micropython")

    def kbd_intr(char: int) -> None:
        chip.interrupt_char = char

    module.kbd_intr = kbd_intr  # type: ignore[attr-defined]
    return module


class _Words(dict):
    """`mem32`: registers that read 0 until they are written."""

    def __missing__(self, address: int) -> int:
        return 0


def _machine(chip: Chip) -> ModuleType:
    class Pin:
        IN, OUT, PULL_UP = 0, 1, 2

        def __init__(self, name: Any, mode: int = -1, pull: int | None = None, value: int | None = None) -> None:
            if isinstance(name, int) and not 0 <= name <= chip.most_pin:
                raise ValueError("invalid pin")
            self.name = name
            if mode == Pin.IN:
                chip.pulls[name] = pull
                if pull == Pin.PULL_UP:
                    chip.levels.setdefault(name, 1)
            if value is not None:
                chip.levels[name] = value

        def value(self, level: int | None = None) -> int | None:
            if level is None:
                return chip.levels.get(self.name, 0)
            chip.levels[self.name] = int(level)
            return None

    class Timer:
        PERIODIC = 1

        def __init__(self, timer_id: int) -> None:
            assert timer_id == -1, "the port has soft timers only"
            self.due: int | None = None
            self.held_us = 0  # by stretches with interrupts off
            chip.timers.append(self)

        def init(self, *, mode: int, period: int, tick_hz: int, hard: bool, callback: Callable[[Any], None]) -> None:
            assert mode == Timer.PERIODIC
            assert hard, "a soft timer is milliseconds late"
            assert tick_hz == 1_000_000
            self.period_us = period
            self.callback = callback
            self.due = chip.now_us + period

        def deinit(self) -> None:
            self.due = None

        def tick(self) -> None:
            assert self.due is not None
            due = self.due
            self.due = due + self.period_us  # relative to the last deadline: no drift
            try:
                self.callback(self)
            except Exception:
                self.due = None  # as on the board: it stops for good, and says so on the console only

    class PWM:
        def __init__(self, pin: Pin, freq: int, duty_u16: int) -> None:
            self.frequency = freq

        def freq(self, hz: int) -> None:
            self.frequency = hz

        def duty_u16(self, duty: int) -> None:
            chip.tones.append((self.frequency, duty))

    class WDT:
        def __init__(self, timeout: int) -> None:
            assert timeout <= 8388, "an RP2040's watchdog holds 8388 ms at most"
            assert chip.wdt is None, "started twice"
            self.fed = 0
            chip.wdt = self

        def feed(self) -> None:
            self.fed += 1

    def reset() -> None:
        raise Reset

    module = ModuleType("machine")
    module.__dict__.update(
        Pin=Pin,
        Timer=Timer,
        PWM=PWM,
        WDT=WDT,
        WDT_RESET=3,
        I2C=lambda bus, **wires: chip.i2c.connected(bus, wires),
        SPI=lambda bus, **wires: chip.spi.connected(bus, **wires),
        mem32=_Words(chip.scratch) if not isinstance(chip.scratch, _Words) else chip.scratch,
        unique_id=lambda: bytes(range(0xE6, 0xEE)),
        reset_cause=lambda: chip.reset_cause,
        reset=reset,
    )
    chip.scratch = module.mem32
    return module


def _rp2(chip: Chip) -> ModuleType:
    class PIO:
        SHIFT_LEFT, SHIFT_RIGHT = 0, 1
        IN_LOW, IN_HIGH, OUT_LOW, OUT_HIGH = range(4)
        JOIN_NONE, JOIN_TX, JOIN_RX = 0, 1, 2

    class StateMachine:
        """One state machine whose program is emulated; it sees `chip.sources[in_base]` on its pins."""

        def __init__(self, machine_id: int, program: pio_assembler.Program, *, freq: int, in_base: Any, **bases: Any):
            if machine_id in chip.claimed:
                raise ValueError("StateMachine claimed by external resource")
            block = machine_id // 4
            if len(program.words) > chip.room[block]:
                raise OSError(12)
            offset = chip.room[block] - len(program.words)  # the SDK fills the memory from its upper end
            assert not (program.needs_address_0 and offset), "a computed jump works at address 0 only"
            chip.room[block] = offset
            chip.machines[machine_id] = self
            chip.claimed.add(machine_id)
            self.cycles_per_us, rest = divmod(freq, 1_000_000)
            assert not rest
            self.program = program
            self.running = False
            self.pin = in_base.name
            self.outputs = 0b10 if "sideset_base" in bases else 0
            self.y = 0
            self.emulation: Any = None

        def run(self, us: int) -> None:
            """Let the program run for `us` microseconds."""
            if not self.running or chip.words is not None:
                return
            if self.emulation is None:
                from pio_emulator import Emulation

                self.emulation = Emulation(self.program, self.y, self.outputs, chip.sources[self.pin])
            self.emulation.run(us * self.cycles_per_us)

        def active(self, on: int) -> None:
            self.running = bool(on)

        def exec(self, instruction: str) -> None:
            name, number = instruction.removeprefix("set(").removesuffix(")").split(", ")
            assert name == "y" and not self.running
            self.y = int(number)

        def rx_fifo(self) -> int:
            chip.pass_us(1)
            return self.level()

        def level(self) -> int:
            if chip.words is not None:
                return 0 if chip.words[self.pin] is None else 4
            return len(self.emulation.fifo) if self.emulation else 0

        def pop(self) -> int:
            if chip.words is not None:
                return chip.words[self.pin] or 0
            assert self.emulation.fifo, "an empty FIFO has no word"
            return self.emulation.fifo.popleft()

    class Flash:
        """The blocks that the files of the journal's sectors fill, in the present folder."""

        def ioctl(self, request: int, argument: int) -> int:
            if request == 4:
                return len(list(Path().glob("cablerep.journal??")))
            assert request == 6
            self._path(argument).write_bytes(b"\xff" * 4096)
            return 0

        def readblocks(self, block: int, buffer: bytearray, offset: int) -> None:
            buffer[:] = self._path(block).read_bytes()[offset : offset + len(buffer)]

        def writeblocks(self, block: int, page: bytes, offset: int) -> None:
            data = bytearray(self._path(block).read_bytes())
            for i, byte in enumerate(page):
                data[offset + i] &= byte
            self._path(block).write_bytes(data)

        def _path(self, block: int) -> Path:
            return sorted(Path().glob("cablerep.journal??"))[block]

    module = ModuleType("rp2")
    module.__dict__.update(
        Flash=Flash,
        PIO=PIO,
        StateMachine=StateMachine,
        asm_pio=lambda **options: lambda function: pio_assembler.assemble(function, **options),
    )
    return module


__all__ = ["Chip", "Reset"]
