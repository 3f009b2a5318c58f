"""What a board's own counters and a few seconds of its samples say about its wiring, in words for its maker.

Pure: observations in, findings out, worst first. Every fault of the message table has its sentence here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import pstdev

from ..device.events import BoardText, FramesLost, FramesMalformed, Health, Hello, Reply, Samples

GOOD, HINT, BAD = range(3)
MARKS = ("ok", "note", "FAULT")

# What each of wire.FAULTS means to somebody with a screwdriver.
CURES = {
    "encoder jumps": "a wire of the encoder has a loose contact, or its supply is unsteady",
    "load cell silent": "no reading comes: check the amplifier's supply, its data and clock wire, and their pins",
    "load cell saturated": "the amplifier stands at its stop: a wire of the cell is off, or the cell is overloaded",
    "load cell gain bits": "the data line is held low: look for a short between data and ground or clock",
    "sampler restarted": "the sampler's timer had died; report it if it comes back",
    "settings file unusable": "calibration and wiring were lost: set them again and save them",
    "load cell stuck": "the amplifier repeats one value: take its supply away for a moment, then check its clock wire",
    "encoder stopped": "the encoder's decoder does not run: is another program using the board's PIO?",
    "journal file unusable": "reps that no host had stored yet are lost; nothing to do",
    "restarted by the watchdog": "the application stood still for eight seconds; report it if it comes back",
}

_RATE_TOLERANCE = 0.15  # an HX711's oscillator is off by up to 10 % between chips
_NOISE_N = 0.5  # rms; a cell of 100 kg with an HX711 has below 0.1 N
_FEW_COUNTS = 4  # of an encoder whose one channel alone toggles
_FEW_READINGS = 10  # below them a noise is a guess
_STILL_MM = 2.0  # a cable that nobody touches, but for a stack that swings
_MOVED_MM = 100.0  # a pull that somebody meant
_ILLEGAL_SHARE = 1e-4  # of the counts; a sound encoder has none
_JITTER_US = 200  # a hard timer is within 20 µs; more than this has another interrupt before it
_MISSED_SHARE = 1e-3
_HEAP_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is good, worth a note, or wrong; `text` says what and what to do."""

    level: int
    text: str


@dataclass(slots=True)
class Observation:
    """What was seen of one board: its HELLO, its settings by name, its first and last HEALTH, samples in a row."""

    hello: Hello
    settings: dict[str, int] = field(default_factory=dict)
    first: Health | None = None
    last: Health | None = None
    travel: list[int] = field(default_factory=list)  # counts
    load: list[int | None] = field(default_factory=list)  # counts of the same samples, None where there was no reading
    lost: int = 0  # frames that did not arrive
    malformed: int = 0  # frames with impossible contents
    said: list[str] = field(default_factory=list)  # text that was no frame

    def take(self, event: object) -> None:
        """Add what `event` of the session tells."""
        if isinstance(event, Health):
            self.first = self.first or event
            self.last = event
        elif isinstance(event, Samples):
            for _, travel, load in event.rows():
                self.travel.append(travel)
                self.load.append(load)
        elif isinstance(event, FramesLost):
            self.lost = event.total
        elif isinstance(event, FramesMalformed):
            self.malformed = event.total
        elif isinstance(event, BoardText):
            self.said.append(event.text)
        elif isinstance(event, Reply) and event.status == "done" and event.setting:
            self.settings[event.setting] = event.value


def findings(seen: Observation) -> list[Finding]:
    """Return all there is to say, what is wrong first."""
    found = [
        *_faults(seen.last),
        *_encoder(seen),
        *_cell(seen),
        *_sampling(seen),
        *_line(seen),
    ]
    return sorted(found, key=lambda finding: -finding.level)


def _faults(health: Health | None) -> Iterator[Finding]:
    if health is None:
        yield Finding(BAD, "the board sent no HEALTH: is its firmware of this version? 'cablerep flash' makes it so")
        return
    for name in health.faults:
        yield Finding(BAD, f"{name}: {CURES.get(name, 'unknown to this version of cablerep')}")


def _encoder(seen: Observation) -> Iterator[Finding]:
    if not seen.travel:
        yield Finding(BAD, "no sample arrived: see what the line says below, and try another cable")
        return
    low, high = min(seen.travel), max(seen.travel)
    start = seen.travel[0]
    out, back = high - start, start - low
    scale_mm = abs(seen.hello.um_per_count) / 1000
    if seen.hello.um_per_count == 1:
        yield Finding(HINT, "the encoder is not calibrated: 'cablerep calibrate travel' does it")
    if max(out, back) <= _FEW_COUNTS:
        toggles = sum(one != other for one, other in zip(seen.travel, seen.travel[1:], strict=False))
        if toggles > 2 * _FEW_COUNTS:
            yield Finding(
                BAD, "the encoder only toggles: one of its two channels is off; check both wires and its supply"
            )
        else:
            yield Finding(HINT, "the cable did not move; pull it out while this runs, to have the encoder checked")
        return
    yield from _direction(seen, out, back, scale_mm)
    illegal = seen.last.illegal - seen.first.illegal if seen.first and seen.last else 0
    counts = sum(abs(other - one) for one, other in zip(seen.travel, seen.travel[1:], strict=False))
    if illegal > _ILLEGAL_SHARE * counts:
        yield Finding(
            BAD,
            f"{illegal} encoder transitions in {counts} counts were no movement: shorten or shield its wires, or add "
            "pull-ups of 1 to 4.7 kOhm",
        )


