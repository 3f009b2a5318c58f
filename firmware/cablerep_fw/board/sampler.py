"""The sampler: encoder and load cell into the ring at a fixed rate, in the interrupt of a hard timer.

A hard timer, because a soft one is up to 7 ms late during garbage collection. One viper function does the whole tick on
one array of integers: 266 µs in methods and attributes became 40 µs, and no line of it can allocate or raise.
The function reads the registers of timer and PIO by their addresses; under CPython the tests stand in for those.
"""

from array import array
from time import ticks_us

from machine import Timer
from uctypes import addressof

from ..core.compat import const, micropython, ptr32
from ..core.sense.ring import GAP, NO_LOAD

# Bits of `faults`, numbered as in wire.FAULTS; a test compares them.
CELL_SILENT = const(1 << 1)
CELL_SATURATED = const(1 << 2)
CELL_GAIN_BITS = const(1 << 3)
RESTARTED = const(1 << 4)
CELL_STUCK = const(1 << 6)
ENCODER_STOPPED = const(1 << 7)

MIN_HZ = const(50)
MAX_HZ = const(1000)

# Indices into `Sampler.state`. Addresses are bytes, the FIFO an index of 32-bit registers, instants µs modulo 2**30.
_CLOCK = const(0)  # address of the register that counts µs
_TRAVEL_WORDS = const(1)  # address of the ring's travel
_LOAD_WORDS = const(2)  # and of its load
_MASK = const(3)  # of the ring
_HEAD = const(4)  # next entry to write; interrupt
_TAIL = const(5)  # next entry to read; main loop
_UNMARKED = const(6)  # missed periods without a GAP entry yet
_OVERRUNS = const(7)  # samples lost because the ring was full
_PERIOD = const(8)
_DUE = const(9)  # deadline of the next sample
_LAST = const(10)  # instant of the last sample
_LAY_GRID = const(11)  # 1: the next tick is on its deadline, whenever it comes
_STEADY = const(12)  # 1: the last tick was a sample, so the time since then is one period
_MISSED = const(13)  # periods without a sample
_WRITING = const(14)  # 1: the main loop is programming flash, which holds up interrupts; main loop
_HELD_UP = const(15)  # samples that waited for flash; not in the jitter
_WORST = const(16)  # largest deviation from the period
_BINS = const(17)  # 6 words: periods by their deviation, see _LIMITS_US
_FAULTS = const(23)  # latched; cleared by the main loop
_ENCODER = const(24)  # address of its PIO block
_ENCODER_SHIFT = const(25)  # of its level in FLEVEL
_ENCODER_FIFO = const(26)
_COUNT = const(27)  # the decoder's count at the last sample; below 0: the next one is travel 0
_ILLEGAL_COUNT = const(28)  # and its count of illegal transitions
_TRAVEL = const(29)
_ILLEGAL = const(30)  # illegal transitions since the start
_CELL = const(31)  # address of its PIO block; 0: readings are handed over by the main loop
_CELL_SHIFT = const(32)
_CELL_FIFO = const(33)
_TRAILING = const(34)  # bits of a word behind the 24 of the reading; each must be 1
_STALE = const(35)  # words to discard: from before the start
_NEW = const(36)  # readings handed over, modulo 2**16; main loop
_WORD = const(37)  # the newest of them; main loop
_TAKEN = const(38)  # readings taken over, modulo 2**16
_PATIENCE = const(39)  # periods a cell may be silent; 0: there is no cell
_QUIET = const(40)  # periods without a word from the cell
_PREVIOUS = const(41)  # the last believed reading
_EQUAL = const(42)  # how often it has been repeated
_READINGS = const(43)  # words from the cell and samples in the present window, at most _WINDOW of these
_SAMPLES = const(44)
_WINDOW = const(45)
_UNSEEN = const(46)  # ticks since the main loop last called `sync`, at most _UNSEEN_MAX
_UNSEEN_MAX = const(47)
_USB = const(48)  # address of the USB controller's interrupt enable register; 0: no USB
_MASKED = const(49)  # 1: its start-of-frame interrupt is masked
_STATE = const(50)

