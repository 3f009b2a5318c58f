"""Every constant of the detector, with its unit and its reason, in one table.

One table, so that `cablerep evaluate --sweep` can vary each of them and show that none is a knife edge.
"""

from array import array

from .compat import const

# Places in `defaults()`, in the order of TABLE.
TICK_HZ = const(0)
LONG_MS = const(1)
SHORT_MS = const(2)
POSITION_MS = const(3)
THRESHOLD = const(4)
LEAST_RUN = const(5)
MERGE_MS = const(6)
DWELL_MS = const(7)
FALL_BACK = const(8)
NEAR = const(9)
NEAR_PART = const(10)
BEYOND = const(11)
BEYOND_PART = const(12)
LEAST_ROM = const(13)
FULL_PART = const(14)
PARTIAL_PART = const(15)
LONE_HOLD_MS = const(16)
WANDER = const(17)
LONE_PART = const(18)
STACK_DROP = const(19)
STACK_STILL_MS = const(20)
BOUNCE_MS = const(21)
JUMP_SPEED = const(22)
JUMP_MS = const(23)
BRIDGE_MS = const(24)
LONGEST_MS = const(25)
STACK_NEAR = const(26)
SLACK = const(27)
REST_MS = const(28)
STEEP = const(29)
QUICK_MS = const(30)
JOLT_SPEED = const(31)
SLOW_MS = const(32)
GENTLE = const(33)
TURN_MS = const(34)
FLOAT_PART = const(35)
FLOAT_MS = const(36)
FLOAT_WAY = const(37)
SLACK_MS = const(38)
TAUT_PART = const(39)
SLAM_SPEED = const(40)
SLAM_MS = const(41)

# (name, default, unit, reason)
TABLE = (
    ("tick_hz", 100, "Hz", "detector ticks; the intended movement has nothing above 5 Hz, and tremor must not alias"),
    ("long_ms", 120, "ms", "first box of the speed filter: null at 8.3 Hz, in the middle of the tremor band"),
    ("short_ms", 90, "ms", "second box: null at 11.1 Hz; together 100 ms of delay, of the 150 ms that a rep may take"),
    ("position_ms", 50, "ms", "box that smooths the position: takes quantisation and noise off the furthest point"),
    ("threshold", 25000, "um/s", "the contract's speed of a phase boundary"),
    ("least_run", 5000, "um", "a shorter run of speed is tremor (2 mm) or a sinking hold, not a phase"),
    ("merge_ms", 120, "ms", "a run broken for less than a tremor period is still the same run"),
    ("dwell_ms", 1000, "ms", "the contract: a shorter dwell belongs to the phase it interrupts"),
    ("fall_back", 20, "%", "the contract: falling back by less of the way covered is no return"),
    ("near", 40000, "um", "this close to its start a stop is the rep's end, without waiting; starts wander 30 mm"),
    ("near_part", 30, "%", "and no further than this part of the way out, for small ranges"),
    ("beyond", 60000, "um", "a return this far past the start goes on to the stack; start positions wander 30 mm"),
    ("beyond_part", 25, "%", "the same, as a part of the way out"),
    ("least_rom", 20000, "um", "the contract's smallest movement"),
    ("full_part", 60, "%", "the contract: a full rep, of the reference ROM"),
    ("partial_part", 20, "%", "the contract: a partial rep, of the reference ROM"),
    ("lone_hold_ms", 5000, "ms", "the contract: a lone movement that stands longer was taking up the cable"),
    ("wander", 30000, "um", "the contract: start positions wander; a lone movement ends this close to its own"),
    ("lone_part", 15, "%", "the same, as a part of the way out"),
    ("stack_drop", 80000, "um", "the stack is at least this far below the start positions of a set"),
    ("stack_still_ms", 300, "ms", "the cable has come to rest at the stack, and does not just turn there"),
    ("bounce_ms", 500, "ms", "a stack bounces for about this long after it lands"),
    ("jump_speed", 5000000, "um/s", "well above the fastest movement of 3 m/s"),
    ("jump_ms", 50, "ms", "a travel that stays where it jumped to for this long is a new zero, not an outlier"),
    ("bridge_ms", 2000, "ms", "a longer gap is not bridged: nobody can say what happened in it"),
    ("longest_ms", 90000, "ms", "2 m at 30 mm/s take 67 s: a longer way out or back is no rep"),
    ("stack_near", 30000, "um", "the stack comes to rest within this of where it rested before"),
    ("slack", 5000, "mN", "less force than the weight of the cable and handle is no tension"),
    ("rest_ms", 150, "ms", "a shorter rest is a turn, which the filter does not shift; between them in proportion"),
    ("steep", 112, "1/16", "from here (830 mm/s2) up to half as much again boundaries are read off the raw motion"),
    ("quick_ms", 700, "ms", "a longer phase has a crest that the filter flattens by less than 2 %"),
    ("jolt_speed", 2500000, "um/s", "a stack that lands changes its speed by less from one sample to the next"),
    ("slow_ms", 1500, "ms", "a longer phase loses 1 % of its crest to the calm filter, and less of it to tremor"),
    (
        "gentle",
        32,
        "1/16",
        "from here (240 mm/s2) down to half boundaries are read off a calmer speed: tremor moves them",
    ),
    ("turn_ms", 250, "ms", "after a rest this long on the way back going out again is another movement, however small"),
    ("float_part", 50, "%", "of the mean force of the way out: a load that is braked by half of gravity or more"),
    (
        "float_ms",
        60,
        "ms",
        "a load that pulls so little for this long floats; half a tremor takes 42 to 83 ms",
    ),
    (
        "float_way",
        20,
        "%",
        "of the way out; a leg that stops dead at 0.8 m/s lets its load fly 32 mm",
    ),
    ("slack_ms", 100, "ms", "a cable without tension for this long was loose; a stack falls 50 mm meanwhile"),
    (
        "taut_part",
        12,
        "%",
        "of the rep's largest force: with less a cable that was loose is not under tension again",
    ),
    ("slam_speed", 300000, "um/s", "a stack set down by a lifter who slows it touches at less; it stops within 30 ms"),
    ("slam_ms", 1000, "ms", "from the last rep's end on to the stack: a longer way back was walked"),
)


def defaults():
    """Return the table's values as an array of integers, for a detector's construction."""
    return array("i", [row[1] for row in TABLE])
