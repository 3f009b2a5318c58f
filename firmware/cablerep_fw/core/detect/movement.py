"""The figures of a finished movement: its four instants, its places, its peak speeds.

They are taken when the movement is over, because only then is it known which of its possible starts was the start.
"""

from ..compat import const, words
from . import tuning
from .effort import Effort
from .form import Form
from .motion import CALM, CREST, SPEED
from .possible_start import (
    BACK_PEAKS,
    RELEASE_EFFORT,
    TOP_EFFORT,
    TOP_LEAD,
    TOP_PAUSE,
    TOP_PEAKS,
    TOP_REST,
    TOP_SWUNG,
    TOP_T,
    TOP_X,
    copy,
    raise3,
)

_FAR = const(0x1FFFFFFF)  # sixteenths of a period; beyond all instants


class Movement:
    """The newest finished movement. Instants in sixteenths of a sample period, positions in µm.

    `out_peak` and `back_peak` are speeds in the motion's units, `pause_t` is the longest rest on the way out.
    `went_on`: the way back went straight on past the start. `effort` and `form` also follow the movement that is on.
    """

    def __init__(self, motion, table):
        self.effort = Effort()
        self.form = Form(motion, table)
        rate = motion.rate_hz
        self.lead_t = table[tuning.REST_MS] * rate // 1000 * 16
        self.quick_t = table[tuning.QUICK_MS] * rate // 1000 * 16
        self.slow_t = table[tuning.SLOW_MS] * rate // 1000 * 16
        self.tick_t = 16 * motion.per_tick
        self.peaks = words(3)  # of one phase, by motion.raise_peaks
        self.begin()

    def begin(self):
        """Forget the movements before."""
        self.start_t = self.top_t = self.release_t = self.end_t = 0
        self.start_x = self.top_x = self.release_x = self.end_x = self.peak_x = 0
        self.out_peak = self.back_peak = self.pause_t = 0
        self.went_on = False
        self.end_lead = self.end_rest_t = 0
        self._last_end_t = -_FAR

    def end_in_rest(self, still):
        """Take the rest that began at the boundary `still` as the end, until another is taken."""
        self.end_t = still.t
        self.end_x = still.x
        self.end_lead = still.lead
        self.end_rest_t = self.lead_t

    def end_at(self, instant, position):
        """Take `instant` as the end, no boundary of Phases."""
        self.end_t = instant
        self.end_x = position
        self.end_lead = 0
        self.end_rest_t = self.lead_t

    def measure(self, start, seen):
        """Take the figures of the movement from `start` to the end; top and release are as seen from `seen`.

        `seen` is `start` or a later possible start. Does not allocate.
        """
        data = seen.data
        self.start_x = start.x
        self.peak_x = start.peak_x
        self.top_x = max(data[TOP_X], start.x)
        self.release_x = max(seen.release_x, self.end_x)
        self.pause_t = data[TOP_PAUSE]
        self.form.swung = data[TOP_SWUNG] > 0
        self.went_on = False
        self._set_times(start, seen)
        copy(data, TOP_PEAKS, self.peaks, 0, 3)
        if start is not seen:
            self._measure_earlier(start, seen)
        self.out_peak = self.peak_over(self.top_t - self.start_t)
        copy(data, BACK_PEAKS, self.peaks, 0, 3)
        self.back_peak = self.peak_over(self.end_t - self.release_t)
        self.effort.measure(start.data, data, TOP_EFFORT, RELEASE_EFFORT, start.peak_mn)
        self._last_end_t = self.end_t

    def _measure_earlier(self, start, seen):
        """Add what lay between `start` and `seen`."""
        self.pause_t = max(self.pause_t, seen.rested_t)
        at = start.end_before(seen.data[TOP_T])
        if at >= 0:
            self.pause_t = max(self.pause_t, start.data[at + TOP_PAUSE])
            raise3(start.data, at + TOP_PEAKS, self.peaks, 0)

    def _set_times(self, start, seen):
        """Take the filter's lead off the four instants, and keep them in order."""
        data = seen.data
        self.start_t = start.t + self._share(start.lead, start.rest_t)
        self.top_t = data[TOP_T] - self._share(data[TOP_LEAD], data[TOP_REST])
        self.release_t = seen.release_t + self._share(seen.release_lead, seen.release_rest)
        self.end_t -= self._share(self.end_lead, self.end_rest_t)
        self.start_t = max(self.start_t, self._last_end_t)
        self.top_t = max(self.top_t, self.start_t + self.tick_t)
        self.release_t = max(self.release_t, self.top_t)
        self.end_t = max(self.end_t, self.release_t + self.tick_t)

    def _share(self, lead, rest_t):
        """Return the share of a boundary's lead that holds for a rest this long: none where the movement only turns."""
        return lead if rest_t >= self.lead_t else lead * max(0, rest_t) // self.lead_t

    def peak_over(self, duration):
        """Return the peak speed of a phase that lasted so long and whose peaks are in `peaks`. Does not allocate.

        The filter flattens the sharp crest of a short phase. In a long one tremor adds more than the crest loses.
        """
        if duration < self.quick_t:
            return max(self.peaks[CREST], self.peaks[SPEED])
        return self.peaks[SPEED if duration < self.slow_t else CALM]
