"""No value of the sample path outgrows a small int of a 32-bit MicroPython, intermediates included.

Beyond +-2**30 it would live on the heap: the frames would still be right, but each sample would cost memory.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from operator import mul

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pull import Pull
from watched_core import LIMIT, Breach, Watch, module

from cablerep_fw.core.sense.ring import GAP, LIMIT_COUNTS, NO_LOAD

core = {
    name.rpartition(".")[2]: module(name)
    for name in (
        *(
            "detect.calibration",
            "detect.direction",
            "detect.chord_reps",
            "detect.effort",
            "engine",
            "lifetime",
            "units",
        ),
        *("link.journal", "link.outbox", "sense.ring", "settings.settings"),
    )
}
PLACES = core["settings"]
Sample = tuple[int, int]

RATES = st.sampled_from((10, 50, 51, 99, 100, 149, 150, 200, 320, 500, 999, 1000)) | st.integers(50, 1000)
# An encoder's count is 1 to 500 um; the traces of video and of linear encoders have other units, to 1 mm.
SCALES = st.sampled_from((1000000, 98170000, 500000000, 1000000000, 1000, 1)) | st.integers(1000000, 500000000)
SIGNS = st.sampled_from((1, -1))
LOADS = st.integers(-(1 << 23), (1 << 23) - 1)


def see(use: Callable[[], object]) -> object:
    """Call `use` and look at every value on the way."""
    Watch.on = True
    try:
        return use()
    finally:
        Watch.on = False


def engine_for(**values: int):
    made = PLACES.Settings()
    for name, value in values.items():
        made.put(getattr(PLACES, name.upper()), value)
    engine = core["engine"].Engine(made, core["journal"].Journal(64), core["outbox"].Outbox(24), LIMIT - 1)
    engine.reporter.attach()
    engine.reporter.streaming = True
    return engine


def run(engine, samples: list[Sample]) -> None:
    """Feed the samples, and take what comes, as a board does."""
    has_angle = engine.detector.direction is not None
    ring = core["ring"].Ring(256, has_angle)
    journal, outbox = engine.reporter.journal, engine.reporter.outbox

    def turn() -> None:
        engine.feed(ring)
        engine.pump()
        while journal.sent:
            journal.ack(journal.session_of(journal.tail), journal.number_of(journal.tail))
        while outbox.used:
            outbox.pop()
        core["lifetime"].due(engine.detector)

    def whole() -> None:
        for number, (travel, load) in enumerate(samples):
            if travel == GAP:
                ring.skip(load)
            else:
                ring.push(travel, load)
                if has_angle:
                    ring.put_angle((travel ^ load) & 0x7FFF)
            if number % 100 == 0:
                turn()
        turn()
        engine.finish()
        engine.pump()

    see(whole)


pieces = st.one_of(
    st.tuples(st.just("still"), st.floats(0.05, 4)),
    st.tuples(st.just("slide"), st.floats(-4000, 4000), st.floats(0.03, 3)),
    st.tuples(st.just("rep"), st.floats(20, 2000), st.floats(0.03, 3)),
    st.tuples(st.just("jump"), st.integers(-LIMIT_COUNTS, LIMIT_COUNTS)),
    st.tuples(st.just("outlier"), st.integers(-LIMIT_COUNTS, LIMIT_COUNTS)),
    st.tuples(st.just("gap"), st.integers(1, 5000)),
)


@dataclass
class Plan:
    """A trace in a few words, so that a failure can be read."""

    settings: dict[str, int]
    pieces: list[tuple]
    offset: int  # of the encoder, in counts
    every: int  # samples from one reading of the load cell to the next
    seed: int  # of its readings

    def samples(self) -> list[Sample]:
        """Movements within the contract's speeds and far beyond, with outliers, gaps and jumps between them."""
        readings = random.Random(self.seed)
        samples: list[Sample] = []
        offset = self.offset
        mm = 0.0
        for kind, *numbers in self.pieces:
            pull = Pull(mm)
            if kind == "still":
                pull.still(numbers[0])
            elif kind == "slide":
                pull.slide(numbers[0], numbers[1])
            elif kind == "rep":
                pull.slide(numbers[0], numbers[1]).still(0.3).slide(-numbers[0], numbers[1])
            elif kind == "jump":
                offset = numbers[0]
            elif kind == "outlier":
                samples.append((numbers[0], NO_LOAD))
            else:
                samples.append((GAP, numbers[0]))
            for counts in pull.samples(self.settings["rate_hz"], self.settings["um_per_count"] / 1e6)[:800]:
                load = readings.randrange(-(1 << 23), 1 << 23) if len(samples) % self.every == 0 else NO_LOAD
                samples.append((max(-LIMIT_COUNTS, min(LIMIT_COUNTS, offset + counts)), load))
            mm = pull.mm
        return samples


