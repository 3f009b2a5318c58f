"""The parts that only an RP2040 or RP2350 has: PIO programs, scratch registers, default pins, and the Board itself."""
