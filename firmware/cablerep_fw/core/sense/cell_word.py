"""The words of the load cell amplifiers: 24 bits of two's complement, and the ones that answer an HX711's gain pulses.

Pure, so that every pattern of bits can be tested; the drivers only bring the bits in.
"""

from ..compat import const

# What `hx711` and `checked` answer in place of counts; both outside 24 bits.
GAIN_BITS = const(0x1000000)  # a trailing bit was not 1: a shorted line, or a clock that was not the chip's
SATURATED = const(0x1000001)  # the converter stands at its stop

LARGEST = const(0x7FFFFF)  # HX711 datasheet, "output coding": saturates at 0x7FFFFF and 0x800000
SMALLEST = const(-0x800000)


def hx711_pulses(gain):
    """Return the clock pulses of one reading (25 to 27) that choose `gain` for the next, on an HX711 or HX717.

    HX711 datasheet, table "input channel and gain selection": 25 is channel A at 128, 27 channel A at 64, 26
    channel B at 32. (On the HX717 26 is channel B at 64.) Raises ValueError for another gain.
    """
    if gain == 128:
        return 25
    if gain == 64:
        return 27
    if gain == 32:
        return 26
    raise ValueError("an HX711 has the gains 128, 64 and 32, not %d" % gain)


def signed24(word):
    """Return the lowest 24 bits of `word` as a signed number. Hard interrupt safe, does not allocate."""
    word &= 0xFFFFFF
    return word - 0x1000000 if word & 0x800000 else word


def checked(counts):
    """Return `counts`, or SATURATED where they stand at either stop. Hard interrupt safe, does not allocate."""
    return SATURATED if counts == LARGEST or counts == SMALLEST else counts


def hx711(word, pulses):
    """Return the counts in a word of `pulses` bits, or GAIN_BITS, or SATURATED.

    From the 25th pulse on the chip holds its line high until the next conversion is done, so every bit after the
    24th must be one. Hard interrupt safe, does not allocate.
    """
    trailing = (1 << (pulses - 24)) - 1
    if word & trailing != trailing:
        return GAIN_BITS
    return checked(signed24(word >> (pulses - 24)))
