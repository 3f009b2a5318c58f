"""Name, unit and reason of each of the detector's constants, for `cablerep evaluate` and for readers.

The values are in core/detect/tuning.py, which the board loads.
"""

from cablerep_fw.core.detect import tuning

# (name, unit, reason), in the order of core/detect/tuning.py; a test compares the two.
_REASONS = (
    ("tick_hz", "Hz", "detector ticks; the intended movement has nothing above 5 Hz, and tremor must not alias"),
    ("long_ms", "ms", "first box of the speed filter: null at 8.3 Hz, in the middle of the tremor band"),
    ("short_ms", "ms", "second box: null at 11.1 Hz; together 100 ms of delay, of the 150 ms that a rep may take"),
    ("position_ms", "ms", "box that smooths the position: takes quantisation and noise off the furthest point"),
    ("threshold", "um/s", "the contract's speed of a phase boundary"),
    ("min_run", "um", "a shorter run of speed is tremor (2 mm) or a sinking hold, not a phase"),
    ("merge_ms", "ms", "a run broken for less than a tremor period is still the same run"),
    ("dwell_ms", "ms", "the contract: a shorter dwell belongs to the phase it interrupts"),
    ("turn_percent", "%", "the contract: going out again by this much of the fall ends the rep"),
    ("near", "um", "the contract: a rest this close to the first start ends the rep at once"),
    ("near_percent", "%", "the contract: and no further from it than this much of the rise"),
    ("beyond", "um", "a return that is this far past the start after 1 s, and does not rest, goes on to the stack"),
    ("fall_percent", "%", "the contract: falling this much of the rise below the furthest point is a return"),
    ("min_rom", "um", "the contract's smallest movement"),
    ("full_percent", "%", "the contract: a full rep, of the reference ROM"),
    ("partial_percent", "%", "the contract: a partial rep, of the reference ROM"),
    ("lone_hold_ms", "ms", "the contract: a lone movement that stands longer was taking up the cable"),
    ("wander", "um", "the contract: start positions wander; a lone movement ends this close to its own"),
    ("lone_percent", "%", "the same, as a part of the way out"),
    ("stack_drop", "um", "the stack is at least this far below the start positions of a set"),
    ("stack_rest_ms", "ms", "the cable has come to rest at the stack, and does not just turn there"),
    ("bounce_ms", "ms", "the contract: out and back within this is a bounce"),
    ("jump_speed", "um/s", "well above the fastest movement of 3 m/s"),
    ("jump_ms", "ms", "a travel that stays where it jumped to for this long is a new zero, not an outlier"),
    ("bridge_ms", "ms", "a longer gap is not bridged: nobody can say what happened in it"),
    ("max_run_ms", "ms", "2 m at 30 mm/s take 67 s: a longer way out or back is no rep"),
    ("stack_near", "um", "the stack comes to rest within this of where it rested before"),
    ("slack", "mN", "less force than the weight of the cable and handle is no tension"),
    ("rest_ms", "ms", "a shorter rest is a turn, which the filter does not shift; between them in proportion"),
    ("steep", "1/16", "from here (830 mm/s2) up to half as much again boundaries are read off the raw motion"),
    ("quick_ms", "ms", "a longer phase has a crest that the filter flattens by less than 2 %"),
    ("jolt_speed", "um/s", "a stack that lands changes its speed by less from one sample to the next"),
    ("slow_ms", "ms", "a longer phase loses 1 % of its crest to the calm filter, and less of it to tremor"),
    ("gentle", "1/16", "from here (240 mm/s2) down to half boundaries are read off a calmer speed: tremor moves them"),
    ("turn_ms", "ms", "after a rest this long on the way back going out again is another movement, however small"),
    ("float_force", "%", "of the mean force of the way out: a load that is braked by half of gravity or more"),
    ("float_ms", "ms", "a load that pulls so little for this long floats; half a tremor takes 42 to 83 ms"),
    ("float_travel", "%", "of the way out; a leg that stops dead at 0.8 m/s lets its load fly 32 mm"),
    ("slack_ms", "ms", "a cable without tension for this long was loose; a stack falls 50 mm meanwhile"),
    ("taut_percent", "%", "of the rep's largest force: with less a cable that was loose is not under tension again"),
    ("slam_speed", "um/s", "a stack set down by a lifter who slows it touches at less; it stops within 30 ms"),
    ("slam_ms", "ms", "from the last rep's end on to the stack: a longer way back was walked"),
    ("top_min", "um", "the contract: the top reaches at least this far below the furthest point"),
    ("top_percent", "%", "the contract: or this much of the rise, if that is more"),
    ("start_rise", "um", "the contract: a rest is a possible start if the cable goes this much further out"),
    ("sway", "um", "the contract: a standing leg sways by half of this to either side"),
    ("landed_ms", "ms", "a small movement this soon after another one is a bounce of the stack"),
    ("pause_ms", "ms", "the contract: a rep with a pause this long on the way out is left out of losses and records"),
    ("min_set_rom", "um", "the contract: a set has a movement at least this large"),
    ("below_zero_ms", "ms", "a force below zero for this long is no shock: the cell is wired or tared wrongly"),
    ("bounce_rise", "um", "a stack bounces by less; fast reps of 0.3 s are further"),
    (
        "stop_ms",
        "ms",
        "a quick way back that rests for so long near the start is over; the filter shows it 50 ms later",
    ),
)

# Constants that restate a definition of the contract. With another value another count would be correct, so a sweep
# reports these but does not judge them.
DEFINITIONS = frozenset(
    (
        "threshold",
        "dwell_ms",
        "turn_ms",
        "turn_percent",
        "near",
        "near_percent",
        "fall_percent",
        "top_min",
        "top_percent",
        "start_rise",
        "sway",
        "bounce_ms",
        "pause_ms",
        "min_set_rom",
        "min_rom",
        "full_percent",
        "partial_percent",
        "lone_hold_ms",
        "wander",
    )
)

# (name, default, unit, reason)
TABLE = tuple(
    (name, default, unit, reason) for (name, unit, reason), default in zip(_REASONS, tuning.defaults(), strict=True)
)
