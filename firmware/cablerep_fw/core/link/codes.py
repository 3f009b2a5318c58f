"""Numbers of the protocol that a board uses as they are; wire.py, which it forgets after its start, passes them on."""

from ..compat import const

NULL = const(-0x3FFFFFFF)  # an unknown value, such as force without a load cell; a small int
NULL16 = const(-0x8000)  # the same in a field of 16 bits, such as direction without an angle sensor
PAUSED = const(0x8000)  # in a rep's flags: a pause of half a second or more on the way out, which is no form flag

# Ids of messages. Those to the board have the upper two bits set.
HELLO = const(0x80)
SAMPLES = const(0x81)
PHASE = const(0x82)
REP = const(0x83)
AMEND = const(0x84)
REJECTED = const(0x85)
SET = const(0x86)
HEALTH = const(0x87)
LOG = const(0x88)
REPLY = const(0x89)
SAMPLES_ANGLE = const(0x8A)
HELLO_REQUEST = const(0xC0)
STREAM = const(0xC1)
ACK = const(0xC2)
TARE = const(0xC3)
GET = const(0xC4)
SET_SETTING = const(0xC5)
SAVE = const(0xC6)
SIDE = const(0xC7)
PROFILE = const(0xC8)
REPL = const(0xC9)
CLEAR_FAULTS = const(0xCA)
END_SET = const(0xCB)
