"""Boards: the interface that the application uses, and how the present board is found.

A board is any object with the attributes and methods below. It makes no decisions. The simulator has its own board and
runs the same application on it.

Attributes
    ring            core.sense.ring.Ring that the sampler fills
    settings        core.settings.settings.Settings, loaded
    port            name of the port, such as "rp2"
    board_id        unique text of this board, without spaces
    notes           sentences about the start for a person to read, sent to each host that connects

Sampling
    takes_rate(rate_hz)     return whether `start` accepts this rate, 10 to 1000 Hz as the settings allow
    start(rate_hz)          (re)start sampling into an empty ring
    fill_health(record)     write the board's counters into a HEALTH record, an array in the order of wire.py that
                            already holds the engine's; or the faults into its field
    faults()                the latched faults of the board, bits numbered as in wire.FAULTS
    clear_faults()          clear them; a fault that persists returns

Host
    host_present()          whether a host is listening, as far as the port can tell
    read()                  next byte from the host, or -1; never waits
    write(outbox)           send what the line takes now, see core.link.outbox.Outbox; never waits
    repl()                  hand the port to the REPL; may return, or reset the board

Flash
    save_settings()         write the settings; return whether that worked. Only between sets: it stops interrupts
    load_journal(journal)   add the messages in flash to a core.link.journal.Journal, before sampling starts
    save_journal(journal)   write up to a page of its unsaved messages; return whether that worked. Also while the
                            cable moves, twice a second at most
    tidy_journal(journal)   erase what is no longer needed, a sector a call. Called once a second between sets, since
                            it stops interrupts; other chores of a board at rest are done here too

Person
    show(cue, phase)        show a cue and a phase (indices into wire.CUES and wire.PHASES)
    button()                0, or once after each press: 1 for a short one, 2 for a long one

Loop
    new_session()           random number below 2**30
    running()               False ends the application; always True on a real board
    idle()                  called once a turn: feed the watchdog, sleep until there may be work
"""

import sys


def this_board():
    """Return the board that this Python runs on, or None if the REPL was requested instead of the application.

    Each port has a folder here, named like `sys.platform`, whose module `station` has `Board` and
    `application_wanted()`. Raises ImportError for a port without one.
    """
    from . import watchdog

    watchdog.start()
    station = __import__("cablerep_fw.board." + sys.platform + ".station", None, None, ("Board",))
    watchdog.start()
    return station.Board() if station.application_wanted() else None
