"""Every constant of the detector in one table, so that `cablerep evaluate --sweep` can vary each of them.

The reason of each stands in the simulator's tuning_table.py: on a board the words took 8 KB, and nobody read them.
"""

from array import array

from ..compat import const

# Places in `defaults()`, in its order.
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


def defaults():
    """Return the table's values as an array of integers, for a detector's construction."""
    values = (
        100,  # tick_hz, Hz
        120,  # long_ms, ms
        90,  # short_ms, ms
        50,  # position_ms, ms
        25000,  # threshold, um/s
        5000,  # least_run, um
        120,  # merge_ms, ms
        1000,  # dwell_ms, ms
        20,  # fall_back, %
        40000,  # near, um
        30,  # near_part, %
        60000,  # beyond, um
        25,  # beyond_part, %
        20000,  # least_rom, um
        60,  # full_part, %
        20,  # partial_part, %
        5000,  # lone_hold_ms, ms
        30000,  # wander, um
        15,  # lone_part, %
        80000,  # stack_drop, um
        300,  # stack_still_ms, ms
        500,  # bounce_ms, ms
        5000000,  # jump_speed, um/s
        50,  # jump_ms, ms
        2000,  # bridge_ms, ms
        90000,  # longest_ms, ms
        30000,  # stack_near, um
        5000,  # slack, mN
        150,  # rest_ms, ms
        112,  # steep, 1/16
        700,  # quick_ms, ms
        2500000,  # jolt_speed, um/s
        1500,  # slow_ms, ms
        32,  # gentle, 1/16
        250,  # turn_ms, ms
        50,  # float_part, %
        60,  # float_ms, ms
        20,  # float_way, %
        100,  # slack_ms, ms
        12,  # taut_part, %
        300000,  # slam_speed, um/s
        1000,  # slam_ms, ms
    )
    return array("i", values)