plans = st.builds(
    Plan,
    st.fixed_dictionaries(
        {
            "rate_hz": RATES,
            "um_per_count": st.builds(mul, SCALES, SIGNS),
            "mn_per_count": st.builds(mul, st.integers(1, 1000000000), SIGNS),
            "load_zero": LOADS,
            "hold_max": st.sampled_from((5000, 20000, 60000)),
            "target_rom": st.sampled_from((0, 20000, 2000000)),
            "eccentric_max": st.sampled_from((0, 300000, 3000000)),
            "profile": st.integers(0, 1),
            "rom_over": st.sampled_from((0, 300000, 2000000)),
            "over_part": st.sampled_from((0, 120, 300)),
            "under_part": st.sampled_from((0, 80, 100)),
            "angle_sensor": st.integers(0, 2),
            "angle_per_turn": st.sampled_from((1, 4096, -16384, -32768)),
            "angle_zero": st.integers(0, 32767),
            "angle_play": st.sampled_from((0, 1000)),
            "free_mm": st.sampled_from((0, 1, 900, 5000)),
            "free_from": st.integers(0, 1),
            "direction_high": st.sampled_from((0, 180)),
            "drift_max": st.sampled_from((0, 1000)),
        }
    ),
    st.lists(pieces, min_size=1, max_size=12),
    st.sampled_from((0, 1000000, -LIMIT_COUNTS, LIMIT_COUNTS)),
    st.sampled_from((1, 3, 25)),
    st.integers(0, 1 << 30),
)


# Not made smaller where it fails: a plan is short, and its runs are slow.
@settings(max_examples=100, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(plans)
def test_no_trace_leaves_the_small_ints(plan: Plan) -> None:
    run(engine_for(**plan.settings), plan.samples())


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from((50, 200, 1000)),
    SCALES,
    SIGNS,
    st.lists(st.tuples(st.integers(-LIMIT_COUNTS, LIMIT_COUNTS), LOADS), min_size=1, max_size=60),
    st.integers(1, 40),
)
def test_noise_does_not_either(rate_hz: int, scale: int, sign: int, samples: list[Sample], repeats: int) -> None:
    repeated = [sample for sample in samples for _ in range(repeats)]
    run(engine_for(rate_hz=rate_hz, um_per_count=sign * scale, mn_per_count=1000000000), repeated)


@pytest.mark.parametrize("rate_hz", [10, 149, 1000])
def test_the_largest_movements_of_the_contract_at_the_end_of_a_session(rate_hz: int) -> None:
    """2 m at 30 mm/s, 2 m at 3 m/s, a hold of a minute, all at the load cell's end, when a session must end."""
    pull = Pull().still(2).slide(2000, 66).still(59).slide(-2000, 66).still(1).rep(2000, 1.3, 0.1, 1.3).still(2)
    engine = engine_for(rate_hz=rate_hz, um_per_count=1000000, mn_per_count=1000000000, hold_max=60000)
    engine.detector.decimator.samples = core["lifetime"].max_samples(rate_hz) - int(pull.s * rate_hz) - 3600
    engine.detector.motion.tick = engine.detector.decimator.samples // engine.detector.decimator.per_tick - 1
    run(engine, [(counts, (1 << 23) - 1) for counts in pull.samples(rate_hz)])
    assert engine.reporter.seq >= 2, "the movements were told as reps, in time"


@given(RATES, st.integers(0, 1 << 26))
def test_instants_become_tenths_of_a_millisecond(rate_hz: int, samples: int) -> None:
    samples = min(samples, core["lifetime"].max_samples(rate_hz) - 1)
    units = core["units"]
    assert see(lambda: units.tenths_of_ms(16 * samples + 15, rate_hz)) == (16 * samples + 15) * 10000 // (16 * rate_hz)


@given(st.integers(-10000000, 10000000), st.integers(-5, 10000000))
def test_mean_speeds(way_um: int, duration: int) -> None:
    see(lambda: core["units"].mean_speed(way_um, duration))


@given(SCALES, SIGNS, st.integers(1, 10), st.integers(-20 * LIMIT_COUNTS, 20 * LIMIT_COUNTS))
def test_scales(millionths: int, sign: int, divisor: int, counts: int) -> None:
    scale = core["calibration"].Scale(millionths * sign, divisor)
    see(lambda: scale.apply(counts))


@given(st.lists(st.tuples(st.integers(-100000000, 100000000), st.integers(-10000000, 10000000)), max_size=30))
def test_efforts(ticks: list[Sample]) -> None:
    effort = core["effort"].Effort()

    def whole() -> None:
        effort.begin(0)
        for position, force in ticks:
            for _ in range(300):
                core["effort"].add(effort.sums, position, force)
        now = [0] * core["effort"].SAVED
        core["effort"].save(effort.sums, now, 0)
        effort.measure([0] * core["effort"].SAVED, now, 0, 0, effort.take_peak())
        effort.hold_mn()
        effort.mean_mn()
        effort.work_mj()

    see(whole)


def test_the_watch_sees_intermediates() -> None:
    """(1 << 20) * (1 << 15) >> 10 is small, but not on its way: the law must not pass it."""
    scale = core["calibration"].Scale(1000000)
    calibration = core["calibration"]
    scale.numbers[calibration._FACTOR] = 1 << 20
    scale.numbers[calibration._MAX_COUNTS] = LIMIT - 1
    with pytest.raises(Breach, match="beyond a small int"):
        see(lambda: scale.apply(1 << 25))


def test_the_watch_sees_what_a_run_computes() -> None:
    before = Watch.seen
    run(engine_for(rate_hz=200), [(counts, NO_LOAD) for counts in Pull().still(1).rep(300).samples(200)])
    assert Watch.seen - before > 10000
