"""The virtual Pico: stock MicroPython and the shipped firmware on an emulated RP2040, from pins to USB."""
