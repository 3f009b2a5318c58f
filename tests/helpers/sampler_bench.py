"""A Sampler on a fake chip whose encoder and load cell are FIFOs in memory: `words` says what each delivers."""

from typing import Any

from cablerep_fw.core.sense.ring import GAP, NO_LOAD, Ring

ENCODER, CELL = 0x10000000, 0x10001000
FLEVEL, FIFO, LEVEL_SHIFT = 3, 8, 4


class Block:
    """A PIO block with one FIFO. `read` makes its words; `waiting` of them wait at each look, at most `depth`."""

    def __init__(self, depth: int = 4) -> None:
        self.depth = depth
        self.word = 0
        self.queue: list[int] | None = None  # in place of `word` without end
        self.clock: Any = None  # a chip: the word is its time in µs

    def __getitem__(self, index: int) -> int:
        if index == FLEVEL:
            level = self.depth if self.queue is None else min(len(self.queue), self.depth)
            return level << LEVEL_SHIFT
        assert index == FIFO
        if self.clock is not None:
            return self.clock.now_us & 0xFFFFFF
        if self.queue is None:
            return self.word
        return self.queue.pop(0)


class Encoder:
    """What the Sampler knows of a Quadrature: `block.word` is its count."""

    fifo = ENCODER, LEVEL_SHIFT, FIFO

    def __init__(self, chip: Any) -> None:
        self.block = chip.memory[ENCODER] = Block()

    def start(self) -> None:
        """The decoder runs at once."""


class Cell:
    """What the Sampler knows of an Hx711: `block.queue` holds its words, with one trailing bit."""

    fifo = CELL, LEVEL_SHIFT, FIFO
    trailing = 1
    stale = 0

    def __init__(self, chip: Any) -> None:
        self.block = chip.memory[CELL] = Block(8)
        self.block.queue = []

    def start(self) -> None:
        """It converts already."""

    def convert(self, counts: int) -> None:
        """Queue one reading of `counts`."""
        assert self.block.queue is not None
        self.block.queue.append((counts & 0xFFFFFF) << 1 | 1)


class Bench:
    """The sampler, its parts and its ring. Time passes with `chip.pass_us`."""

    def __init__(self, chip: Any, size: int = 1024, cell: Any = None, usb: int = 0) -> None:
        self.chip = chip
        self.module = chip.load("sampler")
        self.ring = Ring(size)
        self.encoder = Encoder(chip)
        self.cell = Cell(chip) if cell is None else cell or None
        self.sampler = self.module.Sampler(self.encoder, self.cell, self.ring, 0x40054028, usb)
        self.state = self.sampler.state

    def __getattr__(self, name: str) -> int:
        """`bench.missed` is the word of the state that the module calls _MISSED."""
        return self.state[self.module.__dict__["_" + name.upper()]]

    def put(self, name: str, value: int) -> None:
        """Change a word of the state."""
        self.state[self.module.__dict__["_" + name.upper()]] = value

    def entries(self) -> list[tuple[int, int]]:
        """Take what is in the ring, as (travel, load)."""
        self.sampler.sync()
        ring, taken = self.ring, []
        while ring.tail != ring.head:
            taken.append((ring.travel[ring.tail], ring.load[ring.tail]))
            ring.tail = (ring.tail + 1) & ring.mask
        self.sampler.sync()
        return taken

    def periods(self) -> tuple[dict[int, int], int]:
        """Take what is in the ring: {period from 1: travel} of the samples, and the number of periods."""
        taken, number = {}, 0
        for travel, load in self.entries():
            number += load if travel == GAP else 1
            if travel != GAP:
                taken[number] = travel
        return taken, number

    def readings(self) -> list[int]:
        """Take what is in the ring: the load of the samples that have one."""
        return [load for travel, load in self.entries() if travel != GAP and load != NO_LOAD]


__all__ = ["Bench", "Block", "Cell", "Encoder"]
