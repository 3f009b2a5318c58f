"""State machines that nobody else has: a Pico W's radio uses one too, in a block that its driver chooses."""

import rp2


def state_machine(ids, program, **config):
    """Return the first of the state machines `ids` that is free and whose block has room, set up with `program`.

    Raises OSError where there is none.
    """
    refusal = "no id was given"
    for machine_id in ids:
        try:
            return rp2.StateMachine(machine_id, program, **config)
        except (OSError, ValueError) as error:  # no room for the program; claimed by a driver, or a bad pin
            refusal = str(error)
    raise OSError("none of the state machines %s can be had: %s" % (ids, refusal))
