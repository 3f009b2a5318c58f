"""Keeps a board on the exercise and the side that its lifter chose, through restarts, sets and the board's own button.

No I/O: events in, commands into the session, a sentence for the lifter out where there is something to say.
"""

from cablerep_fw.core.link import wire

from ..exercise.profile import Profile
from .events import Health, Hello, Reply, SetOver
from .link import LinkEvent
from .session import Session

_OTHER = {"left": "right", "right": "left"}


class Coaching:
    """What the sets to come are of: `profile` (None: as the board has it) and `side` ("": as the board has it).

    Give `take` every event of the link in order. A board takes a profile between sets only; `waiting` says that it
    has refused one. What was refused or never answered is asked again at each HEALTH, once a second: a board that has
    it already changes nothing. A side is taken at any time, for the sets to come.
    """

    def __init__(self, session: Session, profile: Profile | None = None, side: str = "") -> None:
        self.profile = profile
        self.side = side
        self.waiting = False
        self._session = session
        self._board: Hello | None = None  # its last HELLO
        self._profile_tag: int | None = None  # of the command whose reply is awaited
        self._side_tag: int | None = None

    def choose(self, profile: Profile) -> None:
        """Change the exercise: from the next set on."""
        self.profile = profile
        if profile.sides != "each":
            self._name_side("")
        elif not self.side:
            self._name_side("left")
        self._ask_profile()

    def turn(self) -> None:
        """Change to the other side: from the next set on."""
        self._name_side(_OTHER.get(self.side, "left"))

    def take(self, event: LinkEvent) -> str:
        """Take one event; return a sentence for the lifter, or nothing."""
        match event:
            case Hello():
                return self._take_hello(event)
            case Reply():
                return self._take_reply(event)
            case Health():
                self._ask_again()
            case SetOver():
                return self._take_set(event)
        return ""

    def _take_hello(self, hello: Hello) -> str:
        before, self._board = self._board, hello
        profile = self.profile
        new = before is None or before.session != hello.session
        if new and self._profile_tag is None and profile is not None:
            # A board that started anew has the limits that it saved, maybe under the same number.
            self._ask_profile()
        if self._side_tag is not None:
            return ""  # this HELLO may be older than our wish
        if before is None or before.board != hello.board or (new and not self.side):
            if profile is None:
                self.side = self.side or hello.side
            elif profile.sides == "each":
                self.side = self.side or hello.side or "left"
        elif not new and hello.side != self.side:
            self.side = hello.side  # somebody pressed the board's button
            return f"Next: {self.side} side." if self.side else ""
        if hello.side != self.side:
            self._name_side(self.side)
        return ""

    def _take_reply(self, reply: Reply) -> str:
        if reply.tag == self._profile_tag:
            assert self.profile is not None, "its command was sent"
            self._profile_tag = None
            known, self.waiting = self.waiting, reply.status.startswith("refused")
            if self.waiting:
                return "" if known else f"{self.profile.name} from the next set on."
            return "" if reply.status == "done" else f"The board does not take {self.profile.name}: {reply.status}."
        if reply.tag == self._side_tag:
            self._side_tag = None
        return ""

    def _take_set(self, over: SetOver) -> str:
        """Turn to the other leg after a set of just now; one out of the journal was known before this HELLO."""
        board = self._board
        if board is None or over.session != board.session or over.known_s < board.samples / max(1, board.rate_hz):
            return ""
        self._ask_again()
        if self.profile is None or self.profile.sides != "each" or over.side != self.side:
            return ""
        self.turn()
        return f"Next: {self.side} side."

    def _ask_again(self) -> None:
        if self.waiting or self._profile_tag is not None:
            self._ask_profile()
        if self._side_tag is not None:
            self._name_side(self.side)

    def _ask_profile(self) -> None:
        if self._board is not None and self.profile is not None:
            self._profile_tag = self._session.command("profile", **self.profile.limits())

    def _name_side(self, side: str) -> None:
        self.side = side
        if self._board is not None:
            self._side_tag = self._session.command("side", side=wire.SIDES.index(side))
