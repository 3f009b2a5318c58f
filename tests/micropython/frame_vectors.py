"""frame_vectors.py: print SCHEMA_ID, then the CRC, frame and decoding of many payloads, and what a noisy line yields.

Runs on CPython and MicroPython; a test holds the two outputs against each other.
"""

from cablerep_fw.core.link import frames, wire


class Dice:
    """Numerical Recipes' generator, cut to 24 bits so that no product leaves 2**53 or needs more than a big int."""

    def __init__(self, seed):
        self.state = seed

    def roll(self, sides):
        self.state = (self.state * 1664525 + 1013904223) & 0xFFFFFFFF
        return (self.state >> 8) % sides


def main():
    print("schema", wire.SCHEMA_ID)
    dice = Dice(1)
    decoder = frames.Decoder()
    for length in list(range(frames.MAX_PAYLOAD + 1)):
        most = (2, 4, 256)[length % 3]  # many zeros, some, few
        buffer = bytearray(frames.MAX_FRAME)
        for i in range(length):
            buffer[frames.PAYLOAD + i] = dice.roll(most)
        end = frames.seal(buffer, 0x80 + dice.roll(128), dice.roll(256), length)
        print(end, frames.crc16(buffer, 0, end), bytes(buffer[:end]))
        if dice.roll(4) == 0:
            buffer[dice.roll(end - 1)] ^= 1 << dice.roll(8)
        for byte in buffer[:end]:
            tell(decoder, decoder.feed(byte))
    for _ in range(20000):
        byte = dice.roll(256) if dice.roll(3) else 32 + dice.roll(95)
        tell(decoder, decoder.feed(byte if dice.roll(40) else 10))
    print("bad", decoder.bad)


def tell(decoder, answer):
    if answer != frames.MORE:
        data = decoder.buffer[decoder.start : decoder.start + decoder.length]
        print(answer, decoder.message_id, decoder.number, frames.crc16(data, 0, len(data)), len(data))


main()
