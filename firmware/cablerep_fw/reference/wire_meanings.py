"""What each message, field and setting of the wire table means, for the protocol's page.

Kept out of core/link/wire.py, and so off the board, where these strings cost 10 KB of RAM.
"""

_EVENT = {"session": "session that saw it", "seq": "sequence number of kept messages in that session, from 1"}
_REP = _EVENT | {
    "set": "set, from 1",
    "rep": "full rep of the set, from 1; 0 for any other",
    "kind": "see KINDS",
    "side": "see SIDES",
    "flags": "form flags, see FLAGS; bit 15: a pause of half a second or more on the way out",
    "start": "concentric begins",
    "top": "concentric ends, hold begins",
    "release": "hold ends, eccentric begins",
    "end": "eccentric ends",
    "known": "sample at which this was sent",
    "rom": "from the position at start to the furthest point",
    "concentric_mean": "mean speed of the concentric",
    "concentric_peak": "max. filtered speed of the concentric",
    "eccentric_mean": "mean speed of the eccentric, positive",
    "eccentric_peak": "max. filtered speed of the eccentric, positive",
    "force_mean": "mean force of the concentric, or NULL",
    "force_peak": "largest force of the rep, or NULL",
    "work": "force integrated over the way out, or NULL",
    "power_mean": "mean of force times velocity over the concentric, or NULL",
}
_TAG = {"tag": "chosen by the host, returned in the reply"}

# By message: its purpose, and the meaning of its fields.
MESSAGES = {
    "hello": (
        "identifies the board; sent on request, at start and when a setting changes. The text is version, board id and "
        "port, separated by spaces",
        {
            "schema": "SCHEMA_ID of the sender",
            "session": "random, new at each start and each change of what is measured",
            "rate_hz": "samples a second",
            "um_per_count": "travel of one encoder count; negative: mounted the other way",
            "mn_per_count": "force of one load cell count",
            "load_zero": "load cell counts at no load",
            "profile": "number of the exercise profile",
            "side": "see SIDES",
            "samples": "samples since the session began",
            "kept": "messages in the journal",
        },
    ),
    "samples": (
        "raw samples in a row, travel and load counts; NO_LOAD where the cell had nothing new, GAP and a number of "
        "sample periods where none was read",
        {"first": "number of the first sample"},
    ),
    "phase": (
        "the phase changed",
        {
            "phase": "see PHASES",
            "cue": "what the indicator shows, see CUES",
            "set": "set, from 1; 0 outside one",
            "rep": "full reps of the set so far",
            "at": "when the phase began",
            "known": "sample at which this was sent",
            "travel": "position then",
        },
    ),
    "rep": ("a rep is over", _REP),
    "amend": ("the end of the set changed this rep; known by its start", _REP),
    "rejected": (
        "a movement that is not a rep",
        {
            "reason": "see REASONS",
            "start": "it begins",
            "end": "it ends",
            "known": "sample at which this was sent",
            "rom": "its range",
        },
    ),
    "set": (
        "a set is over",
        _EVENT
        | {
            "set": "set, from 1",
            "reps": "full reps",
            "partials": "partial reps",
            "side": "see SIDES",
            "profile": "number of the exercise profile",
            "start": "start of the first rep",
            "end": "end of the last rep",
            "known": "sample at which this was sent",
            "rom": "reference ROM",
            "load": "median force while holding, or NULL",
        },
    ),
    "health": (
        "the board's counters since the session began, once a second",
        {
            "samples": "samples since the session began, including missed ones",
            "missed": "sample periods at which nothing was read",
            "overruns": "samples lost because the ring was full",
            "outliers": "travel samples that no cable can have made",
            "dropped_samples": "sample frames refused by the full output ring",
            "dropped": "other frames refused by the full output ring",
            "kept": "messages in the journal",
            "journal_lost": "kept messages overwritten because the journal was full",
            "bad_frames": "pieces of input from the host that were not frames",
            "jitter_us": "largest deviation of a sample from its period",
            "load_hz10": "measured rate of the load cell",
            "faults": "latched sensor faults, a bit each, see FAULTS",
            "heap_free": "free heap, or NULL",
            "illegal": "encoder transitions that no movement makes, counted and passed over",
            "jitter_5": "samples whose period was right to 5 us",
            "jitter_10": "to 10 us and no better",
            "jitter_20": "to 20 us and no better",
            "jitter_50": "to 50 us and no better",
            "jitter_200": "to 200 us and no better",
            "jitter_more": "worse than 200 us",
        },
    ),
    "log": ("a message for a person to read", {"level": "see LEVELS"}),
    "reply": (
        "reply to a command",
        _TAG
        | {
            "command": "id of the command",
            "status": "see STATUSES",
            "setting": "setting that GET or SET named, else 0",
            "value": "its value now, else 0",
        },
    ),
    "hello_request": (
        "asks for HELLO and opens the line: the journal is sent from its beginning, samples are off",
        _TAG | {"schema": "SCHEMA_ID of the sender"},
    ),
    "stream": ("samples on or off", _TAG | {"on": "1 on, 0 off"}),
    "ack": ("the host has stored this message; has no reply", _EVENT),
    "tare": (
        "take the present value as zero; refused during a set, and under load unless forced",
        _TAG | {"what": "1 travel, 2 load, 3 both; plus 4: even under load"},
    ),
    "get": ("asks for a setting", _TAG | {"setting": "see SETTINGS"}),
    "set_setting": (
        "changes a setting; refused during a set",
        _TAG | {"setting": "see SETTINGS", "value": "new value"},
    ),
    "save": ("save the settings in flash; refused during a set", _TAG),
    "side": ("the side of the sets to come", _TAG | {"side": "see SIDES"}),
    "profile": (
        "chooses the exercise with its limits; refused during a set",
        _TAG
        | {
            "profile": "number of the exercise profile",
            "target_rom": "0: learnt from the set",
            "rest": "a set ends after this long without a rep at the bottom",
            "hold_max": "a longer pause is standing",
            "hold_target": "shortest hold, for hold_short and the cue; 0: any",
            "eccentric_max": "fastest eccentric, for eccentric_fast and the cue; 0: any",
            "rom_over": "largest ROM, for range_over; 0: any",
            "over_part": "largest part of the target or learnt ROM, for range_over; 0: any",
            "under_part": "smallest part of it, for range_under; 0: any",
            "learn_reps": "full reps of a set whose median ROM is the learnt one",
            "start": "where reps begin: 0 anywhere, 1 at a stance away from the stack",
        },
    ),
    "repl": ("ends the application and hands the port to the REPL", _TAG),
    "clear_faults": ("clears latched faults; one that persists returns", _TAG),
    "end_set": ("ends the set now; refused during a movement", _TAG),
}