_MAX = const(0x3FFFFFFF)  # where counters stop: the main loop reads them, and beyond 2**30 it would need a big int
_WRAP = const(0x3FFFFFFF)  # mask of ticks_us
_HALF_WRAP = const(0x1FFFFFFF)
_GAP = const(-0x20000000)  # ring.GAP and ring.NO_LOAD again: `const` does not cross modules; a test compares them
_NO_LOAD = const(-0x20000000)

_FLEVEL = const(3)  # index of the PIO register with the levels of all FIFOs, four bits each
# TinyUSB queues up to 16 events for the main loop and drops what does not fit, even a SETUP, which leaves it mute until
# a reset. After a host has opened the port, every start of a frame (1 ms) is an event, and a collection can take longer
# than 16 ms. So frames are masked while the main loop is away. All other events together are at most five.
_AWAY_US = const(10_000)
_FRAME = const(1 << 17)  # RP2040 datasheet, 4.1.4, INTE.DEV_SOF; the RP2350 has it in the same place
_SET = const(0x2000)  # a write to the register + _SET sets bits, + _CLEAR clears them (2.1.2)
_CLEAR = const(0x3000)

# The decoder offers a word every 0.5 µs. A poll takes 0.1 µs on an RP2040.
_POLLS = const(100)

# Equal readings in a row that are believed. The amplifiers' own noise is tens of counts (HX711: 50 nV rms at 10 Hz is
# 33 counts at gain 128 and 3.3 V), so two in a row are already rare, and sixteen mean that the line does not move.
_EQUAL_READINGS = const(16)
_SILENT_MS = const(500)  # covers the slowest cell (10 Hz) three times, and the 400 ms that an HX711 settles
_WINDOW_S = const(10)  # over which the cell's rate is measured: one reading more or less is 1 % at 10 Hz

# Periods without a tick after which the timer is dead. Only interrupts that are switched off hold up a hard timer, and
# the main loop, which asks, does not run then.
_DEAD_PERIODS = const(4)

# Fields of HEALTH; a test compares them with wire.py.
_JITTER_US = const(9)
_LOAD_HZ10 = const(10)
_OVERRUNS_FIELD = const(2)
_ILLEGAL_FIELD = const(13)
_JITTER_BINS = const(14)  # and the five that follow

LIMITS_US = (5, 10, 20, 50, 200)  # upper edges of the bins but the last; the tick has them as literals


