"""The message table: every id, field, unit and setting of the protocol, defined once.

The board packs with it, the host unpacks with it, and the protocol's page is generated from it. A board loads it at
its start and keeps what is in tables.py.
"""

from struct import unpack_from

from . import codes
from .frames import crc16
from .message import KEPT, LOSSY, SAMPLE, Layout

NULL = codes.NULL
NULL16 = codes.NULL16
PAUSED = codes.PAUSED

TO_HOST = "board to host"
TO_BOARD = "host to board"


class Message(Layout):
    """A layout with its names.

    `fields` gives each field's name, struct format character and unit, "travel i um, rep H"; values are integers in
    that unit. reference/wire_meanings.py says what each field means. `tail` is "", "text" (UTF-8 to the end) or
    "pairs" (two signed 32-bit integers per sample, to the end) or "triples" (the same, and a signed 16-bit integer).
    """

    def __init__(self, message_id, name, direction, care, fields, tail=""):
        self.name = name
        self.direction = direction
        self.tail = tail
        self.fields = [tuple((field.split(" ", 2) + [""])[:3]) for field in fields.split(", ")]
        letters = "".join([field[1] for field in self.fields])
        self.format = "<" + letters
        super().__init__(message_id, care, letters.encode())

    def place(self, name):
        """Return the index of field `name` in a record. Raises ValueError if there is none."""
        return [field[0] for field in self.fields].index(name)

    def unpack(self, buffer, offset=0):
        """Return the fixed fields in `buffer[offset:]` as a dict by name. Raises ValueError if it is too short."""
        if len(buffer) - offset < self.size:
            raise ValueError("%s is %d bytes, not %d" % (self.name, self.size, len(buffer) - offset))
        values = unpack_from(self.format, buffer, offset)
        return {field[0]: value for field, value in zip(self.fields, values)}


# Layouts, see Message. Instants are in tenths of a millisecond since sample 0 of their session. The layouts of
# KEPT messages may only grow at the end: the journal in flash outlives the firmware, see journal.
_EVENT = "session I, seq I"
_REP = (
    "session I, seq I, set H, rep H, kind B, side B, flags H, start I 100us, top I 100us, release I 100us, "
    "end I 100us, known I 100us, rom i um, concentric_mean i um/s, concentric_peak i um/s, eccentric_mean i um/s, "
    "eccentric_peak i um/s, force_mean i mN, force_peak i mN, work i mJ, power_mean i mW, "
    "chord h 100um, direction h 0.01deg, bow h 100um, drift h 100um"
)

MESSAGES = (
    Message(
        codes.HELLO,
        "hello",
        TO_HOST,
        LOSSY,
        "schema H, session I, rate_hz H Hz, um_per_count i 1e-6 um, mn_per_count i 1e-6 mN, load_zero i, profile B, "
        "side B, samples I, kept H, angle_sensor B, angle_per_turn i, angle_zero i, lifter B, "
        "free i um",
        "text",
    ),
    Message(codes.SAMPLES, "samples", TO_HOST, SAMPLE, "first I", "pairs"),
    Message(
        codes.PHASE, "phase", TO_HOST, LOSSY, "phase B, cue B, set H, rep H, at I 100us, known I 100us, travel i um"
    ),
    Message(codes.REP, "rep", TO_HOST, KEPT, _REP),
    Message(codes.AMEND, "amend", TO_HOST, KEPT, _REP),
    Message(
        codes.REJECTED, "rejected", TO_HOST, LOSSY, "reason B, start I 100us, end I 100us, known I 100us, rom i um"
    ),
    Message(
        codes.SET,
        "set",
        TO_HOST,
        KEPT,
        "session I, seq I, set H, reps H, partials H, side B, profile B, start I 100us, end I 100us, known I 100us, "
        "rom i um, load i mN, lifter B",
    ),
    Message(
        codes.HEALTH,
        "health",
        TO_HOST,
        LOSSY,
        "samples I, missed I, overruns I, outliers I, dropped_samples I, dropped I, kept H, journal_lost H, "
        "bad_frames H, jitter_us H us, load_hz10 H 0.1 Hz, faults H, heap_free i bytes, illegal I, jitter_5 I, "
        "jitter_10 I, jitter_20 I, jitter_50 I, jitter_200 I, jitter_more I, free i um, angle_hz10 H 0.1 Hz",
    ),
    Message(codes.LOG, "log", TO_HOST, LOSSY, "level B", "text"),
    Message(codes.REPLY, "reply", TO_HOST, LOSSY, "tag B, command B, status B, setting B, value i"),
    Message(codes.SAMPLES_ANGLE, "samples_angle", TO_HOST, SAMPLE, "first I", "triples"),
    Message(codes.HELLO_REQUEST, "hello_request", TO_BOARD, LOSSY, "tag B, schema H"),
    Message(codes.STREAM, "stream", TO_BOARD, LOSSY, "tag B, on B"),
    Message(codes.ACK, "ack", TO_BOARD, LOSSY, _EVENT),
    Message(codes.TARE, "tare", TO_BOARD, LOSSY, "tag B, what B"),
    Message(codes.GET, "get", TO_BOARD, LOSSY, "tag B, setting B"),
    Message(codes.SET_SETTING, "set_setting", TO_BOARD, LOSSY, "tag B, setting B, value i"),
    Message(codes.SAVE, "save", TO_BOARD, LOSSY, "tag B"),
    Message(codes.SIDE, "side", TO_BOARD, LOSSY, "tag B, side B, lifter B"),
    Message(
        codes.PROFILE,
        "profile",
        TO_BOARD,
        LOSSY,
        "tag B, profile B, target_rom i um, rest i ms, hold_max i ms, hold_target i ms, eccentric_max i um/s, "
        "rom_over i um, over_part H %, under_part H %, learn_reps B, start B, direction_low h deg, "
        "direction_high h deg, drift_max H mm",
    ),
    Message(codes.REPL, "repl", TO_BOARD, LOSSY, "tag B"),
    Message(codes.CLEAR_FAULTS, "clear_faults", TO_BOARD, LOSSY, "tag B"),
    Message(codes.END_SET, "end_set", TO_BOARD, LOSSY, "tag B"),
)

