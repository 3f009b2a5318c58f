"""One sample in, frames out: the only module that knows the whole chain.

Everything is made in `restart`; from then on a sample costs no memory, and time is the number of samples.
"""

from array import array

from . import cues
from .compat import const, micropython
from .detect import decimator, phases, reps, set_reps, sets, tuning
from .detect.form import follow
from .detect.motion import Motion
from .link import wire
from .link.samples import SampleBatch
from .settings.settings import HOLD_MAX, LOAD_ZERO, MN_PER_COUNT, PROFILE, RATE_HZ, SIDE, UM_PER_COUNT
from .units import tenths_of_ms

# Places in wire.PHASES.
SLACK = const(0)
REST = const(1)
CONCENTRIC = const(2)
HOLD = const(3)
ECCENTRIC = const(4)

_PHASE_OF_STATE = bytes((REST, CONCENTRIC, HOLD, ECCENTRIC, ECCENTRIC, REST))

RESEND_MS = 2000  # what is not acknowledged by then is sent again; a host commits within tens of milliseconds
OUTLIER = const(10)  # place in wire.REASONS

# Names of other stages once more, for the compiler, which knows none of another module (a test compares them).
_TRAVEL_UM = const(0)  # places in Decimator.state
_FORCE_MN = const(1)
_TICK = const(1)
_BROKEN = const(2)
_OUTLIER = const(3)
_OUT = const(1)
_BOTTOM = const(0)

# What every session has of its own, and the methods that are kept of it.
_PARTS = ("decimator", "motion", "phases", "reps", "sets", "cues", "batch") + (
    "_take",
    "_step_motion",
    "_step_phases",
    "_step_reps",
    "_watch",
)


