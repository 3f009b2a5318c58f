"""A board of which a test holds every wire; see cablerep_fw.board. Runs on both Pythons."""

from array import array

from cablerep_fw.core.link import frames, wire
from cablerep_fw.core.sense.ring import Ring
from cablerep_fw.core.settings.settings import Settings


def frame(name, *record):
    """Return a frame with the fields of `record`, as a host sends it."""
    buffer = bytearray(frames.MAX_FRAME)
    message = wire.BY_NAME[name]
    words = array("i", [value - (1 << 32) if value >> 31 == 1 else value for value in record])
    length = message.pack(words, buffer, frames.PAYLOAD)
    return bytes(buffer[: frames.seal(buffer, message.id, 0, length)])


class FakeBoard:
    """Takes what it is given, remembers what it was asked in `asked`, and keeps what was sent in `line[:sent]`."""

    port = "fake"
    board_id = "b0"

    def __init__(self):
        self.ring = Ring(64)
        self.settings = Settings()
        self.notes = []
        self.asked = []
        self.incoming = bytearray(4096)
        self.received = 0  # bytes in `incoming`
        self.taken = 0  # of these
        self.line = bytearray(1 << 16)
        self.sent = 0
        self.room = 1 << 16  # bytes that a write takes
        self.present = True
        self.sessions = 0
        self.turns = 0  # left to run
        self.pressed = 0
        self.fault_bits = 0
        self.rates = (50, 1000)
        self.works = True  # saving does
        self.stored = array("i")  # sequence numbers in the journal's file
        self.restored = None  # journal to load
        self.tidied = 0

    def hears(self, data):
        """Put bytes on the line from the host."""
        self.taken = self.received = 0
        for byte in data:
            self.incoming[self.received] = byte
            self.received += 1

    # -- what the application asks

    def takes_rate(self, rate_hz):
        return self.rates[0] <= rate_hz <= self.rates[1]

    def start(self, rate_hz):
        self.asked.append(("start", rate_hz))

    def running(self):
        self.turns -= 1
        return self.turns >= 0

    def idle(self):
        pass

    def new_session(self):
        self.sessions += 1
        return 1000 + self.sessions

    def read(self):
        if self.taken == self.received:
            return -1
        self.taken += 1
        return self.incoming[self.taken - 1]

    def write(self, outbox):
        left = self.room
        while outbox.used and left:
            self.line[self.sent] = outbox.buffers[outbox.first][outbox.offset]
            self.sent += 1
            left -= 1
            outbox.offset += 1
            if outbox.offset == outbox.lengths[outbox.first]:
                outbox.pop()

    def host_present(self):
        return self.present

    def save_settings(self):
        self.asked.append(("save_settings",))
        return self.works

    def save_journal(self, journal):
        slot = journal.next_unsaved()
        self.asked.append(("save_journal", journal.number_of(slot)))
        if self.works:
            journal.mark_saved()
        return self.works

    def tidy_journal(self, journal):
        self.tidied += 1

    def load_journal(self, journal):
        if self.restored is not None:
            self.restored(journal)

    def show(self, cue, phase):
        self.asked.append(("show", cue, phase))

    def button(self):
        pressed = self.pressed
        self.pressed = 0
        return pressed

    def faults(self):
        return self.fault_bits

    def clear_faults(self):
        self.fault_bits = 0

    def fill_health(self, record):
        record[9] = 1 << 20  # jitter_us, more than the field holds
        record[11] |= self.fault_bits

    def repl(self):
        self.asked.append(("repl",))
