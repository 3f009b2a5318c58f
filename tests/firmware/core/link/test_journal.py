"""The journal against a model: whatever happens, what is not acknowledged is sent again, in its order."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cablerep_fw.core.link import wire
from cablerep_fw.core.link.journal import SLOT, Journal

SET = wire.BY_NAME["set"]
REP = wire.BY_NAME["rep"]
SESSIONS = (0, 1, 2**30 - 1)


class JournalModel(RuleBasedStateMachine):
    """`kept` holds what is not acknowledged, oldest first, as (id, session, seq, bytes)."""

    @initialize(size=st.integers(1, 6))
    def begin(self, size: int) -> None:
        self.journal = Journal(size)
        self.kept: list[tuple[int, int, int, bytes]] = []
        self.slots: list[tuple[int, int, int, bytes] | None] = []  # as they stand in the ring, None: acknowledged
        self.unsent: list[tuple[int, int, int, bytes]] = []
        self.lost = 0
        self.seqs = dict.fromkeys(SESSIONS, 0)  # the same numbers in each session

    def _next(self, session: int) -> int:
        self.seqs[session] += 1
        return self.seqs[session]

    def _make_room(self) -> None:
        if len(self.slots) == self.journal.size:
            oldest = self.slots.pop(0)
            if oldest is not None:
                self.lost += 1
                self.kept.remove(oldest)
                if oldest in self.unsent:
                    self.unsent.remove(oldest)

    def _added(self, entry: tuple[int, int, int, bytes]) -> None:
        self.kept.append(entry)
        self.slots.append(entry)
        self.unsent.append(entry)

    @rule(message=st.sampled_from([REP, SET]), session=st.sampled_from(SESSIONS))
    def add(self, message: wire.Message, session: int) -> None:
        seq = self._next(session)
        record = [session, seq] + [seq % 100] * (len(message.fields) - 2)
        packed = bytearray(message.size)
        message.pack(record, packed, 0)
        self._make_room()
        self.journal.add(message, record)
        self._added((message.id, session, seq, bytes(packed)))

    @rule(session=st.sampled_from(SESSIONS))
    def restore(self, session: int) -> None:
        seq = self._next(session)
        record = [session, seq] + [7] * (len(SET.fields) - 2)
        packed = bytearray(3 + SET.size)
        SET.pack(record, packed, 3)
        self._make_room()
        self.journal.restore(SET, packed, 3, SET.size)
        self._added((SET.id, session, seq, bytes(packed[3:])))

    @precondition(lambda self: self.kept)
    @rule(data=st.data())
    def acknowledge(self, data: st.DataObject) -> None:
        entry = data.draw(st.sampled_from(self.kept))
        assert self.journal.ack(entry[1], entry[2])
        assert not self.journal.ack(entry[1], entry[2]), "a second time it is not there"
        self.kept.remove(entry)
        if entry in self.unsent:
            self.unsent.remove(entry)
        self.slots[self.slots.index(entry)] = None
        while self.slots and self.slots[0] is None:
            self.slots.pop(0)

    @rule(session=st.integers(0, 2**32 - 1), seq=st.integers(0, 2**32 - 1))
    def acknowledge_something_else(self, session: int, seq: int) -> None:
        if not any(entry[1:3] == (session, seq) for entry in self.kept):
            assert not self.journal.ack(session, seq)

    @rule()
    def send(self) -> None:
        slot = self.journal.next_slot()
        assert slot == self.journal.next_slot(), "it stays next until it is marked"
        if not self.unsent:
            assert slot == -1
            return
        journal = self.journal
        entry = self.unsent.pop(0)
        content = bytes(journal.data[slot * SLOT : slot * SLOT + journal.lengths[slot]])
        assert (journal.ids[slot], journal.session_of(slot), journal.number_of(slot), content) == entry
        journal.mark_sent()

    @rule()
    def rewind(self) -> None:
        self.journal.rewind()
        self.unsent = list(self.kept)

    @invariant()
    def counts(self) -> None:
        assert self.journal.kept == len(self.kept)
        assert self.journal.lost == self.lost
        assert self.journal.used == len(self.slots)
        assert self.journal.sent <= self.journal.used


TestJournal = JournalModel.TestCase
TestJournal.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
