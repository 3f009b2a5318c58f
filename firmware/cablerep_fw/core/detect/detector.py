"""Samples to movements, reps and sets: the only module that knows the whole chain of stages.

The detector drives the stages forward only: each gets what it needs as arguments and returns a result. One detector
serves one session. It allocates everything when it is made; after that, a sample allocates nothing.
"""

from array import array

from .. import cues
from ..compat import const, micropython
from ..link import wire
from ..settings.settings import HOLD_MAX, LOAD_ZERO, MN_PER_COUNT, RATE_HZ, SIDE, UM_PER_COUNT
from ..settings.settings import REST as REST_MS
from ..units import tenths_of_ms
from . import decimator, phases, reps, set_reps, sets, tuning
from .form import follow
from .motion import Motion

# Indices into wire.PHASES.
SLACK = const(0)
REST = const(1)
CONCENTRIC = const(2)
HOLD = const(3)
ECCENTRIC = const(4)

_PHASE_OF_STATE = bytes((REST, CONCENTRIC, HOLD, ECCENTRIC, ECCENTRIC, REST))

OUTLIER = const(10)  # index into wire.REASONS

# Copied from other stages, because MicroPython's const() does not cross modules; test_detector checks that they match.
_TRAVEL_UM = const(0)  # indices into Decimator.state
_FORCE_MN = const(1)
_TICK = const(1)
_BROKEN = const(2)
_OUTLIER = const(3)
_BOTTOM = const(0)


