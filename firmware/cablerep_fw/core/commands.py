"""What the host may ask of the board: each command checked, carried out and answered.

Everything is checked before anything is changed, since what comes down the line can be any bytes at all.
"""

from array import array

from .compat import const
from .link import frames, wire
from .settings.settings import (
    ECCENTRIC_MAX,
    HOLD_MAX,
    HOLD_TARGET,
    LEARN_REPS,
    LOAD_ZERO,
    OVER_PART,
    PIN_BUTTON,
    PIN_ENCODER,
    PROFILE,
    RATE_HZ,
    REST,
    ROM_OVER,
    SIDE,
    TARGET_ROM,
    UNDER_PART,
)

# Places in wire.STATUSES.
DONE = const(0)
UNKNOWN = const(1)
OUT_OF_RANGE = const(2)
IN_SET = const(3)
FAILED = const(4)
IN_MOVEMENT = const(5)

# Ids from here on go to the board. A lower one is our own frame, thrown back by a line that echoes: an answer to it
# would come back as well, for ever.
_FIRST_TO_BOARD = const(0xC0)
_WARNING = const(2)  # place in wire.LEVELS
# Settings that PROFILE carries, each in the field of its name.
_LIMITS = (
    PROFILE,
    TARGET_ROM,
    REST,
    HOLD_MAX,
    HOLD_TARGET,
    ECCENTRIC_MAX,
    ROM_OVER,
    OVER_PART,
    UNDER_PART,
    LEARN_REPS,
)


class Commands:
    """Takes the host's bytes for `engine` on `board` (see cablerep_fw.board); `text` is HELLO's (bytes).

    Once the host asked for the REPL, `repl_wanted` is set and the application should end.
    """

    def __init__(self, board, engine, text):
        self.board = board
        self.engine = engine
        self.text = text
        self.decoder = frames.Decoder()
        self.texts = 0  # lines that were no frames: somebody types, or a tool looks for the REPL
        self.repl_wanted = False
        self._reply_message = wire.BY_NAME["reply"]
        self._reply = array("i", bytes(4 * 5))  # tag, command, status, setting, value
        self._handlers = {
            wire.BY_NAME[name].id: (wire.BY_NAME[name], handler)
            for name, handler in (
                ("hello_request", self._hello_request),
                ("stream", self._stream),
                ("ack", self._ack),
                ("tare", self._tare),
                ("get", self._get),
                ("set_setting", self._set_setting),
                ("save", self._save),
                ("side", self._side),
                ("profile", self._profile),
                ("repl", self._repl),
                ("clear_faults", self._clear_faults),
                ("end_set", self._end_set),
            )
        }

    def take(self, byte):
        """Take one byte (0-255) from the host. Never raises, whatever the bytes."""
        answer = self.decoder.feed(byte)
        if answer == frames.FRAME:
            self._obey(self.decoder)
        elif answer == frames.TEXT:
            self.texts += 1

    def strays(self):
        """Return how many stretches from the host were no frame."""
        return self.decoder.bad + self.texts

    def hello(self):
        """Queue HELLO, behind a delimiter that parts it from whatever is on the line."""
        self.engine.outbox.delimit()
        self.engine.send_hello(self.text)

    def tare(self, what):
        """Take the present value as zero: 1 travel, 2 load, 3 both; return the status."""
        if not 1 <= what <= 3:
            return OUT_OF_RANGE
        if not self.engine.idle():
            return IN_SET
        if what & 2 and not self.engine.decimator.has_load:
            return FAILED
        self.engine.tare(what)
        self.hello()
        return DONE

    def name_side(self, side):
        """Name the side of the sets to come; return the status."""
        return self._change((SIDE,), (side,))

    def _obey(self, decoder):
        if decoder.message_id < _FIRST_TO_BOARD:
            return
        reply = self._reply
        buffer = decoder.buffer
        reply[0] = buffer[frames.PAYLOAD] if decoder.length else 0  # every command with a reply begins with its tag
        reply[1] = decoder.message_id
        reply[2] = UNKNOWN
        reply[3] = 0
        reply[4] = 0
        message, handler = self._handlers.get(decoder.message_id, (None, None))
        if message is not None and decoder.length == message.size:
            status = handler(message.unpack(buffer, frames.PAYLOAD))
            if status is None:
                return
            reply[2] = status
        self.engine.outbox.send(self._reply_message, reply)

    def _hello_request(self, asked):
        self.engine.stream(False)  # it was the wish of whoever listened before
        self.hello()
        if asked["schema"] != wire.SCHEMA_ID:
            return FAILED  # this host cannot read more than HELLO, which tells it so
        self.engine.attach()
        for note in self.board.notes:
            self.engine.outbox.send_text(wire.BY_NAME["log"], (_WARNING,), note.encode())
        return DONE

    def _stream(self, asked):
        if asked["on"] > 1:
            return OUT_OF_RANGE
        self.engine.stream(asked["on"] == 1)
        return DONE

    def _ack(self, asked):
        self.engine.journal.ack(asked["session"], asked["seq"])

    def _tare(self, asked):
        return self.tare(asked["what"])

    def _get(self, asked):
        place = asked["setting"] - 1
        values = self.engine.settings.values
        self._reply[3] = asked["setting"]
        if not 0 <= place < len(values):
            return OUT_OF_RANGE
        self._reply[4] = values[place]
        return DONE

    def _set_setting(self, asked):
        status = self._change((asked["setting"] - 1,), (asked["value"],))
        self._get(asked)
        return status

    def _save(self, asked):
        if not self.engine.idle():
            return IN_SET
        return DONE if self.board.save_settings() else FAILED

    def _side(self, asked):
        return self._change((SIDE,), (asked["side"],))

    def _profile(self, asked):
        wanted = [asked[wire.SETTINGS[place][0]] for place in _LIMITS]
        return self._change(_LIMITS, wanted)

    def _repl(self, asked):
        self.repl_wanted = True
        return DONE

    def _clear_faults(self, asked):
        self.engine.decimator.jumps = 0
        self.board.clear_faults()
        return DONE

    def _end_set(self, asked):
        return DONE if self.engine.end_set() else IN_MOVEMENT

    def _change(self, places, wanted):
        """Put `wanted` into the settings at `places`, all or none; return the status."""
        engine = self.engine
        settings = engine.settings
        values = settings.values
        renew = changed = False
        for place, value in zip(places, wanted):
            if not settings.accepts(place, value):
                return OUT_OF_RANGE
            if place == RATE_HZ and not self.board.takes_rate(value):
                return OUT_OF_RANGE
            if value != values[place]:
                changed = True
                # What is wired where counts from the next start on, these two at once; all else needs a new session.
                wired = PIN_ENCODER <= place <= PIN_BUTTON
                renew = renew or not (wired or place in (SIDE, LOAD_ZERO))
        if not changed:
            return DONE  # so that a host may state its wishes each time it comes, without ending the session
        if not engine.idle() and places != (SIDE,):
            return IN_SET
        for place, value in zip(places, wanted):
            settings.put(place, value)
        if renew:
            self.renew(RATE_HZ in places)
        else:
            engine.set_side(values[SIDE])
            engine.decimator.set_load_zero(values[LOAD_ZERO])
            self.hello()
        return DONE

    def renew(self, resample=False):
        """Begin another session with the settings as they are now, and sample anew where the rate is another."""
        if resample:
            self.board.start(self.engine.settings.values[RATE_HZ])
        self.engine.restart(self.board.new_session())
        self.hello()