SETTINGS = {
    "rate_hz": "samples a second; a board takes 50 and more",
    "um_per_count": "travel of one encoder count, not 0",
    "mn_per_count": "force of one load cell count, not 0",
    "load_zero": "load cell counts at no load",
    "profile": "number of the exercise profile",
    "side": "see SIDES",
    "target_rom": "target ROM; 0: learnt from the set",
    "rest": "a set ends after this long without a rep at the bottom",
    "hold_max": "a longer pause is standing",
    "hold_target": "shortest hold, for hold_short and the cue; 0: any",
    "eccentric_max": "fastest eccentric, for eccentric_fast and the cue; 0: any",
    "pin_encoder": "encoder channel A; channel B is on the next higher pin",
    "cell": "load cell amplifier: 0 none, 1 HX711 or HX717, 2 NAU7802; -1: as the board has it",
    "cell_gain": "HX711: 128, 64 or 32; NAU7802: a power of two",
    "cell_hz": "conversions a second: as the HX711's RATE pin is wired; a NAU7802 is set to it",
    "pin_cell_data": "HX711 DOUT, or the NAU7802's SDA",
    "pin_cell_clock": "HX711 SCK, or the NAU7802's SCL",
    "pin_led": "LED, lit when high",
    "pin_buzzer": "passive buzzer",
    "pin_button": "button to ground",
    "rom_over": "largest ROM, for range_over; 0: any",
    "over_part": "largest part of the target or learnt ROM, for range_over; 0: any",
    "under_part": "smallest part of it, for range_under; 0: any",
    "learn_reps": "full reps of a set whose median ROM is the learnt one",
    "start": "where reps begin: 0 anywhere, 1 at a stance away from the stack",
    "cell_delay": "age of a load cell reading when it appears",
}
