"""The angle sensors at their pins, from their datasheets: an MT6701's frames, an AS5600's registers."""


def crc6(word: int) -> int:
    """Return the CRC-6 of 18 bits, bit by bit through a register as the datasheet draws it: x**6 + x + 1."""
    register = 0
    for bit in range(17, -1, -1):
        feedback = register >> 5 ^ word >> bit & 1
        register = register << 1 & 0x3F
        if feedback:
            register ^= 0b000011
    return register


class Mt6701Model:
    """Answers a read of three bytes while its select line is low."""

    def __init__(self):
        self.counts = 0
        self.status = 0
        self.damage = 0  # bits of the frame that the line flips
        self.stuck = None  # byte that a broken line shows
        self.selected = False

    def value(self, level):
        self.selected = not level

    def connected(self, bus, **wires):
        self.bus, self.wires = bus, wires
        return self

    def readinto(self, buffer):
        assert self.selected and len(buffer) == 3
        word = self.counts << 4 | self.status
        frame = (word << 6 | crc6(word)) ^ self.damage
        buffer[:] = frame.to_bytes(3, "big") if self.stuck is None else bytes([self.stuck] * 3)


class As5600Model:
    """Registers 0x0B to 0x0D at address 0x36; passes other addresses on to `other` on the same bus."""

    def __init__(self, other=None):
        self.counts = 0
        self.status = 0x20
        self.present = True
        self.other = other

    def connected(self, bus, wires):
        self.bus, self.wires = bus, wires
        if self.other is not None:
            self.other.connected(bus, wires)
        return self

    def writeto_mem(self, address, register, data):
        self.other.writeto_mem(address, register, data)

    def readfrom_mem_into(self, address, register, buffer):
        if address != 0x36:
            self.other.readfrom_mem_into(address, register, buffer)
            return
        if not self.present:
            raise OSError(5)
        registers = {0x0B: self.status, 0x0C: self.counts >> 8, 0x0D: self.counts & 0xFF}
        for place in range(len(buffer)):
            buffer[place] = registers[register + place]
