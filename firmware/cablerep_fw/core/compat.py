"""The only module that asks which Python this is: `const`, the code emitters, viper's pointer casts and its words.

MicroPython's compiler knows `const(...)`, `@micropython.viper` and `ptr8(...)` by their spelling: the names must stay.
"""

try:
    import sys
    from array import array

    import micropython
    from micropython import const

    def words(count):
        """Return `count` signed 32-bit words, all 0, that a viper function may take by ptr32."""
        return array("i", bytes(4 * count))

    def unload(package, module):
        """Forget a module, so that its memory is freed once nobody uses it; the next import loads it again."""
        del sys.modules[package + "." + module]
        delattr(sys.modules[package], module)

except ImportError:

    def words(count):
        """Return `count` zeros in a list, which CPython indexes in half the time that an array takes."""
        return [0] * count

    def unload(package, module):
        """Keep the module: memory matters on boards only."""

    def const(value):
        """Return `value`: CPython has no compile-time constants."""
        return value

    class micropython:  # spelled like the module it stands in for
        """The two code emitters as identities, so that the same source runs under CPython."""

        @staticmethod
        def native(function):
            return function

        @staticmethod
        def viper(function):
            return function


def as_buffer(data):
    """Stand in for viper's pointer casts under CPython, where indexing the object is the same thing."""
    return data


# Inside a viper function the compiler takes these for machine addresses of bytes, 16-bit and 32-bit words;
# there an index past the end is not caught, so callers see to the bounds.
ptr8 = as_buffer
ptr16 = as_buffer
ptr32 = as_buffer

__all__ = ("as_buffer", "const", "micropython", "ptr8", "ptr16", "ptr32", "unload", "words")
