"""The measuring core: integers only, no clock, no pin, no print; the same files on board and host."""
