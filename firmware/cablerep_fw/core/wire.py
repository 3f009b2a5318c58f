"""The message table: every id, field, unit and setting that crosses the line, written once.

The board packs with it, the host unpacks with it and the protocol's document is made from it, so none can drift.
"""

from .compat import const
from .message import KEPT, LOSSY, SAMPLE, TO_BOARD, TO_HOST, Message

NULL = const(-0x3FFFFFFF)  # a value that is not known, such as force without a load cell; fits a small int

# An instant on the wire: tenths of a millisecond since sample 0 of its session.
_EVENT = (
    ("session", "I", "", "session that saw it"),
    ("seq", "I", "", "sequence number of kept messages in that session, from 1"),
)
_REP = _EVENT + (
    ("set", "H", "", "set, from 1"),
    ("rep", "H", "", "full rep of the set, from 1; 0 where it is none"),
    ("kind", "B", "", "see KINDS"),
    ("side", "B", "", "see SIDES"),
    ("flags", "H", "", "form flags, see FLAGS"),
    ("start", "I", "100us", "concentric begins"),
    ("top", "I", "100us", "concentric ends, hold begins"),
    ("release", "I", "100us", "hold ends, eccentric begins"),
    ("end", "I", "100us", "eccentric ends"),
    ("known", "I", "100us", "sample at which this was sent"),
    ("rom", "i", "um", "from the position at start to the furthest point"),
    ("concentric_mean", "i", "um/s", "mean speed of the concentric"),
    ("concentric_peak", "i", "um/s", "largest filtered speed of the concentric"),
    ("eccentric_mean", "i", "um/s", "mean speed of the eccentric, positive"),
    ("eccentric_peak", "i", "um/s", "largest filtered speed of the eccentric, positive"),
    ("force_mean", "i", "mN", "mean force of the concentric, or NULL"),
    ("force_peak", "i", "mN", "largest force of the rep, or NULL"),
    ("work", "i", "mJ", "force integrated over the way out, or NULL"),
    ("power_mean", "i", "mW", "mean of force times velocity over the concentric, or NULL"),
)
_TAG = ("tag", "B", "", "chosen by the host, comes back in the reply")

