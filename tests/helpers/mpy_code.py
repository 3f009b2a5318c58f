"""The machine code of the native and viper functions in a compiled file, and two code generator faults in it.

MicroPython 1.26 and 1.27 scale an index in its own register for a 16-bit or 32-bit access (micropython#18800), and up
to 1.28 a unary minus negates its operand in place (micropython#14397). If that register holds a local variable, the
variable is wrong from then on. Format of .mpy files: MicroPython's py/persistentcode.c.
"""

from collections.abc import Iterator

_STR, _BYTES, _INT, _FLOAT, _COMPLEX, _TUPLE = range(5, 11)
_BYTECODE, _NATIVE, _VIPER, _ASM = range(4)
LOCALS = (4, 5, 6)  # Thumb registers that hold local variables
# STR, STRH, LDR, LDRH with an index register.
_INDEXED = (0x5000, 0x5200, 0x5800, 0x5A00)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        self.at += count
        assert self.at <= len(self.data), "the file ends too early"
        return self.data[self.at - count : self.at]

    def uint(self) -> int:
        value = 0
        while True:
            byte = self.take(1)[0]
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value

    def skip_object(self) -> None:
        kind = self.take(1)[0]
        if kind < _STR:
            return
        length = self.uint()
        if kind == _TUPLE:
            for _ in range(length):
                self.skip_object()
        else:
            self.take(length + (kind in (_STR, _BYTES)))

    def functions(self) -> Iterator[bytes]:
        kind_and_length = self.uint()
        kind = kind_and_length & 3
        code = self.take(kind_and_length >> 3)
        if kind == _NATIVE:
            prelude = self.uint()
            yield code[:prelude]
        elif kind != _BYTECODE:
            self.uint()
            if kind == _ASM:
                self.uint()
                self.uint()
            yield code
        if kind_and_length & 4:
            for _ in range(self.uint()):
                yield from self.functions()


def native_code(mpy: bytes) -> list[bytes]:
    """Return the machine code of each native and viper function."""
    assert mpy[:2] == b"M\x06"
    reader = _Reader(mpy)
    reader.take(4)
    strings, objects = reader.uint(), reader.uint()
    for _ in range(strings):
        length = reader.uint()
        if not length & 1:
            reader.take((length >> 1) + 1)
    for _ in range(objects):
        reader.skip_object()
    found = list(reader.functions())
    assert reader.at == len(mpy), "the whole file was understood"
    return found


def spoilt_locals(code: bytes) -> list[str]:
    """Return what in Thumb code overwrites a local variable by one of the two faults."""
    words = [code[i] | code[i + 1] << 8 for i in range(0, len(code) - 1, 2)]
    found = []
    for at, word in enumerate(words):
        register = word & 7
        if register not in LOCALS or register != word >> 3 & 7:
            continue
        if word & 0xFFC0 == 0x4240:
            found.append(f"{2 * at:#x}: neg r{register}, r{register}")
        shift = word >> 6 & 31
        following = words[at + 1] if at + 1 < len(words) else 0
        if at and words[at - 1] == 0xB400 | 1 << register:  # pushed first, and restored behind the access
            continue
        if word < 0x0800 and shift in (1, 2) and following & 0xFE00 in _INDEXED and following >> 6 & 7 == register:
            found.append(f"{2 * at:#x}: lsl r{register}, r{register}, #{shift} before an access indexed by it")
    return found
