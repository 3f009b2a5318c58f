"""Commands from the host: checks, executes and answers each one.

Everything is checked before anything is changed, because the line may deliver arbitrary bytes.
"""

from .compat import const, micropython
from .link import codes, frames
from .link.tables import LAYOUTS, SCHEMA_ID
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

# Results of `_needs`, the larger includes the smaller.
_REFUSED = const(-1)
_NONE = const(0)
_UPDATE = const(1)
_SESSION = const(2)

# Fields of a command with a reply are its tag and these, in the table's order; a test compares the two.
_FIRST = const(1)
_SECOND = const(2)

# The settings that the fields of SIDE and PROFILE set, from _FIRST on; a test compares their names.
_OF_SIDE = bytes((setting.SIDE, setting.LIFTER))
_OF_PROFILE = bytes(
    (
        setting.PROFILE,
        setting.TARGET_ROM,
        setting.REST,
        setting.HOLD_MAX,
        setting.HOLD_TARGET,
        setting.ECCENTRIC_MAX,
        setting.ROM_OVER,
        setting.OVER_PART,
        setting.UNDER_PART,
        setting.LEARN_REPS,
        setting.START,
        setting.DIRECTION_LOW,
        setting.DIRECTION_HIGH,
        setting.DRIFT_MAX,
    )
)


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
        self._reply_message = LAYOUTS[codes.REPLY]
        self._reply = self._reply_message.record()  # tag, command, status, setting, value
        self._command = LAYOUTS[codes.PROFILE].record()  # the one with the most fields
        self._index = bytearray(1)  # of the one setting to change
        self._log = LAYOUTS[codes.LOG].record()
        self._log[0] = _WARNING

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
        self._command[_FIRST] = side
        return self._change_one(setting.SIDE, _FIRST)

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
        layout = LAYOUTS.get(decoder.message_id)
        if layout is not None and decoder.length == layout.size:
            layout.load(buffer, frames.PAYLOAD, self._command)
            status = _HANDLERS[decoder.message_id - _FIRST_TO_BOARD](self, self._command)
            if status is None:
                return
            reply[2] = status
        self.engine.reporter.outbox.send(self._reply_message, reply)

    def _hello_request(self, command):
        self.engine.stream(False)  # requested by the previous host, if at all
        self.hello()
        if command[_FIRST] != SCHEMA_ID:
            return FAILED  # a host with a different schema can read HELLO only, which tells it so
        self.engine.reporter.attach()
        if self.board.notes:
            self._send_notes()
        return DONE

    def _send_notes(self):
        for note in self.board.notes:
            self.engine.reporter.outbox.send_text(LAYOUTS[codes.LOG], self._log, note.encode())

    def _stream(self, command):
        if command[_FIRST] > 1:
            return OUT_OF_RANGE
        self.engine.stream(command[_FIRST] == 1)
        return DONE

    def _ack(self, command):
        self.engine.reporter.journal.ack(command[0], command[1])  # it has no tag

    def _tare(self, command):
        return self.tare(command[_FIRST])

    def _get(self, command):
        index = command[_FIRST] - 1
        values = self.engine.settings.values
        self._reply[3] = command[_FIRST]
        if not 0 <= index < len(values):
            return OUT_OF_RANGE
        self._reply[4] = values[index]
        return DONE

    def _set_setting(self, command):
        status = self._change_one(command[_FIRST] - 1, _SECOND)
        self._get(command)
        return status

    def _save(self, command):
        if not self.engine.detector.idle():
            return IN_SET
        return DONE if self.board.save_settings() else FAILED

    def _side(self, command):
        return self._change(_OF_SIDE, _FIRST)

    def _profile(self, command):
        return self._change(_OF_PROFILE, _FIRST)

    def _repl(self, command):
        self.repl_wanted = True
        return DONE

    def _clear_faults(self, command):
        self.engine.detector.clear_faults()
        self.board.clear_faults()
        return DONE

    def _end_set(self, command):
        return DONE if self.engine.detector.end_set() else IN_MOVEMENT

    def _change_one(self, index, field):
        """Set the setting at `index` to a field of the command; return the status."""
        if index < 0:
            return OUT_OF_RANGE
        self._index[0] = index
        return self._change(self._index, field)

    @micropython.native  # its frame would be allocated at each call, and so would that of the next
    def _change(self, indices, field):
        """Set the settings at `indices` to the command's fields from `field` on, all or none; return the status."""
        need = self._needs_of_all(indices, field)
        if need == _REFUSED:
            return OUT_OF_RANGE
        if need == _NONE:
            return DONE  # a host may send its settings each time it connects without ending the session
        if not self.engine.detector.idle() and indices[0] != setting.SIDE:
            return IN_SET
        settings = self.engine.settings
        for i in range(len(indices)):
            settings.put(indices[i], self._command[field + i])
        if need == _SESSION:
            self.renew(indices[0] == setting.RATE_HZ)
        else:
            self.engine.detector.set_side(settings.values[setting.SIDE], settings.values[setting.LIFTER])
            self.engine.detector.set_load_zero()
            self.hello()
        return DONE

    @micropython.native
    def _needs_of_all(self, indices, field):
        """Return the largest of what the settings need, or _REFUSED if one cannot be set."""
        largest = _NONE
        for i in range(len(indices)):
            need = self._needs(indices[i], self._command[field + i])
            if need == _REFUSED:
                return need
            largest = max(largest, need)
        return largest

    def _needs(self, index, value):
        """Return what setting `value` needs: _REFUSED if it cannot be set, _NONE if it is set already."""
        settings = self.engine.settings
        if not settings.accepts(index, value):
            return _REFUSED
        if index == setting.RATE_HZ and not self.board.takes_rate(value):
            return _REFUSED
        if value == settings.values[index]:
            return _NONE
        # Wiring: from the next start. Side, lifter and load zero: at once. All else needs a new session.
        if (
            setting.PIN_ENCODER <= index <= setting.PIN_BUTTON
            or setting.ANGLE_SENSOR <= index <= setting.PIN_ANGLE_SELECT
        ):
            return _UPDATE
        if index == setting.SIDE or index == setting.LIFTER or index == setting.LOAD_ZERO:
            return _UPDATE
        return _SESSION

    def renew(self, resample=False):
        """Begin a new session with the present settings; `resample` restarts the sampler for a new rate."""
        if resample:
            self.board.start(self.engine.settings.values[setting.RATE_HZ])
        self.engine.restart(self.board.new_session())
        self.hello()


# By message id, from _FIRST_TO_BOARD on.
_HANDLERS = (
    Commands._hello_request,
    Commands._stream,
    Commands._ack,
    Commands._tare,
    Commands._get,
    Commands._set_setting,
    Commands._save,
    Commands._side,
    Commands._profile,
    Commands._repl,
    Commands._clear_faults,
    Commands._end_set,
)