KINDS = ("", "full", "partial", "rejected")
SIDES = ("", "left", "right")
PHASES = ("slack", "rest", "concentric", "hold", "eccentric")
CUES = ("none", "hold_reached", "eccentric_fast", "set_ended", "fault")
LEVELS = ("debug", "info", "warning", "error")
STATUSES = (
    "done",
    "unknown",
    "out of range",
    "refused during a set",
    "failed",
    "refused during a movement",
    "refused under load",
)
# By bit, lowest first.
FLAGS = (
    "hold_short",
    "eccentric_fast",
    "range_over",
    "range_under",
    "swing",
    "slack",
    "slam",
    "off_line",
    "drift_in_hold",
)
FAULTS = (
    "encoder jumps",
    "load cell silent",
    "load cell saturated",
    "load cell gain bits",
    "sampler restarted",
    "settings file unusable",
    "load cell stuck",
    "encoder stopped",
    "journal file unusable",
    "restarted by the watchdog",
    "load below zero",
    "angle sensor silent",
    "angle sensor data",
    "magnet weak",
    "magnet strong",
)
REASONS = (
    "",
    "take_up",
    "walk_in",
    "stance_shift",
    "bounce",
    "slack",
    "too_small",
    "standing",
    "lone",
    "no_return",
    "outlier",
)

# Settings: (name, unit, min, max, default). On the wire a setting's number is its index plus 1.
SETTINGS = (
    ("rate_hz", "Hz", 10, 1000, 200),
    ("um_per_count", "1e-6 um", -1000000000, 1000000000, 1000000),
    ("mn_per_count", "1e-6 mN", -1000000000, 1000000000, 1000000),
    ("load_zero", "", -0x2000000, 0x2000000, 0),
    ("profile", "", 0, 255, 0),
    ("side", "", 0, 2, 0),
    ("target_rom", "um", 0, 2000000, 0),
    ("rest", "ms", 1000, 120000, 12000),
    ("hold_max", "ms", 5000, 60000, 20000),
    ("hold_target", "ms", 0, 60000, 2000),
    ("eccentric_max", "um/s", 0, 3000000, 0),
    # Wiring, used from the next start on. A pin is a GPIO number; -1: the board's default; -2: not connected.
    ("pin_encoder", "", -1, 47, -1),
    ("cell", "", -1, 2, -1),
    ("cell_gain", "", 1, 128, 128),
    ("cell_hz", "Hz", 1, 320, 80),
    ("pin_cell_data", "", -2, 47, -1),
    ("pin_cell_clock", "", -2, 47, -1),
    ("pin_led", "", -2, 47, -1),
    ("pin_buzzer", "", -2, 47, -1),
    ("pin_button", "", -2, 47, -1),
    # More limits of the profile, at the end so that older settings files stay valid.
    ("rom_over", "um", 0, 2000000, 0),
    ("over_part", "%", 0, 300, 0),
    ("under_part", "%", 0, 100, 0),
    ("learn_reps", "", 1, 10, 3),
    ("start", "", 0, 1, 0),
    ("cell_delay", "ms", 0, 500, 0),
    # The angle sensor on the cable's way out of the low pulley: wiring, calibration, and the profile's limits.
    ("angle_sensor", "", 0, 2, 0),
    ("pin_angle_data", "", -2, 47, -1),
    ("pin_angle_clock", "", -2, 47, -1),
    ("pin_angle_select", "", -2, 47, -1),
    ("angle_per_turn", "", -32768, 32768, 4096),
    ("angle_zero", "", 0, 32767, 0),
    ("angle_play", "0.01 deg", 0, 1000, 0),
    ("free_mm", "mm", 0, 5000, 0),
    ("free_from", "", 0, 1, 0),
    ("direction_low", "deg", -180, 180, 0),
    ("direction_high", "deg", -180, 180, 0),
    ("drift_max", "mm", 0, 1000, 0),
    ("lifter", "", 0, 255, 0),
)

BY_ID = {message.id: message for message in MESSAGES}
BY_NAME = {message.name: message for message in MESSAGES}


def _crc(text):
    data = text.encode()
    return crc16(data, 0, len(data))


def fingerprint(count):
    """Return the CRC-16 of the names and units of the first `count` settings: a settings file must match the table."""
    return _crc(repr([(row[0], row[1]) for row in SETTINGS[:count]]))


def _schema_id():
    """Return the CRC-16 of the whole table: it differs if any name, format or unit does."""
    text = repr([(m.id, m.name, m.format, m.tail, [(f[0], f[2]) for f in m.fields]) for m in MESSAGES])
    text += repr((KINDS, SIDES, PHASES, CUES, LEVELS, STATUSES, FLAGS, FAULTS, REASONS, SETTINGS))
    return _crc(text)


SCHEMA_ID = _schema_id()