class Detector:
    """The chain of stages of one session; see `feed`. Results go to the reporter as records in the wire's layout."""

    def __init__(self, settings, reporter, table):
        """`settings` is a core.settings.Settings, `table` as tuning.defaults(). Raises ValueError (see Scale)."""
        values = settings.values
        self.settings = settings
        self.reporter = reporter
        self.rate_hz = rate = values[RATE_HZ]
        self.decimator = decimator.Decimator(rate, values[UM_PER_COUNT], values[MN_PER_COUNT], values[LOAD_ZERO], table)
        self.motion = motion = Motion(rate, self.decimator.per_tick, table)
        self.phases = phases.Phases(motion, table)
        self.reps = reps.Reps(motion, self.phases, values[HOLD_MAX], values[REST_MS], table)
        self.sets = sets.Sets(motion, settings, table)
        self.cues = cues.Cues(motion, settings)
        self.phase = REST
        self.cue = cues.NONE
        self._slack = table[tuning.SLACK]
        self._rep_message = wire.BY_NAME["rep"]
        self._amend_message = wire.BY_NAME["amend"]
        self._set_message = wire.BY_NAME["set"]
        self._rejected_message = wire.BY_NAME["rejected"]
        self._phase_message = wire.BY_NAME["phase"]
        self._rejected_record = array("i", bytes(4 * 5))
        self._phase_record = array("i", bytes(4 * 7))
        # Cached bound methods: a lookup takes 13 µs on an RP2040 at 125 MHz, a call 7. (A cached method with more than
        # four arguments would allocate at each call.)
        self._take = self.decimator.take
        self._step_motion = motion.step
        self._step_phases = self.phases.step
        self._step_reps = self.reps.step
        self._watch = self.sets.watch
        self._run_tick = self._tick
        self._begun = False

    @micropython.native
    def feed(self, ring):
        """Consume all samples waiting in `ring`; return the number of sample periods. Does not allocate."""
        head = ring.head
        source = self.decimator
        values = source.state
        before = source.samples
        while ring.tail != head or source.crossing:
            result = self._take(ring, head)
            if result == _TICK:
                self._run_tick(values[_TRAVEL_UM], values[_FORCE_MN])
            elif result == _OUTLIER:
                self._report_outlier()
            elif result == _BROKEN:
                self._break()
        return source.samples - before

    @micropython.native
    def _tick(self, position, force):
        """Run the chain for one detector tick."""
        motion = self.motion
        if not self._begun:
            self._begin(position, force)
        self._step_motion(position, force)
        movement = self.reps
        runs = self.phases
        event = self._step_phases()
        if movement.state:
            follow(movement.form.state, position, motion.force, motion.speed)
        result = self._step_reps(event)
        if result:
            self._handle(result)
        state = movement.state
        now = runs.instant
        if state == _BOTTOM and not runs.way:
            floor = self.sets.floor
            if self._watch(now, runs.still.t, motion.position):
                self._end_set()
            elif self.sets.floor != floor:
                self._inform()
        phase = _PHASE_OF_STATE[state]
        if phase == REST and motion.force < self._slack and self.decimator.has_load:
            phase = SLACK
        cue = self.cues.cue
        if phase > CONCENTRIC or cue:  # otherwise there is no cue and none can begin
            cue = self.cues.step(
                now, phase == HOLD and not movement.in_question, now - movement.hold_t, phase == ECCENTRIC, motion.speed
            )
        if phase != self.phase or cue != self.cue:
            self.phase = phase
            self.cue = cue
            self._report_phase(now)

    def _begin(self, position, force):
        self._begun = True
        self.motion.begin(position, force)
        self.phases.begin(position)
        self.sets.begin(position)
        self.reps.begin()
        self._inform()

    def _inform(self):
        sets = self.sets
        self.reps.inform(sets.floor, sets.largest_rise(), sets.start_x if sets.active else reps.FAR)

    def _break(self):
        """End everything open before a gap that is too long to bridge: a movement across it cannot be trusted."""
        self.finish()
        self.reporter.flush()
        self.motion.tick = self.decimator.resume()
        self._begun = False

    def finish(self):
        """End the input: the cable is taken to stay where it is until the movement and the set are over."""
        if not self._begun:
            return
        position = self.motion.newest()
        force = self.motion.newest_force()
        tick = self.motion.tick
        for _ in range(self.motion.delay + self.motion.short):
            self._tick(position, force)
        self._handle(self.reps.conclude())
        if self.sets.active:
            self._end_set()
        self.reps.begin()
        self.motion.tick = tick

    def idle(self):
        """Return whether neither a set nor a movement is on, so that settings may change and flash may be written."""
        return self.reps.state == reps.BOTTOM and not self.sets.active

    def end_set(self):
        """End the set that is on, if any; return False, and change nothing, during a movement."""
        if self.reps.state != reps.BOTTOM:
            return False
        if self.sets.active:
            self._end_set()
        return True

    def tare(self):
        """Take the present load as zero."""
        self.settings.values[LOAD_ZERO] = self.decimator.newest_load()
        self.decimator.set_load_zero(self.settings.values[LOAD_ZERO])

    def set_side(self, side):
        """Set the side of the sets to come."""
        self.settings.values[SIDE] = side
        self.sets.side = side

    def _known(self):
        """Return the instant of the newest sample in tenths of a millisecond."""
        return tenths_of_ms(max(0, self.decimator.samples - 1) * 16, self.rate_hz)

    def _handle(self, result):
        """Judge and report a movement that is over."""
        while self.reps.next_dropped():
            self._handle_dropped(self.reps)
        if result == reps.MOVED:
            self._judge(self.reps)
        self._inform()

    def _judge(self, movement):
        kind = self.sets.judge(movement, self._known(), self.decimator.has_load)
        rise = movement.peak_x - movement.start_x
        if kind != sets.REJECTED:
            self._store(self._rep_message, self.sets.record)
        else:
            self._report_rejected(self.sets.reason, movement.start_t, movement.end_t, rise)

    def _handle_dropped(self, movement):
        self.sets.check_slam(movement)
        if movement.reason == reps.TAKE_UP and self.sets.leaves_stack(movement.dropped_x, movement.dropped_um):
            self._end_set()
        reason = self.sets.reason_for(movement.reason, movement.dropped_um)
        self._report_rejected(reason, movement.dropped_t, movement.dropped_end_t, movement.dropped_um)

    def _end_set(self):
        known = self._known()
        remains = self.sets.conclude(known)
        while self.sets.next_amended(known):
            record = self.sets.record
            self._store(self._amend_message, record)
            if record[set_reps.KIND] == sets.REJECTED:
                self._send_rejected(
                    self.sets.reason, record[set_reps.START], record[set_reps.END], record[set_reps.ROM]
                )
        if remains:
            self._store(self._set_message, self.sets.summary)
            self.cues.set_ended(self.phases.now())
        self._inform()

    def _store(self, message, record):
        self.reporter.store(message, record, self.decimator.samples)

    @micropython.native
    def _report_rejected(self, reason, start_t, end_t, rom):
        rate = self.rate_hz
        self._send_rejected(reason, tenths_of_ms(start_t, rate), tenths_of_ms(end_t, rate), rom)

    def _send_rejected(self, reason, start, end, rom):
        record = self._rejected_record
        record[0] = reason
        record[1] = start
        record[2] = end
        record[3] = self._known()
        record[4] = rom
        self.reporter.send(self._rejected_message, record)

    def _report_outlier(self):
        source = self.decimator
        distance = abs(source.outlier_um)
        if distance >= self.sets.min_rom:
            instant = 16 * (source.samples - 1)
            self._report_rejected(OUTLIER, instant, instant, distance)

    def _report_phase(self, now):
        record = self._phase_record
        record[0] = self.phase
        record[1] = self.cue
        record[2] = self.sets.number if self.sets.active else 0
        record[3] = self.sets.reps.full
        record[4] = tenths_of_ms(now, self.rate_hz)
        record[5] = self._known()
        record[6] = self.motion.position
        self.reporter.send(self._phase_message, record)

    def fill_health(self, record):
        """Write the detector's counters into a HEALTH record."""
        source = self.decimator
        record[0] = source.samples
        record[1] = source.missed
        record[3] = source.outliers
        if source.jumps:
            record[11] = record[11] | 1