MESSAGES = (
    Message(
        0x80,
        "hello",
        TO_HOST,
        LOSSY,
        "who the board is; sent on request, at start and when a setting changes. The text is version, board id and "
        "port, with a space between",
        (
            ("schema", "H", "", "SCHEMA_ID of the sender"),
            ("session", "I", "", "random, new at each start and each change of what is measured"),
            ("rate_hz", "H", "Hz", "samples a second"),
            ("um_per_count", "i", "1e-6 um", "travel of one encoder count; negative: mounted the other way"),
            ("mn_per_count", "i", "1e-6 mN", "force of one load cell count"),
            ("load_zero", "i", "", "load cell counts at no load"),
            ("profile", "B", "", "number of the exercise profile"),
            ("side", "B", "", "see SIDES"),
            ("samples", "I", "", "samples since the session began"),
            ("kept", "H", "", "messages in the journal"),
        ),
        "text",
    ),
    Message(
        0x81,
        "samples",
        TO_HOST,
        SAMPLE,
        "raw samples in a row, travel and load counts; NO_LOAD where the cell had nothing new, GAP and a number of "
        "sample periods where none was read",
        (("first", "I", "", "number of the first sample"),),
        "pairs",
    ),
    Message(
        0x82,
        "phase",
        TO_HOST,
        LOSSY,
        "the phase changed",
        (
            ("phase", "B", "", "see PHASES"),
            ("cue", "B", "", "what the indicator shows, see CUES"),
            ("set", "H", "", "set, from 1; 0 outside one"),
            ("rep", "H", "", "full reps of the set so far"),
            ("at", "I", "100us", "when the phase began"),
            ("known", "I", "100us", "sample at which this was sent"),
            ("travel", "i", "um", "position then"),
        ),
    ),
    Message(0x83, "rep", TO_HOST, KEPT, "a rep is over", _REP),
    Message(0x84, "amend", TO_HOST, KEPT, "the end of the set changed this rep; known by its start", _REP),
    Message(
        0x85,
        "rejected",
        TO_HOST,
        LOSSY,
        "a movement that is no rep",
        (
            ("reason", "B", "", "see REASONS"),
            ("start", "I", "100us", "it begins"),
            ("end", "I", "100us", "it ends"),
            ("known", "I", "100us", "sample at which this was sent"),
            ("rom", "i", "um", "its range"),
        ),
    ),
    Message(
        0x86,
        "set",
        TO_HOST,
        KEPT,
        "a set is over",
        _EVENT
        + (
            ("set", "H", "", "set, from 1"),
            ("reps", "H", "", "full reps"),
            ("partials", "H", "", "partial reps"),
            ("side", "B", "", "see SIDES"),
            ("profile", "B", "", "number of the exercise profile"),
            ("start", "I", "100us", "start of the first rep"),
            ("end", "I", "100us", "end of the last rep"),
            ("known", "I", "100us", "sample at which this was sent"),
            ("rom", "i", "um", "reference ROM"),
            ("load", "i", "mN", "median force while holding, or NULL"),
        ),
    ),
    Message(
        0x87,
        "health",
        TO_HOST,
        LOSSY,
        "what the board counts of itself since the session began, once a second",
        (
            ("samples", "I", "", "samples since the session began, missed ones included"),
            ("missed", "I", "", "sample periods at which nothing was read"),
            ("overruns", "I", "", "samples lost because the ring was full"),
            ("outliers", "I", "", "travel samples that no cable can have made"),
            ("dropped_samples", "I", "", "sample frames refused by the full output ring"),
            ("dropped", "I", "", "other frames refused by the full output ring"),
            ("kept", "H", "", "messages in the journal"),
            ("journal_lost", "H", "", "kept messages overwritten because the journal was full"),
            ("bad_frames", "H", "", "chunks from the host that were no frame"),
            ("jitter_us", "H", "us", "largest deviation of a sample from its period"),
            ("load_hz10", "H", "0.1 Hz", "measured rate of the load cell"),
            ("faults", "H", "", "latched sensor faults, a bit each, see FAULTS"),
            ("heap_free", "i", "bytes", "free heap, or NULL"),
            ("illegal", "I", "", "encoder transitions that no movement makes, counted and passed over"),
            ("jitter_5", "I", "", "samples whose period was right to 5 us"),
            ("jitter_10", "I", "", "to 10 us and no better"),
            ("jitter_20", "I", "", "to 20 us and no better"),
            ("jitter_50", "I", "", "to 50 us and no better"),
            ("jitter_200", "I", "", "to 200 us and no better"),
            ("jitter_more", "I", "", "worse than 200 us"),
        ),
    ),
    Message(
        0x88,
        "log",
        TO_HOST,
        LOSSY,
        "a word to a person",
        (("level", "B", "", "see LEVELS"),),
        "text",
    ),
    Message(
        0x89,
        "reply",
        TO_HOST,
        LOSSY,
        "the answer to a command",
        (
            _TAG,
            ("command", "B", "", "id of the command"),
            ("status", "B", "", "see STATUSES"),
            ("setting", "B", "", "setting that GET or SET named, else 0"),
            ("value", "i", "", "its value now, else 0"),
        ),
    ),
    Message(
        0xC0,
        "hello_request",
        TO_BOARD,
        LOSSY,
        "asks for HELLO and opens the line: the journal is sent from its beginning, samples are off",
        (_TAG, ("schema", "H", "", "SCHEMA_ID of the sender")),
    ),
    Message(0xC1, "stream", TO_BOARD, LOSSY, "samples on or off", (_TAG, ("on", "B", "", "1 on, 0 off"))),
    Message(
        0xC2,
        "ack",
        TO_BOARD,
        LOSSY,
        "the host has stored this message; has no reply",
        _EVENT,
    ),
    Message(
        0xC3,
        "tare",
        TO_BOARD,
        LOSSY,
        "take the present value as zero; refused during a set",
        (_TAG, ("what", "B", "", "1 travel, 2 load, 3 both")),
    ),
    Message(0xC4, "get", TO_BOARD, LOSSY, "asks for a setting", (_TAG, ("setting", "B", "", "see SETTINGS"))),
    Message(
        0xC5,
        "set_setting",
        TO_BOARD,
        LOSSY,
        "changes a setting; refused during a set",
        (_TAG, ("setting", "B", "", "see SETTINGS"), ("value", "i", "", "new value")),
    ),
    Message(0xC6, "save", TO_BOARD, LOSSY, "keep the settings over a power cut; refused during a set", (_TAG,)),
    Message(0xC7, "side", TO_BOARD, LOSSY, "the side of the sets to come", (_TAG, ("side", "B", "", "see SIDES"))),
    Message(
        0xC8,
        "profile",
        TO_BOARD,
        LOSSY,
        "chooses the exercise with its limits; refused during a set",
        (
            _TAG,
            ("profile", "B", "", "number of the exercise profile"),
            ("target_rom", "i", "um", "0: learnt from the set"),
            ("rest", "i", "ms", "a set ends after this long without a rep at the bottom"),
            ("hold_max", "i", "ms", "a longer pause is standing"),
            ("hold_target", "i", "ms", "shortest hold the cue asks for"),
            ("eccentric_max", "i", "um/s", "fastest eccentric the cue allows; 0: any"),
        ),
    ),
    Message(0xC9, "repl", TO_BOARD, LOSSY, "ends the application and hands the port back to the REPL", (_TAG,)),
    Message(0xCA, "clear_faults", TO_BOARD, LOSSY, "forgets latched faults; one that lasts comes back", (_TAG,)),
)

