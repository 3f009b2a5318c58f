"""Boards: what the application asks of one, and where the one it runs on is found.

A board is any object with the attributes and methods below; it takes no decisions. The simulator has one of its own,
behind which the very same application runs.

Attributes
    ring            core.ring.Ring that the sampler fills
    settings        core.settings.Settings, loaded
    port            name of the port, such as "rp2"
    board_id        text of this very board, without spaces
    notes           sentences about the start that a person should read, sent to each host that comes

Sampling
    takes_rate(rate_hz)     say whether `start` takes this rate, 10 to 1000 Hz as the settings allow
    start(rate_hz)          sample into the ring, anew where it runs: the ring is empty then, its overruns zero
    fill_health(record)     write the board's own counters into a HEALTH record, an array in wire's order; the
                            engine's stand there already, and faults are or-ed
    faults()                the board's latched sensor faults, a bit each, see wire.FAULTS
    clear_faults()          forget them; one that lasts comes back

Host
    host_present()          whether somebody listens, as far as the port can tell
    read()                  next byte from the host, or -1; never waits
    write(outbox)           send what the line takes now (core.outbox.Outbox says how); never waits
    repl()                  hand the port back to the REPL; it may return, or reset the board

Flash
    save_settings()         write the settings; return whether that worked. Only between sets: it stops interrupts
    load_journal(journal)   add the messages in flash to a core.link.journal.Journal, before sampling starts
    save_journal(journal)   write up to a page of its unsaved messages; return whether that worked. Also while the
                            cable moves, twice a second at most
    tidy_journal(journal)   erase what is no longer needed, a sector a call. Called once a second between sets, since
                            it stops interrupts; other chores of a board at rest are done here too

Person
    show(cue, phase)        another cue or phase (places in wire.CUES and wire.PHASES)
    button()                0, or once after each press 1 for a short one, 2 for a long one

Loop
    new_session()           random number below 2**30
    running()               False ends the application; True for ever on a board
    idle()                  called once a turn: feed the watchdog, wait until there may be work
"""

import sys


def this_board():
    """Return the board that this Python runs on, or None where its maker wants the REPL instead of the application.

    Each port has a folder of its own here, named as `sys.platform`, with a module `station` that holds `Board` and
    `application_wanted()`. Raises ImportError where the port has none.
    """
    station = __import__("cablerep_fw.board." + sys.platform + ".station", None, None, ("Board",))
    return station.Board() if station.application_wanted() else None
