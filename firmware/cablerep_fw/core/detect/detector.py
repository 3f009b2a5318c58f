"""Samples to movements, reps and sets: the only module that knows the whole chain of stages.

The detector drives the stages forward only: each gets what it needs as arguments and returns a result. One detector
serves one session. It allocates everything when it is made; after that, a sample allocates nothing.
"""

from .. import cues
from ..compat import const, micropython
from ..link import codes
from ..link.tables import LAYOUTS
from ..settings.settings import (
    ANGLE_SENSOR,
    CELL_DELAY,
    CELL_HZ,
    HOLD_MAX,
    LIFTER,
    LOAD_ZERO,
    MN_PER_COUNT,
    RATE_HZ,
    SIDE,
    UM_PER_COUNT,
)
from ..settings.settings import REST as REST_MS
from ..units import tenths_of_ms
from . import decimator, phases, reps, set_reps, sets, tuning
from .force import Force
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
_START = const(7)  # indices into a REP record; test_set_reps compares them with wire.py
_END = const(10)
_ROM = const(12)
_JUMPS = const(1)  # bits of wire.FAULTS
_BELOW_ZERO = const(1 << 10)
_FREE = const(20)  # index into a HEALTH record

# Copied from other stages, because MicroPython's const() does not cross modules; test_detector checks that they match.
_TRAVEL_UM = const(0)  # indices into Decimator.state
_FORCE_MN = const(1)
_FRESH = const(13)
_UNKNOWN = const(-0x3FFFFFFF)  # of Force
_TICK = const(1)
_BROKEN = const(2)
_OUTLIER = const(3)
_BOTTOM = const(0)  # states of Reps
_AT_TOP = const(2)
_PAUSE = const(4)
_STRAYING = const(5)


