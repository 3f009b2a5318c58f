"""Numbers and stores what must not be lost, sends it to the host, and resends what stays unacknowledged.

Independent of detection: the caller passes records and the present sample number.
"""

from ..compat import micropython
from .samples import SampleBatch

RESEND_MS = 2000  # unacknowledged messages are resent after this; a host commits within tens of milliseconds


class Reporter:
    """The engine's end of the line to a host. Call `restart` to begin a session; nothing allocates after that."""

    def __init__(self, journal, outbox):
        self.journal = journal
        self.outbox = outbox
        self.attached = False  # a host is listening
        self.streaming = False  # the host wants raw samples
        self.batch = None

    def restart(self, session, rate_hz):
        """Begin a session, whose id is below 2**30."""
        self.session = session
        self.seq = 0  # sequence number of the newest stored message
        self.batch = None  # freed first: a Pico's heap is too full for two
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
