"""The board's :/main.py: starts the application, and leaves a report and a light if it fails."""

import gc

# The modules fill half of a Pico's heap. If garbage is collected rarely, importing them fragments the rest until no
# piece is large enough for the journal's 18 KiB: on an emulated RP2040 the default fails, 8 to 32 KiB work.
if hasattr(gc, "threshold"):
    gc.threshold(16384)

# A host that is already there must not stop us while the modules load: its frames may contain the byte of Ctrl-C.
try:
    from micropython import kbd_intr
except ImportError:  # CPython, and MicroPython on a computer
    pass
else:
    kbd_intr(-1)


def main():
    """Run the application until it ends; a failure becomes a report and a reset, and so does a start that hangs."""
    try:
        from cablerep_fw.board import watchdog

        for module in ("core.detect.detector", "core.commands", "app"):
            watchdog.start()
            __import__("cablerep_fw." + module)
        from cablerep_fw.app import run

        run()
    except Exception as error:
        gc.collect()
        from cablerep_fw.board import crash

        crash.handle(error)


if __name__ == "__main__":
    main()
