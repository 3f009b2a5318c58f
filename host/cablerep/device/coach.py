"""Keeps a board on the exercise, side and lifter that were chosen, across restarts, sets and presses of its button.

No I/O: events in, commands into the session, and a sentence for the lifter out where there is one.
"""

from typing import TYPE_CHECKING

from cablerep_fw.core.link import wire

from .events import Event, Health, Hello, Reply, SetOver
from .session import Session

if TYPE_CHECKING:  # Profile needs pydantic, which does not run everywhere this module does
    from ..exercise.profile import Profile

_OTHER = {"left": "right", "right": "left"}


class Coach:
    """The next sets: `profile` (None: as on the board), `side` ("": as on the board) and `lifter` (0: nobody).

    Pass every event of the link to `handle`, in order. A board accepts a profile only between sets; `pending` is True
    after a refusal. Refused and unanswered commands are repeated at each HEALTH, once a second: setting what is
    already set changes nothing. A side and a lifter are accepted at any time, and
    apply from the next set.
    """

    def __init__(self, session: Session, profile: "Profile | None" = None, side: str = "", lifter: int = 0) -> None:
        self.profile = profile
        self.side = side
        self.lifter = lifter
        self.pending = False
        self._session = session
        self._board: Hello | None = None  # the last HELLO
        self._profile_tag: int | None = None  # of the command that awaits its reply
        self._side_tag: int | None = None
        self.free_mm: int | None = None  # of the lifter's strap; None: as on the board
        self._free_tag: int | None = None
        self._free_pending = False

    def choose(self, profile: "Profile") -> None:
        """Change the exercise, from the next set on."""
        self.profile = profile
        if profile.sides != "each":
            self._set_side("")
        elif not self.side:
            self._set_side("left")
        self._send_profile()

    def switch_side(self) -> None:
        """Change to the other side, from the next set on."""
        self._set_side(_OTHER.get(self.side, "left"))

    def choose_lifter(self, number: int, side: str | None = None, free_mm: int | None = None) -> None:
        """Change to the lifter with this number, or to nobody (0), from the next set on; with `side` to that side.

        `free_mm` is the free length with their strap, which a board with an angle sensor needs; None leaves it.
        """
        self.lifter = number
        self.free_mm = free_mm
        self._send_free_length()
        self._set_side(self.side if side is None else side)

    def handle(self, event: Event) -> str:
        """Process one event; return a sentence for the lifter, or ""."""
        match event:
            case Hello():
                return self._handle_hello(event)
            case Reply():
                return self._handle_reply(event)
            case Health():
                self._retry()
            case SetOver():
                return self._handle_set(event)
        return ""

    def _handle_hello(self, hello: Hello) -> str:
        before, self._board = self._board, hello
        profile = self.profile
        new = before is None or before.session != hello.session
        if before is None or before.board != hello.board:
            self._send_free_length()
        if new and self._profile_tag is None and profile is not None:
            # A restarted board has the limits that it saved, perhaps older ones under the same number.
            self._send_profile()
        if self._side_tag is not None:
            return ""  # this HELLO may be older than the command
        if before is None or before.board != hello.board or (new and not self.side):
            if profile is None:
                self.side = self.side or hello.side
            elif profile.sides == "each":
                self.side = self.side or hello.side or "left"
        elif not new and hello.side != self.side:
            self.side = hello.side  # the board's button was pressed
            return f"Next: {self.side} side." if self.side else ""
        if (hello.side, hello.lifter) != (self.side, self.lifter):
            self._set_side(self.side)
        return ""

    def _handle_reply(self, reply: Reply) -> str:
        if reply.tag == self._profile_tag:
            assert self.profile is not None, "its command was sent"
            self._profile_tag = None
            reported, self.pending = self.pending, reply.status.startswith("refused")
            if self.pending:
                return "" if reported else f"{self.profile.name} from the next set on."
            return "" if reply.status == "done" else f"The board rejected {self.profile.name}: {reply.status}."
        if reply.tag == self._side_tag:
            self._side_tag = None
        if reply.tag == self._free_tag:
            self._free_tag = None
            self._free_pending = reply.status.startswith("refused")  # a board accepts it between sets
        return ""

    def _handle_set(self, ended: SetOver) -> str:
        """Change to the other leg after a set that ended just now, not after one from the journal."""
        board = self._board
        if board is None or ended.session != board.session or ended.known_s < board.samples / max(1, board.rate_hz):
            return ""
        self._retry()
        if self.profile is None or self.profile.sides != "each" or ended.side != self.side:
            return ""
        self.switch_side()
        return f"Next: {self.side} side."

    def _retry(self) -> None:
        if self.pending or self._profile_tag is not None:
            self._send_profile()
        if self._side_tag is not None:
            self._set_side(self.side)
        if self._free_pending or self._free_tag is not None:
            self._send_free_length()

    def _send_profile(self) -> None:
        if self._board is not None and self.profile is not None:
            self._profile_tag = self._session.command("profile", **self.profile.limits())

    def _send_free_length(self) -> None:
        if self._board is not None and self._board.angle_sensor and self.free_mm is not None:
            number = 1 + [row[0] for row in wire.SETTINGS].index("free_mm")
            self._free_tag = self._session.command("set_setting", setting=number, value=self.free_mm)

    def _set_side(self, side: str) -> None:
        self.side = side
        if self._board is not None:
            self._side_tag = self._session.command("side", side=wire.SIDES.index(side), lifter=self.lifter)