class Engine:
    """The detector of one board. See `feed`; all other methods are for what happens seldom."""

    def __init__(self, settings, journal, outbox, session, table=None):
        """`settings` core.settings.Settings, `session` below 2**30, `table` as tuning.defaults()."""
        self.settings = settings
        self.journal = journal
        self.outbox = outbox
        self.table = table or tuning.defaults()
        self.attached = False  # a host listens
        self.streaming = False  # and wants samples
        self._rep = wire.BY_NAME["rep"]
        self._amend = wire.BY_NAME["amend"]
        self._set = wire.BY_NAME["set"]
        self._rejected = wire.BY_NAME["rejected"]
        self._phase = wire.BY_NAME["phase"]
        self._rejected_record = array("i", bytes(4 * 5))
        self._phase_record = array("i", bytes(4 * 7))
        self.restart(session)

    def restart(self, session):
        """Begin a new session with the settings as they are now. Raises ValueError for settings that make no scale."""
        values = self.settings.values
        table = self.table
        rate = values[RATE_HZ]
        for part in _PARTS:  # given back first: a Pico's heap has no room for two of each
            setattr(self, part, None)
        self.session = session
        self.rate_hz = rate
        self.seq = 0
        self.decimator = decimator.Decimator(rate, values[UM_PER_COUNT], values[MN_PER_COUNT], values[LOAD_ZERO], table)
        self.motion = motion = Motion(rate, self.decimator.per_tick, table)
        self.phases = phases.Phases(motion, table)
        self.reps = reps.Reps(motion, self.phases, values[HOLD_MAX], table)
        self.sets = sets.Sets(motion, self.settings, table)
        self.cues = cues.Cues(motion, self.settings)
        self.batch = SampleBatch(rate)
        self.phase = REST
        self.cue = cues.NONE
        self._slack = table[tuning.SLACK]
        # Kept, because to look a method up takes 13 µs on an RP2040 at 125 MHz, and to call it 7. (With more than
        # four arguments a kept method takes memory at each call.)
        self._take = self.decimator.take
        self._step_motion = motion.step
        self._step_phases = self.phases.step
        self._step_reps = self.reps.step
        self._watch = self.sets.watch
        self._tell_tick = self._tick
        self._begun = False
        self._resend_t = RESEND_MS * rate // 1000
        self._sent_at = 0

    # -- samples

    @micropython.native
    def feed(self, ring):
        """Take every sample that waits in `ring`; return the number of sample periods. Does not allocate."""
        head = ring.head
        source = self.decimator
        values = source.state
        before = source.samples
        if self.streaming and self.attached:
            self.batch.send(ring, head, self.outbox)
        while ring.tail != head or source.crossing:
            answer = self._take(ring, head)
            if answer == _TICK:
                self._tell_tick(values[_TRAVEL_UM], values[_FORCE_MN])
            elif answer == _OUTLIER:
                self._tell_outlier()
            elif answer == _BROKEN:
                self._break()
        return source.samples - before

    @micropython.native
    def _tick(self, position, force):
        """Run the chain on one detector tick."""
        motion = self.motion
        if not self._begun:
            self._begin(position, force)
        self._step_motion(position, force)
        movement = self.reps
        runs = self.phases
        event = self._step_phases()
        if event == _OUT:
            self.sets.tell(movement)
        if movement.state:
            follow(movement.form.state, position, motion.force, motion.speed)
        answer = self._step_reps(event)
        if answer:
            self._settle(answer)
        state = movement.state
        now = runs.instant
        if state == _BOTTOM and not runs.way:
            if self._watch(now, runs.still.t, motion.position):
                self._end_set()
        phase = _PHASE_OF_STATE[state]
        if phase == REST and motion.force < self._slack and self.decimator.has_load:
            phase = SLACK
        cue = self.cues.cue
        if phase > CONCENTRIC or cue:  # else there is none, and none begins
            cue = self.cues.step(now, phase == HOLD, now - movement.top_t, phase == ECCENTRIC, motion.speed)
        if phase != self.phase or cue != self.cue:
            self.phase = phase
            self.cue = cue
            self._tell_phase(now)

    def _begin(self, position, force):
        self._begun = True
        self.motion.begin(position, force)
        self.phases.begin(position)
        self.sets.begin(position)
        self.reps.begin()

    def _break(self):
        """Nobody knows what happened in a gap this long: what was open ends before it."""
        self.finish()
        self.motion.tick = self.decimator.resume()
        self._begun = False

    def finish(self):
        """End the input: the cable stays where it is until every movement and the set are over."""
        if not self._begun:
            return
        position = self.motion.newest()
        force = self.motion.newest_force()
        tick = self.motion.tick
        for _ in range(self.motion.delay + self.motion.short):
            self._tick(position, force)
        if self.reps.state == reps.PAUSE:
            self._settle(self.reps.conclude())
        if self.sets.active:
            self._end_set()
        self.reps.begin()
        self.motion.tick = tick
        self.batch.flush(self.outbox)

    def idle(self):
        """Say whether no set and no movement is on, so that settings may change and flash may be written."""
        return self.reps.state == reps.BOTTOM and not self.sets.active

    # -- what the chain has to tell

    def _known(self):
        return tenths_of_ms(max(0, self.decimator.samples - 1) * 16, self.rate_hz)

    def _keep(self, message, record):
        self.seq += 1
        record[0] = self.session
        record[1] = self.seq
        self.journal.add(message, record)
        self._send_kept()  # at once, so that what a host hears stays in the order in which it became known

    def _settle(self, answer):
        """Deal with what a movement has come to."""
        if answer == reps.MOVED:
            self._judge(self.reps)
        elif answer == reps.DROPPED and self.reps.lost_um >= self.sets.least_rom:
            self._tell_dropped(self.reps)

    def _judge(self, movement):
        kind = self.sets.judge(movement, self._known(), self.decimator.has_load)
        rise = movement.peak_x - movement.start_x
        if kind != sets.REJECTED:
            self._keep(self._rep, self.sets.record)
        elif rise >= self.sets.least_rom:
            self._tell_rejected(self.sets.reason, movement.start_t, movement.end_t, rise)
        movement.follow()

    def _tell_dropped(self, movement):
        self.sets.look_for_slam(movement)
        if movement.reason == reps.TAKE_UP and self.sets.leaves_stack(movement.lost_x, movement.lost_um):
            self._end_set()
        reason = self.sets.reason_of(movement.reason, movement.lost_um)
        self._tell_rejected(reason, movement.lost_t, movement.lost_end_t, movement.lost_um)

    def end_set(self):
        """End the set that is on, if any; return False, and change nothing, during a movement."""
        if self.reps.state != reps.BOTTOM:
            return False
        if self.sets.active:
            self._end_set()
        return True

    def _end_set(self):
        known = self._known()
        remains = self.sets.conclude(known)
        while self.sets.amended(known):
            record = self.sets.record
            self._keep(self._amend, record)
            if record[set_reps.KIND] == sets.REJECTED:
                self._send_rejected(
                    self.sets.reason, record[set_reps.START], record[set_reps.END], record[set_reps.ROM]
                )
        if remains:
            self._keep(self._set, self.sets.outcome)
            self.cues.set_ended(self.phases.now())

    @micropython.native
    def _tell_rejected(self, reason, start_t, end_t, rom):
        rate = self.rate_hz
        self._send_rejected(reason, tenths_of_ms(start_t, rate), tenths_of_ms(end_t, rate), rom)

    def _send_rejected(self, reason, start, end, rom):
        record = self._rejected_record
        record[0] = reason
        record[1] = start
        record[2] = end
        record[3] = self._known()
        record[4] = rom
        if self.attached:
            self.outbox.send(self._rejected, record)

    def _tell_outlier(self):
        source = self.decimator
        off = abs(source.astray_um)
        if off >= self.sets.least_rom:
            instant = 16 * (source.samples - 1)
            self._tell_rejected(OUTLIER, instant, instant, off)

    def _tell_phase(self, now):
        record = self._phase_record
        record[0] = self.phase
        record[1] = self.cue
        record[2] = self.sets.number if self.sets.active else 0
        record[3] = self.sets.reps.full
        record[4] = tenths_of_ms(now, self.rate_hz)
        record[5] = self._known()
        record[6] = self.motion.position
        if self.attached:
            self.outbox.send(self._phase, record)

    # -- the host

    def pump(self):
        """Move kept messages from the journal to the outbox while a host listens; send again what stays unanswered."""
        if not self.attached:
            return
        journal = self.journal
        if journal.kept and journal.next_slot() < 0:
            if self.decimator.samples - self._sent_at > self._resend_t:
                journal.rewind()
        self._send_kept()

    def _send_kept(self):
        while self.attached and self.outbox.send_kept(self.journal):
            self._sent_at = self.decimator.samples

    def attach(self):
        """A host has come: send it everything that it has not acknowledged."""
        self.attached = True
        self.journal.rewind()

    def detach(self):
        """The host has gone: frames under way are for nobody."""
        self.attached = False
        self.streaming = False
        self.outbox.clear()

    def stream(self, on):
        """Send raw samples or no longer, from the next one on."""
        if on and not self.streaming:
            self.batch.begin(self.decimator.samples)
        self.streaming = on

    def tare(self, what):
        """Take the present load as zero (2 or 3); travel (1 or 3) needs none, since positions are relative."""
        if what & 2:
            self.settings.values[LOAD_ZERO] = self.decimator.newest_load()
            self.decimator.set_load_zero(self.settings.values[LOAD_ZERO])

    def set_side(self, side):
        """Name the side of the sets to come."""
        self.settings.values[SIDE] = side
        self.sets.side = side

    def send_hello(self, text):
        """Queue HELLO with `text` (bytes): version, board id and port."""
        values = self.settings.values
        record = (
            wire.SCHEMA_ID,
            self.session,
            self.rate_hz,
            values[UM_PER_COUNT],
            values[MN_PER_COUNT],
            values[LOAD_ZERO],
            values[PROFILE],
            values[SIDE],
            self.decimator.samples,
            self.journal.kept,
        )
        return self.outbox.send_text(wire.BY_NAME["hello"], record, text)

    def fill_health(self, record):
        """Write the engine's counters into a HEALTH record, an array in the table's order; the board adds its own."""
        source = self.decimator
        record[0] = source.samples
        record[1] = source.missed
        record[3] = source.outliers
        record[4] = self.outbox.dropped_samples
        record[5] = self.outbox.dropped
        record[6] = self.journal.kept
        record[7] = self.journal.lost
        if source.jumps:
            record[11] = record[11] | 1