def make_tick(state):
    """Return the interrupt handler that works on `state`, an array("i") of at least _STATE words."""

    @micropython.viper
    def tick(timer):
        s = ptr32(state)
        now = int(ptr32(s[_CLOCK])[0]) & _WRAP
        period = s[_PERIOD]

        n = s[_UNSEEN]
        if n < s[_UNSEEN_MAX]:
            s[_UNSEEN] = n + 1
        elif s[_USB]:
            ptr32(s[_USB] + _CLEAR)[0] = _FRAME
            s[_MASKED] = 1

        # The encoder. Words already in its FIFO are of any age; one that comes after them is fresh.
        pio = ptr32(s[_ENCODER])
        shift = s[_ENCODER_SHIFT]
        fifo = s[_ENCODER_FIFO]
        n = (pio[_FLEVEL] >> shift) & 15
        while n:
            word = int(pio[fifo])
            n -= 1
        n = _POLLS
        while n:
            if (pio[_FLEVEL] >> shift) & 15:
                break
            n -= 1
        if n:
            word = int(pio[fifo])
            count = s[_COUNT]
            if count >= 0:
                step = (word - count) & 0xFFFFFF
                if step & 0x800000:
                    step -= 0x1000000
                s[_TRAVEL] += step
                step = (s[_ILLEGAL_COUNT] - (word >> 24)) & 63  # counted downwards
                if step:
                    step += s[_ILLEGAL]
                    s[_ILLEGAL] = step if step < _MAX else _MAX
            s[_COUNT] = word & 0xFFFFFF
            s[_ILLEGAL_COUNT] = (word >> 24) & 63
        else:
            s[_FAULTS] |= ENCODER_STOPPED

        # The grid: sample k belongs to period k. A late tick is the sample of the period that it falls into, and the
        # periods it has missed are a gap; what remains of a burst of late ticks then comes early and is ignored.
        if s[_LAY_GRID]:
            s[_LAY_GRID] = 0
            s[_STEADY] = 0
            s[_DUE] = now
        late = (now - s[_DUE]) & _WRAP
        if late > _HALF_WRAP:
            late -= _WRAP
            late -= 1
            if late + (period >> 3) < 0:
                return
        unmarked = s[_UNMARKED]
        if late >= period:
            n = late // period
            late -= n * period
            unmarked += n
            step = s[_MISSED] + n
            s[_MISSED] = step if step < _MAX else _MAX
            s[_STEADY] = 0
        s[_DUE] = (now - late + period) & _WRAP

        # The load cell: the newest reading that can be believed, if there is a new one.
        reading = _NO_LOAD
        quiet = s[_PATIENCE]
        if quiet:
            window = s[_SAMPLES] < s[_WINDOW]
            if window:
                s[_SAMPLES] += 1
            if s[_CELL]:
                pio = ptr32(s[_CELL])
                fifo = s[_CELL_FIFO]
                n = (pio[_FLEVEL] >> s[_CELL_SHIFT]) & 15
            else:
                n = 0
                if s[_TAKEN] != s[_NEW]:
                    s[_TAKEN] = s[_NEW]
                    n = 1
            trailing = s[_TRAILING]
            if n:
                s[_QUIET] = 0
            else:
                step = s[_QUIET] + 1
                if step > quiet:
                    s[_FAULTS] |= CELL_SILENT
                    step = 0  # so that a cleared fault returns if the cell stays silent
                s[_QUIET] = step
            while n:
                n -= 1
                word = int(pio[fifo]) if s[_CELL] else s[_WORD]
                if s[_STALE]:
                    s[_STALE] -= 1
                    continue
                if window:
                    s[_READINGS] += 1
                # From the 25th pulse on, an HX711 holds its line high until the next conversion.
                if (word + 1) & ((1 << trailing) - 1):
                    s[_FAULTS] |= CELL_GAIN_BITS
                    continue
                word = (word >> trailing) & 0xFFFFFF
                if word == 0x7FFFFF or word == 0x800000:
                    s[_FAULTS] |= CELL_SATURATED
                    continue
                if word & 0x800000:
                    word -= 0x1000000
                if word != s[_PREVIOUS]:
                    s[_PREVIOUS] = word
                    s[_EQUAL] = 0
                    reading = word
                elif s[_EQUAL] < _EQUAL_READINGS:
                    s[_EQUAL] += 1
                    reading = word
                else:
                    s[_FAULTS] |= CELL_STUCK

        # How even the periods are. One that waited for flash is counted apart.
        step = (now - s[_LAST]) & _WRAP
        s[_LAST] = now
        if s[_WRITING] and late > 10:
            n = s[_HELD_UP]
            if n < _MAX:
                s[_HELD_UP] = n + 1
            s[_STEADY] = 0
        elif s[_STEADY]:
            step -= period
            if step < 0:
                step = 0 - step
            if step > s[_WORST]:
                s[_WORST] = step
            n = _BINS
            if step > 5:
                n += 1
                if step > 10:
                    n += 1
                    if step > 20:
                        n += 1
                        if step > 50:
                            n += 1
                            if step > 200:
                                n += 1
            step = s[n]
            if step < _MAX:
                s[n] = step + 1
        else:
            s[_STEADY] = 1

        # The ring: the pending gap as an entry of its own, then the sample. One entry stays free.
        mask = s[_MASK]
        head = s[_HEAD] & mask
        tail = s[_TAIL]
        travel = ptr32(s[_TRAVEL_WORDS])
        load = ptr32(s[_LOAD_WORDS])
        n = (head + 1) & mask
        if unmarked:
            if n != tail:
                travel[head] = _GAP
                load[head] = unmarked
                unmarked = 0
                head = n
                n = (n + 1) & mask
        if n != tail:
            travel[head] = s[_TRAVEL]
            load[head] = reading
            head = n
        else:
            step = s[_OVERRUNS]
            if step < _MAX:
                s[_OVERRUNS] = step + 1
            unmarked += 1
        s[_UNMARKED] = unmarked if unmarked < _HALF_WRAP else _HALF_WRAP
        s[_HEAD] = head  # last: from here on the main loop may read the entries

    return tick


