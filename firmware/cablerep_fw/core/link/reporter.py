"""Numbers and stores what must not be lost, sends it to the host, and resends what stays unacknowledged.

Independent of detection: the caller passes records and the present sample number.
"""

from ..compat import const, micropython
from . import codes
from .samples import SampleBatch
from .tables import LAYOUTS

# Indices into a REP record; test_reporter checks them against wire.py.
_SEQ = const(1)
_REP_NUMBER = const(3)
_KIND = const(4)
_FORM_FLAGS = const(6)
_KNOWN = const(11)

RESEND_MS = 2000  # unacknowledged messages are resent after this; a host commits within tens of milliseconds


class Reporter:
    """The engine's end of the line to a host. Call `restart` to begin a session; nothing allocates after that."""

    def __init__(self, journal, outbox):
        self.journal = journal
        self.outbox = outbox
        self.attached = False  # a host is listening
        self.streaming = False  # the host wants raw samples
        self.batch = None
        self._amend = LAYOUTS[codes.AMEND]

    def restart(self, session, rate_hz, has_angle=False):
        """Begin a session, whose id is below 2**30; `has_angle`: samples have counts of an angle sensor."""
        self.session = session
        self.seq = 0  # sequence number of the newest stored message
        self.batch = None  # freed first: a Pico's heap is too full for two
        if has_angle:
            from .angle_samples import AngleSampleBatch

            self.batch = AngleSampleBatch(rate_hz)
        else:
            self.batch = SampleBatch(rate_hz)
        self._resend_samples = RESEND_MS * rate_hz // 1000
        self._sent_at = 0  # sample number at the newest transmission

    def store(self, message, record, samples):
        """Number `record`, store it in the journal, and send it to a host that is attached.

        It is sent at once so that the host receives everything in the order in which it became known.
        """
        self.seq += 1
        record[0] = self.session
        record[1] = self.seq
        self.journal.add(message, record)
        self._send_stored(samples)

    @micropython.native
    def send(self, message, record):
        """Send a message that may be lost, if a host is attached."""
        if self.attached:
            self.outbox.send(message, record)

    @micropython.native
    def stream_samples(self, ring):
        """Send the raw samples waiting in `ring`, without consuming them, to a host that wants them."""
        if self.streaming and self.attached:
            self.batch.send(ring, ring.head, self.outbox)

    def flush(self):
        """Send the samples of an incomplete batch."""
        self.batch.flush(self.outbox)

    def pump(self, samples):
        """Move stored messages from the journal to the outbox; after RESEND_MS without an acknowledgement, resend."""
        if not self.attached:
            return
        journal = self.journal
        if journal.kept and journal.next_slot() < 0:
            if samples - self._sent_at > self._resend_samples:
                journal.rewind()
        self._send_stored(samples)

    def amend(self, rep, known, samples):
        """Store and send a rep again as an amendment; return whether it was still in the journal.

        `rep` has `seq`, the lowest 16 bits of its sequence number, and what may have changed: `number`, `kind`, `flags`
        (its 8 form flags).
        """
        slot = self._slot(rep.seq)
        if slot < 0:
            return False
        slot = self.journal.copy(slot, self._amend.id)
        self.seq += 1
        self._put(slot, _SEQ, self.seq, 4)
        self._put(slot, _REP_NUMBER, rep.number, 2)
        self._put(slot, _KIND, rep.kind, 1)
        self._put(slot, _FORM_FLAGS, rep.flags, 1)
        self._put(slot, _KNOWN, known, 4)
        self._send_stored(samples)
        return True

    def _put(self, slot, field, value, size):
        self.journal.patch(slot, self._amend.offset(field), value, size)

    def stored_value(self, seq, field):
        """Return a 32-bit field of the rep stored as `seq` (its lowest 16 bits), -1 if the journal has lost it."""
        slot = self._slot(seq)
        return self.journal.value(slot, self._amend.offset(field)) if slot >= 0 else -1

    def _slot(self, seq):
        """Return the slot of the message stored as `seq`, -1 if it was overwritten since."""
        journal = self.journal
        back = (self.seq - seq) & 0xFFFF
        if seq < 0 or back >= journal.size:
            return -1
        slot = journal.newest(back)
        found = journal.number_of(slot) & 0xFFFF == seq & 0xFFFF and journal.session_of(slot) == self.session
        return slot if found else -1

    def _send_stored(self, samples):
        while self.attached and self.outbox.send_kept(self.journal):
            self._sent_at = samples

    def attach(self):
        """Start sending to a host, beginning with everything unacknowledged."""
        self.attached = True
        self.journal.rewind()

    def detach(self):
        """Stop sending: the host has gone. Discards queued frames."""
        self.attached = False
        self.streaming = False
        self.outbox.clear()

    def stream(self, on, samples):
        """Start or stop sending raw samples, from the next one on."""
        if on and not self.streaming:
            self.batch.begin(samples)
        self.streaming = on

    def fill_health(self, record):
        """Write the reporter's counters into a HEALTH record."""
        record[4] = self.outbox.dropped_samples
        record[5] = self.outbox.dropped
        record[6] = self.journal.kept
        record[7] = self.journal.lost
