"""The USB stack is deaf if SETUPs stay without an answer, or if an endpoint of the port has no buffer for the host."""

import pytest

AVAILABLE, FULL, STALL = 1 << 10, 1 << 15, 1 << 11
OPEN, CLOSE = 0x00032221, 0x00002221  # the host raises DTR and RTS, and lowers them
SETUP, PORT_IN_CONTROL, PORT_OUT_CONTROL, CONTROL_IN, CONTROL_OUT, PORT_IN, PORT_OUT = 0, 4, 5, 32, 33, 36, 37
BULK_IN, BULK_OUT = 0xA8000240 - (1 << 32), 0xA80001C0 - (1 << 32)  # as MicroPython sets them up


class Stack:
    """The controller's memory as a working TinyUSB leaves it, and the firmware's view of it."""

    def __init__(self, chip):
        self.words = chip.usb_memory
        self.words[PORT_IN_CONTROL], self.words[PORT_OUT_CONTROL] = BULK_IN, BULK_OUT
        self.words[PORT_OUT] = AVAILABLE | 64
        self.request(CLOSE)
        self.stack = chip.load("rp2.usb").UsbStack()
        self.silent_ms = 60_000
        self.stalled = False

    def request(self, setup, answer=True):
        """The host sends a SETUP without data; the answer is an empty packet on endpoint 0 IN."""
        self.words[SETUP] = setup
        if answer:
            self.words[CONTROL_IN] = 0x6000

    def looks(self, count):
        """Return what each of `count` looks says, one a second."""
        return [self.stack.is_deaf(self.silent_ms, self.stalled) for _ in range(count)]


@pytest.fixture
def usb(chip):
    return Stack(chip)


def test_a_port_opened_and_closed_is_not_deaf(usb):
    for setup in (OPEN, CLOSE, OPEN, OPEN, CLOSE):
        assert not any(usb.looks(5))
        usb.request(setup)
    assert not any(usb.looks(5))


def test_setups_without_an_answer_are_deafness(usb):
    usb.looks(1)
    usb.request(OPEN)
    usb.looks(1)
    usb.request(CLOSE, answer=False)
    assert usb.looks(3) == [False, False, True]
    usb.request(OPEN, answer=False)
    assert usb.looks(1) == [True]


@pytest.mark.parametrize("busy", [AVAILABLE, STALL])
def test_an_answer_under_way_is_waited_for(usb, busy):
    usb.looks(1)
    usb.request(OPEN, answer=False)
    usb.words[CONTROL_IN] = busy | FULL
    assert not any(usb.looks(10))


def test_a_port_that_takes_no_packet_is_deaf_if_nothing_was_read(usb):
    usb.words[PORT_OUT] = FULL | 9
    usb.silent_ms = 0
    assert not any(usb.looks(5)), "a host that sends more than the loop reads"
    usb.silent_ms = 2001
    assert usb.looks(1) == [True]
    usb.words[PORT_OUT] = AVAILABLE | 64
    assert usb.looks(1) == [False]


def test_a_board_that_no_host_has_configured_is_not_deaf(usb):
    """On a charger, or after a reset of the bus: the endpoints are not enabled."""
    usb.words[PORT_OUT] = usb.words[PORT_OUT_CONTROL] = 0
    assert not any(usb.looks(10))


@pytest.mark.parametrize("offered, deaf", [(0, True), (AVAILABLE | FULL, False), (AVAILABLE << 16, False)])
def test_a_stalled_port_is_deaf_unless_it_offers_the_host_a_packet(usb, offered, deaf):
    usb.words[PORT_IN] = offered
    assert not any(usb.looks(5)), "nothing waits"
    usb.stalled = True
    assert usb.looks(1) == [deaf]
