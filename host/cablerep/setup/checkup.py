"""Diagnoses a board's wiring from its own counters and a few seconds of samples.

Pure functions: an observation in, findings out, worst first. Every fault in the message table has its remedy here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median, pstdev

from ..device.events import BoardText, FramesLost, FramesMalformed, Health, Hello, Reply, Samples

GOOD, HINT, BAD = range(3)
MARKS = ("ok", "note", "FAULT")

# What to check for each of wire.FAULTS.
CURES = {
    "encoder jumps": "an encoder wire has a loose contact, or its supply is unsteady",
    "load cell silent": "no readings: check the amplifier's supply, its data and clock wires, and their pins",
    "load cell saturated": "the amplifier is at its limit: a wire of the cell is off, or the cell is overloaded",
    "load cell gain bits": "the data line is held low: look for a short between data and ground or clock",
    "sampler restarted": "the sampling timer had stopped; report it if it happens again",
    "settings file unusable": "the calibration was lost: calibrate again",
    "load cell stuck": "the amplifier repeats one value: disconnect its supply for a moment, then check its clock wire",
    "encoder stopped": "the encoder is not being read: does another program use the board's PIO?",
    "journal file unusable": "reps do not survive a power cut: is the board's file system full?",
    "load below zero": "the cell was tared under load, or its signal wires are swapped: tare it unloaded, or swap them",
    "angle sensor silent": "no readings: check the angle sensor's supply, its wires and pins, and angle_sensor",
    "angle sensor data": "readings fail their checksum: shorten and shield the angle sensor's wires",
    "magnet weak": "move the magnet nearer to the angle sensor, 1 to 2 mm away and centred on its axis",
    "magnet strong": "move the magnet a little away from the angle sensor",
    "restarted by the watchdog": "the firmware failed, or hung for eight seconds; report it if it happens again",
}

_RATE_TOLERANCE = 0.15  # an HX711's oscillator is off by up to 10 % between chips
_NOISE_N = 0.5  # rms; a cell of 100 kg with an HX711 has below 0.1 N
_FEW_COUNTS = 4  # an encoder with one dead channel moves no further
_MIN_ANGLE_HZ = 40  # one reading a detector tick of some 10 ms; a bearing stands for 0.1 s
_BELOW_ZERO_N = -5.0  # median; a good zero drifts by less than 1 N
_MIN_READINGS = 10  # fewer give no useful estimate of the noise
_STILL_MM = 2.0  # a cable at rest, even with the stack swinging
_MOVED_MM = 100.0  # a deliberate pull
_ILLEGAL_FRACTION = 1e-4  # of the counts; a good encoder has none
_JITTER_US = 200  # a hard timer stays within 20 µs; beyond this another interrupt delayed it
_MISSED_FRACTION = 1e-3
_HEAP_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """One result; `text` says what was found and what to do about it."""

    level: int
    text: str


@dataclass(slots=True)
class Observation:
    """What was observed of one board: its HELLO, settings by name, first and last HEALTH, consecutive samples."""

    hello: Hello
    settings: dict[str, int] = field(default_factory=dict)
    first: Health | None = None
    last: Health | None = None
    travel: list[int] = field(default_factory=list)  # counts
    load: list[int | None] = field(default_factory=list)  # counts of the same samples, None without a reading
    angles: list[int] = field(default_factory=list)  # readings of the angle sensor
    lost: int = 0  # frames that never arrived
    malformed: int = 0  # frames with impossible contents
    text: list[str] = field(default_factory=list)  # lines that were no frames

    def take(self, event: object) -> None:
        """Add an event of the session."""
        if isinstance(event, Health):
            self.first = self.first or event
            self.last = event
        elif isinstance(event, Samples):
            for _, travel, load in event.rows():
                self.travel.append(travel)
                self.load.append(load)
            self.angles += [angle for _, angle in event.angle_rows()]
        elif isinstance(event, FramesLost):
            self.lost = event.total
        elif isinstance(event, FramesMalformed):
            self.malformed = event.total
        elif isinstance(event, BoardText):
            self.text.append(event.text)
        elif isinstance(event, Reply) and event.status == "done" and event.setting:
            self.settings[event.setting] = event.value


def findings(seen: Observation) -> list[Finding]:
    """Return all findings, the worst first."""
    found = [
        *_faults(seen.last),
        *_encoder(seen),
        *_cell(seen),
        *_angle(seen),
        *_sampling(seen),
        *_line(seen),
    ]
    return sorted(found, key=lambda finding: -finding.level)


def _faults(health: Health | None) -> Iterator[Finding]:
    if health is None:
        yield Finding(BAD, "the board sent no HEALTH: does its firmware have this version? 'cablerep flash' updates it")
        return
    for name in health.faults:
        yield Finding(BAD, f"{name}: {CURES.get(name, 'unknown to this version of cablerep')}")


def _encoder(seen: Observation) -> Iterator[Finding]:
    if not seen.travel:
        yield Finding(BAD, "no samples arrived: see the messages below, and try another cable")
        return
    low, high = min(seen.travel), max(seen.travel)
    start = seen.travel[0]
    out, back = high - start, start - low
    scale_mm = abs(seen.hello.mm_per_count)
    if seen.hello.um_per_count == 1:
        yield Finding(HINT, "the encoder is not calibrated: run 'cablerep calibrate travel'")
    if max(out, back) <= _FEW_COUNTS:
        toggles = sum(one != other for one, other in zip(seen.travel, seen.travel[1:], strict=False))
        if toggles > 2 * _FEW_COUNTS:
            yield Finding(BAD, "the encoder only toggles: one channel is disconnected; check both wires and its supply")
        else:
            yield Finding(HINT, "the cable did not move; pull it out while this runs to check the encoder")
        return
    yield from _direction(seen, out, back, scale_mm)
    illegal = seen.last.illegal - seen.first.illegal if seen.first and seen.last else 0
    counts = sum(abs(other - one) for one, other in zip(seen.travel, seen.travel[1:], strict=False))
    if illegal > _ILLEGAL_FRACTION * counts:
        yield Finding(
            BAD,
            f"{illegal} encoder transitions in {counts} counts are impossible: shorten or shield its wires, or add "
            "pull-ups of 1 to 4.7 kOhm",
        )


def _direction(seen: Observation, out: int, back: int, scale_mm: float) -> Iterator[Finding]:
    """Check the sign: the pull starts near the stack, so the travel must grow."""
    forward = (out >= back) == (seen.hello.um_per_count > 0)
    moved_mm = max(out, back) * scale_mm
    if seen.hello.um_per_count != 1 and moved_mm < _MOVED_MM:
        yield Finding(HINT, f"the cable moved {moved_mm:.0f} mm: too little to check the encoder's direction")
    elif forward:
        yield Finding(
            GOOD, f"the encoder counts up as the cable is pulled out ({max(out, back)} counts, {moved_mm:.0f} mm)"
        )
    else:
        yield Finding(
            BAD,
            "the encoder counts backwards: swap its channels, or set um_per_count to "
            f"{-seen.hello.um_per_count:g} (pulled out from the stack {max(out, back)} counts)",
        )


def _cell(seen: Observation) -> Iterator[Finding]:
    health = seen.last
    if seen.settings.get("cell") == 0:
        yield Finding(GOOD, "no load cell is configured: everything works except force")
        return
    if health is None or "load cell silent" in health.faults:
        return
    nominal = seen.settings.get("cell_hz", 0)
    if health.load_hz and nominal and abs(health.load_hz - nominal) > _RATE_TOLERANCE * nominal:
        yield Finding(
            BAD,
            f"the load cell converts {health.load_hz:g} times a second, but the setting cell_hz is {nominal}: check "
            "the amplifier's RATE pin, or correct the setting",
        )
    elif health.load_hz:
        yield Finding(GOOD, f"the load cell converts {health.load_hz:g} times a second")
    if seen.hello.mn_per_count == 1:
        yield Finding(HINT, "the load cell is not calibrated: run 'cablerep calibrate load'")
        return
    yield from _sign(seen)
    if len(steady := still_readings(seen)) >= _MIN_READINGS:
        noise_n = noise(steady) * abs(seen.hello.n_per_count)
        if noise_n > _NOISE_N:
            yield Finding(
                BAD,
                f"the load cell's noise is {noise_n:.2f} N instead of 0.1 N: twist and shield its wires, keep them "
                "away from motors, and give the amplifier a steady supply",
            )
        else:
            yield Finding(GOOD, f"the load cell's noise is {noise_n:.3f} N")


def _angle(seen: Observation) -> Iterator[Finding]:
    """Check the angle sensor at the low pulley, if one is configured."""
    hello, health = seen.hello, seen.last
    if not hello.angle_sensor or health is None or "angle sensor silent" in health.faults:
        return
    if health.angle_hz < _MIN_ANGLE_HZ:
        yield Finding(
            BAD,
            f"the angle sensor is read {health.angle_hz:g} times a second, not {_MIN_ANGLE_HZ} or more: check its "
            "wires, and 'cablerep settings angle_sensor' against the sensor that is there",
        )
        return
    yield Finding(GOOD, f"the angle sensor is read {health.angle_hz:g} times a second")
    if seen.settings.get("free_mm") == 0:
        yield Finding(HINT, "the swivel is not calibrated: run 'cablerep calibrate swivel'")
    if seen.angles and max(seen.angles) == min(seen.angles):
        yield Finding(
            HINT, "the angle sensor did not move; move the strap sideways while this runs to check the follower arm"
        )


def _sign(seen: Observation) -> Iterator[Finding]:
    """Check that force is zero at the start, near the stack, and grows as the cable is pulled out."""
    scale_mm = abs(seen.hello.mm_per_count)
    rest, out = [], []
    for travel, load in zip(seen.travel, seen.load, strict=True):
        if load is not None:
            force_n = (load - seen.hello.load_zero) * seen.hello.n_per_count
            moved_mm = abs(travel - seen.travel[0]) * scale_mm
            if moved_mm < _STILL_MM:
                rest.append(force_n)
            elif moved_mm > _MOVED_MM:
                out.append(force_n)
    rest_n = median(rest) if len(rest) >= _MIN_READINGS else None
    out_n = median(out) if len(out) >= _MIN_READINGS else None
    if out_n is not None and out_n - (rest_n or 0.0) < _BELOW_ZERO_N:
        yield Finding(
            BAD,
            f"the load cell counts backwards: {out_n:.0f} N with the cable pulled out; swap its two signal wires, or "
            "run 'cablerep calibrate load'",
        )
    elif rest_n is not None and rest_n < _BELOW_ZERO_N:
        yield Finding(
            BAD,
            f"the load cell reads {rest_n:.0f} N at the stack: it was tared under load; take all load off and run "
            "'cablerep calibrate tare'",
        )
    elif out_n is not None:
        yield Finding(GOOD, f"force grows as the cable is pulled out ({out_n:.0f} N)")


def still_readings(seen: Observation) -> list[int]:
    """Return the load cell's readings of the longest stretch in which the cable did not move."""
    width = max(_FEW_COUNTS, _STILL_MM * 1000 / max(abs(seen.hello.um_per_count), 1e-6))
    best: list[int] = []
    current: list[int] = []
    low = high = 0
    for travel, load in zip(seen.travel, seen.load, strict=True):
        if not current or max(high, travel) - min(low, travel) > width:
            current = []
            low = high = travel
        low, high = min(low, travel), max(high, travel)
        if load is not None:
            current.append(load)
            if len(current) > len(best):
                best = current
    return best


