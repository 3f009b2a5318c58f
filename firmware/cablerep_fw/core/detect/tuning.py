"""All tuning constants of the detector in one table, so that `cablerep evaluate --sweep` can vary each of them.

Their reasons are in reference/tuning_reasons.py. Kept off the board: the strings cost 8 KB of RAM.
"""

from array import array

from ..compat import const

# Indices into `defaults()`, in its order.
TICK_HZ = const(0)
LONG_MS = const(1)
SHORT_MS = const(2)
POSITION_MS = const(3)
THRESHOLD = const(4)
MIN_RUN = const(5)
MERGE_MS = const(6)
DWELL_MS = const(7)
TURN_PERCENT = const(8)
NEAR = const(9)
NEAR_PERCENT = const(10)
BEYOND = const(11)
FALL_PERCENT = const(12)
MIN_ROM = const(13)
FULL_PERCENT = const(14)
PARTIAL_PERCENT = const(15)
LONE_HOLD_MS = const(16)
WANDER = const(17)
LONE_PERCENT = const(18)
STACK_DROP = const(19)
STACK_REST_MS = const(20)
BOUNCE_MS = const(21)
JUMP_SPEED = const(22)
JUMP_MS = const(23)
BRIDGE_MS = const(24)
MAX_RUN_MS = const(25)
STACK_NEAR = const(26)
SLACK = const(27)
REST_MS = const(28)
STEEP = const(29)
QUICK_MS = const(30)
JOLT_SPEED = const(31)
SLOW_MS = const(32)
GENTLE = const(33)
TURN_MS = const(34)
FLOAT_FORCE = const(35)
FLOAT_MS = const(36)
FLOAT_TRAVEL = const(37)
SLACK_MS = const(38)
TAUT_PERCENT = const(39)
SLAM_SPEED = const(40)
SLAM_MS = const(41)
TOP_MIN = const(42)
TOP_PERCENT = const(43)
START_RISE = const(44)
SWAY = const(45)
LANDED_MS = const(46)
PAUSE_MS = const(47)
MIN_SET_ROM = const(48)
BELOW_ZERO_MS = const(49)
BOUNCE_RISE = const(50)
STOP_MS = const(51)


def defaults():
    """Return a new array of the default values."""
    values = (
        100,  # tick_hz, Hz
        120,  # long_ms, ms
        90,  # short_ms, ms
        50,  # position_ms, ms
        25000,  # threshold, um/s
        5000,  # min_run, um
        120,  # merge_ms, ms
        1000,  # dwell_ms, ms
        20,  # turn_percent, %
        40000,  # near, um
        30,  # near_percent, %
        60000,  # beyond, um
        30,  # fall_percent, %
        20000,  # min_rom, um
        60,  # full_percent, %
        20,  # partial_percent, %
        5000,  # lone_hold_ms, ms
        30000,  # wander, um
        15,  # lone_percent, %
        80000,  # stack_drop, um
        300,  # stack_rest_ms, ms
        300,  # bounce_ms, ms
        5000000,  # jump_speed, um/s
        50,  # jump_ms, ms
        2000,  # bridge_ms, ms
        90000,  # max_run_ms, ms
        30000,  # stack_near, um
        5000,  # slack, mN
        100,  # rest_ms, ms
        112,  # steep, 1/16
        700,  # quick_ms, ms
        2500000,  # jolt_speed, um/s
        1500,  # slow_ms, ms
        32,  # gentle, 1/16
        250,  # turn_ms, ms
        50,  # float_force, %
        60,  # float_ms, ms
        20,  # float_travel, %
        100,  # slack_ms, ms
        12,  # taut_percent, %
        300000,  # slam_speed, um/s
        1000,  # slam_ms, ms
        20000,  # top_min, um
        10,  # top_percent, %
        20000,  # start_rise, um
        30000,  # sway, um
        500,  # landed_ms, ms
        500,  # pause_ms, ms
        25000,  # min_set_rom, um
        100,  # below_zero_ms, ms
        60000,  # bounce_rise, um
        60,  # stop_ms, ms
    )
    return array("i", values)