KINDS = ("", "full", "partial", "rejected")
SIDES = ("", "left", "right")
PHASES = ("slack", "rest", "concentric", "hold", "eccentric")
CUES = ("none", "hold_reached", "eccentric_fast", "set_ended", "fault")
LEVELS = ("debug", "info", "warning", "error")
STATUSES = ("done", "unknown", "out of range", "refused during a set", "failed")
FLAGS = ()  # names by bit, from the lowest; none until form is judged
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

# Settings: (name, unit, least, most, default, meaning); a setting's number on the wire is its place, from 1.
SETTINGS = (
    ("rate_hz", "Hz", 10, 1000, 200, "samples a second; a board takes 50 and more"),
    ("um_per_count", "1e-6 um", -1000000000, 1000000000, 1000000, "travel of one encoder count, not 0"),
    ("mn_per_count", "1e-6 mN", -1000000000, 1000000000, 1000000, "force of one load cell count, not 0"),
    ("load_zero", "", -0x2000000, 0x2000000, 0, "load cell counts at no load"),
    ("profile", "", 0, 255, 0, "number of the exercise profile"),
    ("side", "", 0, 2, 0, "see SIDES"),
    ("target_rom", "um", 0, 2000000, 0, "target ROM; 0: learnt from the set"),
    ("rest", "ms", 1000, 120000, 12000, "a set ends after this long without a rep at the bottom"),
    ("hold_max", "ms", 5000, 60000, 20000, "a longer pause is standing"),
    ("hold_target", "ms", 0, 60000, 2000, "shortest hold the cue asks for"),
    ("eccentric_max", "um/s", 0, 3000000, 0, "fastest eccentric the cue allows; 0: any"),
    # What is wired where, used from the next start on. A pin is a GPIO number; -1: as the board's own file has it;
    # -2: nothing there.
    ("pin_encoder", "", -1, 47, -1, "encoder channel A; channel B is on the next higher pin"),
    ("cell", "", -1, 2, -1, "load cell amplifier: 0 none, 1 HX711 or HX717, 2 NAU7802; -1: as the board has it"),
    ("cell_gain", "", 1, 128, 128, "HX711: 128, 64 or 32; NAU7802: a power of two"),
    ("cell_hz", "Hz", 10, 320, 80, "conversions a second: as the HX711's RATE pin is wired; a NAU7802 is set to it"),
    ("pin_cell_data", "", -2, 47, -1, "HX711 DOUT, or the NAU7802's SDA"),
    ("pin_cell_clock", "", -2, 47, -1, "HX711 SCK, or the NAU7802's SCL"),
    ("pin_led", "", -2, 47, -1, "LED, lit when high"),
    ("pin_buzzer", "", -2, 47, -1, "passive buzzer"),
    ("pin_button", "", -2, 47, -1, "button to ground"),
)

BY_ID = {message.id: message for message in MESSAGES}
BY_NAME = {message.name: message for message in MESSAGES}


def _schema_id():
    """Fold the whole table into 16 bits, so that two ends that differ in any name, format or unit differ here."""
    from .frames import crc16

    text = repr([(m.id, m.name, m.format, m.tail, [(f[0], f[2]) for f in m.fields]) for m in MESSAGES])
    text += repr((KINDS, SIDES, PHASES, CUES, LEVELS, STATUSES, FLAGS, FAULTS, REASONS, SETTINGS))
    data = text.encode()
    return crc16(data, 0, len(data))


SCHEMA_ID = _schema_id()
