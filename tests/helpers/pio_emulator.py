"""One state machine that runs an assembled program on the PIO emulator of rp2040-pio-emulator."""

from collections import deque
from collections.abc import Callable

import pio_assembler
from pioemu import State, emulate

_RIGHT = 1  # PIO.SHIFT_RIGHT
_JOIN_RX = 2  # PIO.JOIN_RX


class Emulation:
    """`program` from its start, with `y` in Y; `source(state)` gives the pins from the input base on."""

    def __init__(self, program: pio_assembler.Program, y: int, outputs: int, source: Callable[[State], int]) -> None:
        options = program.options

        def pins(state: State) -> int:
            return source(state)

        self._state = State(pin_directions=outputs, y_register=y)
        self.fifo: deque[int] = deque()  # the words that wait to be read
        self._depth = 8 if options.get("fifo_join") == _JOIN_RX else 4
        self._steps = emulate(
            program.words,
            stop_when=lambda opcode, state: False,
            initial_state=self._state,
            input_source=pins,
            shift_isr_right=options.get("in_shiftdir") == _RIGHT,
            shift_osr_right=options.get("out_shiftdir") == _RIGHT,
            side_set_base=1,
            side_set_count=1 if options.get("sideset_init") is not None else 0,
            wrap_target=program.wrap_target,
            wrap_top=program.wrap_top,
        )

    def run(self, cycles: int) -> None:
        """Let `cycles` of the state machine's clock pass. A word that finds the FIFO full is lost: push(noblock)."""
        end = self._state.clock + cycles
        while self._state.clock < end:
            _, self._state = next(self._steps)
            while self._state.receive_fifo:
                word = self._state.receive_fifo.popleft()
                if len(self.fifo) < self._depth:
                    self.fifo.append(word)
