"""The only module that asks which Python this is: `const` and the code-emitter decorators.

MicroPython's compiler knows `const(...)` and `@micropython.viper` by their spelling, so the names must stay.
"""

try:
    import micropython
    from micropython import const
except ImportError:

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
