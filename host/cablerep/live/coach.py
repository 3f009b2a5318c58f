"""Where the live screen meets exercise profiles: the one place that knows who coaches, and which profiles there are."""

from collections.abc import Sequence

from cablerep_fw.core import wire

from ..errors import CablerepError
from ..events import Hello
from ..link import LinkEvent
from ..session import Session
from .exercise import Coach, Exercise


class SideCoach:
    """A coach without a profile: it keeps a board on a side."""

    profile: Exercise | None = None

    def __init__(self, session: Session, side: str = "") -> None:
        self.side = side
        self._session = session

    def take(self, event: LinkEvent) -> str:
        """Tell a board that has come the side, where one was asked for; follow the board's button otherwise."""
        if isinstance(event, Hello):
            if self.side and not event.side:
                self._session.command("side", side=wire.SIDES.index(self.side))
            else:
                self.side = event.side
        return ""

    def choose(self, profile: Exercise) -> None:
        """There are no profiles to choose from."""

    def turn(self) -> None:
        """Change to the other side, left first."""
        self.side = "right" if self.side == "left" else "left"
        self._session.command("side", side=wire.SIDES.index(self.side))


def coach_for(session: Session, profile: Exercise | None, side: str) -> Coach:
    """Return the coach of a board."""
    return SideCoach(session, side)


def known_profiles() -> Sequence[Exercise]:
    """Return the profiles that a person may choose from."""
    return ()


def load_profile(name: str) -> Exercise:
    """Return the profile called `name`. Raises CablerepError."""
    raise CablerepError(f"there is no profile {name!r}")