class Sampler:
    """Fills `ring` from `encoder` and `cell` by `clock`, the address of a register that counts µs.

    `usb` is the address of the USB controller's interrupt enable register, or 0.
    Encoder and cell have `fifo`, see rp2.chip.fifo. A cell has also `trailing`, the number of bits behind a reading,
    and `fifo` None where the main loop hands its readings over; `cell` may be None.
    """

    def __init__(self, encoder, cell, ring, clock, usb=0):
        self.state = state = array("i", bytes(4 * _STATE))
        self.hz10 = 0  # the cell's measured rate in tenths of a hertz
        self._encoder = encoder
        self._cell = cell
        self._ring = ring
        self._timer = Timer(-1)
        self._tick = make_tick(state)
        self._rate_hz = MIN_HZ
        self._usb = usb
        state[_CLOCK] = clock
        # As signed words: the address of an array may lie anywhere, at least on a computer.
        state[_TRAVEL_WORDS] = _signed(addressof(ring.travel))
        state[_LOAD_WORDS] = _signed(addressof(ring.load))
        state[_MASK] = ring.mask
        state[_ENCODER], state[_ENCODER_SHIFT], state[_ENCODER_FIFO] = encoder.fifo
        if cell is not None:
            state[_TRAILING] = cell.trailing
            if cell.fifo is not None:
                state[_CELL], state[_CELL_SHIFT], state[_CELL_FIFO] = cell.fifo

    def start(self, rate_hz):
        """Start a new grid of `rate_hz` samples a second with an empty ring and travel 0.

        The period is a whole number of µs, so a rate that does not divide 1 000 000 is off by up to 0.05 %. Returns
        the load cell's complaint, or None. Raises ValueError outside 50 to 1000 Hz.
        """
        if not MIN_HZ <= rate_hz <= MAX_HZ:
            raise ValueError("the sampler takes %d to %d Hz, not %d" % (MIN_HZ, MAX_HZ, rate_hz))
        self.stop()
        state = self.state
        for index in range(_UNMARKED, _FAULTS):
            state[index] = 0
        for index in range(_STALE, _STATE):
            state[index] = 0
        state[_HEAD] = state[_TAIL] = self._ring.head = self._ring.tail = 0
        state[_TRAVEL] = state[_ILLEGAL] = 0
        state[_COUNT] = -1
        state[_PREVIOUS] = NO_LOAD
        state[_PERIOD] = (1000000 + rate_hz // 2) // rate_hz
        state[_WINDOW] = _WINDOW_S * rate_hz
        state[_UNSEEN_MAX] = max(0, _AWAY_US // state[_PERIOD] - 1)
        state[_USB] = self._usb
        self._rate_hz = rate_hz
        note = None
        self._encoder.start()
        cell = self._cell
        if cell is not None:
            state[_PATIENCE] = rate_hz * _SILENT_MS // 1000
            note = cell.start()
            state[_STALE] = cell.stale
        self._arm()
        return note

    def stop(self):
        """Take no more samples."""
        self._timer.deinit()

    @micropython.native
    def sync(self):
        """Exchange the ring's ends with the interrupt; return how many entries wait. Main loop, does not allocate."""
        ring = self._ring
        state = self.state
        state[_UNSEEN] = 0
        if state[_MASKED]:
            state[_MASKED] = 0
            _unmask_frames(state[_USB])
        state[_TAIL] = ring.tail
        ring.head = head = state[_HEAD]
        return (head - ring.tail) & ring.mask

    @micropython.native
    def waiting(self):
        """Return how many entries the main loop has not read. Does not allocate."""
        state = self.state
        return (state[_HEAD] - state[_TAIL]) & state[_MASK]

    @micropython.native
    def hand_over(self, word):
        """Pass a 24-bit reading to the next tick. Main loop, does not allocate."""
        state = self.state
        state[_WORD] = word
        state[_NEW] = (state[_NEW] + 1) & 0xFFFF  # last: the interrupt compares it

    def writing(self, on):
        """Tell the sampler that flash is being programmed, which delays samples, or no longer."""
        self.state[_WRITING] = on

    @micropython.native
    def heartbeat(self):
        """Restart the timer if it has died; return whether it had. Main loop, each turn.

        Any exception in a hard callback ends its timer silently. The new grid starts with its first tick; the gap is
        counted in whole periods, so that later samples are at most half a period off.
        """
        state = self.state
        silent = _since(state[_DUE])
        if silent <= _DEAD_PERIODS * state[_PERIOD]:
            return False
        self._restart(silent)
        return True

    def clear(self):
        """Clear the latched faults."""
        self.state[_FAULTS] = 0

    @property
    def faults(self):
        """The latched faults, bits numbered as in wire.FAULTS."""
        return self.state[_FAULTS]

    def fill_health(self, record):
        """Write the sampler's counters into a HEALTH record."""
        state = self.state
        record[_OVERRUNS_FIELD] = state[_OVERRUNS]
        record[_JITTER_US] = state[_WORST]
        for i in range(6):
            record[_JITTER_BINS + i] = state[_BINS + i]
        record[_ILLEGAL_FIELD] = state[_ILLEGAL]
        self._measure()
        record[_LOAD_HZ10] = self.hz10

    def _measure(self):
        """Compute `hz10` from the readings and samples of up to ten seconds."""
        state = self.state
        samples = state[_SAMPLES]
        if samples >= self._rate_hz:  # less than a second is too short
            self.hz10 = state[_READINGS] * 10 * self._rate_hz // samples
            if samples >= state[_WINDOW]:
                state[_READINGS] = 0
                state[_SAMPLES] = 0

    def _restart(self, silent):
        self._timer.deinit()  # from here on the interrupt writes nothing
        state = self.state
        period = state[_PERIOD]
        # The deadlines that have passed, and the one that passes while the timer's first period runs.
        missed = (silent + period // 2) // period + 1
        state[_UNMARKED] += missed
        state[_MISSED] = min(state[_MISSED] + missed, _MAX)
        state[_FAULTS] |= RESTARTED
        self._arm()

    def _arm(self):
        """Start the timer: its first tick is one period from now.

        In ticks of 1 µs and not as a frequency, which is a float. The stubs know no period together with tick_hz;
        the port does (ports/rp2/machine_timer.c).
        """
        state = self.state
        period = state[_PERIOD]
        state[_LAY_GRID] = 1
        state[_DUE] = (ticks_us() + period) & _WRAP  # type: ignore[operator]
        self._timer.init(  # type: ignore[call-overload]
            mode=Timer.PERIODIC, period=period, tick_hz=1000000, hard=True, callback=self._tick
        )


@micropython.viper
def _unmask_frames(usb: int):
    """Let the USB stack hear frames again. It ran when the loop looked for the host's bytes, so its queue is empty.

    A stack that wants no frames masks them again after the first one.
    """
    ptr32(usb + _SET)[0] = _FRAME


def _since(instant):
    """Return the µs that have passed since `instant`, negative before it; right within 8.9 minutes."""
    step = (ticks_us() - instant) & _WRAP
    return step - _WRAP - 1 if step > _HALF_WRAP else step


def _signed(address):
    """Return a 32-bit address as the signed word that an array("i") holds."""
    return address - (1 << 32) if address >> 31 else address


__all__ = ("GAP", "MAX_HZ", "MIN_HZ", "Sampler", "make_tick")