class Detector:
    """The chain of stages of one session; see `feed`. Results go to the reporter as records in the wire's layout."""

    def __init__(self, settings, reporter, table):
        """`settings` is a core.settings.Settings, `table` as tuning.defaults(). Raises ValueError (see Scale)."""
        values = settings.values
        self.settings = settings
        self.reporter = reporter
        self.rate_hz = rate = values[RATE_HZ]
        self.decimator = decimator.Decimator(rate, values[UM_PER_COUNT], values[MN_PER_COUNT], values[LOAD_ZERO], table)
        # A rep can be amended as long as the journal still has its message; some room for mid-set amendments.
        max_reps = max(1, min(set_reps.MAX_REPS, reporter.journal.size - 16))
        self.motion = motion = Motion(rate, self.decimator.per_tick, table)
        self.force = Force(motion.forces, rate, self.decimator.per_tick, values[CELL_DELAY], values[CELL_HZ])
        self.phases = phases.Phases(motion, table)
        self.reps = reps.Reps(motion, self.phases, values[HOLD_MAX], values[REST_MS], table)
        self.sets = sets.Sets(motion, settings, table, max_reps)
        self.cues = cues.Cues(motion, settings)
        self.direction = None
        if values[ANGLE_SENSOR]:
            from .direction import Direction  # 5 KB of heap

            self.direction = Direction(motion, self.decimator, self.sets.stack, values)
            self.sets.measure_direction(self.direction, values, table)
        self.phase = REST
        self.cue = cues.NONE
        self._slack = table[tuning.SLACK]
        # Force below zero: the cell is wired backwards or was tared under load. Latched until a tare or a new session.
        self.load_below_zero = False
        self.trusted = False  # there is a load cell, and it can be trusted
        self._below_ticks = 0
        self._max_below = table[tuning.BELOW_ZERO_MS] * rate // 1000 // self.decimator.per_tick
        self._rep_message = LAYOUTS[codes.REP]
        self._set_message = LAYOUTS[codes.SET]
        self._rejected_message = LAYOUTS[codes.REJECTED]
        self._phase_message = LAYOUTS[codes.PHASE]
        self._rejected_record = self._rejected_message.record()
        self._phase_record = self._phase_message.record()
        # Cached bound methods: a lookup takes 13 µs on an RP2040 at 125 MHz, a call 7. (A cached method with more than
        # four arguments would allocate at each call.)
        self._take = self.decimator.take
        self._step_motion = motion.step
        self._step_phases = self.phases.step
        self._step_reps = self.reps.step
        self._form_state = self.reps.form.state
        self._watch = self.sets.watch
        self._rest_stack = self.sets.stack.rest
        self._run_tick = self._tick
        self._dwell_t = self.sets.dwell_t
        self._begun = False  # the stages know where the cable is
        self._begun_t = 0  # since this instant

    @micropython.native
    def feed(self, ring):
        """Consume all samples waiting in `ring`; return the number of sample periods. Does not allocate."""
        head = ring.head
        source = self.decimator
        values = source.state
        before = source.samples
        direction = self.direction
        while ring.tail != head or source.crossing:
            tail = ring.tail
            result = self._take(ring, head)
            if direction is not None:
                direction.take(ring, tail)
            if result == _TICK:
                self._run_tick(values[_TRAVEL_UM], self._read_force(values))
            elif result == _OUTLIER:
                self._report_outlier()
            elif result == _BROKEN:
                self._break()
        return source.samples - before

    @micropython.native
    def _read_force(self, values):
        """Return the force that stands at the tick that comes now, after taking its reading if there is one."""
        tick = self.motion.tick + 1
        cell = self.force
        if values[_FRESH]:
            values[_FRESH] = 0
            cell.take(tick, values[_FORCE_MN])
            self.trusted = not self.load_below_zero
        elif tick > cell.until:
            cell.newest = _UNKNOWN
        return cell.newest

    @micropython.native
    def _tick(self, position, force):
        """Run the chain for one detector tick."""
        motion = self.motion
        if not self._begun:
            self._begin(position, force)
        self._step_motion(position, force)
        if force < self._slack:
            self._check_zero(force)
        tracker = self.reps
        runs = self.phases
        event = self._step_phases()
        if tracker.state:
            follow(self._form_state, position, motion.force, motion.speed)
        result = self._step_reps(event)
        if result:
            self._handle(result)
        state = tracker.state
        now = runs.instant
        slack = self.trusted and _UNKNOWN < motion.force < self._slack
        if not runs.way:
            outside = state == _BOTTOM or state == _STRAYING
            if outside or (slack and (state == _AT_TOP or state == _PAUSE)):  # under tension at the top it is a hold
                self._rest(outside, slack, now - max(runs.still.t, self._begun_t))
        phase = _PHASE_OF_STATE[state]
        if slack and phase == REST:
            phase = SLACK
        cue = self.cues.cue
        if phase > CONCENTRIC or cue:  # otherwise there is no cue and none can begin
            holding = phase == HOLD and self._is_certain()
            cue = self.cues.step(now, holding, now - tracker.hold_t, phase == ECCENTRIC, motion.speed)
        if phase != self.phase or cue != self.cue:
            self.phase = phase
            self.cue = cue
            self._report_phase(now)
        if self.direction is not None:
            self.direction.step(tracker.starts, state != _BOTTOM and state != _STRAYING)

    def _is_certain(self):
        """Return whether the movement that is on would count, as far as its start goes."""
        starts = self.reps.starts
        return not starts.in_question and not self.sets.in_doubt(starts.newest.x)

    @micropython.native
    def _rest(self, outside, slack, rested_t):
        """The cable is at rest: learn where the stack is, and see whether the set is over, `outside` a movement."""
        position = self.motion.position
        if rested_t >= self._dwell_t or position < self.sets.stack.x:
            if self._rest_stack(rested_t, position, slack, self.trusted):
                self._inform()
        if outside and self._watch(self.phases.instant, rested_t, position):
            self._end_set()

    @micropython.native
    def _check_zero(self, force):
        """Notice a load below zero, given a force near zero, below it, or unknown."""
        if force >= -self._slack or force == _UNKNOWN:
            self._below_ticks = 0
            return
        self._below_ticks += 1
        if self._below_ticks > self._max_below:
            self.load_below_zero = True
            self.trusted = False

    def _begin(self, position, force):
        self._begun = True
        self.motion.begin(position, force)
        self.phases.begin(position)
        self.sets.begin(position)
        self.reps.begin()
        self._begun_t = self.phases.now()
        self._inform()

    def _inform(self):
        """Tell Reps what the set so far has shown; called whenever that may have changed."""
        sets = self.sets
        self.reps.inform(sets.stack.x, sets.known_rom(), sets.first_x)

    def _break(self):
        """End the movement before a gap that is too long to bridge: it cannot be trusted. The set goes on."""
        self._end_movement()
        self.reporter.flush()
        self.motion.tick = self.decimator.resume()
        self._begun = False

    def _end_movement(self):
        """Let the filters settle with the cable where it is, and end the movement that is open."""
        if not self._begun:
            return
        position = self.motion.newest()
        force = self.motion.newest_force()
        tick = self.motion.tick
        for _ in range(self.motion.delay + self.motion.short):
            self._tick(position, force)
        self._handle(self.reps.conclude())
        self.reps.begin()
        self.motion.tick = tick

    def finish(self):
        """End the input: the cable is taken to stay where it is; the movement and the set are over."""
        self._end_movement()
        self._end_set()

    def idle(self):
        """Return whether neither a set nor a movement is on, so that settings may change and flash may be written."""
        return self.reps.state == reps.BOTTOM and not self.sets.active

    def is_rested(self):
        """Return whether the cable has rested for 0.3 s outside a set: an erasure of flash would miss samples."""
        runs = self.phases
        rested_t = runs.instant - max(runs.still.t, self._begun_t)
        return self.idle() and not runs.way and rested_t >= 16 * 3 * self.rate_hz // 10

    def end_set(self):
        """End the set that is on, if any; return False, and change nothing, during a movement."""
        if self.reps.state != reps.BOTTOM:
            return False
        self._end_set()
        return True

    def tare(self):
        """Take the present load as zero."""
        self.settings.values[LOAD_ZERO] = self.decimator.newest_load()
        self.set_load_zero()

    def set_load_zero(self):
        """Use the load zero of the settings from the next tick on."""
        self.decimator.set_load_zero(self.settings.values[LOAD_ZERO])
        self.clear_faults()

    def clear_faults(self):
        """Forget latched faults."""
        self.decimator.jumps = 0
        self.load_below_zero = False
        self._below_ticks = 0

    def is_loaded(self):
        """Return whether the cell seems to carry a load, so that a tare would be wrong: the cable is off the stack."""
        return not self.sets.at_stack(self.motion.position)

    def set_side(self, side, lifter=0):
        """Set the side and the lifter of the sets to come."""
        self.settings.values[SIDE] = side
        self.settings.values[LIFTER] = lifter
        self.sets.side = side
        self.sets.lifter = lifter

    def _known(self):
        """Return the instant of the newest sample in tenths of a millisecond."""
        return tenths_of_ms(max(0, self.decimator.samples - 1) * 16, self.rate_hz)

    def _handle(self, result):
        """Report what Reps dropped, and judge and report the movement that is over."""
        if result < reps.MOVED:
            return
        tracker = self.reps
        while tracker.next_dropped():
            self._handle_dropped(tracker)
        if result == reps.MOVED:
            self._judge(tracker.movement)
        self._inform()

    def _judge(self, movement):
        found = self.sets
        result = found.take(movement, self._known(), self.decimator.has_load, self.trusted)
        if result == sets.REJECTED:
            self._reject_record()
        elif result == sets.COUNTS:
            if found.held:
                found.keep(True)
                self._end_held()
                found.keep(False)
            self._admit()
        elif found.held_counts():
            self._end_held()

    def _end_held(self):
        """Report the movements that were held: as reps if there are enough of them, else as taking up the cable."""
        found = self.sets
        counts = found.held_counts()
        while found.next_held():
            if counts:
                self._admit()
            else:
                found.reason = reps.TAKE_UP
                self._reject_record()

    def _admit(self):
        """Judge the movement in `sets.record`, and report it as a rep or as rejected."""
        found = self.sets
        known = self._known()
        if found.reps.retire():
            self._amend(known)
        if found.admit(known) == sets.REJECTED:
            self._reject_record()
        else:
            self._store(self._rep_message, found.record)
            found.reps.sent_as(self.reporter.seq)

    def _reject_record(self):
        record = self.sets.record
        self._send_rejected(self.sets.reason, record[_START], record[_END], record[_ROM])

    def _handle_dropped(self, tracker):
        found = self.sets
        found.check_slam(tracker)
        if tracker.reason == reps.TAKE_UP and found.leaves(tracker.dropped_um):
            self._end_set()
        reason = found.reason_for(tracker.reason, tracker.dropped_um)
        self._report_rejected(reason, tracker.dropped_t, tracker.dropped_end_t, tracker.dropped_um)

    def _end_set(self):
        found = self.sets
        known = self._known()
        self._end_held()
        if not found.active:
            return
        remains = found.conclude(known)
        while found.reps.next_changed():
            self._amend(known)
        if remains:
            self._set_ends(found.reps.first_seq(), _START, 7)
            self._set_ends(found.reps.last_seq(), _END, 8)
            self._store(self._set_message, found.summary)
            self.cues.set_ended(self.phases.now())
        found.close()
        self._inform()

    def _set_ends(self, seq, field, index):
        """Take an end of the set from the stored rep `seq`: the first or last one that counts."""
        instant = self.reporter.stored_value(seq, field)
        if instant >= 0:
            self.sets.summary[index] = instant

    def _amend(self, known):
        """Send the rep that `sets.reps` found changed again, and as rejected if that is what it is now."""
        rep = self.sets.reps
        if self.reporter.amend(rep, known, self.decimator.samples) and rep.kind == sets.REJECTED:
            self._send_rejected(self.sets.reason, self._stored(_START), self._stored(_END), self._stored(_ROM))

    def _stored(self, field):
        """Return a field of the message stored last."""
        return self.reporter.stored_value(self.reporter.seq & 0xFFFF, field)

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

    def free(self):
        """Return the length in µm from the swivel's axis to the strap at a travel of 0 counts, or codes.NULL."""
        if self.direction is None or self.direction.free() < 0:
            return codes.NULL
        return self.direction.free() - self.decimator.origin_um()

    def fill_health(self, record):
        """Write the detector's counters into a HEALTH record."""
        source = self.decimator
        record[0] = source.samples
        record[1] = source.missed
        record[3] = source.outliers
        record[_FREE] = self.free()
        if source.jumps:
            record[11] = record[11] | _JUMPS
        if self.load_below_zero:
            record[11] = record[11] | _BELOW_ZERO
