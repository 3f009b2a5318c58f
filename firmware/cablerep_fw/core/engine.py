"""The core in one object: a detector, which turns samples into reps and sets, and a reporter, which sends them.

Time is the number of samples. After `restart`, a sample allocates nothing.
"""

from .compat import micropython
from .detect import tuning
from .detect.detector import Detector
from .link import codes
from .link.reporter import Reporter
from .link.tables import LAYOUTS, SCHEMA_ID
from .settings.settings import (
    ANGLE_PER_TURN,
    ANGLE_SENSOR,
    ANGLE_ZERO,
    LIFTER,
    LOAD_ZERO,
    MN_PER_COUNT,
    PROFILE,
    SIDE,
    UM_PER_COUNT,
)


class Engine:
    """`detector` belongs to the session and is replaced by `restart`; `reporter` stays."""

    detector: Detector

    def __init__(self, settings, journal, outbox, session, table=None):
        """`settings` is a core.settings.Settings, `session` below 2**30, `table` as tuning.defaults()."""
        self.settings = settings
        self.table = table or tuning.defaults()
        self.reporter = Reporter(journal, outbox)
        self._hello = LAYOUTS[codes.HELLO].record()
        self.restart(session)

    def restart(self, session):
        """Begin a session with the present settings. Raises ValueError if their scales are out of range."""
        self.detector = None  # freed first: a Pico's heap has no room for two
        self.detector = Detector(self.settings, self.reporter, self.table)
        self.reporter.restart(session, self.detector.rate_hz, self.detector.direction is not None)

    @micropython.native
    def feed(self, ring):
        """Consume all samples waiting in `ring`; return the number of sample periods. Does not allocate."""
        self.reporter.stream_samples(ring)
        return self.detector.feed(ring)

    def finish(self):
        """End the input: every open movement and the set end here."""
        self.detector.finish()
        self.reporter.flush()

    def pump(self):
        """Send what is waiting, see Reporter.pump."""
        self.reporter.pump(self.detector.decimator.samples)

    def stream(self, on):
        """Start or stop sending raw samples, from the next one on."""
        self.reporter.stream(on, self.detector.decimator.samples)

    def send_hello(self, text):
        """Queue HELLO with `text` (bytes): version, board id and port."""
        values = self.settings.values
        reporter = self.reporter
        record = self._hello
        record[0] = SCHEMA_ID
        record[1] = reporter.session
        record[2] = self.detector.rate_hz
        record[3] = values[UM_PER_COUNT]
        record[4] = values[MN_PER_COUNT]
        record[5] = values[LOAD_ZERO]
        record[6] = values[PROFILE]
        record[7] = values[SIDE]
        record[8] = self.detector.decimator.samples
        record[9] = reporter.journal.kept
        record[10] = values[ANGLE_SENSOR]
        record[11] = values[ANGLE_PER_TURN]
        record[12] = values[ANGLE_ZERO]
        record[13] = values[LIFTER]
        record[14] = self.detector.free()
        return reporter.outbox.send_text(LAYOUTS[codes.HELLO], record, text)

    def fill_health(self, record):
        """Write the core's counters into a HEALTH record, an array in the table's order; the board adds its own."""
        self.detector.fill_health(record)
        self.reporter.fill_health(record)
