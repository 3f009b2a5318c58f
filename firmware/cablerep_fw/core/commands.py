"""Commands from the host: checks, executes and answers each one.

Everything is checked before anything is changed, because the line may deliver arbitrary bytes.
"""

from array import array

from .compat import const
from .link import frames, wire
from .settings import settings as setting

# Indices into wire.STATUSES.
DONE = const(0)
UNKNOWN = const(1)
OUT_OF_RANGE = const(2)
IN_SET = const(3)
FAILED = const(4)
IN_MOVEMENT = const(5)
UNDER_LOAD = const(6)

# Messages to the board have ids from here on. A lower id is the board's own frame on a line that echoes; a reply to it
# would be echoed too, without end.
_FIRST_TO_BOARD = const(0xC0)
_LOAD = const(2)  # bits of a tare
_FORCED = const(4)
_WARNING = const(2)  # index into wire.LEVELS


class Commands:
    """Takes the host's bytes for `engine` on `board` (see cablerep_fw.board); `text` is that of HELLO (bytes).

    `repl_wanted` is set when the host asks for the REPL; the application should then end.
    """

    def __init__(self, board, engine, text):
        self.board = board
        self.engine = engine
        self.text = text
        self.decoder = frames.Decoder()
        self.texts = 0  # lines of text: somebody is typing, or a tool is looking for the REPL
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
        event = self.decoder.feed(byte)
        if event == frames.FRAME:
            self._execute(self.decoder)
        elif event == frames.TEXT:
            self.texts += 1

    def bad_frames(self):
        """Return how many pieces of input from the host were not frames."""
        return self.decoder.bad + self.texts

    def hello(self):
        """Queue HELLO after a delimiter, which separates it from whatever is on the line."""
        self.engine.reporter.outbox.delimit()
        self.engine.send_hello(self.text)

    def tare(self, what):
        """Take the present value as zero: 1 travel, 2 load, 3 both; plus 4 even under load. Returns the status.

        Travel needs no tare, because positions are relative.
        """
        if not 1 <= what & 3 or what > 7:
            return OUT_OF_RANGE
        if not self.engine.detector.idle():
            return IN_SET
        if what & _LOAD and not self.engine.detector.decimator.has_load:
            return FAILED
        if what & _LOAD and not what & _FORCED and self.engine.detector.is_loaded():
            return UNDER_LOAD
        if what & _LOAD:
            self.engine.detector.tare()
        self.hello()
        return DONE

    def set_side(self, side):
        """Set the side of the sets to come, of the same lifter; return the status."""
        return self._change((setting.SIDE,), (side,))

    def _execute(self, decoder):
        if decoder.message_id < _FIRST_TO_BOARD:
            return
        reply = self._reply
        buffer = decoder.buffer
        reply[0] = buffer[frames.PAYLOAD] if decoder.length else 0  # all commands with a reply begin with a tag
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
        self.engine.reporter.outbox.send(self._reply_message, reply)

    def _hello_request(self, command):
        self.engine.stream(False)  # requested by the previous host, if at all
        self.hello()
        if command["schema"] != wire.SCHEMA_ID:
            return FAILED  # a host with a different schema can read HELLO only, which tells it so
        self.engine.reporter.attach()
        for note in self.board.notes:
            self.engine.reporter.outbox.send_text(wire.BY_NAME["log"], (_WARNING,), note.encode())
        return DONE

    def _stream(self, command):
        if command["on"] > 1:
            return OUT_OF_RANGE
        self.engine.stream(command["on"] == 1)
        return DONE

    def _ack(self, command):
        self.engine.reporter.journal.ack(command["session"], command["seq"])

    def _tare(self, command):
        return self.tare(command["what"])

    def _get(self, command):
        index = command["setting"] - 1
        values = self.engine.settings.values
        self._reply[3] = command["setting"]
        if not 0 <= index < len(values):
            return OUT_OF_RANGE
        self._reply[4] = values[index]
        return DONE

    def _set_setting(self, command):
        status = self._change((command["setting"] - 1,), (command["value"],))
        self._get(command)
        return status

    def _save(self, command):
        if not self.engine.detector.idle():
            return IN_SET
        return DONE if self.board.save_settings() else FAILED

    def _side(self, command):
        return self._change((setting.SIDE, setting.LIFTER), (command["side"], command["lifter"]))

    def _profile(self, command):
        names = [row[0] for row in wire.SETTINGS]
        fields = [name for name in command if name != "tag"]  # each carries the setting of the same name
        return self._change([names.index(name) for name in fields], [command[name] for name in fields])

    def _repl(self, command):
        self.repl_wanted = True
        return DONE

    def _clear_faults(self, command):
        self.engine.detector.clear_faults()
        self.board.clear_faults()
        return DONE

    def _end_set(self, command):
        return DONE if self.engine.detector.end_set() else IN_MOVEMENT

    def _change(self, indices, wanted):
        """Set the settings at `indices` to the values in `wanted`, all or none; return the status."""
        engine = self.engine
        settings = engine.settings
        values = settings.values
        renew = changed = False
        for index, value in zip(indices, wanted):
            if not settings.accepts(index, value):
                return OUT_OF_RANGE
            if index == setting.RATE_HZ and not self.board.takes_rate(value):
                return OUT_OF_RANGE
            if value != values[index]:
                changed = True
                # Wiring: from the next start. Side, lifter and load zero: at once. All else needs a new session.
                wiring = setting.PIN_ENCODER <= index <= setting.PIN_BUTTON
                wiring = wiring or setting.ANGLE_SENSOR <= index <= setting.PIN_ANGLE_SELECT
                renew = renew or not (wiring or index in (setting.SIDE, setting.LIFTER, setting.LOAD_ZERO))
        if not changed:
            return DONE  # a host may send its settings each time it connects without ending the session
        if not engine.detector.idle() and indices[0] != setting.SIDE:
            return IN_SET
        for index, value in zip(indices, wanted):
            settings.put(index, value)
        if renew:
            self.renew(setting.RATE_HZ in indices)
        else:
            engine.detector.set_side(values[setting.SIDE], values[setting.LIFTER])
            engine.detector.set_load_zero()
            self.hello()
        return DONE

    def renew(self, resample=False):
        """Begin a new session with the present settings; `resample` restarts the sampler for a new rate."""
        if resample:
            self.board.start(self.engine.settings.values[setting.RATE_HZ])
        self.engine.restart(self.board.new_session())
        self.hello()