def _direction(seen: Observation, out: int, back: int, scale_mm: float) -> Iterator[Finding]:
    """The pull starts near the stack, so it must first count outwards."""
    forward = (out >= back) == (seen.hello.um_per_count > 0)
    way_mm = max(out, back) * scale_mm
    if seen.hello.um_per_count != 1 and way_mm < _MOVED_MM:
        yield Finding(HINT, f"the cable moved {way_mm:.0f} mm: too little to tell which way the encoder counts")
    elif forward:
        yield Finding(
            GOOD, f"the encoder counts outwards as the cable goes out ({max(out, back)} counts, {way_mm:.0f} mm)"
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
        yield Finding(GOOD, "no load cell is set: everything but force works")
        return
    if health is None or "load cell silent" in health.faults:
        return
    nominal = seen.settings.get("cell_hz", 0)
    if health.load_hz and nominal and abs(health.load_hz - nominal) > _RATE_TOLERANCE * nominal:
        yield Finding(
            BAD,
            f"the load cell converts {health.load_hz:g} times a second, the setting cell_hz says {nominal}: check the "
            "amplifier's RATE pin, or correct the setting",
        )
    elif health.load_hz:
        yield Finding(GOOD, f"the load cell converts {health.load_hz:g} times a second")
    if seen.hello.mn_per_count == 1:
        yield Finding(HINT, "the load cell is not calibrated: 'cablerep calibrate load' does it")
    elif len(steady := still_readings(seen)) >= _FEW_READINGS:
        noise_n = noise(steady) * abs(seen.hello.mn_per_count) / 1000
        if noise_n > _NOISE_N:
            yield Finding(
                BAD,
                f"the load cell's noise is {noise_n:.2f} N, not the 0.1 N it should be: twist and shield its wires, "
                "keep them off motors, and give the amplifier a steady supply",
            )
        else:
            yield Finding(GOOD, f"the load cell's noise is {noise_n:.3f} N")


def still_readings(seen: Observation) -> list[int]:
    """Return the load cell's readings of the stretch with the most of them in which the cable stood still."""
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
    """Return the rms noise of readings in counts, whatever slow force lies under it.

    From second differences, in which a steady and an evenly growing force cancel: white noise gains the square root of
    1 + 4 + 1 there.
    """
    bends = [one - 2 * two + three for one, two, three in zip(counts, counts[1:], counts[2:], strict=False)]
    return pstdev(bends) / 6**0.5 if len(bends) > 1 else 0.0


def _sampling(seen: Observation) -> Iterator[Finding]:
    health = seen.last
    if health is None:
        return
    if health.samples and health.missed > _MISSED_SHARE * health.samples:
        yield Finding(BAD, f"{health.missed} of {health.samples} samples were missed: lower rate_hz")
    if health.overruns:
        yield Finding(BAD, f"{health.overruns} samples were lost because the board could not keep up: lower rate_hz")
    if health.jitter_us > _JITTER_US:
        yield Finding(
            HINT, f"a sample was {health.jitter_us} us off its period; saving to flash between sets does that"
        )
    else:
        yield Finding(GOOD, f"samples keep their period to {health.jitter_us} us at {seen.hello.rate_hz} Hz")
    if health.heap_free is not None and health.heap_free < _HEAP_BYTES:
        yield Finding(BAD, f"only {health.heap_free // 1024} KiB of memory are free on the board; report it")


def _line(seen: Observation) -> Iterator[Finding]:
    health = seen.last
    if seen.lost:
        yield Finding(HINT, f"{seen.lost} frames did not arrive; try another USB cable or port")
    if seen.malformed:
        yield Finding(BAD, f"{seen.malformed} frames had impossible contents; 'cablerep flash' restores the firmware")
    if health is not None and health.dropped:
        yield Finding(HINT, f"the board dropped {health.dropped} messages because nobody read them")
    if health is not None and health.bad_frames:
        yield Finding(HINT, f"{health.bad_frames} pieces from the host were no frame; end other programs on this port")
    if seen.hello.kept:
        yield Finding(HINT, f"{seen.hello.kept} reps and sets wait on the board; 'cablerep monitor' stores them")
    for text in seen.said:
        yield Finding(HINT, f"board said: {text}")