def noise(counts: Sequence[int]) -> float:
    """Return the rms noise of the readings in counts, whatever slow force lies under it.

    It uses second differences, which cancel a constant and a steadily changing force; white noise grows there by
    the square root of 1 + 4 + 1.
    """
    bends = [one - 2 * two + three for one, two, three in zip(counts, counts[1:], counts[2:], strict=False)]
    return pstdev(bends) / 6**0.5 if len(bends) > 1 else 0.0


def _sampling(seen: Observation) -> Iterator[Finding]:
    health = seen.last
    if health is None:
        return
    if health.samples and health.missed > _MISSED_FRACTION * health.samples:
        yield Finding(BAD, f"{health.missed} of {health.samples} samples were missed: lower rate_hz")
    if health.overruns:
        yield Finding(BAD, f"{health.overruns} samples were lost because the board could not keep up: lower rate_hz")
    if health.jitter_us > _JITTER_US:
        yield Finding(HINT, f"one sample was {health.jitter_us} us late; saving to flash between sets causes that")
    else:
        yield Finding(GOOD, f"samples are on time to within {health.jitter_us} us at {seen.hello.rate_hz} Hz")
    if health.heap_free is not None and health.heap_free < _HEAP_BYTES:
        yield Finding(BAD, f"only {health.heap_free // 1024} KiB of memory free on the board; report it")


def _line(seen: Observation) -> Iterator[Finding]:
    health = seen.last
    if seen.lost:
        yield Finding(HINT, f"{seen.lost} frames were lost; try another USB cable or port")
    if seen.malformed:
        yield Finding(BAD, f"{seen.malformed} frames had impossible contents; 'cablerep flash' restores the firmware")
    if health is not None and health.dropped:
        yield Finding(HINT, f"the board dropped {health.dropped} messages because no program read them")
    if health is not None and health.bad_frames:
        yield Finding(
            HINT, f"{health.bad_frames} frames to the board were corrupt; close other programs that use this port"
        )
    if seen.hello.kept:
        yield Finding(HINT, f"{seen.hello.kept} reps and sets wait on the board; 'cablerep monitor' stores them")
    for text in seen.text:
        yield Finding(HINT, f"the board printed: {text}")
