"""What a virtual board has in its flash."""

from pathlib import Path

from cablerep_fw.core.link.journal import Journal
from cablerep_fw.storage import JournalLog
from cablerep_sim.board.flash_file import FlashFile


def journalled(folder: Path) -> int:
    """Return how many messages the log in the flash in `folder` holds."""
    flash = folder / "cablerep.flash"
    if not flash.exists():
        return 0
    copy = flash.with_name("copy")  # loading may mend it
    copy.write_bytes(flash.read_bytes())
    return JournalLog(FlashFile(copy), str(copy.with_name("absent"))).load(Journal())
