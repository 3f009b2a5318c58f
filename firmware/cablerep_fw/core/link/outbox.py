"""Frames waiting to be sent, one per slot, and the rule that decides what is refused as the slots fill up.

A frame is encoded in the slot that it is sent from: nothing is copied, and dropping never cuts a frame in half.
"""

from ..compat import micropython
from . import frames
from .frames import copy
from .journal import SLOT as JOURNAL_SLOT
from .message import LOSSY, SAMPLE
from .tables import LAYOUTS

# A message is refused if fewer slots than this are free, by delivery class. Samples give way first, then phases and the
# rest; messages in the journal may take the last slot, and are tried again if there is none.
_MIN_FREE = bytes((12, 4, 1))


class Outbox:
    """`size` slots of frames.MAX_FRAME bytes, from which the link takes the oldest. Nothing allocates.

    The link sends `buffers[first][offset:lengths[first]]`, notes in `offset` how far it came where the line took only
    a part, and calls `pop` at the end of the frame. Raises ValueError where `size` leaves no slot to samples.
    """

    def __init__(self, size=24):
        if not _MIN_FREE[SAMPLE] <= size <= 0xFFFF:
            raise ValueError("an outbox has %d slots or more, not %d" % (_MIN_FREE[SAMPLE], size))
        self.size = size
        self.buffers = [bytearray(frames.MAX_FRAME) for _ in range(size)]
        self.lengths = bytearray(size)
        self.first = 0  # slot of the oldest frame
        self.used = 0
        self.offset = 0  # bytes of the oldest frame that are on the line already; the link's
        self.number = 0  # of the next frame; a refused one uses its number up, so that the host sees the gap
        self.dropped_samples = 0
        self.dropped = 0

    def open(self, message):
        """Return the buffer in which to write the payload from frames.PAYLOAD on, or None where it is refused.

        Follow it with `close`. A refused message is counted; a kept one is not, since the journal still has it.
        """
        if self.size - self.used < _MIN_FREE[message.care]:
            if message.care == SAMPLE:
                self.dropped_samples += 1
                self.number = (self.number + 1) & 0xFF
            elif message.care == LOSSY:
                self.dropped += 1
                self.number = (self.number + 1) & 0xFF
            return None
        return self.buffers[(self.first + self.used) % self.size]

    def close(self, message, length):
        """Seal the payload of `length` bytes written after `open` and queue the frame."""
        slot = (self.first + self.used) % self.size
        self.lengths[slot] = frames.seal(self.buffers[slot], message.id, self.number, length)
        self.number = (self.number + 1) & 0xFF
        self.used += 1

    def delimit(self):
        """Queue a delimiter alone: whatever stands on the line before the next frame is then no part of it."""
        if self.used < self.size:
            slot = (self.first + self.used) % self.size
            self.buffers[slot][0] = 0
            self.lengths[slot] = 1
            self.used += 1

    @micropython.native
    def send(self, message, record):
        """Queue a message without a tail, packed from `record`; return whether it was taken."""
        buffer = self.open(message)
        if buffer is None:
            return False
        self.close(message, message.pack(record, buffer, frames.PAYLOAD))
        return True

    @micropython.native
    def send_text(self, message, record, text):
        """Queue a message whose tail is `text` (bytes), cut to what a frame holds; return whether it was taken."""
        buffer = self.open(message)
        if buffer is None:
            return False
        length = message.pack(record, buffer, frames.PAYLOAD)
        count = min(len(text), frames.MAX_PAYLOAD - length)
        copy(text, 0, buffer, frames.PAYLOAD + length, count)
        self.close(message, length + count)
        return True

    @micropython.native
    def send_kept(self, journal):
        """Queue the journal's next message; return whether one was taken."""
        slot = journal.next_slot()
        if slot < 0:
            return False
        message = LAYOUTS[journal.ids[slot]]
        buffer = self.open(message)
        if buffer is None:
            return False
        length = journal.lengths[slot]
        copy(journal.data, slot * JOURNAL_SLOT, buffer, frames.PAYLOAD, length)
        self.close(message, length)
        journal.mark_sent()
        return True

    def pop(self):
        """Forget the oldest frame, `buffers[first][:lengths[first]]`, once the link has sent all of it."""
        self.first = (self.first + 1) % self.size
        self.used -= 1
        self.offset = 0

    def clear(self):
        """Forget all frames: the host that they were for is gone."""
        self.used = 0
        self.offset = 0
