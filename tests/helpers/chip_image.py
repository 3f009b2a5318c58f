"""Images that look like MicroPython to whoever reads its own description of itself, and the three kinds of file."""

import io
import struct
import zlib

from intelhex import IntelHex

from cablerep_sim.pico.binary_info import FLASH_START

RP2040 = 0xE48BFF56
STORAGE = (0xA0000, 0x160000)
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def crc(data):
    """The boot ROM's CRC-32 by way of zlib's: that one is reflected and inverted at the end."""
    reflected = zlib.crc32(data.translate(_REVERSED)) ^ 0xFFFFFFFF
    return int(f"{reflected:032b}"[::-1], 2)


def image(name="MicroPython", version="v1.28.0", board="pico", storage=STORAGE, device="MicroPython", size=4096):
    """Return the flash of a program that says all this of itself."""
    flash = bytearray(size)
    boot2 = bytes(range(252))
    flash[:256] = boot2 + struct.pack("<I", crc(boot2))
    free = 0x400

    def put(data):
        nonlocal free
        at = free
        flash[at : at + len(data)] = data
        free += -(-len(data) // 4) * 4
        return FLASH_START + at

    entries = [
        put(struct.pack("<H2sII", 6, b"RP", id_, put(text.encode() + b"\0")))
        for id_, text in ((0x02031C86, name), (0x11A9BC3A, version), (0xB63CFFBB, board))
    ]
    entries.append(put(struct.pack("<H2sII", 5, b"RP", 0x68F465DE, 0)))  # an entry of a kind that nobody asks for
    if device:
        where = (FLASH_START + storage[0], storage[1])
        entries.append(put(struct.pack("<H2sIIIIH", 7, b"MP", put(device.encode() + b"\0"), *where, 0, 3)))
    table = put(struct.pack(f"<{len(entries)}I", *entries))
    mark = struct.pack("<5I", 0x7188EBF2, table, table + 4 * len(entries), 0, 0xE71AA390)
    flash[0x1D4 : 0x1D4 + len(mark)] = mark
    return bytes(flash)


def bootrom():
    """Return sixteen KiB that begin as a boot ROM does."""
    return (bytes(range(16)) + b"Mu\x01\x02").ljust(16384, b"\xaa")


def uf2(data, start=FLASH_START, family=RP2040, payload=256):
    """Return `data` as a UF2 file."""
    pieces = [data[at : at + payload] for at in range(0, len(data), payload)]
    return b"".join(
        struct.pack(
            "<8I476sI",
            *(0x0A324655, 0x9E5D5157, 0x2000, start + number * payload, len(piece), number, len(pieces), family),
            piece,
            0x0AB16F30,
        )
        for number, piece in enumerate(pieces)
    )


def ihex(data, start=FLASH_START):
    """Return `data` as an Intel hex file."""
    file = IntelHex()
    file.frombytes(data, offset=start)
    text = io.StringIO()
    file.write_hex_file(text)
    return text.getvalue().encode()


def written(folder, kind, data, start=FLASH_START, name="file"):
    """Write `data` as a file of `kind` and return its path."""
    path = folder / f"{name}.{kind}"
    path.write_bytes({"uf2": uf2, "hex": ihex, "bin": lambda data, start: data}[kind](data, start))
    return path
